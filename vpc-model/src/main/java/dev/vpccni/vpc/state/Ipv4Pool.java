package dev.vpccni.vpc.state;

import dev.vpccni.model.Cidr;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.vpc.api.AddressBlocks;
import dev.vpccni.vpc.api.CidrReservation;
import dev.vpccni.vpc.settings.VpcSettings.AddressChoice;
import java.time.Instant;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.function.LongSupplier;

/**
 * The IPv4 addresses of a subnet. The first four and the last are reserved (VPC User Guide, "Subnet
 * CIDR blocks"), so the first and the last prefix are nobody's either.
 */
public final class Ipv4Pool implements BlockPool {

    private static final int RESERVED_AT_START = 4;
    private static final int PREFIX_SIZE = 1 << (32 - AddressBlocks.PREFIX_BITS);

    private final Ipv4Cidr cidr;
    private final int size;
    private final BitSet taken;

    /** Taken or resting. */
    private final BitSet avoided;

    private final ExpiringMap<Ipv4Address, Ipv4Address> resting;
    private final Withheld withheld;

    private Ipv4Pool(
            Ipv4Cidr cidr,
            BitSet taken,
            BitSet avoided,
            ExpiringMap<Ipv4Address, Ipv4Address> resting,
            Withheld withheld) {
        this.cidr = cidr;
        this.size = (int) cidr.size();
        this.taken = taken;
        this.avoided = avoided;
        this.resting = resting;
        this.withheld = withheld;
    }

    /**
     * Addresses of CIDR reservations.
     *
     * @param all of which none is chosen as a single address
     * @param forPrefixes of which prefixes are chosen, if there are any, and of no others
     */
    private record Withheld(BitSet all, BitSet forPrefixes) {}

    /** Returns the pool of a subnet without interfaces. */
    public static Ipv4Pool of(Ipv4Cidr cidr) {
        var taken = new BitSet();
        taken.set(0, RESERVED_AT_START);
        taken.set((int) cidr.size() - 1);
        var withheld = new Withheld(new BitSet(), new BitSet());
        return new Ipv4Pool(cidr, taken, copy(taken), ExpiringMap.empty(), withheld);
    }

    @Override
    public Ipv4Cidr cidr() {
        return cidr;
    }

    /**
     * Returns how many addresses are neither reserved nor taken nor kept for prefixes; those that
     * rest count.
     */
    public int available() {
        return size - with(taken, withheld.forPrefixes).cardinality();
    }

    /** Tells whether prefixes are chosen from reservations only. */
    public boolean keepsRoomForPrefixes() {
        return !withheld.forPrefixes.isEmpty();
    }

    /** Returns this pool with these reservations instead of those that it had. */
    public Ipv4Pool with(List<CidrReservation> reservations) {
        var all = new BitSet();
        var forPrefixes = new BitSet();
        for (CidrReservation reservation : reservations) {
            set(all, reservation.cidr(), true);
            if (reservation.kind() == CidrReservation.Kind.PREFIX) {
                set(forPrefixes, reservation.cidr(), true);
            }
        }
        return new Ipv4Pool(cidr, taken, avoided, resting, new Withheld(all, forPrefixes));
    }

    @Override
    public boolean isReserved(Cidr block) {
        int first = index(block);
        return first < RESERVED_AT_START || first + block.size() >= size;
    }

    @Override
    public boolean isTaken(Cidr block) {
        int first = index(block);
        return taken.get(first, first + (int) block.size()).cardinality() > 0;
    }

    @Override
    public Ipv4Pool at(Instant now) {
        if (resting.first() == null) {
            return this;
        }
        BitSet fewer = copy(avoided);
        ExpiringMap<Ipv4Address, Ipv4Address> left =
                resting.at(now, address -> fewer.clear(index(address)));
        return left == resting ? this : new Ipv4Pool(cidr, taken, fewer, left, withheld);
    }

    @Override
    public Ipv4Pool take(Collection<? extends Cidr> blocks) {
        BitSet after = copy(taken);
        BitSet avoidedAfter = copy(avoided);
        ExpiringMap<Ipv4Address, Ipv4Address> stillResting = resting;
        for (Cidr block : blocks) {
            set(after, block, true);
            set(avoidedAfter, block, true);
            for (int i = 0; i < block.size(); i++) {
                stillResting = stillResting.remove(cidr.network().plus(index(block) + i));
            }
        }
        return new Ipv4Pool(cidr, after, avoidedAfter, stillResting, withheld);
    }

