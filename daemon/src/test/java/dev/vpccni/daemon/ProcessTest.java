package dev.vpccni.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How the process ends, as whoever started it sees it. */
final class ProcessTest {

    @TempDir Path folder;

    @Test
    void endsWithZeroWhenTold() throws Exception {
        try (DaemonJvm daemon = DaemonJvm.start(folder).awaitServing()) {
            daemon.terminate();
            assertThat(daemon.awaitEnd()).isZero();
            assertThat(daemon.log()).contains("stopped; verbs since the start: none");
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
}
