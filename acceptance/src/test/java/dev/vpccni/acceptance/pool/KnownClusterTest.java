package dev.vpccni.acceptance.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.acceptance.lab.LabUnderTest;
import dev.vpccni.acceptance.lab.WantedLab;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The pool settles where upstream's documentation says, in the lab as in the tables of ipam. */
class KnownClusterTest {

    private static final Duration SETTLES = Duration.ofSeconds(30);

    /** The cluster that upstream's users know: what two CoreDNS pods cost with default targets. */
    @Test
    void threeNodesWithACoreDnsPodOnTwo() throws Exception {
        try (var lab = LabUnderTest.up(WantedLab.nodes(3, "c5.large"))) {
            lab.added("node-1", 1);
            lab.added("node-2", 1);
            lab.await(
                    "2 interfaces and 20 addresses on nodes 1 and 2",
                    SETTLES,
                    () ->
                            lab.status("node-1").total() == 20
                                    && lab.status("node-2").total() == 20
                                    && lab.status("node-3").total() == 10);
            assertThat(lab.status("node-1").enis()).hasSize(2);
            assertThat(lab.status("node-2").enis()).hasSize(2);
            assertThat(lab.status("node-3").enis()).hasSize(1);
        }
    }

    @ParameterizedTest(name = "example {0}: {1} pods, WARM_IP_TARGET={2}, MINIMUM_IP_TARGET={3}")
    @CsvSource({"2, 5, 0, 0, 3, 9", "5, 5, 1, 1, 2, 6", "8, 5, 2, 5, 3, 7"})
    void documentedExamples(
            int example, int pods, String warm, String minimum, int enis, int secondaries)
            throws Exception {
        WantedLab wanted =
                WantedLab.nodes(1, "t3.small")
                        .with("WARM_IP_TARGET", warm)
                        .with("MINIMUM_IP_TARGET", minimum);
        try (var lab = LabUnderTest.up(wanted)) {
            lab.added("node-1", pods);
            lab.await(
                    "example " + example,
                    SETTLES,
                    () ->
                            lab.status("node-1").enis().size() == enis
                                    && lab.status("node-1").total() == enis + secondaries);
            assertThat(lab.status("node-1").count("assigned")).isEqualTo(pods);
        }
    }
}
