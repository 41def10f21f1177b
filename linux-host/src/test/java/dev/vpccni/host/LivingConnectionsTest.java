package dev.vpccni.host;

import static dev.vpccni.host.ServedNode.INTERNET;
import static dev.vpccni.host.ServedNode.NODE;
import static dev.vpccni.host.ServedNode.ON_PRIMARY;
import static dev.vpccni.host.ServedNode.ON_SECONDARY;
import static dev.vpccni.host.ServedNode.OTHER_NODE;
import static dev.vpccni.host.ServedNode.PORT;
import static dev.vpccni.host.ServedNode.SETUP;
import static dev.vpccni.host.ServedNode.setup;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.dataplane.NodeSetup;
import dev.vpccni.testing.traffic.Datagrams;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections that live on while the rules that they began under change, or are missing. */
@Timeout(120)
class LivingConnectionsTest {

    private static final Duration SOON = Duration.ofSeconds(10);
    private static final Duration A_WHILE = Duration.ofMillis(50);
    private static final int SOME = 20;
    private static final int NODE_PORT = 30_000;

    /** What a node is told one after another; each differs from the one before. */
    private static SequencedMap<String, NodeSetup> life() {
        var all = new LinkedHashMap<String, NodeSetup>();
        all.put("the same", SETUP);
        all.put("more blocks", setup(List.of("10.0.0.0/16", "100.64.0.0/16"), false, true, 0x80));
        all.put("another mark", setup(List.of("10.0.0.0/16"), false, true, 0x4000_0000));
        all.put("a mark of more bits", setup(List.of("10.0.0.0/16"), false, true, 0xc000_0000L));
        all.put("no node ports", setup(List.of("10.0.0.0/16"), false, false, 0x80));
        all.put("excluded by now", setup(List.of("10.0.0.0/16", "203.0.113.0/24"), false, true, 1));
        all.put("external", setup(List.of("10.0.0.0/16"), true, true, 1));
        all.put("external, another mark", setup(List.of("10.0.0.0/16"), true, true, 0x80));
        all.put("as at first", SETUP);
        return all;
    }

    @ParameterizedTest
    @ValueSource(strings = {"iptables-legacy", "iptables-nft"})
    void nothingIsLostWhateverANodeIsTold(String iptables) throws Exception {
        try (var served = new ServedNode(iptables, SETUP)) {
            nodePort(served, iptables, ON_SECONDARY);
            Map<String, Datagrams> flows =
                    Map.of(
                            "primary to the internet",
                            served.datagrams(served.primary, INTERNET, PORT),
                            "secondary to the internet",
                            served.datagrams(served.secondary, INTERNET, PORT),
                            "primary to another node",
                            served.datagrams(served.primary, OTHER_NODE, PORT),
                            "secondary to another node",
                            served.datagrams(served.secondary, OTHER_NODE, PORT),
                            "the internet to a node port",
                            served.datagrams(served.node.fabric, NODE, NODE_PORT));
            flows.forEach(
                    (name, flow) -> assertThat(flow.awaitAnswers(SOME, SOON)).as(name).isTrue());
            for (var next : life().entrySet()) {
                var _ = served.apply(next.getValue());
                flows.forEach((name, flow) ->
                        assertThat(flow.awaitAnswers(SOME, SOON))
                                .as("%s: %s", next.getKey(), name)
                                .isTrue());
            }
            for (var flow : flows.entrySet()) {
                assertThat(flow.getValue().end().lost()).as(flow.getKey()).isZero();
            }
        }
    }

    /** Nothing leads marked packets any more, so what left as the node leaves as itself. */
    @ParameterizedTest
    @ValueSource(strings = {"iptables-legacy", "iptables-nft"})
    void whatCannotGoOnAsTheNodeGoesOnAsThePod(String iptables) throws Exception {
        try (var served = new ServedNode(iptables, SETUP)) {
            Datagrams flow = served.datagrams(served.secondary, INTERNET, PORT);
            assertThat(flow.awaitAnswers(SOME, SOON)).isTrue();

            var _ = served.apply(setup(List.of("10.0.0.0/16"), true, false, 0x80));

            assertThat(flow.awaitAnswers(SOME, SOON)).isTrue();
            assertThat(tracked(served, ON_SECONDARY)).allMatch(line -> line.contains("mark=0 "));
        }
    }

