package dev.vpccni.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.dataplane.InterfaceSetup;
import dev.vpccni.dataplane.NodeSetup;
import dev.vpccni.dataplane.PodLink;
import dev.vpccni.dataplane.PodWiring;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.node.port.PodNamespace;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Packets of a pod on a secondary interface. The VPC here drops what does not come from where its
 * source lives, and knows no way back to a pod but by its own interface.
 */
class TrafficTest {

    private static final String VETH = "eniddeaa362342";
    private static final Ipv4Address POD = Ipv4Address.parse("10.0.1.101");

    private TestNode node;
    private TestNamespace pod;

    @BeforeEach
    void makeNode() {
        node = new TestNode();
        node.beTheVpc();
        pod = node.pod();
    }

    @AfterEach
    void removeNode() {
        node.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"iptables-legacy", "iptables-nft"})
    void aPodReachesTheInternetAsItsNode(String iptables) throws Exception {
        setUp(iptables, false);

        pod.run("ping -q -c 2 -i 0.1 -w 5 203.0.113.10");
        assertThat(node.heardFrom("port-ens5", "10.0.0.10")).isGreaterThanOrEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"iptables-legacy", "iptables-nft"})
    void withinTheVpcItUsesItsOwnInterfaceAndAddress(String iptables) throws Exception {
        setUp(iptables, false);

        pod.run("ping -q -c 2 -i 0.1 -w 5 10.0.9.9");
        assertThat(node.heardFrom("port-ens6", "10.0.1.101")).isGreaterThanOrEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"iptables-legacy", "iptables-nft"})
    void withExternalTranslationItReachesTheInternetAsItself(String iptables) throws Exception {
        setUp(iptables, true);

        pod.run("ping -q -c 2 -i 0.1 -w 5 203.0.113.10");
        assertThat(node.heardFrom("port-ens6", "10.0.1.101")).isGreaterThanOrEqualTo(2);
    }

    @Test
    void aServiceWhoseEndpointIsOutsideTheVpcIsReached() throws Exception {
        setUp("iptables-nft", false);
        // As kube-proxy does, in front of everybody.
        node.node.run(
                "iptables-nft -t nat -I PREROUTING -d 10.96.0.1 -j DNAT --to-destination"
                        + " 203.0.113.10");

        pod.run("ping -q -c 2 -i 0.1 -w 5 10.96.0.1");
        assertThat(node.heardFrom("port-ens5", "10.0.0.10")).isGreaterThanOrEqualTo(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"iptables-legacy", "iptables-nft"})
    void aPodReachesTheInternetAsItsNodeAfterThePrefixHasChanged(String iptables) throws Exception {
        setUp(iptables, false);
        NodeSetup setup = wanted().vethPrefix("pod").setup();
        try (LinuxHost host = node.host(iptables)) {
            assertThat(host.setUpPacketFilter(setup)).isNotEmpty();

            pod.run("ping -q -c 2 -i 0.1 -w 5 203.0.113.10");
            assertThat(node.heardFrom("port-ens5", "10.0.0.10")).isGreaterThanOrEqualTo(2);
            assertThat(host.setUpPacketFilter(setup)).isEmpty();

            node.node.ip("link del " + VETH);
            assertThat(host.setUpPacketFilter(setup)).isNotEmpty();
            assertThat(
                            node.node.run(iptables + " -t nat -S")
                                    + node.node.run(iptables + " -t mangle -S")
                                    + node.node.run("nft list ruleset ip"))
                    .contains("pod")
                    .doesNotContain("eni+")
                    .doesNotContain("eni*");
        }
    }

    private static WantedNode wanted() {
        return new WantedNode().mtu(1500);
    }

    private void setUp(String iptables, boolean externalSnat) throws Exception {
        try (LinuxHost host = node.host(iptables);
                PodNamespace inside = LinuxPodNamespace.open(pod.path())) {
            NodeSetup setup = wanted().externalSnat(externalSnat).setup();
            var _ = host.setUpNode(setup);
            var _ = host.setUpPacketFilter(setup);
            var _ =
                    host.setUpInterface(
                            new InterfaceSetup(
                                    TestNode.SECONDARY,
                                    Ipv4Address.parse("10.0.1.10"),
                                    Ipv4Cidr.parse("10.0.1.0/24"),
                                    2,
                                    1500));
            host.wire(new PodWiring.OneAddress(new PodLink(VETH, "eth0", POD, 2, 1500)), inside);
        }
    }
}
