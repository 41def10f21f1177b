package dev.vpccni.node.pool;

import dev.vpccni.ipam.ledger.Checkpoint;
import dev.vpccni.ipam.ledger.Ledger;
import dev.vpccni.model.PodName;
import java.time.Duration;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Pods that were given to the node and have not asked for an address yet. Images are pulled and
 * volumes mounted meanwhile, which is time enough to have addresses ready. One that does not ask
 * for long is no demand any more. Not thread-safe.
 */
final class ExpectedPods {

    /** How long a pod is expected. */
    static final Duration PATIENCE = Duration.ofMinutes(2);

    private final SortedMap<PodName, Long> since = new TreeMap<>();

    /**
     * Returns how many pods will ask soon.
     *
     * @param bound the pods that the cluster says are the node's
     * @param now in nanoseconds of a monotonic clock
     */
    int count(SortedSet<PodName> bound, Ledger ledger, long now) {
        since.keySet().retainAll(bound);
        if (bound.isEmpty()) {
            return 0;
        }
        bound.forEach(pod -> since.putIfAbsent(pod, now));
        Set<PodName> served = new TreeSet<>();
        for (Checkpoint.Grant grant : ledger.checkpoint().grants()) {
            served.add(grant.pod());
        }
        int expected = 0;
        for (var pod : since.entrySet()) {
            boolean soon = now - pod.getValue() < PATIENCE.toNanos();
            expected += soon && !served.contains(pod.getKey()) ? 1 : 0;
        }
        return expected;
    }

    /** Returns how long it is until fewer pods are expected if nothing else happens. */
    Duration untilFewer(long now) {
        long nanos = PATIENCE.toNanos();
        for (long first : since.values()) {
            long left = first + PATIENCE.toNanos() - now;
            nanos = left > 0 ? Math.min(nanos, left) : nanos;
        }
        return Duration.ofNanos(nanos);
    }
}
