package dev.vpccni.model;

/**
 * A block of IPv6 addresses, such as {@code 2001:db8::/80}.
 *
 * @param network the first address; its bits after the prefix are zero
 * @param prefixLength bits, 0 to 128
 */
public record Ipv6Cidr(Ipv6Address network, int prefixLength) implements Cidr {

    /** Every address. */
    public static final Ipv6Cidr ALL = new Ipv6Cidr(new Ipv6Address(0, 0), 0);

    public Ipv6Cidr {
        if (prefixLength < 0 || prefixLength > 128) {
            throw new IllegalArgumentException("prefix length out of range: " + prefixLength);
        }
        if (!network.equals(masked(network, prefixLength))) {
            throw new IllegalArgumentException(
                    network + "/" + prefixLength + " has bits set after its prefix");
        }
    }

    /**
     * Reads {@code address/length}; bits after the prefix are dropped.
     *
     * @throws IllegalArgumentException if {@code text} is anything else
     */
    public static Ipv6Cidr parse(String text) {
        int slash = text.indexOf('/');
        String length = text.substring(slash + 1);
        if (slash < 0 || !length.matches("[0-9]|[1-9][0-9]|1[01][0-9]|12[0-8]")) {
            throw new IllegalArgumentException("not an IPv6 CIDR: \"" + text + "\"");
        }
        return of(Ipv6Address.parse(text.substring(0, slash)), Integer.parseInt(length));
    }

    /** Returns the block of {@code prefixLength} bits that {@code member} lies in. */
    public static Ipv6Cidr of(Ipv6Address member, int prefixLength) {
        return new Ipv6Cidr(masked(member, prefixLength), prefixLength);
    }

    @Override
    public Ipv6Address last() {
        return new Ipv6Address(
                network.high() | ~mask(prefixLength), network.low() | ~mask(prefixLength - 64));
    }

    /** Returns {@code address/length}, which {@link #parse} reads back. */
    @Override
    public String toString() {
        return network + "/" + prefixLength;
    }

    private static Ipv6Address masked(Ipv6Address address, int prefixLength) {
        return new Ipv6Address(
                address.high() & mask(prefixLength), address.low() & mask(prefixLength - 64));
    }

    /** Returns 64 bits of which the first {@code ones} are set; of fewer than 0, none. */
    private static long mask(int ones) {
        return ones <= 0 ? 0 : ones >= 64 ? -1 : -1L << (64 - ones);
    }
}
