package dev.vpccni.host;

import dev.vpccni.linux.Descriptor;
import dev.vpccni.linux.namespace.NamespaceThread;
import dev.vpccni.linux.netlink.NetlinkSocket;
import dev.vpccni.linux.route.Rtnetlink;
import dev.vpccni.node.port.HostException;
import dev.vpccni.node.port.HostFailure;
import dev.vpccni.node.port.PodNamespace;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A pod's network namespace, through a socket that was opened inside it. Such a socket is all that
 * wiring needs, so a process that is handed one needs no right to enter namespaces.
 */
public final class LinuxPodNamespace implements PodNamespace {

    private final String path;
    private final Descriptor namespace;
    private final Rtnetlink pod;

    private LinuxPodNamespace(String path, Descriptor namespace, Rtnetlink pod) {
        this.path = path;
        this.namespace = namespace;
        this.pod = pod;
    }

    /**
     * Takes over two descriptors, and closes them in the end, also when this method throws.
     *
     * @param namespace an open file of the namespace, which keeps it alive
     * @param socket of protocol {@code NETLINK_ROUTE}, opened inside it
     * @throws HostException with {@link HostFailure.NoNamespace} if {@code socket} is no such
     *     socket
     */
    public static LinuxPodNamespace adopt(String path, Descriptor namespace, Descriptor socket)
            throws HostException {
        try {
            return new LinuxPodNamespace(path, namespace, Rtnetlink.adopt(socket));
        } catch (IOException e) {
            namespace.close();
            throw noNamespace(path, e);
        }
    }

    /**
     * Enters the namespace at {@code path} once, which takes the capability {@code CAP_SYS_ADMIN}.
     *
     * @throws HostException with {@link HostFailure.NoNamespace} if there is none
     */
    public static LinuxPodNamespace open(Path path) throws HostException, InterruptedException {
        Descriptor namespace = null;
        try (NamespaceThread thread = NamespaceThread.start("pod namespace")) {
            namespace = Descriptor.open(path);
            NetlinkSocket socket = thread.openInside(namespace, NetlinkSocket.NETLINK_ROUTE);
            return new LinuxPodNamespace(path.toString(), namespace, new Rtnetlink(socket));
        } catch (IOException e) {
            if (namespace != null) {
                namespace.close();
            }
            throw noNamespace(path.toString(), e);
        }
    }

    @Override
    public String path() {
        return path;
    }

    /** Returns what speaks with the kernel about this namespace. */
    Rtnetlink kernel() {
        return pod;
    }

    @Override
    public void close() {
        pod.close();
        namespace.close();
    }

    private static HostException noNamespace(String path, IOException e) {
        return new HostException(
                new HostFailure.NoNamespace(path),
                "no network namespace at " + path + ": " + e.getMessage(),
                e);
    }
}
