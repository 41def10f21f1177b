package dev.vpccni.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.dataplane.PodLink;
import dev.vpccni.dataplane.PodWiring;
import dev.vpccni.dataplane.RouteTables;
import dev.vpccni.linux.namespace.NamespaceThread;
import dev.vpccni.model.IpAddress;
import dev.vpccni.node.port.PodNamespace;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A client goes on sending by a connection that was rewritten to a pod that is gone, and whose
 * address another pod has by now.
 */
class StaleConnectionsTest extends HostFixture {

    private static final IpAddress REUSED = IpAddress.parse("10.0.0.101");
    private static final IpAddress OTHER = IpAddress.parse("10.0.0.102");
    private static final String SERVICE =
            " -t nat -I PREROUTING -d 10.0.0.10 -p udp --dport 30000 -j DNAT --to-destination ";

    @BeforeEach
    void haveAVpc() {
        node.beTheVpc();
    }

    @Test
    void aPodHearsNothingThatWasForTheOneBefore() throws Exception {
        TestNamespace first = node.pod();
        TestNamespace second = node.pod();
        TestNamespace other = node.pod();
        wire("enifirst", REUSED, first);
        wire("eniother", OTHER, other);
        listen(first);
        listen(second);
        listen(other);
        node.node.run("iptables" + SERVICE + REUSED + ":9");
        send();
        assertThat(heard(first)).isEqualTo(1);

        host.unwire(REUSED, RouteTables.MAIN, "enifirst");
        node.node.run("iptables" + SERVICE + OTHER + ":9"); // in front of the one before
        assertThat(host.endConnections(REUSED)).isEqualTo(1);
        wire("enisecond", REUSED, second);
        send();

        assertThat(heard(second)).isZero();
        assertThat(heard(other)).isEqualTo(1);
    }

    @Test
    void itsHardwareAddressIsForgottenAndOthersAreNot() throws Exception {
        wire("enifirst", REUSED, node.pod());
        wire("eniother", OTHER, node.pod());
        node.node.ip("neigh add 10.0.0.101 lladdr 0a:58:00:00:07:07 dev ens5 nud permanent");
        host.unwire(REUSED, RouteTables.MAIN, "enifirst");
        var _ = host.endConnections(REUSED);

        assertThat(node.node.ip("neigh")).doesNotContain("10.0.0.101 ").contains("10.0.0.102 ");
    }

    private void wire(String hostInterface, IpAddress address, TestNamespace pod) throws Exception {
        var link = new PodLink(hostInterface, "eth0", address, RouteTables.MAIN, 1500);
        try (PodNamespace inside = LinuxPodNamespace.open(pod.path())) {
            host.wire(new PodWiring.OneAddress(link), inside);
        }
    }

    /** Counts what arrives, whoever listens. */
    private static void listen(TestNamespace pod) {
        pod.run("nft add table ip census");
        pod.run("nft add chain ip census heard { type filter hook prerouting priority -300 ; }");
        pod.run("nft add rule ip census heard udp dport 9 counter drop");
    }

    private static int heard(TestNamespace pod) {
        String counter = pod.run("nft list chain ip census heard");
        return Integer.parseInt(counter.replaceAll("(?s).*counter packets ([0-9]+) .*", "$1"));
    }

    /** Always from the same port, so that it is one connection to the kernel. */
    private void send() throws Exception {
        try (NamespaceThread thread = NamespaceThread.start("vpccni-test-client")) {
            var _ =
                    thread.inside(
                            node.fabric.path(),
                            () -> {
                                try (var socket = new DatagramSocket(20_000)) {
                                    byte[] hello = {1};
                                    var service = new InetSocketAddress("10.0.0.10", 30_000);
                                    socket.send(new DatagramPacket(hello, 1, service));
                                }
                                return null;
                            });
        }
    }
}
