package dev.vpccni.host;

import static dev.vpccni.host.ServedNode.INTERNET;
import static dev.vpccni.host.ServedNode.ON_PRIMARY;
import static dev.vpccni.host.ServedNode.ON_SECONDARY;
import static dev.vpccni.host.ServedNode.OTHER_NODE;
import static dev.vpccni.host.ServedNode.PORT;
import static dev.vpccni.host.ServedNode.SETUP;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.dataplane.HostEnd;
import dev.vpccni.dataplane.NodeSetup;
import dev.vpccni.dataplane.PodLink;
import dev.vpccni.dataplane.PodWiring;
import dev.vpccni.model.IpAddress;
import dev.vpccni.node.port.HostNetwork.Part;
import dev.vpccni.node.port.PodNamespace;
import dev.vpccni.testing.traffic.Datagrams;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Packets that are led past the rules of pods go where these would lead them. */
@Timeout(120)
final class FastRulesTest {

    private static final NodeSetup FAST = new WantedNode().mtu(1500).fastRules(true).setup();
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final int SOME = 20;
    private static final String COPIES =
            "10.0.0.101 dev eni00000000101 scope link\n10.0.1.101 dev eni00000001101 scope link";
    private static final IpAddress LATER = IpAddress.parse("10.0.1.102");

    @Test
    void packetsGoTheSameWaysWhileTheyComeAndGo() throws Exception {
        try (var served = new ServedNode("iptables-nft", SETUP)) {
            String before = served.node.node.ip("rule");
            Map<String, Datagrams> flows =
                    Map.of(
                            "primary to secondary",
                            served.datagrams(served.primary, ON_SECONDARY, PORT),
                            "secondary to primary",
                            served.datagrams(served.secondary, ON_PRIMARY, PORT),
                            "secondary to another node",
                            served.datagrams(served.secondary, OTHER_NODE, PORT),
                            "secondary to the internet",
                            served.datagrams(served.secondary, INTERNET, PORT),
                            "another node to primary",
                            served.datagrams(served.node.fabric, ON_PRIMARY, PORT));
            for (int round = 0; round < 3; round++) {
                for (NodeSetup next : List.of(FAST, SETUP)) {
                    assertThat(served.host.setUpNode(next)).isNotEmpty();
                    assertThat(served.host.setUpNode(next)).isEmpty();
                    flows.forEach((name, flow) ->
                            assertThat(flow.awaitAnswers(SOME, SOON)).as(name).isTrue());
                }
            }
            for (var flow : flows.entrySet()) {
                assertThat(flow.getValue().end().lost()).as(flow.getKey()).isZero();
            }
            assertThat(served.node.node.ip("rule")).isEqualTo(before);
            assertThat(table(served)).isEmpty();
        }
    }

    @Test
    void theNodeHasTheTableAndTheRulesOfPodsBesides() throws Exception {
        try (var served = new ServedNode("iptables-nft", SETUP)) {
            String before = served.node.node.ip("rule");

            assertThat(served.host.setUpNode(FAST))
                    .containsExactly(
                            "route 10.0.0.101/32 dev eni00000000101 in table 9511",
                            "route 10.0.1.101/32 dev eni00000001101 in table 9511",
                            "rule 510: from all lookup 9511",
                            "rule 513: from all nop",
                            "rule 511: from all goto 513");

            assertThat(table(served)).isEqualTo(COPIES);
            assertThat(served.node.node.ip("rule").lines())
                    .containsAll(before.lines().toList())
                    .contains("511:\tfrom all goto 513");
        }
    }

    @Test
    void aPodThatComesIsInTheTableAndOneThatGoesIsNot() throws Exception {
        try (var served = new ServedNode("iptables-nft", FAST)) {
            TestNamespace pod = served.node.pod();
            wire(served, "eni00000001102", pod);
            assertThat(table(served)).contains("10.0.1.102 dev eni00000001102");
            served.answer(pod, LATER.toString());
            assertThat(
                            served.datagrams(served.secondary, LATER.toString(), PORT)
                                    .awaitAnswers(SOME, SOON))
                    .isTrue();

            served.host.unwire(LATER, 2, "eni00000001102");
            assertThat(table(served)).isEqualTo(COPIES);
        }
    }

    /** Its rules may wait for metadata, and those of the daemon before it are there. */
    @Test
    void aPodThatComesToANewDaemonBeforeItsRulesAreAskedForIsInTheTableToo() throws Exception {
        try (var served = new ServedNode("iptables-nft", FAST);
                LinuxHost later = served.node.host("iptables-nft")) {
            try (PodNamespace inside = LinuxPodNamespace.open(served.node.pod().path())) {
                later.wire(
                        new PodWiring.OneAddress(
                                new PodLink("eni00000001102", "eth0", LATER, 2, 1500)),
                        inside);
            }
            assertThat(table(served)).contains("10.0.1.102 dev eni00000001102");

            later.unwire(LATER, 2, "eni00000001102");
            assertThat(table(served)).isEqualTo(COPIES);
        }
    }

