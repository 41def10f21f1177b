package dev.vpccni.dataplane.egress;

import dev.vpccni.model.Cidr;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.IpFamily;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The addresses that pods of one node may have, as {@code host-local} counts them: all of a block
 * but the first, the gateway behind it, and the broadcast address of IPv4.
 *
 * @param block at least four addresses
 */
public record EgressRange(Cidr block) {

    private static final int SIZE_MIN = 4;

    /**
     * @throws IllegalArgumentException if the block has no room for a gateway and a pod
     */
    public EgressRange {
        if (block.size() < SIZE_MIN) {
            throw new IllegalArgumentException(block + " has fewer than four addresses");
        }
    }

    /** Returns the family of its addresses. */
    public EgressFamily family() {
        return EgressFamily.of(block.family());
    }

    /** Returns the node's address. */
    public IpAddress gateway() {
        return block.network().plus(1);
    }

    /** Returns how many pods there is an address for. */
    public long size() {
        long reserved = block.family() == IpFamily.IPV4 ? 3 : 2;
        return block.size() == Long.MAX_VALUE ? block.size() : block.size() - reserved;
    }

    /** Tells whether a pod may have {@code address}. */
    public boolean contains(IpAddress address) {
        return block.contains(address)
                && address.compareTo(first()) >= 0
                && address.compareTo(last()) <= 0;
    }

    /**
     * Returns the address to hand out next: the first free one behind {@code latest}, and from the
     * start again behind the last one, so that one that was given back rests as long as possible.
     *
     * @param latest what was handed out last; null where that is unknown
     * @param taken tells which are in use; it is asked about each one once at most
     * @return null if all are taken
     */
    public @Nullable IpAddress next(@Nullable IpAddress latest, Predicate<IpAddress> taken) {
        IpAddress begin = latest == null || !contains(latest) ? first() : after(latest);
        IpAddress candidate = begin;
        do {
            if (!taken.test(candidate)) {
                return candidate;
            }
            candidate = after(candidate);
        } while (!candidate.equals(begin));
        return null;
    }

    private IpAddress after(IpAddress address) {
        return address.equals(last()) ? first() : address.plus(1);
    }

    private IpAddress first() {
        return block.network().plus(2);
    }

    private IpAddress last() {
        return block.family() == IpFamily.IPV4 ? block.last().plus(-1) : block.last();
    }

    @Override
    public String toString() {
        return block.toString();
    }
}
