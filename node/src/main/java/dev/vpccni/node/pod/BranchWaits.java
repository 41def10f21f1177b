package dev.vpccni.node.pod;

import dev.vpccni.ipam.ledger.HeldInterface;
import dev.vpccni.ipam.ledger.InterfaceRole;
import dev.vpccni.model.AttachmentKey;
import dev.vpccni.model.MacAddress;
import dev.vpccni.model.PodName;
import dev.vpccni.node.pool.CardPools;
import dev.vpccni.node.port.BranchSource;
import dev.vpccni.node.port.BranchSource.Branch;
import dev.vpccni.node.port.BranchSource.PendingException;
import dev.vpccni.node.port.Tempo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Finds pods' own interfaces, and waits for those that are on their way. Safe for use by many
 * threads.
 */
final class BranchWaits {

    /** Nobody tells when a trunk has come, so whoever waits looks as often. */
    private static final Duration LOOK = Duration.ofMillis(500);

    private final CardPools cards;
    private final BranchSource source;
    private final Tempo tempo;
    private final SortedMap<AttachmentKey, List<Waiter>> waiting = new TreeMap<>();

    BranchWaits(CardPools cards, BranchSource source, Tempo tempo) {
        this.cards = cards;
        this.source = source;
        this.tempo = tempo;
        source.onChange(this::changed);
    }

    /**
     * A pod's own interface.
     *
     * @param trunk the hardware address of what it is a branch of
     */
    record Own(Branch branch, MacAddress trunk) {}

    /** Who waits. */
    private static final class Waiter {
        private final Tempo.Signal news;
        private boolean dismissed;

        Waiter(Tempo.Signal news) {
            this.news = news;
        }
    }

    /** Tells whether anybody may ever wait. */
    boolean any() {
        return !source.equals(BranchSource.NONE);
    }

    /**
     * Returns a pod's own interface as it is known now, or null if the pod asks for none.
     *
     * @throws PendingException if it is not there, or nobody can tell
     */
    @Nullable Own find(PodName pod, String uid) throws PendingException {
        Branch branch = source.of(pod, uid);
        if (branch == null) {
            return null;
        }
        for (HeldInterface held : cards.first().keeper().ledger().interfaces()) {
            if (held.facts().role() == InterfaceRole.TRUNK) {
                return new Own(branch, held.facts().mac());
            }
        }
        throw new PendingException(
                "the pod "
                        + pod
                        + " has the interface "
                        + branch.id()
                        + " for itself, and the node"
                        + " has no trunk that it could be a branch of",
                "see that the trunk is attached to the instance, and not hidden by"
                        + " MANAGE_UNTAGGED_ENI=false or a tag",
                true);
    }

    /**
     * Like {@link #find}, and waits for what is on its way.
     *
     * @param patience how long
     */
    @Nullable Own await(AttachmentKey key, PodName pod, String uid, Duration patience)
            throws PendingException, InterruptedException {
        try {
            return find(pod, uid);
        } catch (PendingException e) {
            if (!e.isComing() || !patience.isPositive()) {
                throw e;
            }
        }
        var waiter = new Waiter(tempo.signal());
        synchronized (waiting) {
            waiting.computeIfAbsent(key, _ -> new ArrayList<>()).add(waiter);
        }
        try {
            return await(waiter, pod, uid, patience);
        } finally {
            synchronized (waiting) {
                waiting.computeIfPresent(
                        key,
                        (_, all) -> {
                            all.remove(waiter);
                            return all.isEmpty() ? null : all;
                        });
            }
        }
    }

    private @Nullable Own await(Waiter waiter, PodName pod, String uid, Duration patience)
            throws PendingException, InterruptedException {
        long end = tempo.nanos() + patience.toNanos();
        while (true) {
            try {
                return find(pod, uid);
            } catch (PendingException e) {
                Duration left = Duration.ofNanos(end - tempo.nanos());
                if (!e.isComing() || !left.isPositive() || isDismissed(waiter)) {
                    throw e;
                }
                var _ = waiter.news.await(left.compareTo(LOOK) < 0 ? left : LOOK);
            }
        }
    }

    private boolean isDismissed(Waiter waiter) {
        synchronized (waiting) {
            return waiter.dismissed;
        }
    }

    /** Ends the wait of whoever waits for {@code key}, as if patience had run out. */
    void dismiss(AttachmentKey key) {
        synchronized (waiting) {
            for (Waiter waiter : waiting.getOrDefault(key, List.of())) {
                waiter.dismissed = true;
                waiter.news.raise();
            }
        }
    }

    private void changed() {
        synchronized (waiting) {
            waiting.values().forEach(all -> all.forEach(waiter -> waiter.news.raise()));
        }
    }
}
