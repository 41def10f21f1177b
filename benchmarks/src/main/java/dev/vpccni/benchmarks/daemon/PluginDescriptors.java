package dev.vpccni.benchmarks.daemon;

import dev.vpccni.linux.Descriptor;
import dev.vpccni.linux.Sockets;
import dev.vpccni.linux.namespace.NamespaceThread;
import dev.vpccni.linux.namespace.NetworkNamespace;
import dev.vpccni.linux.netlink.NetlinkSocket;
import java.io.IOException;

/**
 * What the plugin sends along with an ADD.
 *
 * @param namespace a network namespace
 * @param route a route socket inside it
 */
public record PluginDescriptors(Descriptor namespace, Descriptor route) implements AutoCloseable {

    /** Makes a namespace that no file stands for: it ends with its descriptors. */
    public static PluginDescriptors create(NamespaceThread thread) throws IOException {
        return of(thread, NetworkNamespace.createAnonymous());
    }

    /** Takes over {@code namespace}. */
    public static PluginDescriptors of(NamespaceThread thread, Descriptor namespace)
            throws IOException {
        boolean done = false;
        try {
            Descriptor route =
                    thread.inside(
                            namespace,
                            () ->
                                    Descriptor.own(
                                            Sockets.socket(
                                                    Sockets.AF_NETLINK,
                                                    Sockets.SOCK_RAW | Sockets.SOCK_CLOEXEC,
                                                    NetlinkSocket.NETLINK_ROUTE)));
            done = true;
            return new PluginDescriptors(namespace, route);
        } finally {
            if (!done) {
                namespace.close();
            }
        }
    }

    @Override
    public void close() {
        route.close();
        namespace.close();
    }
}