    @Test
    void theTableKnowsNobodyByTheWayThatAnEarlierPodHad() throws Exception {
        try (var served = new ServedNode("iptables-nft", FAST)) {
            wire(served, "eni0000000ea71", served.node.pod());
            wire(served, "eni00000001102", served.node.pod());
            served.node.node.ip(
                    "route replace 10.0.0.101/32 dev eni00000001102 proto boot scope link table 9511");

            assertThat(served.host.setUpNode(FAST))
                    .containsExactly("route 10.0.0.101/32 dev eni00000000101 in table 9511");

            assertThat(table(served))
                    .contains("10.0.1.102 dev eni00000001102")
                    .contains(COPIES.lines().findFirst().orElseThrow());
        }
    }

    @Test
    void aWayThatNoPodsRuleLeadsToIsNotInTheTable() throws Exception {
        try (var served = new ServedNode("iptables-nft", FAST)) {
            served.node.node.ip("route add 10.0.0.77 dev eni00000000101");

            assertThat(served.host.setUpNode(FAST)).isEmpty();
            assertThat(table(served)).isEqualTo(COPIES);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "rule del pref 510 | rule 510: from all lookup 9511",
                "rule del pref 511 | rule 511: from all goto 513",
                "rule del pref 513 | rule 513: from all nop",
                "route del 10.0.1.101 table 9511"
                        + " | route 10.0.1.101/32 dev eni00000001101 in table 9511",
                "route add 10.0.0.77 dev eni00000000101 table 9511"
                        + " | without route 10.0.0.77/32 dev eni00000000101 in table 9511"
            })
    void whatOthersRemoveIsBroughtBack(String deed, String what) throws Exception {
        try (var served = new ServedNode("iptables-nft", FAST)) {
            while (!served.host.awaitDisturbance(Duration.ofMillis(300)).isEmpty()) {
                // what made the node
            }
            served.node.node.ip(deed);
            if (deed.contains("del")) {
                assertThat(served.host.awaitDisturbance(SOON)).containsExactly(Part.ROUTING);
            }

            assertThat(served.host.setUpNode(FAST)).containsExactly(what);
            assertThat(served.host.setUpNode(FAST)).isEmpty();
            assertThat(table(served)).isEqualTo(COPIES);
        }
    }

    /** Whoever restores the way in table main does it in the other one, too. */
    @Test
    void aPodWhoseWaysAreAllGoneHasThemBothAgain() throws Exception {
        try (var served = new ServedNode("iptables-nft", FAST)) {
            TestNamespace node = served.node.node;
            node.ip("rule del to 10.0.1.101 pref 512");
            node.ip("route del 10.0.1.101 table main");
            node.ip("route del 10.0.1.101 table 9511");

            assertThat(served.host.setUpNode(FAST)).isEmpty();
            assertThat(
                            served.host.restore(
                                    new HostEnd("00000001101", IpAddress.parse(ON_SECONDARY), 2)))
                    .hasSize(2);

            assertThat(table(served)).isEqualTo(COPIES);
        }
    }

    /** Pods come and go in two threads while a third one switches the table on and off. */
    @Test
    void nobodyIsForgottenWhoComesWhileTheTableIsFilled() throws Exception {
        try (var served = new ServedNode("iptables-nft", FAST)) {
            var pods = List.of(served.node.pod(), served.node.pod());
            var done = new ArrayList<CompletableFuture<Void>>();
            for (int i = 0; i < pods.size(); i++) {
                int number = i;
                done.add(
                        CompletableFuture.runAsync(
                                () -> comeAndGo(served, pods.get(number), number)));
            }
            while (!done.stream().allMatch(CompletableFuture::isDone)) {
                var _ = served.host.setUpNode(SETUP);
                var _ = served.host.setUpNode(FAST);
            }
            for (CompletableFuture<Void> each : done) {
                each.join();
            }

            assertThat(served.host.setUpNode(FAST)).isEmpty();
            assertThat(table(served))
                    .contains("10.0.1.110 dev eni00000001110", "10.0.1.111 dev eni00000001111")
                    .contains(COPIES);
        }
    }

    private static void comeAndGo(ServedNode served, TestNamespace pod, int number) {
        var link =
                new PodLink(
                        "eni0000000111" + number,
                        "eth0",
                        IpAddress.parse("10.0.1.11" + number),
                        2,
                        1500);
        try {
            for (int round = 0; round < 100; round++) {
                if (round > 0) {
                    served.host.unwire(link.address(), 2, link.hostInterface());
                    pod.ip("link del eth0");
                }
                try (PodNamespace inside = LinuxPodNamespace.open(pod.path())) {
                    served.host.wire(new PodWiring.OneAddress(link), inside);
                }
            }
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static void wire(ServedNode served, String name, TestNamespace pod) throws Exception {
        try (PodNamespace inside = LinuxPodNamespace.open(pod.path())) {
            served.host.wire(
                    new PodWiring.OneAddress(new PodLink(name, "eth0", LATER, 2, 1500)), inside);
        }
    }

    /** Of a table that nobody has used yet ip(8) does not like to speak. */
    private static String table(ServedNode served) {
        return served.node
                .node
                .ip("route show table all")
                .lines()
                .filter(line -> line.contains(" table 9511"))
                .map(line -> line.replace(" table 9511", "").strip())
                .collect(Collectors.joining("\n"));
    }
}
