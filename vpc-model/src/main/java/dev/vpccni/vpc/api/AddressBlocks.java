package dev.vpccni.vpc.api;

import dev.vpccni.model.Cidr;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.IpFamily;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.model.Ipv6Address;
import dev.vpccni.model.Ipv6Cidr;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * Addresses and delegated prefixes, apart as EC2 lists them. An address within one of the prefixes
 * is not among the addresses.
 *
 * @param addresses of an interface, its primary one first
 * @param prefixes each a /28
 * @param ipv6Prefixes each a /80
 */
public record AddressBlocks(
        List<Ipv4Address> addresses,
        List<Ipv4Cidr> prefixes,
        List<Ipv6Address> ipv6Addresses,
        List<Ipv6Cidr> ipv6Prefixes) {

    /** Not a single one. */
    public static final AddressBlocks NONE = of(List.of());

    /** How long an IPv4 prefix is, in bits (EC2 User Guide, "Prefix delegation"). */
    public static final int PREFIX_BITS = 28;

    /** How long an IPv6 prefix is, in bits. */
    public static final int IPV6_PREFIX_BITS = 80;

    public AddressBlocks {
        addresses = List.copyOf(addresses);
        prefixes = List.copyOf(prefixes);
        ipv6Addresses = List.copyOf(ipv6Addresses);
        ipv6Prefixes = List.copyOf(ipv6Prefixes);
    }

    /** Sorts {@code blocks} by what they are, each kind in the order in which it comes. */
    public static AddressBlocks of(Collection<? extends Cidr> blocks) {
        var addresses = new ArrayList<Ipv4Address>();
        var prefixes = new ArrayList<Ipv4Cidr>();
        var ipv6Addresses = new ArrayList<Ipv6Address>();
        var ipv6Prefixes = new ArrayList<Ipv6Cidr>();
        for (Cidr block : blocks) {
            switch (block) {
                case Ipv4Cidr four when four.isSingle() -> addresses.add(four.network());
                case Ipv4Cidr four -> prefixes.add(four);
                case Ipv6Cidr six when six.isSingle() -> ipv6Addresses.add(six.network());
                case Ipv6Cidr six -> ipv6Prefixes.add(six);
            }
        }
        return new AddressBlocks(addresses, prefixes, ipv6Addresses, ipv6Prefixes);
    }

    /** Returns just these addresses of IPv4. */
    public static AddressBlocks addresses(List<Ipv4Address> addresses) {
        return new AddressBlocks(addresses, List.of(), List.of(), List.of());
    }

    /** Returns all of them, an address as a block of one. */
    public List<Cidr> all() {
        var all = new ArrayList<Cidr>();
        addresses.forEach(address -> all.add(address.only()));
        all.addAll(prefixes);
        ipv6Addresses.forEach(address -> all.add(address.only()));
        all.addAll(ipv6Prefixes);
        return all;
    }

    /** Tells whether {@code address} is one of them or lies in one of the prefixes. */
    public boolean covers(IpAddress address) {
        return switch (address) {
            case Ipv4Address four ->
                    addresses.contains(four)
                            || prefixes.stream().anyMatch(prefix -> prefix.contains(four));
            case Ipv6Address six ->
                    ipv6Addresses.contains(six)
                            || ipv6Prefixes.stream().anyMatch(prefix -> prefix.contains(six));
        };
    }

    /** Returns how many of an interface's places they take: a prefix as many as an address. */
    public int slots(IpFamily family) {
        return switch (family) {
            case IPV4 -> addresses.size() + prefixes.size();
            case IPV6 -> ipv6Addresses.size() + ipv6Prefixes.size();
        };
    }
}
