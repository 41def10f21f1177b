package dev.vpccni.daemon.install;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class HostFolderTest {

    private static final Instant NOW = Instant.parse("2026-03-01T10:00:00Z");
    private static final String NAME = "aws-cni";

    @TempDir Path folder;

    private Path image;
    private Path host;
    private HostFolder target;

    @BeforeEach
    void makeFolders() throws IOException {
        image = Files.createDirectory(folder.resolve("image"));
        host = Files.createDirectory(folder.resolve("host"));
        target = into(host, 1);
    }

    @Test
    void aFileIsReplacedWithItsMode() throws IOException {
        Files.writeString(host.resolve(NAME), "old");
        assertThat(target.copy(program("new"))).isTrue();
        assertThat(host.resolve(NAME)).hasContent("new").isExecutable();
        assertThat(mode()).isEqualTo("rwxr-xr-x");
        assertThat(names()).containsExactly(NAME);
    }

    @Test
    void whatIsAsItShouldBeStaysUntouched() throws IOException {
        Path source = program("new");
        assertThat(target.copy(source)).isTrue();
        Object before = Files.getAttribute(host.resolve(NAME), "unix:ino");
        assertThat(target.copy(source)).isFalse();
        assertThat(Files.getAttribute(host.resolve(NAME), "unix:ino")).isEqualTo(before);
        assertThat(target.write("list", "{}")).isTrue();
        assertThat(target.write("list", "{}")).isFalse();
        assertThat(target.write("list", "{ }")).isTrue();
    }

    @Test
    void aWrongModeIsPutRight() throws IOException {
        Path source = program("new");
        Files.copy(source, host.resolve(NAME));
        Files.setPosixFilePermissions(
                host.resolve(NAME), PosixFilePermissions.fromString("rw-------"));
        assertThat(target.copy(source)).isTrue();
        assertThat(mode()).isEqualTo("rwxr-xr-x");
    }

    @Test
    void whatSomebodyElseLeftHalfWrittenIsReplaced() throws IOException {
        Files.writeString(host.resolve(NAME), "ne");
        assertThat(target.copy(program("new"))).isTrue();
        assertThat(host.resolve(NAME)).hasContent("new");
    }

    @Test
    void aProgramThatRunsGoesOn() throws Exception {
        Path sleep = Files.copy(Path.of("/bin/sleep"), host.resolve(NAME));
        Process running = new ProcessBuilder(sleep.toString(), "60").start();
        try {
            assertThat(target.copy(program("new"))).isTrue();
            assertThat(running.isAlive()).isTrue();
            assertThat(host.resolve(NAME)).hasContent("new");
        } finally {
            running.destroyForcibly().waitFor();
        }
    }

    @Test
    void aLinkIsReplacedAndNothingWrittenWhereItLeads() throws IOException {
        Path elsewhere = Files.writeString(folder.resolve("elsewhere"), "theirs");
        Files.createSymbolicLink(host.resolve(NAME), elsewhere);
        assertThat(target.copy(program("theirs"))).isTrue();
        assertThat(target.copy(program("new"))).isTrue();
        assertThat(host.resolve(NAME)).hasContent("new");
        assertThat(Files.isSymbolicLink(host.resolve(NAME))).isFalse();
        assertThat(elsewhere).hasContent("theirs");
    }

    @Test
    void aFullDiskLeavesTheFormerFileAndSaysWhatIsNeeded() throws Exception {
        run("mount", "-t", "tmpfs", "-o", "size=64k", "vpccni-test", host.toString());
        try {
            Files.writeString(host.resolve(NAME), "old");
            assertThatThrownBy(() -> target.copy(program("x".repeat(100_000))))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("cannot put aws-cni into " + host)
                    .hasMessageContaining("100000 are needed: make room on the host's disk");
            assertThat(names()).containsExactly(NAME);
            assertThat(host.resolve(NAME)).hasContent("old");
            assertThat(target.copy(program("small"))).isTrue();
        } finally {
            run("umount", host.toString());
        }
    }

    @Test
    void aReadOnlyFolderWillDoAsLongAsItHasTheFile() throws Exception {
        run("mount", "-t", "tmpfs", "-o", "size=64k", "vpccni-test", host.toString());
        try {
            assertThat(target.copy(program("new"))).isTrue();
            run("mount", "-o", "remount,ro", host.toString());
            assertThat(target.copy(program("new"))).isFalse();
            assertThatThrownBy(() -> target.copy(program("newer")))
                    .hasMessageContaining("HOST_CNI_BIN_PATH has to name a folder that is mounted")
                    .hasMessageContaining("writable");
            assertThat(host.resolve(NAME)).hasContent("new");
        } finally {
            run("umount", host.toString());
        }
    }

    @Test
    void whatIsInTheWayIsNamed() throws IOException {
        Files.createDirectories(host.resolve(NAME).resolve("sub"));
        assertThatThrownBy(() -> target.copy(program("new")))
                .hasMessageContaining("a folder has its name");
        assertThat(names()).containsExactly(NAME);
        assertThatThrownBy(() -> into(folder.resolve("none"), 1).copy(program("new")))
                .hasMessageContaining("HOST_CNI_BIN_PATH has to name a folder of the host");
        assertThatThrownBy(() -> target.copy(folder.resolve("none")))
                .hasMessageContaining("there is no file " + folder.resolve("none"));
    }

    @Test
    void whatACrashLeftGoesWhenNobodyCanBeAtIt() throws IOException {
        Path old = Files.writeString(host.resolve(".aws-cni.vpc-cni-unfinished-1"), "half");
        Path young = Files.writeString(host.resolve(".aws-cni.vpc-cni-unfinished-2"), "half");
        Files.setLastModifiedTime(old, FileTime.from(NOW.minus(Duration.ofMinutes(61))));
        Files.setLastModifiedTime(young, FileTime.from(NOW.minus(Duration.ofMinutes(59))));
        assertThat(target.copy(program("new"))).isTrue();
        assertThat(names()).containsExactly(young.getFileName().toString(), NAME);
    }

    @Test
    void ofTwoAtOnceOneStaysWholeAtEveryMoment() throws Exception {
        String one = "1".repeat(200_000);
        String two = "2".repeat(300_000);
        Path other = Files.createDirectory(folder.resolve("other"));
        List<Path> sources = List.of(program(image, one), program(other, two));
        var _ = target.copy(sources.getFirst());
        var done = new AtomicBoolean();
        try (var threads = Executors.newFixedThreadPool(3)) {
            var reader =
                    threads.submit(() -> {
                        int seen = 0;
                        for (; seen < 20 || (!done.get() && seen < 100_000); seen++) {
                            byte[] read = Files.readAllBytes(host.resolve(NAME));
                            boolean whole =
                                    Arrays.equals(read, one.getBytes(UTF_8))
                                            || Arrays.equals(read, two.getBytes(UTF_8));
                            assertThat(whole).as("%d bytes", read.length).isTrue();
                            assertThat(mode()).isEqualTo("rwxr-xr-x");
                        }
                        return seen;
                    });
            Callable<Boolean> first = () -> install(sources, 11);
            Callable<Boolean> second = () -> install(sources, 12);
            for (var installed : threads.invokeAll(List.of(first, second))) {
                assertThat(installed.get()).isTrue();
            }
            done.set(true);
            assertThat(reader.get()).isPositive();
        }
        assertThat(names()).containsExactly(NAME);
    }

    private boolean install(List<Path> sources, int seed) throws IOException {
        HostFolder own = into(host, seed);
        boolean any = false;
        for (int i = 0; i < 40; i++) {
            any |= own.copy(sources.get(i % 2));
        }
        return any;
    }

    private static HostFolder into(Path host, int seed) {
        return new HostFolder(
                host, "HOST_CNI_BIN_PATH", InstantSource.fixed(NOW), new Random(seed));
    }

    private Path program(String content) throws IOException {
        return program(image, content);
    }

    private static Path program(Path in, String content) throws IOException {
        Path file = Files.writeString(in.resolve(NAME), content);
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private String mode() throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(host.resolve(NAME)));
    }

    private List<String> names() throws IOException {
        try (Stream<Path> files = Files.list(host)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private static void run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).as("%s: %s", List.of(command), output).isZero();
    }
}
