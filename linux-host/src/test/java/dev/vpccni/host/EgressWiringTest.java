package dev.vpccni.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vpccni.dataplane.egress.EgressFamily;
import dev.vpccni.dataplane.egress.EgressWiring;
import dev.vpccni.host.egress.LinuxEgress;
import dev.vpccni.model.IpAddress;
import dev.vpccni.node.port.EgressHost;
import dev.vpccni.node.port.HostException;
import dev.vpccni.node.port.HostFailure;
import dev.vpccni.node.port.PodNamespace;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the two kernels hold for a pod that gets out in the other family. */
class EgressWiringTest {

    private static final String ID = "container-1";
    private static final EgressWiring FOUR = EgressNode.wiring(EgressFamily.IPV4, 1);
    private static final EgressWiring SIX = EgressNode.wiring(EgressFamily.IPV6, 1);

    private EgressNode node;
    private TestNamespace pod;

    @BeforeEach
    void makeNode() {
        node = new EgressNode();
        pod = node.node.pod();
    }

    @AfterEach
    void removeNode() {
        node.close();
    }

    @Test
    void overIpv4BothSidesHoldWhatUpstreamMakes() throws Exception {
        EgressHost.Pair pair = connect(FOUR);

        assertThat(pod.ip("-4 route"))
                .isEqualTo(
                        """
                        default via 169.254.172.1 dev v4if0
                        169.254.172.0/22 via 169.254.172.1 dev v4if0 src 169.254.172.2
                        169.254.172.1 dev v4if0 scope link src 169.254.172.2\
                        """);
        assertThat(pod.ip("-4 -o addr show v4if0")).contains("inet 169.254.172.2/22 ");
        assertThat(node.kernel.ip("route show 169.254.172.2"))
                .isEqualTo("169.254.172.2 dev " + pair.hostInterface() + " scope link");
        assertThat(node.kernel.ip("-o addr show " + pair.hostInterface()))
                .contains("inet 169.254.172.1/32 scope link");
        assertThat(node.kernel.ip("link show " + pair.hostInterface()))
                .contains(pair.hostMac().toString(), "mtu 1500");
        assertThat(pod.ip("link show v4if0")).contains(pair.podMac().toString(), "mtu 1500");
        assertThat(node.kernel.run("sysctl -n net.ipv4.ip_forward").strip()).isEqualTo("1");
        assertThat(node.kernel.run("iptables -t nat -S"))
                .contains(
                        """
                        -A POSTROUTING -s 169.254.172.2/32 -m comment --comment "name: \\"aws-cni\\" id: \\"container-1\\"" -j CHAIN
                        -A CHAIN -d 224.0.0.0/4 -m comment --comment "name: \\"aws-cni\\" id: \\"container-1\\"" -j ACCEPT
                        -A CHAIN -m comment --comment "name: \\"aws-cni\\" id: \\"container-1\\"" -j SNAT --to-source 10.0.0.10 --random-fully
                        """
                                .replace("CHAIN", FOUR.chain()));
    }

    @Test
    void overIpv6BothSidesHoldWhatUpstreamMakes() throws Exception {
        EgressHost.Pair pair = connect(SIX);

        String linkLocal =
                node.kernel
                        .ip("-6 -o addr show scope link " + pair.hostInterface())
                        .replaceAll(".*inet6 ([^/]*)/64.*", "$1");
        assertThat(pod.ip("-6 route show default"))
                .isEqualTo("default via " + linkLocal + " dev v6if0 metric 1024 pref medium");
        assertThat(pod.ip("-6 -o addr show scope global v6if0"))
                .contains("inet6 fd00::ac:2/118 ")
                .doesNotContain("tentative");
        assertThat(node.kernel.ip("-6 route show fd00::ac:2"))
                .startsWith("fd00::ac:2 dev " + pair.hostInterface() + " ");
        assertThat(node.kernel.run("ip6tables -t nat -S"))
                .contains(
                        "-A POSTROUTING -s fd00::ac:2/128 ",
                        "-A " + SIX.chain() + " -d ff00::/8 ",
                        "-j SNAT --to-source 2600:1f13::7 --random-fully");
        assertThat(node.kernel.run("iptables -t nat -S")).doesNotContain("CNI-");
    }

