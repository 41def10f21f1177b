package dev.vpccni.vpc.state;

import dev.vpccni.model.Cidr;
import dev.vpccni.vpc.settings.VpcSettings.AddressChoice;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * Which addresses of one family in a subnet are taken. What is taken and given back are blocks:
 * single addresses, or prefixes, which begin at a multiple of their size. What was given back
 * lately rests: others are preferred.
 */
public sealed interface BlockPool permits Ipv4Pool, Ipv6Pool {

    /** Returns all the addresses, the reserved ones included. */
    Cidr cidr();

    /** Tells whether {@code block}, in the subnet, has an address that nobody may ever have. */
    boolean isReserved(Cidr block);

    /**
     * Tells whether {@code block}, in the subnet, has an address that is reserved or somebody's.
     */
    boolean isTaken(Cidr block);

    /** Returns this pool at {@code now}: what has rested enough is as good as any other. */
    BlockPool at(Instant now);

    /** Returns this pool without {@code blocks}, which must be free. */
    BlockPool take(Collection<? extends Cidr> blocks);

    /** Returns this pool with {@code blocks} free again, and resting until a time. */
    BlockPool give(Collection<? extends Cidr> blocks, Instant restUntil);

    /**
     * Returns {@code count} different free addresses, or fewer if there are no more; those that
     * rest only when nothing else is left.
     */
    List<Cidr> chooseAddresses(int count, AddressChoice choice, LongSupplier chance);

    /** Returns {@code count} different free prefixes, or fewer if there are no more. */
    List<Cidr> choosePrefixes(int count, AddressChoice choice, LongSupplier chance);
}
