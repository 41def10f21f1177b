package dev.vpccni.acceptance.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.acceptance.lab.LabUnderTest;
import dev.vpccni.acceptance.lab.NodeStatus;
import dev.vpccni.acceptance.lab.Traffic;
import dev.vpccni.acceptance.lab.Traffic.End;
import dev.vpccni.acceptance.lab.Traffic.Pair;
import dev.vpccni.acceptance.lab.WantedLab;
import dev.vpccni.emulator.fabric.FabricPlan;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each kind of traffic, by packets, between two zones, with the default translation on nodes. */
class TrafficTest {

    /** Nine fit the primary interface of a c5.large; two more lie on the next. */
    private static final int PODS = 11;

    /** What fits a frame of 9001 bytes behind the headers of IPv4 and ICMP. */
    private static final String JUMBO = Integer.toString(9001 - 20 - 8);

    /** Of a service that the lab's VPC has an endpoint for. */
    private static final String ENDPOINT = "10.0.255.20";

    private static LabUnderTest lab;
    private static Traffic traffic;

    @BeforeAll
    static void start() throws Exception {
        lab = LabUnderTest.up(WantedLab.nodes(2, "c5.large"));
        lab.added("node-1", PODS);
        lab.added("node-2", PODS);
        traffic = Traffic.measure(lab);
    }

    @AfterAll
    static void stop() throws Exception {
        if (traffic != null) {
            traffic.close();
        }
        if (lab != null) {
            lab.close();
        }
    }

    @Test
    void theNodesLieInTwoZonesAndTheirPodsOnTwoInterfaces() throws Exception {
        assertThat(lab.status()).extracting(NodeStatus::zone).doesNotHaveDuplicates();
        for (String node : List.of("node-1", "node-2")) {
            assertThat(traffic.pods())
                    .filteredOn(pod -> pod.node().equals(node))
                    .hasSize(PODS)
                    .anyMatch(pod -> on("primary", pod))
                    .anyMatch(pod -> on("secondary", pod));
        }
    }

    @ParameterizedTest(name = "{0}, {1} to {2}")
    @CsvSource({
        "on a node, primary, primary",
        "on a node, primary, secondary",
        "on a node, secondary, primary",
        "on a node, secondary, secondary",
        "across nodes, primary, primary",
        "across nodes, primary, secondary",
        "across nodes, secondary, primary",
        "across nodes, secondary, secondary"
    })
    void podToPod(String where, String from, String to) throws Exception {
        Predicate<Pair> ofPods = pair -> !pair.from().isNode() && !pair.to().isNode();
        List<Pair> pairs =
                traffic.pairs(
                        ofPods.and(pair -> pair.onOneNode() == where.equals("on a node"))
                                .and(pair -> on(from, pair.from()) && on(to, pair.to())));
        traffic.arrivesUntouched(pairs);
        traffic.ping(
                pairs.getFirst().from().name(),
                pairs.getFirst().to().address(),
                "-M",
                "do",
                "-s",
                JUMBO);
    }

    @ParameterizedTest(name = "{0}, pod on {1}")
    @CsvSource({
        "its own node, primary",
        "its own node, secondary",
        "the other node, primary",
        "the other node, secondary"
    })
    void podToNodeAndBack(String which, String eni) throws Exception {
        boolean own = which.equals("its own node");
        traffic.arrivesUntouched(
                traffic.pairs(pair ->
                        !pair.from().isNode()
                                && pair.to().isNode()
                                && pair.onOneNode() == own
                                && on(eni, pair.from())));
        traffic.arrivesUntouched(
                traffic.pairs(pair ->
                        pair.from().isNode()
                                && !pair.to().isNode()
                                && pair.onOneNode() == own
                                && on(eni, pair.to())));
    }

    /** Inside the VPC nothing is translated. */
    @Test
    void aServiceInTheVpcSeesThePod() throws Exception {
        for (End pod : traffic.pods()) {
            assertThat(traffic.seenByTcp(pod.name(), "endpoint"))
                    .as(pod.name())
                    .isEqualTo(pod.address());
        }
        for (End pod : oneOnEachInterface()) {
            traffic.ping(pod.name(), ENDPOINT);
            assertThat(traffic.seenByUdp(pod.name(), lab.server("service"), ENDPOINT))
                    .isEqualTo(pod.address());
        }
    }

    /** Outside the VPC a pod is its node. */
    @Test
    void thePremisesSeeTheNode() throws Exception {
        String premises = FabricPlan.PREMISES_SERVER.toString();
        for (End pod : traffic.pods()) {
            assertThat(traffic.seenByTcp(pod.name(), "premises"))
                    .as(pod.name())
                    .isEqualTo(traffic.node(pod.node()).address());
        }
        for (End pod : oneOnEachInterface()) {
            traffic.ping(pod.name(), premises);
            assertThat(traffic.seenByUdp(pod.name(), lab.server("premises"), premises))
                    .isEqualTo(traffic.node(pod.node()).address());
        }
    }

    /** The internet gateway knows the node's primary address only, by its public one. */
    @Test
    void theInternetSeesTheNodesPublicAddress() throws Exception {
        String internet = FabricPlan.INTERNET_SERVER.toString();
        for (int number = 1; number <= 2; number++) {
            String node = "node-" + number;
            String shown = FabricPlan.PUBLIC_ADDRESSES.network().plus(number).toString();
            assertThat(traffic.seenByTcp(node, "internet")).isEqualTo(shown);
            for (End pod : traffic.pods()) {
                if (pod.node().equals(node)) {
                    assertThat(traffic.seenByTcp(pod.name(), "internet"))
                            .as(pod.name())
                            .isEqualTo(shown);
                }
            }
            for (End pod : oneOnEachInterface()) {
                traffic.ping(pod.name(), internet);
                if (pod.node().equals(node)) {
                    assertThat(traffic.seenByUdp(pod.name(), lab.server("internet"), internet))
                            .isEqualTo(shown);
                }
            }
        }
    }

    private static boolean on(String eni, End pod) {
        return pod.device() == 0 == eni.equals("primary");
    }

    /** Of each node. */
    private static List<End> oneOnEachInterface() {
        return traffic.pods().stream()
                .filter(pod ->
                        traffic.pods().stream()
                                .filter(other -> other.node().equals(pod.node()))
                                .filter(other -> other.device() == pod.device())
                                .findFirst()
                                .orElseThrow()
                                .equals(pod))
                .toList();
    }
}
