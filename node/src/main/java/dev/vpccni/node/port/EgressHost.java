package dev.vpccni.node.port;

import dev.vpccni.dataplane.egress.EgressFamily;
import dev.vpccni.dataplane.egress.EgressRange;
import dev.vpccni.dataplane.egress.EgressWiring;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.MacAddress;
import java.util.List;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/**
 * The node's kernel, as far as it takes containers out in the other family. What iptables(8) is
 * asked takes milliseconds, and seconds where somebody else is at it.
 */
public interface EgressHost {

    /**
     * The pair that a container gets out by.
     *
     * @param hostInterface the node's end
     */
    record Pair(String hostInterface, MacAddress hostMac, MacAddress podMac) {}

    /** Returns the addresses of a range to which the kernel has a way. */
    SortedSet<IpAddress> routed(EgressRange range) throws HostException, InterruptedException;

    /**
     * Connects a container: all of {@code wiring}, or nothing of it. One that is connected just so
     * stays as it is, and what else an earlier attempt left inside it is replaced.
     */
    Pair connect(EgressWiring wiring, PodNamespace pod) throws HostException, InterruptedException;

    /**
     * Removes what the node has for a container, whether it is there or not, and needs nothing of
     * the container for it. The pair ends with the container's namespace.
     *
     * @param address the container's, or null where it is unknown
     */
    void disconnect(
            EgressFamily family, String network, String containerId, @Nullable IpAddress address)
            throws HostException, InterruptedException;

    /** Compares kernel and {@code wiring}; each entry of the answer names one thing that is off. */
    List<String> verify(EgressWiring wiring, PodNamespace pod)
            throws HostException, InterruptedException;

    /**
     * Removes the chains of a network's containers, except those of {@code kept}.
     *
     * @return how many there were
     */
    int sweep(EgressFamily family, String network, SortedSet<String> kept)
            throws HostException, InterruptedException;

    /** Keeps containers from each other's addresses, if nothing does yet. */
    void separate(EgressFamily family) throws HostException, InterruptedException;
}
