package dev.vpccni.acceptance.traffic;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.acceptance.lab.Ec2View;
import dev.vpccni.acceptance.lab.LabUnderTest;
import dev.vpccni.acceptance.lab.LabUnderTest.PodOutcome;
import dev.vpccni.acceptance.lab.NodeStatus;
import dev.vpccni.acceptance.lab.Traffic;
import dev.vpccni.acceptance.lab.Traffic.End;
import dev.vpccni.acceptance.lab.Traffic.Pair;
import dev.vpccni.acceptance.lab.WantedLab;
import dev.vpccni.emulator.fabric.FabricPlan;
import dev.vpccni.json.JsonObject;
import dev.vpccni.model.Cidr;
import dev.vpccni.model.IpAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where pods get their addresses from does not matter to their packets. */
class AddressingTest {

    private static final String PREFIXES = "ENABLE_PREFIX_DELEGATION";
    private static final String CUSTOM = "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG";
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Cidr FOR_PODS = Cidr.parse("100.64.0.0/24");

    private static final String ENDPOINT = "10.0.255.20";

    /** Two more than the one prefix of a t3.nano's primary interface has addresses. */
    private static final int PODS = 18;

    @Test
    void podsOfPrefixesOnBothInterfacesReachEverybody() throws Exception {
        WantedLab wanted =
                WantedLab.nodes(2, "t3.nano")
                        .with(PREFIXES, "true")
                        .with("WARM_PREFIX_TARGET", "1");
        try (var lab = LabUnderTest.up(wanted)) {
            List<PodOutcome> pods = lab.added("node-1", PODS);
            lab.added("node-2", 3);

            NodeStatus node = lab.status("node-1");
            assertThat(node.enis())
                    .hasSize(2)
                    .allSatisfy(eni -> assertThat(eni.prefixes()).hasSize(1));
            assertThat(node.enis())
                    .flatExtracting(NodeStatus.Eni::prefixes)
                    .extracting(NodeStatus.Prefix::used)
                    .containsExactly(16L, 2L);
            assertThat(pods)
                    .allMatch(pod ->
                            node.enis().stream()
                                    .flatMap(eni -> eni.prefixes().stream())
                                    .anyMatch(prefix ->
                                            Cidr.parse(prefix.prefix())
                                                    .contains(IpAddress.parse(pod.address()))));
            everyKindArrives(lab);
        }
    }

    @ParameterizedTest(name = "prefixes: {0}")
    @ValueSource(booleans = {false, true})
    void podsInAnotherSubnetThanTheirNodeReachEverybody(boolean prefixes) throws Exception {
        WantedLab wanted =
                WantedLab.nodes(2, "c5.large")
                        .podSubnet("10.0.0.0/24", "100.64.0.0/24")
                        .with(CUSTOM, "true")
                        .with(PREFIXES, String.valueOf(prefixes))
                        .with("WARM_IP_TARGET", "5");
        try (var lab = LabUnderTest.up(wanted)) {
            lab.added("node-1", 11);
            lab.added("node-2", 3);

            for (NodeStatus node : lab.status()) {
                NodeStatus.Eni primary = node.enis().getFirst();
                assertThat(primary.primary()).isTrue();
                assertThat(primary.addresses()).hasSize(1);
                assertThat(primary.prefixes()).isEmpty();
                assertThat(node.enis().stream().skip(1).flatMap(eni -> eni.addresses().stream()))
                        .filteredOn(slot -> slot.state().equals("assigned"))
                        .isNotEmpty()
                        .allMatch(slot -> FOR_PODS.contains(IpAddress.parse(slot.address())));
                assertThat(node.enis().get(1).prefixes().isEmpty()).isEqualTo(!prefixes);
            }
            everyKindArrives(lab);
        }
    }

    /** Pods that have addresses of an excluded subnet keep them. */
    @Test
    void tagsOfSubnetsSayWhereNewPodsHaveAddressesAndAllReachEverybody() throws Exception {
        WantedLab wanted =
                WantedLab.nodes(2, "c5.large")
                        .podSubnet("10.0.0.0/24", "100.64.0.0/24")
                        .with("WARM_IP_TARGET", "1");
        try (var lab = LabUnderTest.up(wanted)) {
            lab.added("node-1", 9);
            lab.added("node-2", 3);
            assertThat(pods(lab)).noneMatch(FOR_PODS::contains);

            for (JsonObject subnet : lab.ask(Map.of("verb", "subnets")).objects("subnets")) {
                boolean forPods = subnet.truth("pods", false);
                Ec2View.tagForPods(lab, "node-1", subnet.string("id"), forPods);
            }
            lab.daemon("node-1", "kill");
            lab.daemon("node-1", "start");
            lab.await(
                    "excluded interfaces",
                    PATIENCE,
                    () -> lab.status("node-1").enis().getFirst().excluded());
            lab.added("node-1", 3);

            assertThat(pods(lab)).filteredOn(FOR_PODS::contains).hasSize(3);
            NodeStatus.Eni last = lab.status("node-1").enis().getLast();
            assertThat(last.addresses())
                    .allMatch(slot -> FOR_PODS.contains(IpAddress.parse(slot.address())));
            everyKindArrives(lab);
        }
    }

    private static List<IpAddress> pods(LabUnderTest lab) throws Exception {
        return lab.status().stream()
                .flatMap(node -> node.enis().stream())
                .flatMap(eni -> eni.addresses().stream())
                .filter(slot -> slot.state().equals("assigned"))
                .map(slot -> IpAddress.parse(slot.address()))
                .toList();
    }

    /** By TCP for all, by ICMP and UDP for one of each kind. */
    private static void everyKindArrives(LabUnderTest lab) throws Exception {
        try (Traffic traffic = Traffic.measure(lab)) {
            Predicate<Pair> sameNode = Pair::onOneNode;
            for (Predicate<Pair> where : List.of(sameNode, sameNode.negate())) {
                traffic.arrivesUntouched(
                        traffic.pairs(where.and(p -> !p.from().isNode() && !p.to().isNode())));
                traffic.arrivesUntouched(
                        traffic.pairs(where.and(p -> !p.from().isNode() && p.to().isNode())));
                traffic.arrivesUntouched(
                        traffic.pairs(where.and(p -> p.from().isNode() && !p.to().isNode())));
            }
            for (End pod : traffic.pods()) {
                int number = pod.node().equals("node-1") ? 1 : 2;
                assertThat(traffic.seenByTcp(pod.name(), "endpoint")).isEqualTo(pod.address());
                assertThat(traffic.seenByTcp(pod.name(), "premises"))
                        .isEqualTo(traffic.node(pod.node()).address());
                assertThat(traffic.seenByTcp(pod.name(), "internet"))
                        .isEqualTo(FabricPlan.PUBLIC_ADDRESSES.network().plus(number).toString());
            }
            End last = traffic.pods().getLast();
            traffic.ping(last.name(), ENDPOINT);
            traffic.ping(last.name(), FabricPlan.PREMISES_SERVER.toString());
            traffic.ping(last.name(), FabricPlan.INTERNET_SERVER.toString());
        }
    }
}
