package dev.vpccni.testing.mutants;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.CodeModel;
import java.lang.classfile.Instruction;
import java.lang.classfile.MethodModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.attribute.RecordComponentInfo;
import java.lang.invoke.MethodHandles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PreparationTest {

    record Annotated(@Nullable String one, List<@Nullable String> other) {}

    sealed interface Shape {
        int area();
    }

    record Square(int side) implements Shape {
        @Override
        public int area() {
            return side * side;
        }
    }

    record Rectangle(int width, int height) implements Shape {
        @Override
        public int area() {
            return width * height;
        }
    }

    static final class Areas {
        static int of(Shape shape) {
            return switch (shape) {
                case Square(int side) -> side * side;
                case Rectangle(int width, int height) when width > 1 -> width * height;
                case Rectangle(_, int height) -> height;
            };
        }
    }

    @TempDir Path folder;

    @Test
    void recordsKeepTheirComponentsWithoutAnnotations() throws IOException {
        Path file = copy(Annotated.class);
        assertThat(components(file)).anyMatch(PreparationTest::isAnnotated);

        Preparation.main(folder.toString());

        assertThat(components(file))
                .noneMatch(PreparationTest::isAnnotated)
                .extracting(c -> c.name() + " " + c.descriptor())
                .containsExactly("one Ljava/lang/String;", "other Ljava/util/List;");
        assertThat(components(file).getLast().findAttribute(Attributes.signature())).isPresent();
        assertThat(ClassFile.of().verify(file)).isEmpty();
    }

    @Test
    void patternsFitWithoutTestsOfConstants() throws Exception {
        Path file = copy(Areas.class);
        assertThat(constantTests(file)).isPositive();

        Preparation.main(folder.toString());

        assertThat(constantTests(file)).isZero();
        assertThat(ClassFile.of().verify(file)).isEmpty();
        var of =
                MethodHandles.lookup()
                        .defineHiddenClass(Files.readAllBytes(file), true)
                        .lookupClass()
                        .getDeclaredMethod("of", Shape.class);
        of.setAccessible(true);
        for (Shape shape : new Shape[] {new Square(3), new Rectangle(4, 5), new Rectangle(1, 7)}) {
            assertThat(of.invoke(null, shape)).isEqualTo(shape.area());
        }
    }

    private Path copy(Class<?> type) throws IOException {
        String name = type.getName().replace('.', '/') + ".class";
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        try (InputStream bytes = type.getResourceAsStream("/" + name)) {
            Files.copy(bytes, file);
        }
        return file;
    }

    private static List<RecordComponentInfo> components(Path file) throws IOException {
        return ClassFile.of()
                .parse(file)
                .findAttribute(Attributes.record())
                .orElseThrow()
                .components();
    }

    private static boolean isAnnotated(RecordComponentInfo component) {
        return component.findAttribute(Attributes.runtimeVisibleTypeAnnotations()).isPresent();
    }

    private static int constantTests(Path file) throws IOException {
        int tests = 0;
        for (MethodModel method : ClassFile.of().parse(file).methods()) {
            List<Opcode> opcodes =
                    method.code().stream()
                            .flatMap(CodeModel::elementStream)
                            .filter(Instruction.class::isInstance)
                            .map(e -> ((Instruction) e).opcode())
                            .toList();
            for (int i = 1; i < opcodes.size(); i++) {
                boolean constant = opcodes.get(i - 1) == Opcode.ICONST_1;
                tests += constant && opcodes.get(i) == Opcode.IFEQ ? 1 : 0;
            }
        }
        return tests;
    }
}
