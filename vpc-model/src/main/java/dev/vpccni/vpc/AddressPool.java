package dev.vpccni.vpc;

import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.vpc.CloudSettings.AddressChoice;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.LongSupplier;

/**
 * Which addresses of a subnet are taken. The first four and the last are reserved (VPC User Guide,
 * "Subnet CIDR blocks").
 */
final class AddressPool {

    private static final int RESERVED_AT_START = 4;

    private final Ipv4Cidr cidr;
    private final int size;
    private final BitSet taken;

    /** What was given back lately, and until when others are preferred. */
    private final SortedMap<Ipv4Address, Instant> resting;

    private AddressPool(Ipv4Cidr cidr, BitSet taken, SortedMap<Ipv4Address, Instant> resting) {
        this.cidr = cidr;
        this.size = (int) cidr.size();
        this.taken = taken;
        this.resting = resting;
    }

    /** Returns the pool of a subnet without interfaces. */
    static AddressPool of(Ipv4Cidr cidr) {
        var taken = new BitSet();
        taken.set(0, RESERVED_AT_START);
        taken.set((int) cidr.size() - 1);
        return new AddressPool(cidr, taken, new TreeMap<>());
    }

    int available() {
        return size - taken.cardinality();
    }

    boolean isReserved(Ipv4Address address) {
        int index = index(address);
        return index < RESERVED_AT_START || index == size - 1;
    }

    boolean isTaken(Ipv4Address address) {
        return taken.get(index(address));
    }

    /** Returns this pool without {@code addresses}, which must be free. */
    AddressPool take(Collection<Ipv4Address> addresses) {
        var after = (BitSet) taken.clone();
        var stillResting = new TreeMap<>(resting);
        for (Ipv4Address address : addresses) {
            after.set(index(address));
            stillResting.remove(address);
        }
        return new AddressPool(cidr, after, stillResting);
    }

    /** Returns this pool with {@code addresses} free again. */
    AddressPool give(Collection<Ipv4Address> addresses, Instant now, Instant restUntil) {
        var after = (BitSet) taken.clone();
        var stillResting = new TreeMap<>(resting);
        stillResting.values().removeIf(until -> !until.isAfter(now));
        for (Ipv4Address address : addresses) {
            after.clear(index(address));
            stillResting.put(address, restUntil);
        }
        return new AddressPool(cidr, after, stillResting);
    }

    /**
     * Returns {@code count} different free addresses; those given back lately only when nothing
     * else is left, the longest free first.
     *
     * @param count at most {@link #available}
     */
    List<Ipv4Address> choose(int count, AddressChoice choice, LongSupplier chance, Instant now) {
        var avoided = (BitSet) taken.clone();
        resting.forEach((address, until) -> {
            if (until.isAfter(now)) {
                avoided.set(index(address));
            }
        });
        var chosen = new ArrayList<Ipv4Address>();
        while (chosen.size() < count && avoided.cardinality() < size) {
            int start =
                    switch (choice) {
                        case LOWEST -> 0;
                        case SCATTERED -> (int) Long.remainderUnsigned(chance.getAsLong(), size);
                    };
            int next = avoided.nextClearBit(start);
            int index = next < size ? next : avoided.nextClearBit(0);
            avoided.set(index);
            chosen.add(cidr.network().plus(index));
        }
        resting.entrySet().stream()
                .filter(entry -> entry.getValue().isAfter(now))
                .sorted(Comparator.comparing(entry -> entry.getValue()))
                .limit(count - chosen.size())
                .forEach(entry -> chosen.add(entry.getKey()));
        return chosen;
    }

    private int index(Ipv4Address address) {
        return address.bits() - cidr.network().bits();
    }
}
