package dev.vpccni.vpc.state;

import dev.vpccni.model.Cidr;
import dev.vpccni.model.Ipv6Address;
import dev.vpccni.model.Ipv6Cidr;
import dev.vpccni.model.collection.OrderedMap;
import dev.vpccni.vpc.api.AddressBlocks;
import dev.vpccni.vpc.settings.VpcSettings.AddressChoice;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The IPv6 addresses of a subnet, a /64. Its first four addresses and its last one are reserved
 * (VPC User Guide, "Subnet CIDR blocks"); prefixes are not chosen where these are.
 */
public final class Ipv6Pool implements BlockPool {

    /** How long the block of a subnet is, in bits. */
    public static final int SUBNET_BITS = 64;

    private static final int RESERVED_AT_START = 4;
    private static final int PREFIXES = 1 << (AddressBlocks.IPV6_PREFIX_BITS - SUBNET_BITS);
    private static final int PART_BITS = 128 - AddressBlocks.IPV6_PREFIX_BITS;
    private static final long IN_PART = (1L << PART_BITS) - 1;
    private static final int DELEGATED = -1;

    private final Ipv6Cidr cidr;

    /** Of each prefix-sized part how many addresses are taken, or {@link #DELEGATED}. */
    private final OrderedMap<Cidr, Integer> parts;

    private final OrderedMap<Cidr, Cidr> addresses;
    private final ExpiringMap<Cidr, Cidr> resting;

    private Ipv6Pool(
            Ipv6Cidr cidr,
            OrderedMap<Cidr, Integer> parts,
            OrderedMap<Cidr, Cidr> addresses,
            ExpiringMap<Cidr, Cidr> resting) {
        this.cidr = cidr;
        this.parts = parts;
        this.addresses = addresses;
        this.resting = resting;
    }

    /** Returns the pool of a subnet without interfaces. */
    public static Ipv6Pool of(Ipv6Cidr cidr) {
        return new Ipv6Pool(cidr, OrderedMap.empty(), OrderedMap.empty(), ExpiringMap.empty());
    }

    @Override
    public Ipv6Cidr cidr() {
        return cidr;
    }

    @Override
    public boolean isReserved(Cidr block) {
        return block.network().compareTo(cidr.network().plus(RESERVED_AT_START)) < 0
                || block.last().equals(cidr.last());
    }

    @Override
    public boolean isTaken(Cidr block) {
        Integer inPart = parts.get(part(block));
        return isReserved(block)
                || addresses.contains(block)
                || (inPart != null && (inPart == DELEGATED || !block.isSingle()));
    }

    @Override
    public Ipv6Pool at(Instant now) {
        ExpiringMap<Cidr, Cidr> left = resting.at(now);
        return left == resting ? this : new Ipv6Pool(cidr, parts, addresses, left);
    }

    @Override
    public Ipv6Pool take(Collection<? extends Cidr> blocks) {
        OrderedMap<Cidr, Integer> newParts = parts;
        OrderedMap<Cidr, Cidr> newAddresses = addresses;
        ExpiringMap<Cidr, Cidr> stillResting = resting;
        for (Cidr block : blocks) {
            stillResting = stillResting.remove(block);
            Cidr part = part(block);
            if (block.isSingle()) {
                Integer before = newParts.get(part);
                newParts = newParts.put(part, before == null ? 1 : before + 1);
                newAddresses = newAddresses.put(block, block);
            } else {
                newParts = newParts.put(part, DELEGATED);
            }
        }
        return new Ipv6Pool(cidr, newParts, newAddresses, stillResting);
    }

    @Override
    public Ipv6Pool give(Collection<? extends Cidr> blocks, Instant restUntil) {
        OrderedMap<Cidr, Integer> newParts = parts;
        OrderedMap<Cidr, Cidr> newAddresses = addresses;
        ExpiringMap<Cidr, Cidr> nowResting = resting;
        for (Cidr block : blocks) {
            nowResting = nowResting.put(block, block, restUntil);
            Cidr part = part(block);
            Integer before = newParts.get(part);
            newAddresses = newAddresses.remove(block);
            newParts =
                    before == null || before <= 1
                            ? newParts.remove(part)
                            : newParts.put(part, before - 1);
        }
        return new Ipv6Pool(cidr, newParts, newAddresses, nowResting);
    }

    /** Looks where chance leads, and on from there: what rests is never all that is left. */
    @Override
    public List<Cidr> chooseAddresses(int count, AddressChoice choice, LongSupplier chance) {
        var chosen = new LinkedHashSet<Cidr>();
        Cidr next = freeAddress(chosen, choice, chance);
        while (chosen.size() < count && next != null) {
            chosen.add(next);
            next = freeAddress(chosen, choice, chance);
        }
        return List.copyOf(chosen);
    }

    @Override
    public List<Cidr> choosePrefixes(int count, AddressChoice choice, LongSupplier chance) {
        var chosen = new LinkedHashSet<Cidr>();
        for (boolean alsoResting : List.of(false, true)) {
            int looked = 0;
            int index = start(choice, chance);
            while (chosen.size() < count && looked < PREFIXES) {
                Cidr prefix = part(index);
                if (!isTaken(prefix)
                        && (alsoResting || !resting.contains(prefix))
                        && chosen.add(prefix)) {
                    index = start(choice, chance);
                    looked = 0;
                } else {
                    index = (index + 1) % PREFIXES;
                    looked++;
                }
            }
        }
        return List.copyOf(chosen);
    }

    /** Returns an address that is neither taken nor {@code chosen}, or null if there is none. */
    private @Nullable Cidr freeAddress(
            Set<Cidr> chosen, AddressChoice choice, LongSupplier chance) {
        int first = start(choice, chance);
        long offset = choice == AddressChoice.LOWEST ? 0 : chance.getAsLong();
        // More than can be in the way within one part.
        int tries = addresses.size() + resting.size() + chosen.size() + RESERVED_AT_START + 2;
        for (int i = 0; i < PREFIXES; i++) {
            Cidr part = part((first + i) % PREFIXES);
            if (!Objects.equals(parts.get(part), DELEGATED)) {
                for (int j = 0; j < tries; j++) {
                    Cidr address = part.network().plus((offset + j) & IN_PART).only();
                    if (!isTaken(address)
                            && !resting.contains(address)
                            && !chosen.contains(address)) {
                        return address;
                    }
                }
            }
        }
        return null;
    }

    private static int start(AddressChoice choice, LongSupplier chance) {
        return switch (choice) {
            case LOWEST -> 0;
            case SCATTERED -> (int) Long.remainderUnsigned(chance.getAsLong(), PREFIXES);
        };
    }

    private Cidr part(int index) {
        var network = new Ipv6Address(cidr.network().high(), (long) index << PART_BITS);
        return new Ipv6Cidr(network, AddressBlocks.IPV6_PREFIX_BITS);
    }

    private static Cidr part(Cidr block) {
        return Cidr.of(block.network(), AddressBlocks.IPV6_PREFIX_BITS);
    }
}
