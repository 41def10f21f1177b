package dev.vpccni.acceptance.traffic;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vpccni.acceptance.lab.Conversation;
import dev.vpccni.acceptance.lab.Ec2View;
import dev.vpccni.acceptance.lab.Ended;
import dev.vpccni.acceptance.lab.LabUnderTest;
import dev.vpccni.acceptance.lab.NetConf;
import dev.vpccni.acceptance.lab.NodeStatus;
import dev.vpccni.acceptance.lab.Plugin;
import dev.vpccni.acceptance.lab.Plugin.Container;
import dev.vpccni.acceptance.lab.Traffic;
import dev.vpccni.acceptance.lab.Traffic.End;
import dev.vpccni.acceptance.lab.WantedLab;
import dev.vpccni.emulator.fabric.FabricPlan;
import dev.vpccni.json.JsonObject;
import dev.vpccni.model.Cidr;
import dev.vpccni.model.IpAddress;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Nodes whose pods have IPv6 addresses, by packets. */
class Ipv6Test {

    private static final List<String> NODES = List.of("node-1", "node-2");
    private static final String NODE = NODES.getFirst();
    private static final int PODS = 3;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** How often the daemon dies under traffic. */
    private static final int RESTARTS = 3;

    /** Fewer than are sent while the daemon starts that often. */
    private static final int ANSWERED = 50;

    private static final String PREMISES = FabricPlan.PREMISES_SERVER.toString();

    /** What pods may leave behind in a kernel of both families. */
    private static final String STATE =
            """
            ls /sys/class/net
            ip rule; ip -6 rule
            ip route show table all
            ip -6 route show table all | grep -v '^fe80::\\|^multicast\\|^ff00::\\|^local fe80'
            iptables-save | grep '^-A'; ip6tables-save | grep '^-A'
            ls /run/cni/v6pd/egress-v4-ipam/aws-cni 2>/dev/null | grep '^169'
            """;

    @Test
    void podsReachEverybodyAndLeaveNothing() throws Exception {
        try (var lab = LabUnderTest.up(WantedLab.nodes(NODES.size(), "c5.large").withIpv6())) {
            String before = state(lab);
            for (String node : NODES) {
                lab.added(node, PODS);
            }
            eachNodeHasOnePrefixForItsPods(lab);
            try (Traffic traffic = Traffic.measure(lab)) {
                amongOneAnother(traffic);
                throughEgress(lab, traffic);
                notByEgressAddresses(lab, traffic);
                aRestartLosesNoPacket(lab, traffic);
            }

            lab.removeAll();

            lab.await("nothing of pods", PATIENCE, () -> state(lab).equals(before));
            for (NodeStatus node : lab.status()) {
                assertThat(node.enis().getFirst().prefixes())
                        .singleElement()
                        .satisfies(prefix -> {
                            assertThat(prefix.used()).isZero();
                            assertThat(prefix.state()).isEqualTo("serving");
                        });
            }
            assertThat(lab.exec(NODE, "ip6tables-save", "-t", "nat").out())
                    .as("nothing of IPv6 is translated")
                    .doesNotContain("AWS");
        }
    }

    private static void eachNodeHasOnePrefixForItsPods(LabUnderTest lab) throws Exception {
        for (NodeStatus node : lab.status()) {
            assertThat(node.enis()).hasSize(1);
            NodeStatus.Eni primary = node.enis().getFirst();
            assertThat(primary.prefixes()).hasSize(1);
            Cidr prefix = Cidr.parse(primary.prefixes().getFirst().prefix());
            assertThat(prefix.prefixLength()).isEqualTo(80);
            assertThat(primary.prefixes().getFirst().used()).isEqualTo(PODS);
            assertThat(primary.addresses())
                    .filteredOn(slot -> slot.state().equals("assigned"))
                    .hasSize(PODS)
                    .allMatch(slot -> prefix.contains(IpAddress.parse(slot.address())));
            var asked = lab.ask(Map.of("verb", "calls")).objects("nodes");
            assertThat(asked)
                    .allSatisfy(one ->
                            assertThat(one.object("ec2").integer("AssignIpv6Addresses"))
                                    .isEqualTo(1));
        }
    }

