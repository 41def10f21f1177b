package dev.vpccni.host;

import dev.vpccni.linux.Descriptor;
import dev.vpccni.linux.Sockets;
import dev.vpccni.linux.namespace.NamespaceThread;
import dev.vpccni.linux.netlink.NetlinkSocket;
import dev.vpccni.node.port.PodNamespace;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A node with a pod that nobody has connected yet. */
abstract class PodFixture extends HostFixture {

    TestNamespace pod;
    PodNamespace namespace;

    @BeforeEach
    void openPod() throws Exception {
        pod = node.pod();
        namespace = LinuxPodNamespace.open(pod.path());
    }

    @AfterEach
    void closePod() {
        namespace.close();
    }

    /**
     * Returns a pod as the plugin hands it to the daemon: by descriptors.
     *
     * @param parameters how the plugin sets the pod's parameters, or null if it does not
     */
    static PodNamespace adopt(
            LinuxHost host, TestNamespace pod, @Nullable NamespaceParameters parameters)
            throws Exception {
        try (var thread = NamespaceThread.start("shim")) {
            Descriptor socket =
                    thread.inside(
                            pod.path(),
                            () ->
                                    Descriptor.own(
                                            Sockets.socket(
                                                    Sockets.AF_NETLINK,
                                                    Sockets.SOCK_RAW | Sockets.SOCK_CLOEXEC,
                                                    NetlinkSocket.NETLINK_ROUTE)));
            return host.adopt("pod", Descriptor.open(pod.path()), socket, parameters);
        }
    }
}
