package dev.vpccni.host;

import static dev.vpccni.host.ServedNode.INTERNET;
import static dev.vpccni.host.ServedNode.NODE;
import static dev.vpccni.host.ServedNode.ON_PRIMARY;
import static dev.vpccni.host.ServedNode.ON_SECONDARY;
import static dev.vpccni.host.ServedNode.OTHER_NODE;
import static dev.vpccni.host.ServedNode.SETUP;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.testing.traffic.Connections;
import dev.vpccni.testing.traffic.Datagrams;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Services, as each of kube-proxy's ways to write them has the kernel rewrite packets, beside our
 * rules and beside marks of Calico (of 0xffff0000) and of Cilium (of 0x0f00).
 */
@Timeout(120)
class KubeProxyTest {

    private static final Duration SOON = Duration.ofSeconds(10);
    private static final int SOME = 10;

    /** Bits that neither we nor kube-proxy have any business with. */
    private static final String FOREIGN = "0xffff0f00";

    /** Who asks is on both interfaces, and outside; who answers is on both, and outside. */
    @ParameterizedTest(name = "{0} with {1}, endpoint {2}")
    @CsvSource({
        "iptables, iptables-legacy, 10.0.0.101",
        "iptables, iptables-legacy, 10.0.1.101",
        "iptables, iptables-nft, 10.0.0.101",
        "iptables, iptables-nft, 10.0.1.101",
        "nftables, iptables-nft, 10.0.0.101",
        "nftables, iptables-nft, 10.0.1.101"
    })
    void servicesAreReached(String mode, String iptables, String endpoint) throws Exception {
        try (var served = new ServedNode(iptables, SETUP)) {
            KubeProxy.write(served.node.node, mode, iptables, endpoint);
            // Whatever was there first: ours stand behind it as well.
            assertThat(served.host.setUpPacketFilter(SETUP)).isEmpty();
            served.node.fabric.ip("route add 10.96.0.0/16 dev port-ens5");
            markAsOthersDo(served);

            reached(served, served.primary, KubeProxy.CLUSTER_ADDRESS, KubeProxy.PORT);
            reached(served, served.secondary, KubeProxy.CLUSTER_ADDRESS, KubeProxy.PORT);
            for (int port : List.of(KubeProxy.NODE_PORT, KubeProxy.NODE_PORT_LOCAL)) {
                reached(served, served.node.fabric, NODE, port);
                reached(served, served.primary, NODE, port);
                reached(served, served.secondary, NODE, port);
            }
            reached(served, served.primary, INTERNET, ServedNode.PORT);
            reached(served, served.secondary, INTERNET, ServedNode.PORT);
            reached(served, served.secondary, OTHER_NODE, ServedNode.PORT);
            reached(served, served.primary, ON_SECONDARY, ServedNode.PORT);
            reached(served, served.secondary, ON_PRIMARY, ServedNode.PORT);

            assertThat(counted(served, "touched")).isZero();
            assertThat(counted(served, "seen")).isPositive();
        }
    }

    /**
     * Where iptables has the old packet filter, connections are marked as upstream does it, and
     * those of pods on secondary interfaces to such a service are not.
     */
    @ParameterizedTest(name = "{0} with {1}")
    @CsvSource({"iptables, iptables-nft", "nftables, iptables-nft", "iptables, iptables-legacy"})
    void aServiceWhoseEndpointIsOutsideTheVpcIsReached(String mode, String iptables)
            throws Exception {
        try (var served = new ServedNode(iptables, SETUP)) {
            KubeProxy.write(served.node.node, mode, iptables, INTERNET);
            markAsOthersDo(served);

            reached(served, served.primary, KubeProxy.CLUSTER_ADDRESS, KubeProxy.PORT);
            if (!iptables.equals("iptables-legacy")) {
                reached(served, served.secondary, KubeProxy.CLUSTER_ADDRESS, KubeProxy.PORT);
            }
            assertThat(counted(served, "touched")).isZero();
        }
    }

    private static void reached(ServedNode served, TestNamespace from, String address, int port)
            throws Exception {
        try (Datagrams datagrams = served.datagrams(from, address, port);
                Connections connections = served.connections(from, address, port)) {
            assertThat(datagrams.awaitAnswers(SOME, SOON))
                    .as("%s to %s:%s", from.name(), address, port)
                    .isTrue();
            assertThat(datagrams.end().lost()).isZero();
            Connections.Failures failures = connections.end();
            assertThat(failures.begun()).isPositive();
            assertThat(failures.failed() + failures.slow())
                    .as("%s to %s:%s by TCP", from.name(), address, port)
                    .isZero();
        }
    }

    /**
     * Marks each packet and connection before anybody else, and counts those that have lost or got
     * one of these bits by the time they leave.
     */
    private static void markAsOthersDo(ServedNode served) {
        TestNamespace node = served.node.node;
        node.run("nft add table ip other");
        node.run("nft add counter ip other touched");
        node.run("nft add counter ip other seen");
        node.run("nft add chain ip other early { type filter hook prerouting priority -290 ; }");
        node.run("nft add rule ip other early meta mark set 0xa5a50a00");
        node.run(
                "nft add chain ip other connections"
                        + " { type filter hook prerouting priority -190 ; }");
        node.run(
                "nft add rule ip other connections ct state new ct mark set ct mark or 0x5a5a0500");
        node.run("nft add chain ip other late { type filter hook forward priority 300 ; }");
        node.run("nft add rule ip other late counter name seen");
        node.run(
                "nft add rule ip other late meta mark and "
                        + FOREIGN
                        + " != 0xa5a50a00 counter name touched");
        node.run(
                "nft add rule ip other late ct mark and "
                        + FOREIGN
                        + " != 0x5a5a0500 counter name touched");
    }

    private static long counted(ServedNode served, String counter) {
        String text = served.node.node.run("nft list counter ip other " + counter);
        return Long.parseLong(text.replaceAll("(?s).*packets ([0-9]+) .*", "$1"));
    }
}
