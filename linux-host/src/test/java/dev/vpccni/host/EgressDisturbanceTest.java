package dev.vpccni.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vpccni.dataplane.egress.EgressFamily;
import dev.vpccni.dataplane.egress.EgressWiring;
import dev.vpccni.host.egress.LinuxEgress;
import dev.vpccni.node.port.EgressHost;
import dev.vpccni.node.port.PodNamespace;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** What others remove of a pod's way out in the other family is heard, named and brought back. */
@Timeout(120)
final class EgressDisturbanceTest {

    private static final Duration LONG = Duration.ofSeconds(20);
    private static final EgressWiring FOUR = EgressNode.wiring(EgressFamily.IPV4, 1);

    private EgressNode node;
    private TestNamespace pod;
    private LinuxEgress egress;

    @BeforeEach
    void makeNode() throws Exception {
        node = new EgressNode();
        pod = node.node.pod();
        egress = node.egress("iptables");
    }

    @AfterEach
    void removeNode() {
        egress.close();
        node.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "IPV4 | iptables -t nat -F POSTROUTING | rule in POSTROUTING",
                "IPV6 | ip6tables -t nat -F POSTROUTING | rule in POSTROUTING",
                "IPV4 | iptables -t nat -F CHAIN | chain CNI-E4-",
                "IPV6 | ip6tables -t nat -F CHAIN | chain CNI-E6-",
                "IPV4 | iptables -t nat -F | chain CNI-E4-",
                "IPV4 | nft delete table ip nat | chain CNI-E4-",
                "IPV4 | ip route del 169.254.172.2 | route 169.254.172.2 over veth",
                "IPV6 | ip -6 route del fd00::ac:2 | route fd00::ac:2 over veth",
                "IPV4 | ip addr del 169.254.172.1/32 dev VETH | address 169.254.172.1 of veth",
                "IPV4 | ip neigh del 169.254.172.2 dev VETH | neighbour 169.254.172.2 of veth",
                "IPV6 | ip -6 neigh del fd00::ac:2 dev VETH | neighbour fd00::ac:2 of veth",
                "IPV4 | ip link set VETH down | up",
            })
    void whatAPodNeedsIsBroughtBack(EgressFamily family, String removal, String what)
            throws Exception {
        EgressWiring wiring = EgressNode.wiring(family, 1);
        EgressHost.Pair pair = connect(wiring);
        listen();
        String before = everything(pair);

        node.kernel.run(
                removal.replace("VETH", pair.hostInterface()).replace("CHAIN", wiring.chain()));

        assertThat(egress.awaitDisturbance(LONG)).isTrue();
        String thing = "the way out of " + wiring.address();
        Map<String, List<String>> missing = egress.missing();
        assertThat(missing).containsKey(thing);
        assertThat(missing.get(thing)).anyMatch(lost -> lost.contains(what));
        assertThat(egress.restore(thing)).isEqualTo(missing.get(thing));
        assertThat(everything(pair)).isEqualTo(before);
        assertThat(egress.missing()).isEmpty();
        assertThat(egress.restore(thing)).as("once").isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void whatKeepsPodsApartIsBroughtBackAheadOfEverything(EgressFamily family) throws Exception {
        String program = family == EgressFamily.IPV4 ? "iptables" : "ip6tables";
        egress.separate(family);
        listen();
        String before = node.kernel.run(program + " -S FORWARD");

        node.kernel.run(program + " -F FORWARD");
        assertThat(egress.awaitDisturbance(LONG)).isTrue();
        node.kernel.run(program + " -A FORWARD -j ACCEPT");

        assertThat(egress.missing()).hasSize(1);
        String thing = "what keeps pods apart over " + family.addresses();
        assertThat(egress.restore(thing)).containsExactly("the rule in FORWARD");
        assertThat(node.kernel.run(program + " -S FORWARD"))
                .isEqualTo(before + "-A FORWARD -j ACCEPT\n");
        assertThat(egress.missing()).isEmpty();
    }

    @Test
    void whatOthersDoElsewhereIsNotHeard() throws Exception {
        connect(FOUR);
        listen();

        node.kernel.run("iptables -t nat -N KUBE-X");
        node.kernel.run("iptables -t nat -A KUBE-X -j RETURN");
        node.kernel.run("iptables -t nat -F KUBE-X");
        node.kernel.run("iptables -A INPUT -j ACCEPT");
        node.kernel.run("iptables -F INPUT");
        node.kernel.run("ip route add 192.0.2.1/32 dev lo");
        node.kernel.run("ip route del 192.0.2.1/32 dev lo");

        assertThat(egress.awaitDisturbance(Duration.ZERO)).isFalse();
    }

    @Test
    void nothingIsBroughtBackOfAPodThatIsDisconnected() throws Exception {
        connect(FOUR);
        listen();
        egress.disconnect(FOUR.family(), FOUR.network(), FOUR.containerId(), FOUR.address());
        assertThat(egress.missing()).isEmpty();
    }

    @Test
    void nothingIsBroughtBackOfAPodThatIsSwept() throws Exception {
        connect(FOUR);
        listen();
        assertThat(egress.sweep(FOUR.family(), FOUR.network(), new TreeSet<>())).isEqualTo(1);
        assertThat(egress.missing()).isEmpty();
    }

    @Test
    void nothingIsBroughtBackOfAPodWhoseInterfaceIsGone() throws Exception {
        EgressHost.Pair pair = connect(FOUR);
        listen();
        node.kernel.run("ip link del " + pair.hostInterface());
        node.kernel.run("iptables -t nat -F");
        assertThat(egress.missing()).isEmpty();
    }

    /** What the next one is told has changed meanwhile: the pod keeps what it came with. */
    @ParameterizedTest
    @EnumSource
    void podsFromBeforeTheStartAreGuardedAsTheyAre(EgressFamily family) throws Exception {
        EgressWiring wiring = EgressNode.wiring(family, 1);
        EgressHost.Pair pair = connect(wiring);
        egress.close();
        egress = node.egress("iptables");
        egress.separate(family);
        listen();
        String before = everything(pair);
        String program = family == EgressFamily.IPV4 ? "iptables" : "ip6tables";

        node.kernel.run(program + " -t nat -F");
        node.kernel.run("ip route del " + wiring.address());

        String thing = "the way out of " + wiring.address();
        assertThat(egress.missing()).containsOnlyKeys(thing);
        assertThat(egress.restore(thing)).hasSize(2);
        assertThat(everything(pair)).isEqualTo(before);
    }

    @Test
    void whoeverWaitsWhileItIsClosedIsToldToEnd() throws Exception {
        listen();
        egress.close();
        assertThatThrownBy(() -> egress.awaitDisturbance(Duration.ZERO))
                .isInstanceOf(InterruptedException.class);
    }

    private EgressHost.Pair connect(EgressWiring wiring) throws Exception {
        egress.separate(wiring.family());
        try (PodNamespace inside = LinuxPodNamespace.open(pod.path())) {
            return egress.connect(wiring, inside);
        }
    }

    /** Whoever listens for the first time is told at once; our own changes are heard after it. */
    private void listen() throws Exception {
        assertThat(egress.awaitDisturbance(LONG)).isTrue();
        while (egress.awaitDisturbance(Duration.ZERO)) {
            // There is more.
        }
    }

    private String everything(EgressHost.Pair pair) {
        return String.join(
                "\n",
                node.kernel.ip("route show 169.254.172.0/22"),
                node.kernel.ip("-6 route show fd00::/16"),
                node.kernel.ip("-4 -o addr show " + pair.hostInterface()),
                node.kernel.ip("-o neigh show nud permanent dev " + pair.hostInterface()),
                node.kernel.ip("-6 -o neigh show nud permanent dev " + pair.hostInterface()),
                node.kernel.run("iptables -t nat -S"),
                node.kernel.run("ip6tables -t nat -S"));
    }
}
