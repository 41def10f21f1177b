package dev.vpccni.ipam.ledger;

import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.collection.OrderedMap;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * The interfaces that may have an address for a pod, so that finding one does not take a look at
 * all of them: the fullest first, so that the others drain. Those whose idle addresses all cool
 * down rest aside, the first to be ready first.
 */
final class AssignableInterfaces {

    static final AssignableInterfaces NONE =
            new AssignableInterfaces(OrderedMap.empty(), OrderedMap.empty());

    private final OrderedMap<Rank, InterfaceId> ready;
    private final OrderedMap<Rest, HeldInterface> resting;

    private AssignableInterfaces(
            OrderedMap<Rank, InterfaceId> ready, OrderedMap<Rest, HeldInterface> resting) {
        this.ready = ready;
        this.resting = resting;
    }

    private record Rank(int inUse, int device, InterfaceId id) implements Comparable<Rank> {

        static Rank of(HeldInterface held) {
            return new Rank(held.inUse(), held.facts().device(), held.id());
        }

        @Override
        public int compareTo(Rank other) {
            if (inUse != other.inUse) {
                return Integer.compare(other.inUse, inUse);
            }
            return device != other.device
                    ? Integer.compare(device, other.device)
                    : id.compareTo(other.id);
        }
    }

    private record Rest(Instant longestIdle, InterfaceId id) implements Comparable<Rest> {

        private static final Comparator<Rest> ORDER =
                Comparator.comparing(Rest::longestIdle).thenComparing(Rest::id);

        static Rest of(HeldInterface held) {
            return new Rest(held.longestIdleSince(), held.id());
        }

        @Override
        public int compareTo(Rest other) {
            return ORDER.compare(this, other);
        }
    }

    AssignableInterfaces with(HeldInterface held, Instant now, Duration cooldown) {
        if (!held.isAssignable()) {
            return this;
        }
        return HeldInterface.cools(held.longestIdleSince(), now, cooldown)
                ? new AssignableInterfaces(ready, resting.put(Rest.of(held), held))
                : new AssignableInterfaces(ready.put(Rank.of(held), held.id()), resting);
    }

    AssignableInterfaces without(HeldInterface held) {
        if (!held.isAssignable()) {
            return this;
        }
        OrderedMap<Rank, InterfaceId> fewer = ready.remove(Rank.of(held));
        return fewer == ready
                ? new AssignableInterfaces(ready, resting.remove(Rest.of(held)))
                : new AssignableInterfaces(fewer, resting);
    }

    /** Returns this with those ready that are at {@code now}. */
    AssignableInterfaces at(Instant now, Duration cooldown) {
        AssignableInterfaces changed = this;
        while (true) {
            HeldInterface first = changed.resting.firstValue();
            if (first == null || HeldInterface.cools(first.longestIdleSince(), now, cooldown)) {
                return changed;
            }
            changed = changed.without(first).with(first, now, cooldown);
        }
    }

    /** Returns the interface to take an address from, if {@link #at} was just asked, or null. */
    @Nullable InterfaceId first() {
        return ready.firstValue();
    }

    /** Returns whether {@code held} is among these just if it should be. */
    boolean agreesWith(HeldInterface held) {
        boolean listed = ready.contains(Rank.of(held)) != resting.contains(Rest.of(held));
        return listed == held.isAssignable();
    }

    int size() {
        return ready.size() + resting.size();
    }
}