    @ParameterizedTest(name = "{0}, {1}")
    @CsvSource({
        "iptables-legacy, iptables-legacy -t nat -F",
        "iptables-nft, iptables-nft -t nat -F",
        "iptables-nft, nft flush ruleset"
    })
    void whatBeganWhileRulesWereMissingIsNotLostForEver(String iptables, String deed)
            throws Exception {
        try (var served = new ServedNode(iptables, SETUP)) {
            served.beTheInternetGateway();
            served.node.node.run(deed);
            Datagrams primary = served.datagrams(served.primary, INTERNET, PORT);
            Datagrams secondary = served.datagrams(served.secondary, INTERNET, PORT);
            assertThat(primary.awaitAnswers(1, A_WHILE)).isFalse();
            assertThat(secondary.awaitAnswers(1, A_WHILE)).isFalse();

            assertThat(served.host.setUpPacketFilter(SETUP)).isNotEmpty();

            assertThat(primary.awaitAnswers(SOME, SOON)).isTrue();
            assertThat(secondary.awaitAnswers(SOME, SOON)).isTrue();
        }
    }

    /** It leaves as the node, and by the pod's own interface. */
    @Test
    void whatBeganUnmarkedIsNotLostForEver() throws Exception {
        try (var served = new ServedNode("iptables-nft", SETUP)) {
            served.node.node.run("nft delete table ip aws-cni");
            Datagrams flow = served.datagrams(served.secondary, INTERNET, PORT);
            assertThat(flow.awaitAnswers(1, A_WHILE)).isFalse();

            assertThat(served.host.setUpPacketFilter(SETUP)).isNotEmpty();

            assertThat(flow.awaitAnswers(SOME, SOON)).isTrue();
        }
    }

    /** As one of an application that began when the VPC still translated: it works, and stays. */
    @Test
    void whatIsAnsweredStaysAsItIs() throws Exception {
        try (var served =
                new ServedNode("iptables-nft", setup(List.of("10.0.0.0/16"), true, true, 0x80))) {
            Datagrams flow = served.datagrams(served.secondary, INTERNET, PORT);
            assertThat(flow.awaitAnswers(SOME, SOON)).isTrue();
            var _ = served.apply(SETUP);
            served.node.node.run("iptables-nft -t nat -F");
            var _ = served.apply(SETUP);

            assertThat(flow.awaitAnswers(SOME, SOON)).isTrue();
            assertThat(flow.end().lost()).isZero();
            assertThat(tracked(served, ON_SECONDARY))
                    .singleElement()
                    .asString()
                    .contains("mark=0 ");
        }
    }

    /** Calico has bits of 0xffff0000 on connections, and Cilium of 0x0f00. */
    @ParameterizedTest
    @ValueSource(strings = {"iptables-legacy", "iptables-nft"})
    void bitsOfOthersStay(String iptables) throws Exception {
        try (var served = new ServedNode(iptables, SETUP)) {
            served.node.node.run("nft add table ip other");
            served.node.node.run(
                    "nft add chain ip other marks { type filter hook prerouting priority -160 ; }");
            served.node.node.run(
                    "nft add rule ip other marks ct state new ct mark set ct mark or 0x0f0f0f00");
            Datagrams flow = served.datagrams(served.secondary, INTERNET, PORT);
            Datagrams within = served.datagrams(served.secondary, ON_PRIMARY, PORT);
            assertThat(flow.awaitAnswers(SOME, SOON)).isTrue();
            assertThat(within.awaitAnswers(SOME, SOON)).isTrue();

            var _ = served.apply(setup(List.of("10.0.0.0/16"), false, true, 0x4000_0000));

            assertThat(flow.awaitAnswers(SOME, SOON)).isTrue();
            assertThat(tracked(served, ON_SECONDARY))
                    .hasSize(2)
                    .anyMatch(line -> line.contains("mark=" + 0x4f0f_0f00 + " "))
                    .anyMatch(line -> line.contains("mark=" + 0x0f0f_0f00 + " "));
        }
    }

    /** Returns what an address has begun, as the kernel prints it. */
    private static List<String> tracked(ServedNode served, String address) {
        return served.node
                .node
                .run("cat /proc/net/nf_conntrack")
                .lines()
                .filter(line ->
                        line.contains(" udp ")
                                && line.indexOf("src=" + address) == line.indexOf("src="))
                .toList();
    }

    private static void nodePort(ServedNode served, String iptables, String pod) {
        served.node.node.run(
                iptables
                        + " -t nat -I PREROUTING -d 10.0.0.10 -p udp --dport 30000 -j DNAT"
                        + " --to-destination "
                        + pod
                        + ":7");
    }
}
