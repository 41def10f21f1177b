package dev.vpccni.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vpccni.dataplane.BranchInterface.Mode;
import dev.vpccni.dataplane.NodeSetup;
import dev.vpccni.dataplane.PodWiring;
import dev.vpccni.dataplane.branch.BranchPods;
import dev.vpccni.model.MacAddress;
import dev.vpccni.node.port.HostException;
import dev.vpccni.node.port.PodNamespace;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Pods with interfaces of their own, and packets that arrive, through real VLAN devices. */
@Tag("vlan")
final class BranchTrafficTest {

    private static final String HASH = "af62ded4ed0";
    private static final String OTHER_HASH = "00000000001";
    private static final String ADDRESS = "10.0.1.150";
    private static final String OTHER = "10.0.1.160";

    private BranchNode node;
    private LinuxHost host;
    private TestNamespace pod;
    private PodNamespace namespace;

    @BeforeEach
    void makeNode() throws Exception {
        node = new BranchNode();
        host = node.test.host("iptables-legacy");
        pod = node.test.pod();
        namespace = LinuxPodNamespace.open(pod.path());
        node.attach(7, BranchNode.mac(7), ADDRESS);
        prepare(true, NodeSetup.EarlyDemux.AS_IT_IS);
    }

    @AfterEach
    void removeNode() {
        namespace.close();
        host.close();
        node.close();
    }

    private void prepare(boolean strict, NodeSetup.EarlyDemux demux) throws Exception {
        var _ =
                host.setUpNode(
                        new WantedNode()
                                .strictBranches(strict)
                                .earlyDemux(demux)
                                .mtu(1500)
                                .setup());
    }

    private void wire(PodWiring.OnBranch wiring) throws Exception {
        host.wire(wiring, namespace);
    }

    private String state() {
        return node.test.node.ip("rule")
                + node.test.node.ip("-6 rule")
                + node.test.node.ip("-4 route show table all type unicast")
                + node.test.node.ip("-6 route show table all proto boot")
                + node.test.node.ip("-o -br link").replaceAll("@if[0-9]+", "");
    }

    private void assertReached(TestNamespace inside, String address) {
        inside.run("ping -q -c 1 -i 0.2 -w 20 203.0.113.10");
        node.test.fabric.run("ping -q -c 1 -i 0.2 -w 20 " + address);
    }