    /** Pods of the same and of the other node, nodes both ways, and the internet of IPv6. */
    private static void amongOneAnother(Traffic traffic) throws Exception {
        for (boolean onOneNode : List.of(true, false)) {
            traffic.arrivesUntouched(
                    traffic.pairs(pair ->
                            !pair.from().isNode()
                                    && !pair.to().isNode()
                                    && pair.onOneNode() == onOneNode));
            traffic.arrivesUntouched(
                    traffic.pairs(pair ->
                            !pair.from().isNode()
                                    && pair.to().isNode()
                                    && pair.onOneNode() == onOneNode));
            traffic.arrivesUntouched(
                    traffic.pairs(pair ->
                            pair.from().isNode()
                                    && !pair.to().isNode()
                                    && pair.onOneNode() == onOneNode));
        }
        for (End pod : traffic.pods()) {
            assertThat(traffic.seenByTcp(pod.name(), "internet6"))
                    .as(pod.name())
                    .isEqualTo(pod.address());
        }
    }

    /** Who has IPv4 only sees the node. */
    private static void throughEgress(LabUnderTest lab, Traffic traffic) throws Exception {
        for (int number = 1; number <= NODES.size(); number++) {
            String node = "node-" + number;
            String shown = FabricPlan.PUBLIC_ADDRESSES.network().plus(number).toString();
            String own = address4(lab, node);
            for (End pod : traffic.pods()) {
                if (pod.node().equals(node)) {
                    assertThat(traffic.seenByTcp(pod.name(), "internet"))
                            .as(pod.name())
                            .isEqualTo(shown);
                    assertThat(traffic.seenByTcp(pod.name(), "premises")).isEqualTo(own);
                    assertThat(traffic.seenByTcp(pod.name(), "endpoint")).isEqualTo(own);
                    assertThat(traffic.seenByUdp(pod.name(), lab.server("premises"), PREMISES))
                            .isEqualTo(own);
                    traffic.ping(pod.name(), PREMISES);
                }
            }
        }
    }

    /** The node stands between pods that would use what only leads out. */
    private static void notByEgressAddresses(LabUnderTest lab, Traffic traffic) throws Exception {
        assertThat(lab.exec(NODE, "iptables", "-S", "FORWARD").out())
                .contains("-A FORWARD -d 169.254.172.0/22 -m conntrack --ctstate NEW");
        List<End> pods = traffic.pods().stream().filter(pod -> pod.node().equals(NODE)).toList();
        String other =
                lab.exec(pods.getLast().name(), "ip", "-4", "-o", "address", "show", "v4if0")
                        .out()
                        .replaceAll("(?s).*inet ([0-9.]*)/.*", "$1");
        assertThat(other).startsWith("169.254.17");
        String asker = pods.getFirst().name();
        Ended refused = lab.exec(asker, "ping", "-n", "-c", "1", "-w", "1", other);
        assertThat(refused.status()).as("%s", refused).isNotZero();
    }

    private static void aRestartLosesNoPacket(LabUnderTest lab, Traffic traffic) throws Exception {
        String asker = traffic.pods().getFirst().name();
        String far = traffic.pods().getLast().address();
        try (var six = Conversation.start(lab, asker, far);
                var four = Conversation.start(lab, asker, PREMISES)) {
            for (int restart = 0; restart < RESTARTS; restart++) {
                lab.daemon(NODE, "kill");
                lab.daemon(NODE, "start");
                lab.remove(List.of(lab.added(NODE, 1).getFirst().name()));
            }

            assertThat(six.unanswered(ANSWERED)).isEmpty();
            assertThat(four.unanswered(ANSWERED)).isEmpty();
        }
    }

