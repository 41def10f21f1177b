package dev.vpccni.acceptance.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.acceptance.lab.LabUnderTest;
import dev.vpccni.acceptance.lab.Traffic;
import dev.vpccni.acceptance.lab.Traffic.End;
import dev.vpccni.acceptance.lab.WantedLab;
import dev.vpccni.emulator.fabric.Egress;
import dev.vpccni.emulator.fabric.FabricPlan;
import org.junit.jupiter.api.Test;

/** What leaves the VPC, where its nodes are told to translate less than they do by default. */
class TranslationTest {

    /** Nine fit the primary interface of a c5.large; two more lie on the next. */
    private static final int PODS = 11;

    /** What the server on the premises has towards the VPC, and so asks from. */
    private static final String PREMISES_SIDE = "169.254.100.6";

    private static final String PREMISES = FabricPlan.PREMISES_SERVER.toString();
    private static final String INTERNET = FabricPlan.INTERNET_SERVER.toString();

    /** As on nodes in private subnets: a pod leaves as itself, and the gateway translates. */
    @Test
    void withExternalTranslationTheInternetSeesTheNatGateway() throws Exception {
        WantedLab wanted =
                WantedLab.nodes(1, "c5.large")
                        .with("AWS_VPC_K8S_CNI_EXTERNALSNAT", "true")
                        .egress(Egress.NAT_GATEWAY);
        try (var lab = LabUnderTest.up(wanted)) {
            lab.added("node-1", PODS);
            try (Traffic traffic = Traffic.measure(lab)) {
                podsOnBothInterfaces(traffic);
                for (End pod : traffic.pods()) {
                    assertThat(traffic.seenByTcp(pod.name(), "internet"))
                            .as(pod.name())
                            .isEqualTo(FabricPlan.NAT_PUBLIC.toString());
                    asThemselves(lab, traffic, pod);
                    // Nothing translates, so who knows a pod's address reaches it from outside.
                    assertThat(
                                    traffic.seenByUdp(
                                            lab.server("premises"),
                                            lab.namespace(pod.name()),
                                            pod.address()))
                            .isEqualTo(PREMISES_SIDE);
                }
                End any = traffic.pods().getLast();
                traffic.ping(any.name(), INTERNET);
                assertThat(traffic.seenByUdp(any.name(), lab.server("internet"), INTERNET))
                        .isEqualTo(FabricPlan.NAT_PUBLIC.toString());
            }
        }
    }

    /** The networks that are excluded see pods as they are, and the rest sees nodes as before. */
    @Test
    void excludedNetworksSeeThePodAndTheInternetTheNode() throws Exception {
        WantedLab wanted =
                WantedLab.nodes(1, "c5.large")
                        .with(
                                "AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS",
                                FabricPlan.PREMISES + ",192.168.0.0/16");
        try (var lab = LabUnderTest.up(wanted)) {
            lab.added("node-1", PODS);
            try (Traffic traffic = Traffic.measure(lab)) {
                podsOnBothInterfaces(traffic);
                String shown = FabricPlan.PUBLIC_ADDRESSES.network().plus(1).toString();
                for (End pod : traffic.pods()) {
                    assertThat(traffic.seenByTcp(pod.name(), "internet"))
                            .as(pod.name())
                            .isEqualTo(shown);
                    asThemselves(lab, traffic, pod);
                }
            }
        }
    }

    private static void podsOnBothInterfaces(Traffic traffic) {
        assertThat(traffic.pods())
                .hasSize(PODS)
                .anyMatch(pod -> pod.device() == 0)
                .anyMatch(pod -> pod.device() > 0);
    }

    private static void asThemselves(LabUnderTest lab, Traffic traffic, End pod) throws Exception {
        assertThat(traffic.seenByTcp(pod.name(), "premises"))
                .as(pod.name())
                .isEqualTo(pod.address());
        assertThat(traffic.seenByTcp(pod.name(), "endpoint"))
                .as(pod.name())
                .isEqualTo(pod.address());
        assertThat(traffic.seenByUdp(pod.name(), lab.server("premises"), PREMISES))
                .as(pod.name())
                .isEqualTo(pod.address());
    }
}
