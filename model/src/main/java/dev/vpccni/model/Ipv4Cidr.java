package dev.vpccni.model;

/**
 * A block of IPv4 addresses, such as {@code 10.0.1.0/24}.
 *
 * @param network the first address; its bits after the prefix are zero
 * @param prefixLength bits, 0 to 32
 */
public record Ipv4Cidr(Ipv4Address network, int prefixLength) implements Cidr {

    /** Every address. */
    public static final Ipv4Cidr ALL = new Ipv4Cidr(new Ipv4Address(0), 0);

    public Ipv4Cidr {
        if (prefixLength < 0 || prefixLength > 32) {
            throw new IllegalArgumentException("prefix length out of range: " + prefixLength);
        }
        if ((network.bits() & ~mask(prefixLength)) != 0) {
            throw new IllegalArgumentException(
                    network + "/" + prefixLength + " has bits set after its prefix");
        }
    }

    /**
     * Reads {@code address/length}; bits after the prefix are dropped, so that {@code 10.0.1.7/24}
     * is {@code 10.0.1.0/24}.
     *
     * @throws IllegalArgumentException if {@code text} is anything else
     */
    public static Ipv4Cidr parse(String text) {
        int slash = text.indexOf('/');
        String length = text.substring(slash + 1);
        if (slash < 0 || !length.matches("[0-9]|[12][0-9]|3[0-2]")) {
            throw new IllegalArgumentException("not an IPv4 CIDR: \"" + text + "\"");
        }
        return of(Ipv4Address.parse(text.substring(0, slash)), Integer.parseInt(length));
    }

    /** Returns the block of {@code prefixLength} bits that {@code member} lies in. */
    public static Ipv4Cidr of(Ipv4Address member, int prefixLength) {
        return new Ipv4Cidr(new Ipv4Address(member.bits() & mask(prefixLength)), prefixLength);
    }

    /** Tells whether {@code address} lies in this block. */
    public boolean contains(Ipv4Address address) {
        return (address.bits() & mask(prefixLength)) == network.bits();
    }

    /** Returns the last address, which is the broadcast address of a subnet. */
    @Override
    public Ipv4Address last() {
        return new Ipv4Address(network.bits() | ~mask(prefixLength));
    }

    /** Returns {@code address/length}, which {@link #parse} reads back. */
    @Override
    public String toString() {
        return network + "/" + prefixLength;
    }

    private static int mask(int prefixLength) {
        return prefixLength == 0 ? 0 : -1 << (32 - prefixLength);
    }
}
