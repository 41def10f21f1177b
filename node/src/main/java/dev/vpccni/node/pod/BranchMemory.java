package dev.vpccni.node.pod;

import dev.vpccni.dataplane.PodWiring;
import dev.vpccni.dataplane.branch.BranchPods;
import dev.vpccni.dataplane.branch.BranchView;
import dev.vpccni.model.AttachmentKey;
import dev.vpccni.model.IpAddress;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The pods with branch interfaces that are known, one for each VLAN. The checkpoint has upstream's
 * form and no place for them: after a restart the kernel tells how they are wired, and only their
 * attachments are unknown. Thread-safe.
 */
final class BranchMemory {

    private final TreeMap<Integer, Known> byVlan = new TreeMap<>();
    private volatile boolean any;

    /**
     * A pod.
     *
     * @param key what it was connected for, or null where only the kernel told of it
     */
    record Known(@Nullable AttachmentKey key, PodWiring.OnBranch wiring) {

        boolean isOf(AttachmentKey other) {
            return other.equals(key);
        }

        boolean hasLink(String hostInterface, IpAddress address) {
            return wiring.link().hostInterface().equals(hostInterface)
                    && wiring.link().address().equals(address);
        }
    }

    /** Learns pods that somebody else has wired, or an earlier daemon. */
    synchronized void learn(BranchView seen) {
        any |= !BranchPods.ends(seen).isEmpty() || !seen.vlans().isEmpty();
        for (PodWiring.OnBranch wiring : BranchPods.whole(seen).values()) {
            byVlan.putIfAbsent(wiring.branch().vlan(), new Known(null, wiring));
        }
    }

    synchronized void put(AttachmentKey key, PodWiring.OnBranch wiring) {
        any = true;
        byVlan.put(wiring.branch().vlan(), new Known(key, wiring));
    }

    synchronized void forget(Known known) {
        byVlan.remove(known.wiring().branch().vlan(), known);
    }

    synchronized @Nullable Known of(int vlan) {
        return byVlan.get(vlan);
    }

    synchronized List<Known> matching(Predicate<? super Known> wanted) {
        return byVlan.values().stream().filter(wanted).toList();
    }

    /** Tells whether there may be such pods on the node; if not, nobody need ask the kernel. */
    boolean any() {
        return any;
    }
}
