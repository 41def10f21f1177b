package dev.vpccni.vpc.api;

import dev.vpccni.model.Cidr;
import dev.vpccni.model.IpAddress;
import java.util.Collection;
import java.util.List;

/**
 * What a request asks for in addresses of one family: listed ones, or so many that are free, single
 * or by prefixes. EC2 takes one of the four in a request.
 *
 * @param addressCount how many single addresses, any that are free
 * @param prefixCount how many prefixes, any that are free
 */
public record WantedBlocks(
        List<IpAddress> addresses, int addressCount, List<Cidr> prefixes, int prefixCount) {

    /** None is asked for. */
    public static final WantedBlocks NONE = anyAddresses(0);

    public WantedBlocks {
        addresses = List.copyOf(addresses);
        prefixes = List.copyOf(prefixes);
    }

    /** Asks for {@code count} single addresses. */
    public static WantedBlocks anyAddresses(int count) {
        return new WantedBlocks(List.of(), count, List.of(), 0);
    }

    /** Asks for {@code count} prefixes. */
    public static WantedBlocks anyPrefixes(int count) {
        return new WantedBlocks(List.of(), 0, List.of(), count);
    }

    /** Asks for just these addresses. */
    public static WantedBlocks listed(Collection<? extends IpAddress> addresses) {
        return new WantedBlocks(List.copyOf(addresses), 0, List.of(), 0);
    }

    /** Asks for just these prefixes. */
    public static WantedBlocks listedPrefixes(Collection<? extends Cidr> prefixes) {
        return new WantedBlocks(List.of(), 0, List.copyOf(prefixes), 0);
    }

    /** Returns how many addresses and prefixes are asked for. */
    public long total() {
        return (long) addresses.size() + addressCount + prefixes.size() + prefixCount;
    }
}
