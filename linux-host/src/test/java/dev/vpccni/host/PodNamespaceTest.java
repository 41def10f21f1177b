package dev.vpccni.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import org.junit.jupiter.api.Test;

class PodNamespaceTest {

    private static final PodWiring WIRING =
            new PodWiring("eniddeaa362342", "eth0", Ipv4Address.parse("10.0.1.101"), 2, 9001);

    @Test
    void descriptorsThatSomebodyElseOpenedAreEnough() throws Exception {
        try (var node = new TestNode();
                var pod = node.pod();
                LinuxHost host = node.host();
                var thread = NamespaceThread.start("shim")) {
            Descriptor socket =
                    thread.inside(pod.path(), () -> socket(NetlinkSocket.NETLINK_ROUTE));
            Descriptor file = Descriptor.open(pod.path());
            try (PodNamespace adopted = LinuxPodNamespace.adopt("pod", file, socket)) {
                host.wire(WIRING, adopted);

                assertThat(adopted.path()).isEqualTo("pod");
                assertThat(host.verify(WIRING, adopted)).isEmpty();
            }
            assertThat(file.isOpen() || socket.isOpen()).isFalse();
        }
    }

    @Test
    void aSocketOfAnotherKindIsRefusedAndClosed() throws Exception {
        Descriptor file = Descriptor.open(Path.of("/proc/self/ns/net"));
        Descriptor socket = socket(NetlinkSocket.NETLINK_NETFILTER);

        assertThatThrownBy(() -> LinuxPodNamespace.adopt("pod", file, socket))
                .isInstanceOfSatisfying(
                        HostException.class,
                        e -> assertThat(e.failure()).isEqualTo(new HostFailure.NoNamespace("pod")));
        assertThat(file.isOpen() || socket.isOpen()).isFalse();
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