    @ParameterizedTest
    @EnumSource
    void connectingAgainChangesNothing(EgressFamily family) throws Exception {
        EgressHost.Pair pair = connect(EgressNode.wiring(family, 1));
        String before = everything();

        assertThat(connect(EgressNode.wiring(family, 1))).isEqualTo(pair);
        assertThat(everything()).isEqualTo(before);
        assertThat(verify(EgressNode.wiring(family, 1))).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void anEarlierAttemptWithAnotherAddressIsReplaced(EgressFamily family) throws Exception {
        EgressWiring before = EgressNode.wiring(family, 2);
        connect(
                new EgressWiring(
                        before.network(),
                        ID,
                        before.range(),
                        before.address(),
                        before.nodeAddress(),
                        before.snatPorts(),
                        before.mtu()));
        connect(EgressNode.wiring(family, 1));

        assertThat(everything()).doesNotContain(before.address().toString());
        assertThat(verify(EgressNode.wiring(family, 1))).isEmpty();
        assertThat(node.kernel.ip("-o link show type veth").lines())
                .filteredOn(line -> line.contains(": veth"))
                .hasSize(1);
    }

    @ParameterizedTest
    @EnumSource
    void nothingRemainsWhenThePacketFilterCannotBeChanged(EgressFamily family) throws Exception {
        String before = everything();
        try (LinuxEgress egress = node.egress("no-such-iptables");
                PodNamespace inside = LinuxPodNamespace.open(pod.path())) {
            assertThatThrownBy(() -> egress.connect(EgressNode.wiring(family, 1), inside))
                    .isInstanceOf(HostException.class)
                    .hasMessageContaining("no-such-ip");
        }
        assertThat(everything().replace("ip_forward 1", "ip_forward 0")).isEqualTo(before);
    }

    @Test
    void anInterfaceOfThatNameThatIsSomethingElseStays() {
        pod.ip("link add v4if0 type bridge");
        assertThatThrownBy(() -> connect(FOUR))
                .isInstanceOfSatisfying(
                        HostException.class,
                        e ->
                                assertThat(e.failure())
                                        .isEqualTo(new HostFailure.InterfaceTaken("v4if0")));
        assertThat(pod.ip("-d link show v4if0")).contains("bridge");
    }

    @Test
    void aNodeThatDoesNotForwardIpv6SaysSo() {
        node.kernel.run("sysctl -q -w net.ipv6.conf.all.forwarding=0");
        assertThatThrownBy(() -> connect(SIX))
                .hasMessageContaining("net.ipv6.conf.all.forwarding=1");
    }

    /** The runtime may remove the namespace before it says that the container is gone. */
    @ParameterizedTest
    @CsvSource({"IPV4, true", "IPV4, false", "IPV6, true", "IPV6, false"})
    void disconnectingNeedsNoNamespaceAndLeavesNothing(EgressFamily family, boolean gone)
            throws Exception {
        EgressWiring wiring = EgressNode.wiring(family, 1);
        connect(wiring);
        if (gone) {
            pod.close();
        }
        disconnect(wiring, wiring.address());
        assertThat(node.kernel.run("iptables -t nat -S") + node.kernel.run("ip6tables -t nat -S"))
                .doesNotContain("CNI-");
        assertThat(node.kernel.ip("route") + node.kernel.ip("-6 route"))
                .doesNotContain(wiring.address().toString());
        disconnect(wiring, wiring.address());
        disconnect(wiring, null);
    }

    /** Somebody lost the folder in which addresses are recorded. */
    @Test
    void disconnectingAContainerWhoseAddressIsUnknownRemovesItsChain() throws Exception {
        connect(FOUR);
        disconnect(FOUR, null);
        assertThat(node.kernel.run("iptables -t nat -S")).doesNotContain("CNI-");
    }

    @Test
    void disconnectingOneLeavesTheOther() throws Exception {
        connect(FOUR);
        EgressWiring other = EgressNode.wiring(EgressFamily.IPV4, 2);
        TestNamespace second = node.node.pod();
        try (LinuxEgress egress = node.egress("iptables");
                PodNamespace inside = LinuxPodNamespace.open(second.path())) {
            egress.connect(other, inside);
            egress.disconnect(EgressFamily.IPV4, "aws-cni", ID, FOUR.address());
            assertThat(egress.verify(other, inside)).isEmpty();
            assertThat(egress.routed(other.range())).containsExactly(other.address());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "pod: link del v4if0",
                "pod: link set v4if0 mtu 1400",
                "pod: addr flush dev v4if0",
                "pod: route del default",
                "pod: route del 169.254.172.0/22",
                "node: route del 169.254.172.2",
                "node: addr del 169.254.172.1/32 dev HOST",
                "node: link set HOST down",
                "node: neigh replace 169.254.172.2 lladdr 0a:00:00:00:00:99 dev HOST nud permanent",
            })
    void whatIsOffIsFoundAndMended(String damage) throws Exception {
        EgressHost.Pair pair = connect(FOUR);
        String command = damage.substring(damage.indexOf(' ') + 1);
        (damage.startsWith("pod") ? pod : node.kernel)
                .ip(command.replace("HOST", pair.hostInterface()));

        assertThat(verify(FOUR)).isNotEmpty();
        connect(FOUR);
        assertThat(verify(FOUR)).isEmpty();
        pod.run("ping -q -c 1 -i 0.2 -w 20 " + EgressNode.SERVER_4);
    }

    @Test
    void theSameGoesForThePacketFilter() throws Exception {
        connect(FOUR);
        node.kernel.run("iptables -t nat -F POSTROUTING");
        node.kernel.run("iptables -t nat -D " + FOUR.chain() + " 1");
        assertThat(verify(FOUR)).hasSize(2);
        connect(FOUR);
        assertThat(verify(FOUR)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"iptables-legacy", "iptables-nft"})
    void chainsOfContainersThatAreNotKeptGo(String iptables) throws Exception {
        List<String> foreign =
                List.of(
                        "iptables",
                        "-t",
                        "nat",
                        "-A",
                        "POSTROUTING",
                        "-s",
                        "169.254.172.9",
                        "-m",
                        "comment",
                        "--comment",
                        "name: \"other\" id: \"container-9\"",
                        "-j",
                        "CNI-E4-theirs");
        var command = new ArrayList<>(foreign);
        command.set(0, iptables);
        node.kernel.run(iptables + " -t nat -N CNI-E4-theirs");
        node.kernel.run(command);
        try (LinuxEgress egress = node.egress(iptables)) {
            for (int n = 1; n <= 3; n++) {
                TestNamespace each = node.node.pod();
                try (PodNamespace inside = LinuxPodNamespace.open(each.path())) {
                    egress.connect(EgressNode.wiring(EgressFamily.IPV4, n), inside);
                }
            }
            var kept = new TreeSet<>(List.of("container-2", "container-77"));
            assertThat(egress.sweep(EgressFamily.IPV4, "aws-cni", kept)).isEqualTo(2);
            assertThat(egress.sweep(EgressFamily.IPV4, "aws-cni", kept)).isZero();
        }
        assertThat(node.kernel.run(iptables + " -t nat -S"))
                .contains("container-2", "CNI-E4-theirs")
                .doesNotContain("container-1", "container-3");
    }

    @ParameterizedTest
    @CsvSource({"IPV4, iptables", "IPV6, ip6tables"})
    void theRuleThatKeepsPodsApartIsThereOnceAndFirst(EgressFamily family, String program)
            throws Exception {
        node.kernel.run(program + " -A FORWARD -j ACCEPT");
        try (LinuxEgress egress = node.egress("iptables")) {
            egress.separate(family);
            egress.separate(family);
        }
        assertThat(node.kernel.run(program + " -S FORWARD").lines())
                .hasSize(3)
                .element(1)
                .asString()
                .startsWith("-A FORWARD -d " + family.block() + " ");
    }

    @Test
    void manyAtOnceAllGetOut() throws Exception {
        List<TestNamespace> pods = new ArrayList<>();
        List<Thread> threads = new ArrayList<>();
        List<PodNamespace> inside = new ArrayList<>();
        try (LinuxEgress egress = node.egress("iptables-nft")) {
            for (int n = 1; n <= 8; n++) {
                TestNamespace each = node.node.pod();
                pods.add(each);
                PodNamespace namespace = LinuxPodNamespace.open(each.path());
                inside.add(namespace);
                EgressWiring wiring = EgressNode.wiring(EgressFamily.IPV4, n);
                threads.add(
                        Thread.startVirtualThread(() -> {
                            try {
                                egress.connect(wiring, namespace);
                            } catch (HostException | InterruptedException e) {
                                throw new AssertionError(e);
                            }
                        }));
            }
            for (Thread thread : threads) {
                thread.join();
            }
            for (int n = 1; n <= 8; n++) {
                assertThat(
                                egress.verify(
                                        EgressNode.wiring(EgressFamily.IPV4, n), inside.get(n - 1)))
                        .isEmpty();
            }
        }
        inside.forEach(PodNamespace::close);
        for (TestNamespace each : pods) {
            each.run("ping -q -c 1 -i 0.2 -w 20 " + EgressNode.SERVER_4);
        }
    }

    private EgressHost.Pair connect(EgressWiring wiring) throws Exception {
        try (LinuxEgress egress = node.egress("iptables");
                PodNamespace inside = LinuxPodNamespace.open(pod.path())) {
            return egress.connect(wiring, inside);
        }
    }

    private void disconnect(EgressWiring wiring, @Nullable IpAddress at) throws Exception {
        try (LinuxEgress egress = node.egress("iptables")) {
            egress.disconnect(wiring.family(), wiring.network(), wiring.containerId(), at);
        }
    }

    private List<String> verify(EgressWiring wiring) throws Exception {
        try (LinuxEgress egress = node.egress("iptables");
                PodNamespace inside = LinuxPodNamespace.open(pod.path())) {
            return egress.verify(wiring, inside);
        }
    }

    /** Returns what of both kernels may change, as text. */
    private String everything() {
        return String.join(
                "\n",
                pod.ip("-o link").replaceAll("(?m)@.*", ""),
                pod.ip("route"),
                pod.ip("-6 route"),
                pod.ip("-4 -o addr"),
                node.kernel.ip("-o link").replaceAll("(?m)@.*", ""),
                node.kernel.ip("route"),
                node.kernel.ip("-6 route show fd00::/16"),
                node.kernel.ip("-4 -o addr"),
                "ip_forward " + node.kernel.run("sysctl -n net.ipv4.ip_forward"),
                node.kernel.run("iptables -t nat -S"),
                node.kernel.run("ip6tables -t nat -S"));
    }
}
