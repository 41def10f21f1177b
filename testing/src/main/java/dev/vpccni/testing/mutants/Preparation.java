package dev.vpccni.testing.mutants;

import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeTransform;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Takes out of class files, before PIT changes them, what would spoil its figures. */
public final class Preparation {

    private Preparation() {}

    /**
     * Rewrites class files. The classes that they use must be on the class path.
     *
     * @param args the folders, with all below them
     */
    public static void main(String... args) throws IOException {
        ClassFile format = ClassFile.of();
        for (String folder : args) {
            for (Path file : classFiles(Path.of(folder))) {
                ClassTransform transform =
                        ClassTransform.transformingMethodBodies(
                                        CodeTransform.ofStateful(ConstantTests::new))
                                .andThen(new PlainRecords());
                Files.write(file, format.transformClass(format.parse(file), transform));
            }
        }
    }

    private static List<Path> classFiles(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(".class")).toList();
        }
    }
}