    /** The further interface has prefixes and no IPv6 address of its own. */
    @Test
    void podsBehindAFurtherInterfaceReachEverybody() throws Exception {
        WantedLab wanted =
                WantedLab.nodes(NODES.size(), "c5.large")
                        .podSubnet("10.0.0.0/24", "10.0.1.0/24")
                        .withIpv6();
        try (var lab = LabUnderTest.up(wanted)) {
            lab.added(NODE, 1);
            keepPodsOffTheNodesSubnet(lab);
            for (String node : NODES) {
                lab.daemon(node, "kill");
                lab.daemon(node, "start");
                // Until EC2 has answered, what is there serves.
                lab.await(
                        "a further interface", PATIENCE, () -> lab.status(node).enis().size() == 2);
                lab.added(node, PODS);
            }

            for (NodeStatus node : lab.status()) {
                assertThat(node.enis())
                        .hasSize(2)
                        .last()
                        .satisfies(eni ->
                                assertThat(eni.prefixes())
                                        .singleElement()
                                        .satisfies(one -> assertThat(one.used()).isEqualTo(PODS)));
            }
            try (Traffic traffic = Traffic.measure(lab)) {
                amongOneAnother(traffic);
                throughEgress(lab, traffic);
            }
        }
    }

    private static void keepPodsOffTheNodesSubnet(LabUnderTest lab) throws Exception {
        for (JsonObject subnet : lab.ask(Map.of("verb", "subnets")).objects("subnets")) {
            Ec2View.tagForPods(lab, NODE, subnet.string("id"), subnet.truth("pods", false));
        }
    }

    /** The verbs one by one, and the ledger after a daemon that was killed. */
    @Test
    void resultsNameTheAddressAndTheNextDaemonKnowsIt() throws Exception {
        try (var lab = LabUnderTest.up(WantedLab.nodes(1, "c5.large").withIpv6())) {
            var plugin = new Plugin(lab, NODE);
            Container pod = plugin.container("six");
            String said = plugin.must("ADD", pod, NetConf.of("1.0.0"));
            JsonObject result = JsonObject.parse(said);
            String address = result.objects("ips").getFirst().string("address");
            assertThat(address).endsWith("/128");
            assertThat(result.objects("interfaces").get(1).string("mac")).isEqualTo("254");
            String after = NetConf.after("1.0.0", said);
            plugin.must("CHECK", pod, after);

            lab.daemon(NODE, "kill");
            assertThat(Files.readString(LabUnderTest.checkpoint(NODE)))
                    .contains("\"ipv6\":\"" + address.replace("/128", "") + "\"")
                    .doesNotContain("\"ipv4\"");
            lab.daemon(NODE, "start");

            plugin.must("CHECK", pod, after);
            assertThat(plugin.must("ADD", pod, NetConf.of("1.0.0"))).isEqualTo(said);
            assertThat(lab.added(NODE, PODS))
                    .extracting(LabUnderTest.PodOutcome::address)
                    .doesNotContain(address.replace("/128", ""));
            lab.exec(NODE, "ip", "-6", "route", "del", address);
            assertThat(plugin.run(pod.variables("CHECK"), after).status()).isEqualTo(1);
            plugin.must("DEL", pod, after);
            plugin.must("DEL", pod, after);
            plugin.remove(pod);
        }
    }

    @Test
    void whereEc2HasNoPrefixesTheDaemonEndsAndSaysWhy() {
        assertThatThrownBy(
                        () -> LabUnderTest.up(WantedLab.nodes(1, "t2.medium").withIpv6()).close())
                .hasMessageContaining("the daemon of node-1 ended")
                .hasMessageContaining("ENABLE_IPv6 asks for IPv6 prefixes")
                .hasMessageContaining("t2.medium");
    }

    private static String address4(LabUnderTest lab, String node) throws Exception {
        return lab.status(node).enis().getFirst().addresses().getFirst().address();
    }

    private static String state(LabUnderTest lab) throws Exception {
        var all = new StringBuilder();
        for (String node : NODES) {
            all.append(lab.exec(node, "sh", "-c", STATE).out());
        }
        return all.toString();
    }
}