    /** The VPC drops what comes by another port, so that both ways are by the VLAN. */
    @ParameterizedTest
    @EnumSource
    void aPodReachesOutsideAndIsReached(Mode mode) throws Exception {
        prepare(mode == Mode.STRICT, NodeSetup.EarlyDemux.AS_IT_IS);
        PodWiring.OnBranch wiring = BranchNode.pod(mode, HASH, ADDRESS, 7);
        wire(wiring);

        assertReached(pod, ADDRESS);
        assertThat(host.verify(wiring, namespace)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void anIpv6PodReachesOutsideAndIsReached(Mode mode) throws Exception {
        PodWiring.OnBranch wiring = BranchNode.pod(mode, HASH, "2001:db8::150", 7);
        node.attach(7, BranchNode.mac(7), "2001:db8::150");
        wire(wiring);

        pod.run("ping -q -c 1 -i 0.2 -w 20 2001:db8:ffff::10");
        node.test.fabric.run("ping -q -c 1 -i 0.2 -w 20 2001:db8::150");
        assertThat(host.verify(wiring, namespace)).isEmpty();
        host.unwire(BranchNode.end(wiring), false);
        assertThat(node.test.node.ip("-6 rule")).doesNotContain("107");
    }

    /** What upstream's tester demands of a strict pod, and dump D. */
    @Test
    void theNodeHoldsWhatUpstreamWouldGiveAStrictPod() throws Exception {
        wire(BranchNode.pod(Mode.STRICT, HASH, ADDRESS, 7));

        assertThat(node.test.node.ip("rule"))
                .isEqualTo(
                        """
                        10:	from all iif vlan.eth.7 lookup 107
                        10:	from all iif vlanaf62ded4ed0 lookup 107
                        20:	from all lookup local
                        1024:	from all fwmark 0x80/0x80 lookup main
                        32766:	from all lookup main
                        32767:	from all lookup default\
                        """);
        assertThat(node.test.node.ip("route show table 107"))
                .isEqualTo(
                        """
                        default via 10.0.1.1 dev vlan.eth.7
                        10.0.1.1 dev vlan.eth.7 scope link
                        10.0.1.150 dev vlanaf62ded4ed0 scope link\
                        """);
        assertThat(node.test.node.ip("-d link show vlan.eth.7"))
                .contains("vlan.eth.7@ens6", ",UP,", "06:00:00:00:00:07", "802.1Q id 7 ");
        String conf = "sysctl -n net.ipv6.conf.vlan/eth/7.";
        assertThat(node.test.node.run(conf + "accept_ra").strip()).isEqualTo("0");
        assertThat(node.test.node.run(conf + "accept_redirects").strip()).isEqualTo("1");
        assertThat(node.test.node.run(conf + "forwarding").strip()).isEqualTo("0");
        assertThat(node.test.node.ip("addr show dev vlan.eth.7 scope global")).isEmpty();
        assertThat(BranchPods.whole(host.branches())).hasSize(1);
    }

    /** A socket of the node's is found for the pod's packet, which is then not forwarded. */
    @ParameterizedTest
    @CsvSource({"ON, false", "OFF, true"})
    void nodeAndStrictPodSpeakTcpWithoutEarlyDemultiplexing(
            NodeSetup.EarlyDemux demux, boolean heard) throws Exception {
        wire(BranchNode.pod(Mode.STRICT, HASH, ADDRESS, 7));
        prepare(true, demux);

        assertThat(BranchNode.converse(node.test.node, pod, ADDRESS)).isEqualTo(heard);
        assertThat(BranchNode.converse(pod, node.test.node, "10.0.0.10")).isEqualTo(heard);
        pod.run("ping -q -c 1 -i 0.2 -w 20 10.0.0.10");
    }

    /** All between the two passes the VPC, and the pod's security groups with it. */
    @Test
    void aStrictPodReachesItsOwnNodeByTheVpcOnly() throws Exception {
        wire(BranchNode.pod(Mode.STRICT, HASH, ADDRESS, 7));
        pod.run("ping -q -c 1 -i 0.2 -w 20 10.0.0.10");

        node.test.fabric.ip("link set branch7 down");

        assertThat(pod.attempt("ping -q -c 1 -W 1 10.0.0.10").status()).isNotZero();
    }

    @ParameterizedTest
    @CsvSource({"STRICT, STRICT", "STRICT, STANDARD", "STANDARD, STRICT", "STANDARD, STANDARD"})
    void anotherPodIsNotTouchedByATeardown(Mode mode, Mode others) throws Exception {
        PodWiring.OnBranch other = BranchNode.pod(others, OTHER_HASH, OTHER, 8);
        node.attach(8, BranchNode.mac(8), OTHER);
        TestNamespace second = node.test.pod();
        try (PodNamespace inside = LinuxPodNamespace.open(second.path())) {
            host.wire(other, inside);
            String before = tables();
            wire(BranchNode.pod(mode, HASH, ADDRESS, 7));
            pod.run("ping -q -c 1 -i 0.2 -w 20 " + OTHER);
            host.unwire(BranchNode.end(BranchNode.pod(mode, HASH, ADDRESS, 7)), false);

            assertThat(tables()).isEqualTo(before);
            assertReached(second, OTHER);
            assertThat(host.verify(other, inside)).isEmpty();
        }
    }

    private String tables() {
        return node.test.node.ip("rule")
                + node.test.node.ip("-4 route show table all type unicast");
    }

    /** The pod says how it was wired, and the node has another mode by now. */
    @ParameterizedTest
    @EnumSource
    void theModeChangesBetweenAddAndDel(Mode mode) throws Exception {
        prepare(mode == Mode.STRICT, NodeSetup.EarlyDemux.AS_IT_IS);
        PodWiring.OnBranch wiring = BranchNode.pod(mode, HASH, ADDRESS, 7);
        wire(wiring);
        prepare(mode == Mode.STANDARD, NodeSetup.EarlyDemux.AS_IT_IS);
        pod.run("ping -q -c 1 -i 0.2 -w 20 203.0.113.10");
        pod.run("ping -q -c 1 -i 0.2 -w 20 10.0.0.10");

        host.unwire(BranchNode.end(wiring), false);
        prepare(mode == Mode.STANDARD, NodeSetup.EarlyDemux.AS_IT_IS);

        assertThat(node.test.node.ip("rule"))
                .doesNotContain("107")
                .startsWith(mode == Mode.STANDARD ? "20:" : "0:");
        assertThat(node.test.node.ip("-br link")).doesNotContain("vlan.eth.7");
    }

    /** EC2 gives the tag to another interface, before the DEL of the first pod comes. */
    @ParameterizedTest
    @CsvSource({
        "STRICT, 00000000001",
        "STRICT, af62ded4ed0",
        "STANDARD, 00000000001",
        "STANDARD, af62ded4ed0"
    })
    void theTagIsUsedAgainBeforeALateDel(Mode mode, String digits) throws Exception {
        PodWiring.OnBranch old = BranchNode.pod(mode, HASH, ADDRESS, 7);
        wire(old);
        MacAddress mac = BranchNode.mac(0x99);
        PodWiring.OnBranch next = BranchNode.pod(mode, digits, OTHER, 7, mac);
        node.attach(7, mac, OTHER);
        TestNamespace second = node.test.pod();
        try (PodNamespace inside = LinuxPodNamespace.open(second.path())) {
            host.wire(next, inside);
            assertThat(host.verify(next, inside)).isEmpty();

            host.unwire(BranchNode.end(old), false);

            assertReached(second, OTHER);
            assertThat(host.verify(next, inside)).isEmpty();
            assertThat(node.test.node.ip("rule")).doesNotContain(ADDRESS);
            assertThat(node.test.node.ip("route show table 107")).doesNotContain(ADDRESS);
            assertThat(node.test.node.count("route show table 107"))
                    .isEqualTo(mode == Mode.STRICT ? 3 : 2);
        }
    }

    @Test
    void aDeviceThatFitsIsUsedAgainAndAnotherIsReplaced() throws Exception {
        PodWiring.OnBranch wiring = BranchNode.pod(Mode.STRICT, HASH, ADDRESS, 7);
        wire(wiring);
        String first = index();
        wire(wiring);
        assertThat(index()).isEqualTo(first);

        node.test.node.ip("link set vlan.eth.7 address 06:00:00:00:00:55");
        wire(wiring);
        assertThat(index()).isNotEqualTo(first);
        assertThat(host.verify(wiring, namespace)).isEmpty();
        assertThat(node.test.node.count("route show table 107")).isEqualTo(3);
    }

    private String index() {
        return node.test.node.run("cat /sys/class/net/vlan.eth.7/ifindex").strip();
    }

    @Test
    void aVlanOfAnotherNameIsSaidToBeInTheWay() throws Exception {
        node.test.node.ip("link add link ens6 name mine type vlan id 7");
        String before = state();

        assertThatThrownBy(() -> wire(BranchNode.pod(Mode.STRICT, HASH, ADDRESS, 7)))
                .isInstanceOf(HostException.class)
                .hasMessageContaining("ens6 has a VLAN 7 by another name");
        assertThat(state()).isEqualTo(before);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "rule del pref 10 iif vlan.eth.7",
                "rule del pref 10 iif vlanaf62ded4ed0",
                "rule add iif vlanaf62ded4ed0 lookup 108 pref 10",
                "route del default table 107",
                "route del 10.0.1.150 table 107",
                "link set vlan.eth.7 down",
                "link del vlan.eth.7",
                "link set vlan.eth.7 address 06:00:00:00:00:55",
            })
    void whatIsRemovedIsFoundAndBroughtBack(String damage) throws Exception {
        PodWiring.OnBranch wiring = BranchNode.pod(Mode.STRICT, HASH, ADDRESS, 7);
        wire(wiring);
        String before = node.test.node.ip("rule");
        assertThat(host.missingOfBranches(List.of(wiring))).isEmpty();
        node.test.node.ip(damage);

        assertThat(host.verify(wiring, namespace)).isNotEmpty();
        assertThat(host.missingOfBranches(List.of(wiring))).hasSize(1);
        assertThat(host.restore(wiring)).isNotEmpty();
        assertThat(host.restore(wiring)).isEmpty();

        assertThat(host.verify(wiring, namespace)).isEmpty();
        assertThat(node.test.node.ip("rule").lines().sorted())
                .isEqualTo(before.lines().sorted().toList());
        assertReached(pod, ADDRESS);
    }

    @Test
    void aPodThatIsGoneIsNotBroughtBack() throws Exception {
        PodWiring.OnBranch wiring = BranchNode.pod(Mode.STRICT, HASH, ADDRESS, 7);
        wire(wiring);
        host.unwire(BranchNode.end(wiring), false);
        node.test.node.ip("link del vlanaf62ded4ed0");

        assertThat(host.missingOfBranches(List.of(wiring))).isEmpty();
        assertThat(host.restore(wiring)).isEmpty();
    }
}