    @Override
    public Ipv4Pool give(Collection<? extends Cidr> blocks, Instant restUntil) {
        BitSet after = copy(taken);
        ExpiringMap<Ipv4Address, Ipv4Address> nowResting = resting;
        for (Cidr block : blocks) {
            set(after, block, false);
            for (int i = 0; i < block.size(); i++) {
                Ipv4Address address = cidr.network().plus(index(block) + i);
                nowResting = nowResting.put(address, address, restUntil);
            }
        }
        return new Ipv4Pool(cidr, after, avoided, nowResting, withheld);
    }

    /** Takes the longest free first of those that rest. */
    @Override
    public List<Cidr> chooseAddresses(int count, AddressChoice choice, LongSupplier chance) {
        BitSet left = with(avoided, withheld.all);
        var chosen = new ArrayList<Cidr>();
        while (chosen.size() < count && left.cardinality() < size) {
            int index = nextClear(left, start(size, choice, chance), size);
            left.set(index);
            chosen.add(cidr.network().plus(index).only());
        }
        ExpiringMap<Ipv4Address, Ipv4Address> rested = resting;
        while (chosen.size() < count && rested.size() > 0) {
            Ipv4Address longest = Objects.requireNonNull(rested.first());
            rested = rested.remove(longest);
            if (!withheld.all.get(index(longest))) {
                chosen.add(longest.only());
            }
        }
        return chosen;
    }

    @Override
    public List<Cidr> choosePrefixes(int count, AddressChoice choice, LongSupplier chance) {
        var chosen = new ArrayList<Cidr>();
        var chosenBefore = new BitSet();
        for (BitSet occupied : List.of(avoided, taken)) {
            BitSet left = unfitForPrefixes(occupied);
            left.or(chosenBefore);
            int prefixes = size / PREFIX_SIZE;
            while (chosen.size() < count && left.cardinality() < prefixes) {
                int index = nextClear(left, start(prefixes, choice, chance), prefixes);
                left.set(index);
                chosenBefore.set(index);
                chosen.add(
                        Cidr.of(
                                cidr.network().plus((long) index * PREFIX_SIZE),
                                AddressBlocks.PREFIX_BITS));
            }
        }
        return chosen;
    }

    /** Returns, by number from the subnet's start, the prefixes that cannot be chosen. */
    private BitSet unfitForPrefixes(BitSet occupied) {
        BitSet elsewhere = copy(withheld.all);
        if (keepsRoomForPrefixes()) {
            elsewhere = copy(withheld.forPrefixes);
            elsewhere.flip(0, size);
        }
        BitSet unfitAddresses = with(occupied, elsewhere);
        var unfit = new BitSet();
        for (int i = unfitAddresses.nextSetBit(0); i >= 0; ) {
            int prefix = i / PREFIX_SIZE;
            unfit.set(prefix);
            i = unfitAddresses.nextSetBit((prefix + 1) * PREFIX_SIZE);
        }
        return unfit;
    }

    private static int start(int size, AddressChoice choice, LongSupplier chance) {
        return switch (choice) {
            case LOWEST -> 0;
            case SCATTERED -> (int) Long.remainderUnsigned(chance.getAsLong(), size);
        };
    }

    private static int nextClear(BitSet bits, int start, int size) {
        int next = bits.nextClearBit(start);
        return next < size ? next : bits.nextClearBit(0);
    }

    private void set(BitSet bits, Cidr block, boolean value) {
        int first = index(block);
        bits.set(first, first + (int) block.size(), value);
    }

    private int index(Cidr block) {
        return index(((Ipv4Cidr) block).network());
    }

    private int index(Ipv4Address address) {
        return address.bits() - cidr.network().bits();
    }

    private static BitSet with(BitSet some, BitSet others) {
        BitSet all = copy(some);
        all.or(others);
        return all;
    }

    private static BitSet copy(BitSet bits) {
        return (BitSet) bits.clone();
    }
}
