package dev.vpccni.host.kernel;

import dev.vpccni.linux.route.KernelLink;
import dev.vpccni.linux.route.KernelNeighbour;
import dev.vpccni.model.IpAddress;
import java.net.InetAddress;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The hardware addresses of pods' ends of their links. They cannot be seen from the node: once the
 * neighbour entry is gone, only who has known it can make it again. Thread-safe.
 */
public final class PodNeighbours {

    private final Map<InetAddress, KernelNeighbour> known = new HashMap<>();

    /** Learns an entry that was just made. */
    public synchronized void learn(KernelNeighbour neighbour) {
        known.put(neighbour.address(), neighbour);
    }

    /** Learns what the kernel has of {@code links}, and forgets what was known of others. */
    public synchronized void learn(Collection<KernelLink> links, Collection<KernelNeighbour> seen) {
        Set<Integer> there = links.stream().map(KernelLink::index).collect(Collectors.toSet());
        known.values().removeIf(neighbour -> !there.contains(neighbour.linkIndex()));
        for (KernelNeighbour neighbour : seen) {
            if (neighbour.isPermanent() && there.contains(neighbour.linkIndex())) {
                known.putIfAbsent(neighbour.address(), neighbour);
            }
        }
    }

    /** Tells whether an entry is for an address and a link of which another one is known. */
    public synchronized boolean contradicts(KernelNeighbour neighbour) {
        KernelNeighbour right = known.get(neighbour.address());
        return right != null
                && right.linkIndex() == neighbour.linkIndex()
                && !right.equals(neighbour);
    }

    /** Returns the entry that the node should have, or null if nobody knows. */
    public synchronized @Nullable KernelNeighbour of(IpAddress address, KernelLink link) {
        KernelNeighbour neighbour = known.get(KernelConversions.address(address));
        return neighbour != null && neighbour.linkIndex() == link.index() ? neighbour : null;
    }
}
