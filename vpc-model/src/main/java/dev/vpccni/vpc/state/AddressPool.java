package dev.vpccni.vpc.state;

import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.vpc.settings.VpcSettings.AddressChoice;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.function.LongSupplier;

/**
 * Which addresses of a subnet are taken. The first four and the last are reserved (VPC User Guide,
 * "Subnet CIDR blocks"). What was given back lately rests: others are preferred.
 */
public final class AddressPool {

    private static final int RESERVED_AT_START = 4;

    private final Ipv4Cidr cidr;
    private final int size;
    private final BitSet taken;

    /** Taken or resting. */
    private final BitSet avoided;

    private final ExpiringMap<Ipv4Address, Ipv4Address> resting;

    private AddressPool(
            Ipv4Cidr cidr,
            BitSet taken,
            BitSet avoided,
            ExpiringMap<Ipv4Address, Ipv4Address> resting) {
        this.cidr = cidr;
        this.size = (int) cidr.size();
        this.taken = taken;
        this.avoided = avoided;
        this.resting = resting;
    }

    /** Returns the pool of a subnet without interfaces. */
    public static AddressPool of(Ipv4Cidr cidr) {
        var taken = new BitSet();
        taken.set(0, RESERVED_AT_START);
        taken.set((int) cidr.size() - 1);
        return new AddressPool(cidr, taken, copy(taken), ExpiringMap.empty());
    }

    /** Returns how many addresses are neither reserved nor taken; those that rest count. */
    public int available() {
        return size - taken.cardinality();
    }

    /** Tells whether nobody may ever have {@code address}, which lies in the subnet. */
    public boolean isReserved(Ipv4Address address) {
        int index = index(address);
        return index < RESERVED_AT_START || index == size - 1;
    }

    /** Tells whether {@code address}, which lies in the subnet, is reserved or somebody's. */
    public boolean isTaken(Ipv4Address address) {
        return taken.get(index(address));
    }

    /** Returns this pool at {@code now}: what has rested enough is as good as any other. */
    public AddressPool at(Instant now) {
        Ipv4Address first = resting.first();
        if (first == null) {
            return this;
        }
        BitSet fewer = copy(avoided);
        ExpiringMap<Ipv4Address, Ipv4Address> left =
                resting.at(now, address -> fewer.clear(index(address)));
        return left == resting ? this : new AddressPool(cidr, taken, fewer, left);
    }

    /** Returns this pool without {@code addresses}, which must be free. */
    public AddressPool take(Collection<Ipv4Address> addresses) {
        BitSet after = copy(taken);
        BitSet avoidedAfter = copy(avoided);
        ExpiringMap<Ipv4Address, Ipv4Address> stillResting = resting;
        for (Ipv4Address address : addresses) {
            after.set(index(address));
            avoidedAfter.set(index(address));
            stillResting = stillResting.remove(address);
        }
        return new AddressPool(cidr, after, avoidedAfter, stillResting);
    }

    /** Returns this pool with {@code addresses} free again, and resting until a time. */
    public AddressPool give(Collection<Ipv4Address> addresses, Instant restUntil) {
        BitSet after = copy(taken);
        ExpiringMap<Ipv4Address, Ipv4Address> nowResting = resting;
        for (Ipv4Address address : addresses) {
            after.clear(index(address));
            nowResting = nowResting.put(address, address, restUntil);
        }
        return new AddressPool(cidr, after, avoided, nowResting);
    }

    /**
     * Returns {@code count} different free addresses; those that rest only when nothing else is
     * left, the longest free first.
     *
     * @param count at most {@link #available}
     */
    public List<Ipv4Address> choose(int count, AddressChoice choice, LongSupplier chance) {
        BitSet left = copy(avoided);
        var chosen = new ArrayList<Ipv4Address>();
        while (chosen.size() < count && left.cardinality() < size) {
            int start =
                    switch (choice) {
                        case LOWEST -> 0;
                        case SCATTERED -> (int) Long.remainderUnsigned(chance.getAsLong(), size);
                    };
            int next = left.nextClearBit(start);
            int index = next < size ? next : left.nextClearBit(0);
            left.set(index);
            chosen.add(cidr.network().plus(index));
        }
        ExpiringMap<Ipv4Address, Ipv4Address> rested = resting;
        while (chosen.size() < count) {
            Ipv4Address longest = Objects.requireNonNull(rested.first());
            rested = rested.remove(longest);
            chosen.add(longest);
        }
        return chosen;
    }

    private int index(Ipv4Address address) {
        return address.bits() - cidr.network().bits();
    }

    private static BitSet copy(BitSet bits) {
        return (BitSet) bits.clone();
    }
}
