package dev.vpccni.acceptance.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.acceptance.lab.Ended;
import dev.vpccni.acceptance.lab.KernelWitness;
import dev.vpccni.acceptance.lab.LabUnderTest;
import dev.vpccni.acceptance.lab.WantedLab;
import dev.vpccni.json.JsonObject;
import org.junit.jupiter.api.Test;

/** The plugin of this build against the CNI specification, on a node, by the kit for any plugin. */
class ConformanceTest {

    private static final String NODE = "node-1";
    private static final String PLUGIN = "/opt/cni/bin/aws-cni";
    private static final String LIST = "/etc/cni/net.d/10-aws.conflist";

    @Test
    void thePluginMeetsEveryRequirement() throws Exception {
        try (var lab =
                LabUnderTest.up(WantedLab.nodes(1, "m5.xlarge").with("IP_COOLDOWN_PERIOD", "0"))) {
            assertThat(lab.added(NODE, 1)).hasSize(1);
            KernelWitness.assertEachHasItsOwn(lab, NODE, KernelWitness.running(lab));

            Ended ended =
                    lab.exec(
                            NODE,
                            LabUnderTest.home().resolve("bin/vpc-cni").toString(),
                            "conformance",
                            "--plugin",
                            PLUGIN,
                            "--config",
                            LIST,
                            "--host-namespace",
                            "current",
                            "-o",
                            "json");

            assertThat(ended.out()).as(ended.err()).isNotEmpty();
            JsonObject card = JsonObject.parse(ended.out());
            for (JsonObject requirement : card.objects("requirements")) {
                assertThat(requirement.string("verdict"))
                        .as(requirement.string("id") + ": " + ended.out())
                        .isNotIn("failed", "notTried");
            }
            assertThat(ended.status()).isZero();
            assertThat(card.integer("passed")).isGreaterThanOrEqualTo(49);
            // GC among others was tried beside a pod of a network that is not the kit's.
            KernelWitness.assertEachHasItsOwn(lab, NODE, KernelWitness.running(lab));
            lab.removeAll();
        }
    }
}
