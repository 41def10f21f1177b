package dev.vpccni.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How the process ends, as whoever started it sees it. */
final class ProcessTest {

    @TempDir Path folder;

    @Test
    void endsWithZeroWhenTold() throws Exception {
        try (DaemonJvm daemon = DaemonJvm.start(folder).awaitServing()) {
            daemon.terminate();
            assertThat(daemon.awaitEnd()).isZero();
            // It serves pods before its start is over.
            assertThat(daemon.log())
                    .containsAnyOf(
                            "stopped; verbs since the start: none",
                            "stopped while it was starting");
        }
    }

    @Test
    void whatItWritesIsNotForEverybody() throws Exception {
        Path run = folder.resolve("run");
        Files.createDirectory(run);
        try (DaemonJvm daemon = DaemonJvm.start(run).awaitServing()) {
            daemon.await("a log", () -> !daemon.log().isEmpty());
            try (var files = Files.list(run)) {
                for (Path file : files.filter(f -> !f.toString().endsWith(".txt")).toList()) {
                    assertThat(Files.getPosixFilePermissions(file))
                            .as("%s", file)
                            .isEqualTo(PosixFilePermissions.fromString("rw-------"));
                }
            }
        }
    }

    @Test
    void endsWhenAThreadDiesAndSaysOfWhat() throws Exception {
        try (DaemonJvm daemon = DaemonJvm.start(folder, Map.of(), BrokenDaemon.OfAThread.class)) {
            assertThat(daemon.awaitEnd()).isEqualTo(1);
            String what = "cni-accept-7";
            String why = "Cannot reserve 65536 bytes of direct buffer memory";
            assertThat(daemon.said()).contains("vpc-cni daemon: ", what, why);
            assertThat(daemon.log()).contains(what, why, "stacktrace");
        }
    }

    @Test
    void outlivesABugInAVerb() throws Exception {
        try (DaemonJvm daemon = DaemonJvm.start(folder, Map.of(), BrokenDaemon.OfVerbs.class)) {
            daemon.awaitServing();
            for (int i = 0; i < 3; i++) {
                PluginRun broken = PluginRun.of(folder, "GC");
                assertThat(broken.status()).isEqualTo(1);
                assertThat(broken.output()).contains("999", "a bug");
            }
            assertThat(PluginRun.of(folder, "STATUS").status()).isZero();
        }
    }

    @Test
    void endsByAVerbThatDiesOfMoreThanABug() throws Exception {
        try (DaemonJvm daemon = DaemonJvm.start(folder, Map.of(), BrokenDaemon.OfVerbs.class)) {
            daemon.awaitServing();
            // Kept for the next daemon, as by one that was not there.
            assertThat(PluginRun.of(folder, "DEL")).isEqualTo(new PluginRun(0, ""));
            assertThat(daemon.awaitEnd()).isEqualTo(1);
            assertThat(daemon.said()).contains("the disk with the classes is gone");
            assertThat(daemon.log()).contains("the disk with the classes is gone");
            assertThat(folder.resolve("spool/c1@eth0")).exists();
        }
    }

    @Test
    void oneServesANodeAndTheNextOneSaysWhich() throws Exception {
        Map<String, String> pod = Map.of("MY_POD_NAME", "aws-node-1");
        try (DaemonJvm first = DaemonJvm.start(folder, pod, Main.class).awaitServing();
                DaemonJvm second = DaemonJvm.start(folder)) {
            Object socket = Files.getAttribute(first.socket(), "unix:ino");
            assertThat(second.awaitEnd()).isEqualTo(4);
            String holder =
                    "process %d of pod aws-node-1, since 20[-0-9]+T[0-9:]+Z has %s/daemon.lock"
                            .formatted(first.pid(), folder);
            assertThat(second.said().lines()).hasSize(2);
            assertThat(second.said())
                    .matches(
                            "vpc-cni daemon: waiting 10 s, for "
                                    + holder
                                    + "\nvpc-cni daemon: another daemon serves this node: "
                                    + holder
                                    + "\n");
            assertThat(first.log()).as("not its own").doesNotContain("another daemon");
            assertThat(Files.getAttribute(first.socket(), "unix:ino")).isEqualTo(socket);
            assertThat(PluginRun.of(folder, "DEL")).isEqualTo(new PluginRun(0, ""));
            assertThat(folder.resolve("spool")).as("it was served").doesNotExist();
        }
    }

    @Test
    void theNextOneServesOnceTheFirstIsGoneHoweverItWent() throws Exception {
        try (DaemonJvm first = DaemonJvm.start(folder).awaitServing();
                DaemonJvm second = DaemonJvm.start(folder)) {
            first.kill();
            String self = "process " + second.pid() + ",";
            second.await(
                    "the lock",
                    () -> Files.readString(folder.resolve("daemon.lock")).startsWith(self));
            second.await("an answer", () -> PluginRun.of(folder, "STATUS").output().contains("50"));
        }
    }

    @Test
    void endsWithZeroWhenToldBeforeItServes() throws Exception {
        try (DaemonJvm first = DaemonJvm.start(folder).awaitServing();
                DaemonJvm second = DaemonJvm.start(folder)) {
            second.await("a word on the first", () -> second.said().contains("waiting"));
            second.terminate();
            assertThat(second.awaitEnd()).isZero();
            assertThat(first.isAlive()).isTrue();
        }
    }

    /** A JVM in the C locale can neither spell such a name nor find a file by it. */
    @ParameterizedTest
    @ValueSource(strings = {"C", "C.UTF-8"})
    void startsWithWhateverIsInTheSpool(String locale) throws Exception {
        assertThat(PluginRun.of(folder, "DEL")).isEqualTo(new PluginRun(0, ""));
        String script =
                """
                cp c1@eth0 "$(printf 'c2@gr\\303\\266\\303\\237e')"
                cp c1@eth0 "$(printf 'c3@\\377\\376')"
                echo rubbish > "$(printf 'c4@\\303\\251')"
                mkfifo pipe@eth0
                mkdir -p folder@eth0/deep
                """;
        var copying =
                new ProcessBuilder("sh", "-euc", script)
                        .directory(folder.resolve("spool").toFile())
                        .inheritIO();
        assertThat(copying.start().waitFor()).isZero();
        Map<String, String> bare = Map.of("LC_ALL", locale);
        try (DaemonJvm daemon = DaemonJvm.start(folder, bare, Main.class).awaitServing()) {
            daemon.await("an answer", () -> PluginRun.of(folder, "DEL", "c9").status() == 0);
            try (var left = Files.list(folder.resolve("spool"))) {
                assertThat(left).containsExactly(folder.resolve("spool/unreadable"));
            }
            daemon.await("a word on it", () -> daemon.log().contains("c4@%C3%A9"));
        }
    }
}
