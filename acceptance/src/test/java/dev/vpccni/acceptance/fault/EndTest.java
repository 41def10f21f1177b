package dev.vpccni.acceptance.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.acceptance.lab.LoneDaemon;
import dev.vpccni.acceptance.lab.NetConf;
import dev.vpccni.acceptance.lab.Plugin;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The daemon's process ends where it cannot go on, so that it is started anew. */
class EndTest {

    /** Enough to serve, and less than the largest request takes while it is read. */
    private static final String SMALL = "-Xms8m -Xmn2m -Xmx12m";

    @TempDir private Path folder;

    @Test
    void whenTheHeapIsExhausted() throws Exception {
        try (var daemon = LoneDaemon.start(folder, Map.of("VPC_CNI_JAVA_OPTIONS", SMALL))) {
            daemon.awaitServing();
            assertThat(Plugin.Complaint.of(daemon.plugin("STATUS", NetConf.of("1.1.0"))).code())
                    .isEqualTo(50);
            String hungry = NetConf.of("1.1.0").replaceFirst("\\{", "{\"x\":\"" + text() + "\",");
            assertThat(daemon.plugin("STATUS", hungry).status()).isEqualTo(1);
            assertThat(daemon.awaitEnd()).as("the JVM's own status for it").isEqualTo(3);
            assertThat(daemon.said()).contains("Terminating due to java.lang.OutOfMemoryError");
        }
    }

    @Test
    void whenItIsTold() throws Exception {
        try (var daemon = LoneDaemon.start(folder, Map.of())) {
            daemon.awaitServing();
            daemon.terminate();
            assertThat(daemon.awaitEnd()).isZero();
            assertThat(daemon.said()).isEmpty();
        }
    }

    /** As it came, as characters while it is parsed, and as a text: sixteen bytes for four. */
    private static String text() {
        return "a".repeat(4_000_000);
    }
}
