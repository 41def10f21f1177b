package dev.vpccni.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vpccni.dataplane.PodLink;
import dev.vpccni.dataplane.PodWiring;
import dev.vpccni.linux.Descriptor;
import dev.vpccni.linux.ErrnoException;
import dev.vpccni.linux.Sockets;
import dev.vpccni.linux.namespace.NamespaceThread;
import dev.vpccni.linux.netlink.NetlinkSocket;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.node.port.HostException;
import dev.vpccni.node.port.HostFailure;
import dev.vpccni.node.port.PodNamespace;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class PodNamespaceTest {

    private static final PodWiring WIRING =
            new PodWiring.OneAddress(
                    new PodLink(
                            "eniddeaa362342", "eth0", Ipv4Address.parse("10.0.1.101"), 2, 9001));

    @Test
    void descriptorsThatSomebodyElseOpenedAreEnough() throws Exception {
        try (var node = new TestNode();
                var pod = node.pod();
                LinuxHost host = node.host();
                var thread = NamespaceThread.start("shim")) {
            Descriptor socket =
                    thread.inside(pod.path(), () -> socket(NetlinkSocket.NETLINK_ROUTE));
            Descriptor file = Descriptor.open(pod.path());
            try (PodNamespace adopted = host.adopt("pod", file, socket, null)) {
                host.wire(WIRING, adopted);

                assertThat(adopted.path()).isEqualTo("pod");
                assertThat(host.verify(WIRING, adopted)).isEmpty();
            }
            assertThat(file.isOpen() || socket.isOpen()).isFalse();
        }
    }

    /** The default route of a pod would replace the node's. */
    @Test
    void theNodesOwnNamespaceIsRefused() throws Exception {
        try (var node = new TestNode();
                LinuxHost host = node.host();
                var thread = NamespaceThread.start("shim")) {
            String routes = node.node.ip("route show table all");
            refused(
                    host,
                    Descriptor.open(node.node.path()),
                    thread.inside(node.node.path(), () -> socket(NetlinkSocket.NETLINK_ROUTE)),
                    new HostFailure.NodeNamespace("pod"),
                    "pod is the node's own");
            assertThat(node.node.ip("route show table all")).isEqualTo(routes);
        }
    }

    @Test
    void aSocketOfAnotherNamespaceIsRefused() throws Exception {
        try (var node = new TestNode();
                var pod = node.pod();
                LinuxHost host = node.host();
                var thread = NamespaceThread.start("shim")) {
            String why = "the socket that came with it is another one's";
            refused(
                    host,
                    Descriptor.open(pod.path()),
                    thread.inside(node.node.path(), () -> socket(NetlinkSocket.NETLINK_ROUTE)),
                    new HostFailure.NoNamespace("pod"),
                    why);
            refused(
                    host,
                    Descriptor.open(node.node.path()),
                    thread.inside(pod.path(), () -> socket(NetlinkSocket.NETLINK_ROUTE)),
                    new HostFailure.NoNamespace("pod"),
                    why);
        }
    }

    @Test
    void whatIsNoNamespaceOrNoSocketOfItIsRefused() throws Exception {
        try (var node = new TestNode();
                var pod = node.pod();
                LinuxHost host = node.host();
                var thread = NamespaceThread.start("shim")) {
            var none = new HostFailure.NoNamespace("pod");
            for (String file : List.of("/etc/hostname", "/proc/self/ns/mnt", "/dev/null", "/")) {
                Descriptor socket =
                        thread.inside(pod.path(), () -> socket(NetlinkSocket.NETLINK_ROUTE));
                refused(host, Descriptor.open(Path.of(file)), socket, none, "it is none");
            }
            refused(
                    host,
                    Descriptor.open(pod.path()),
                    Descriptor.open(pod.path()),
                    none,
                    "what came with it is no socket");
            refused(
                    host,
                    Descriptor.open(pod.path()),
                    thread.inside(pod.path(), () -> socket(NetlinkSocket.NETLINK_NETFILTER)),
                    none,
                    "not a netlink socket of protocol 0");
        }
    }

    private static void refused(
            LinuxHost host, Descriptor file, Descriptor socket, HostFailure failure, String why) {
        assertThatThrownBy(() -> host.adopt("pod", file, socket, null))
                .hasMessageContaining(why)
                .isInstanceOfSatisfying(
                        HostException.class, e -> assertThat(e.failure()).isEqualTo(failure));
        assertThat(file.isOpen() || socket.isOpen()).as("both are closed").isFalse();
    }

    @Test
    void whatIsNoNamespaceIsSaidToBeNone() {
        for (String path : new String[] {"/run/netns/nobody", "/etc/hostname"}) {
            assertThatThrownBy(() -> LinuxPodNamespace.open(Path.of(path)))
                    .isInstanceOfSatisfying(
                            HostException.class,
                            e ->
                                    assertThat(e.failure())
                                            .isEqualTo(new HostFailure.NoNamespace(path)));
        }
    }

    private static Descriptor socket(int protocol) throws ErrnoException {
        return Descriptor.own(
                Sockets.socket(
                        Sockets.AF_NETLINK, Sockets.SOCK_RAW | Sockets.SOCK_CLOEXEC, protocol));
    }
}
