package dev.vpccni.daemon.log;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RotatingFileTest {

    private static final Set<PosixFilePermission> PRIVATE =
            PosixFilePermissions.fromString("rw-------");

    /** Bytes; a line has about 150. */
    private static final int SMALL = 1_000;

    @TempDir Path folder;

    private final List<String> problems = Collections.synchronizedList(new ArrayList<>());

    @Test
    void beginsAnewWhenItIsLargeAndKeepsFiveCompressed() throws Exception {
        try (RotatingFile log = open()) {
            for (int i = 0; i < 100; i++) {
                log.write(line("line " + i));
            }
        }
        assertThat(names())
                .containsExactly("log", "log.1.gz", "log.2.gz", "log.3.gz", "log.4.gz", "log.5.gz");
        assertThat(Files.size(file())).isLessThanOrEqualTo(SMALL);
        var all = new StringBuilder();
        for (int i = 5; i >= 1; i--) {
            String part = unzipped(folder.resolve("log." + i + ".gz"));
            assertThat(part.length()).isLessThanOrEqualTo(SMALL);
            all.append(part);
        }
        List<String> lines = all.append(Files.readString(file())).toString().lines().toList();
        assertThat(lines.getLast()).contains("\"line 99\"");
        for (int i = 1; i <= lines.size(); i++) {
            assertThat(lines.get(lines.size() - i)).contains("\"line " + (100 - i) + "\"");
        }
        assertThat(problems).isEmpty();
    }

    /** A test cannot set the umask of its own process, so each is made as open as can be first. */
    @Test
    void isForItsOwnerToReadAndSoAreTheOldOnes() throws Exception {
        for (String name : List.of("log", "log.2.gz", "log.5.gz", "log.1")) {
            Path early = Files.writeString(folder.resolve(name), "{}\n");
            Files.setPosixFilePermissions(early, PosixFilePermissions.fromString("rw-rw-rw-"));
        }
        try (RotatingFile log = open()) {
            for (int i = 0; i < 10; i++) {
                log.write(line("line " + i));
            }
        }
        for (String name : names()) {
            assertThat(Files.getPosixFilePermissions(folder.resolve(name)))
                    .as(name)
                    .isEqualTo(PRIVATE);
        }
    }

    @Test
    void goesOnWhereAnotherDaemonEnded() throws Exception {
        try (RotatingFile log = open()) {
            log.write(line("one"));
        }
        // It ended while it compressed.
        Files.writeString(folder.resolve("log.1"), "uncompressed\n");
        Files.writeString(folder.resolve("log.gz.tmp"), "half of it");
        try (RotatingFile log = open()) {
            log.write(line("two"));
        }
        assertThat(Files.readString(file())).contains("\"one\"", "\"two\"");
        assertThat(unzipped(folder.resolve("log.1.gz"))).isEqualTo("uncompressed\n");
        assertThat(names()).containsExactly("log", "log.1.gz");
    }

    @Test
    void tellsOnceThatTheDiskIsFullAndGoesOnWhenItIsNot() throws Exception {
        run("mount", "-t", "tmpfs", "-o", "size=64k", "vpccni-test", folder.toString());
        try (RotatingFile log = RotatingFile.open(file(), 1 << 20, problems::add)) {
            String much = "x".repeat(8 << 10);
            for (int i = 0; i < 20; i++) {
                log.write(line(much));
            }
            assertThat(problems).singleElement().asString().contains("No space left on device");
            Files.newByteChannel(file(), java.nio.file.StandardOpenOption.WRITE)
                    .truncate(0)
                    .close();
            log.write(line("again"));
            assertThat(Files.readString(file())).contains("again");
        } finally {
            run("umount", folder.toString());
        }
    }

    @Test
    void saysWhyItCannotBeOpened() throws Exception {
        Path notAFolder = Files.createFile(folder.resolve("file"));
        assertThatThrownBy(() -> RotatingFile.open(notAFolder.resolve("log"), SMALL, problems::add))
                .isInstanceOf(IOException.class)
                .hasMessageContaining(notAFolder.toString());
    }

    private RotatingFile open() throws IOException {
        return RotatingFile.open(file(), SMALL, problems::add);
    }

    private Path file() {
        return folder.resolve("log");
    }

    private static Log.Line line(String message) {
        return new Log.Line(LogLevel.INFO, Instant.EPOCH, "Test.java:1", message, null, false);
    }

    private List<String> names() throws IOException {
        try (var files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private static String unzipped(Path file) throws IOException {
        try (var text = new GZIPInputStream(Files.newInputStream(file))) {
            return new String(text.readAllBytes(), UTF_8);
        }
    }

    private static void run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
    }
}
