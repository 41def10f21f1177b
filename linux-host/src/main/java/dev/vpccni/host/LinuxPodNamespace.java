package dev.vpccni.host;

import dev.vpccni.host.kernel.KernelStep;
import dev.vpccni.linux.Descriptor;
import dev.vpccni.linux.Errno;
import dev.vpccni.linux.ErrnoException;
import dev.vpccni.linux.namespace.NamespaceId;
import dev.vpccni.linux.namespace.NamespaceThread;
import dev.vpccni.linux.netlink.NetlinkSocket;
import dev.vpccni.linux.route.Rtnetlink;
import dev.vpccni.linux.sysctl.Sysctl;
import dev.vpccni.node.port.HostException;
import dev.vpccni.node.port.HostFailure;
import dev.vpccni.node.port.PodNamespace;
import java.io.IOException;
import java.nio.file.Path;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * A pod's network namespace, through a socket that was opened inside it. Such a socket is all that
 * wiring needs, so a process that is handed one needs no right to enter namespaces.
 */
public final class LinuxPodNamespace implements PodNamespace {

    private final String path;
    private final Descriptor namespace;
    private final Rtnetlink pod;
    private final @Nullable NamespaceParameters parameters;

    private LinuxPodNamespace(
            String path,
            Descriptor namespace,
            Rtnetlink pod,
            @Nullable NamespaceParameters parameters) {
        this.path = path;
        this.namespace = namespace;
        this.pod = pod;
        this.parameters = parameters;
    }

    /**
     * Takes over two descriptors, and closes them in the end, also when this method throws. What
     * they are is asked of the kernel, whoever says that they are a pod's: what is done to a pod
     * would cut the node off.
     *
     * @param namespace an open file of the namespace, which keeps it alive
     * @param socket of protocol {@code NETLINK_ROUTE}, opened inside it
     * @param parameters who sets them inside it, or null if nobody does
     * @param node the node's own namespace
     */
    static LinuxPodNamespace adopt(
            String path,
            Descriptor namespace,
            Descriptor socket,
            @Nullable NamespaceParameters parameters,
            NamespaceId node)
            throws HostException {
        boolean adopted = false;
        try {
            prove(path, namespace, socket, node);
            var pod = new LinuxPodNamespace(path, namespace, Rtnetlink.adopt(socket), parameters);
            adopted = true;
            return pod;
        } catch (IOException e) {
            throw noNamespace(path, e.getMessage(), e);
        } finally {
            if (!adopted) {
                namespace.close();
                socket.close();
            }
        }
    }

    private static void prove(
            String path, Descriptor namespace, Descriptor socket, NamespaceId node)
            throws ErrnoException, HostException {
        NamespaceId given = NamespaceId.of(namespace);
        if (!given.equals(socketHome(path, socket))) {
            String what =
                    NamespaceId.isNetwork(namespace)
                            ? "the socket that came with it is another one's"
                            : "it is none";
            throw noNamespace(path, what, null);
        }
        if (given.equals(node)) {
            throw new HostException(
                    new HostFailure.NodeNamespace(path), path + " is the node's own", null);
        }
    }

    private static NamespaceId socketHome(String path, Descriptor socket)
            throws ErrnoException, HostException {
        try {
            return NamespaceId.ofSocket(socket);
        } catch (ErrnoException e) {
            if (e.is(Errno.ENOTTY)) {
                throw noNamespace(path, "what came with it is no socket", e);
            }
            if (e.is(Errno.EPERM)) {
                throw noNamespace(path, "without CAP_NET_ADMIN over it, it cannot be told", e);
            }
            throw e;
        }
    }

    /**
     * Enters the namespace at {@code path} now, and to set parameters, which takes the capability
     * {@code CAP_SYS_ADMIN}.
     *
     * @throws HostException with {@link HostFailure.NoNamespace} if there is none
     */
    public static LinuxPodNamespace open(Path path) throws HostException, InterruptedException {
        Descriptor namespace = null;
        try (NamespaceThread thread = NamespaceThread.start("pod namespace")) {
            namespace = Descriptor.open(path);
            Descriptor inside = namespace;
            NetlinkSocket socket = thread.openInside(inside, NetlinkSocket.NETLINK_ROUTE);
            return new LinuxPodNamespace(
                    path.toString(),
                    inside,
                    new Rtnetlink(socket),
                    values -> enterAndSet(inside, values));
        } catch (IOException e) {
            if (namespace != null) {
                namespace.close();
            }
            throw noNamespace(path.toString(), e.getMessage(), e);
        }
    }

    private static void enterAndSet(Descriptor namespace, SortedMap<String, String> values)
            throws IOException {
        try (NamespaceThread thread = NamespaceThread.start("pod parameters")) {
            for (var entry : values.entrySet()) {
                thread.inside(
                        namespace, () -> Sysctl.writeIfPresent(entry.getKey(), entry.getValue()));
            }
        }
    }

    @Override
    public String path() {
        return path;
    }

    /** Returns what speaks with the kernel about this namespace. */
    public Rtnetlink kernel() {
        return pod;
    }

    /**
     * Sets parameters of this namespace, if somebody does that here. Waits for whoever does.
     *
     * @throws HostException if one is refused
     */
    public void set(SortedMap<String, String> values) throws HostException {
        NamespaceParameters setter = parameters;
        if (setter != null && !values.isEmpty()) {
            KernelStep.change("set parameters in the pod", () -> setter.set(values));
        }
    }

    @Override
    public void close() {
        pod.close();
        namespace.close();
    }

    private static HostException noNamespace(
            String path, @Nullable String why, @Nullable IOException e) {
        return new HostException(
                new HostFailure.NoNamespace(path),
                "no network namespace at " + path + ": " + why,
                e);
    }
}
