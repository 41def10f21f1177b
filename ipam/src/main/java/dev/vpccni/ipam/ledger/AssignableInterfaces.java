package dev.vpccni.ipam.ledger;

import dev.vpccni.model.BlockKind;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.collection.OrderedMap;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * The interfaces that may have an address for a pod, so that finding one does not take a look at
 * all of them: those with one of the kind that the node gives before all others, then the fullest
 * first, so that the others drain. Those whose idle addresses all cool down rest aside, the first
 * to be ready first.
 */
final class AssignableInterfaces {

    private final BlockKind preferred;
    private final OrderedMap<Rank, Opening> ready;
    private final OrderedMap<Rest, HeldInterface> resting;

    private AssignableInterfaces(
            BlockKind preferred,
            OrderedMap<Rank, Opening> ready,
            OrderedMap<Rest, HeldInterface> resting) {
        this.preferred = preferred;
        this.ready = ready;
        this.resting = resting;
    }

    /** Returns none yet. */
    static AssignableInterfaces none(BlockKind preferred) {
        return new AssignableInterfaces(preferred, OrderedMap.empty(), OrderedMap.empty());
    }

    /** An interface, and the kind of block on it that has an address. */
    record Opening(InterfaceId id, BlockKind kind) {}

    private record Rank(boolean preferred, int inUse, int device, InterfaceId id)
            implements Comparable<Rank> {

        @Override
        public int compareTo(Rank other) {
            if (preferred != other.preferred) {
                return preferred ? -1 : 1;
            }
            if (inUse != other.inUse) {
                return Integer.compare(other.inUse, inUse);
            }
            return device != other.device
                    ? Integer.compare(device, other.device)
                    : id.compareTo(other.id);
        }
    }

    private record Rest(Instant longestIdle, InterfaceId id, BlockKind kind)
            implements Comparable<Rest> {

        private static final Comparator<Rest> ORDER =
                Comparator.comparing(Rest::longestIdle)
                        .thenComparing(Rest::id)
                        .thenComparing(Rest::kind);

        static Rest of(HeldInterface held, BlockKind kind) {
            return new Rest(held.longestIdleSince(kind), held.id(), kind);
        }

        @Override
        public int compareTo(Rest other) {
            return ORDER.compare(this, other);
        }
    }

    private Rank rank(HeldInterface held, BlockKind kind) {
        return new Rank(kind == preferred, held.inUse(), held.facts().device(), held.id());
    }

    AssignableInterfaces with(HeldInterface held, Instant now, Duration cooldown) {
        return with(held, BlockKind.ADDRESS, now, cooldown)
                .with(held, BlockKind.PREFIX, now, cooldown);
    }

    private AssignableInterfaces with(
            HeldInterface held, BlockKind kind, Instant now, Duration cooldown) {
        if (!held.isAssignable(kind)) {
            return this;
        }
        return Block.cools(held.longestIdleSince(kind), now, cooldown)
                ? new AssignableInterfaces(preferred, ready, resting.put(Rest.of(held, kind), held))
                : new AssignableInterfaces(
                        preferred,
                        ready.put(rank(held, kind), new Opening(held.id(), kind)),
                        resting);
    }

    AssignableInterfaces without(HeldInterface held) {
        return without(held, BlockKind.ADDRESS).without(held, BlockKind.PREFIX);
    }

    private AssignableInterfaces without(HeldInterface held, BlockKind kind) {
        if (!held.isAssignable(kind)) {
            return this;
        }
        OrderedMap<Rank, Opening> fewer = ready.remove(rank(held, kind));
        return fewer == ready
                ? new AssignableInterfaces(preferred, ready, resting.remove(Rest.of(held, kind)))
                : new AssignableInterfaces(preferred, fewer, resting);
    }

    /** Returns this with those ready that are at {@code now}. */
    AssignableInterfaces at(Instant now, Duration cooldown) {
        AssignableInterfaces changed = this;
        while (true) {
            Rest key = changed.resting.firstKey();
            HeldInterface first = changed.resting.firstValue();
            if (key == null || first == null || Block.cools(key.longestIdle, now, cooldown)) {
                return changed;
            }
            changed = changed.without(first, key.kind).with(first, key.kind, now, cooldown);
        }
    }

    /** Returns where to take an address from, if {@link #at} was just asked, or null. */
    @Nullable Opening first() {
        return ready.firstValue();
    }

    /** Returns whether {@code held} is among these just if it should be. */
    boolean agreesWith(HeldInterface held) {
        for (BlockKind kind : BlockKind.values()) {
            boolean listed =
                    ready.contains(rank(held, kind)) != resting.contains(Rest.of(held, kind));
            if (listed != held.isAssignable(kind)) {
                return false;
            }
        }
        return true;
    }

    BlockKind preferred() {
        return preferred;
    }

    int size() {
        return ready.size() + resting.size();
    }
}
