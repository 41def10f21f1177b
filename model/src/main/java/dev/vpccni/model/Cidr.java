package dev.vpccni.model;

/** A block of addresses of either family, such as {@code 10.0.1.0/24} or {@code fd00::/118}. */
public sealed interface Cidr extends Comparable<Cidr> permits Ipv4Cidr, Ipv6Cidr {

    /**
     * Reads {@code address/length}; bits after the prefix are dropped.
     *
     * @throws IllegalArgumentException if {@code text} is anything else
     */
    static Cidr parse(String text) {
        return text.indexOf(':') < 0 ? Ipv4Cidr.parse(text) : Ipv6Cidr.parse(text);
    }

    /** Returns the block of {@code prefixLength} bits that {@code member} lies in. */
    static Cidr of(IpAddress member, int prefixLength) {
        return switch (member) {
            case Ipv4Address four -> Ipv4Cidr.of(four, prefixLength);
            case Ipv6Address six -> Ipv6Cidr.of(six, prefixLength);
        };
    }

    /** Returns every address of {@code family}. */
    static Cidr all(IpFamily family) {
        return family == IpFamily.IPV4 ? Ipv4Cidr.ALL : Ipv6Cidr.ALL;
    }

    /** Returns the first address; its bits after the prefix are zero. */
    IpAddress network();

    /** Returns how many bits all of its addresses share. */
    int prefixLength();

    /** Returns the last address. */
    IpAddress last();

    /** Returns the family of its addresses. */
    default IpFamily family() {
        return network().family();
    }

    /** Tells whether {@code address} lies in this block. */
    default boolean contains(IpAddress address) {
        return address.family() == family() && of(address, prefixLength()).equals(this);
    }

    /** Tells whether all of {@code other} lies in this block. */
    default boolean contains(Cidr other) {
        return other.prefixLength() >= prefixLength() && contains(other.network());
    }

    /** Tells whether it has one address only. */
    default boolean isSingle() {
        return prefixLength() == family().bits();
    }

    /**
     * Returns how many addresses there are, or {@link Long#MAX_VALUE} if there are more than that.
     */
    default long size() {
        int free = family().bits() - prefixLength();
        return free < Long.SIZE - 1 ? 1L << free : Long.MAX_VALUE;
    }

    /** Orders IPv4 before IPv6, then by first address, then the larger block first. */
    @Override
    default int compareTo(Cidr other) {
        int byNetwork = network().compareTo(other.network());
        return byNetwork != 0 ? byNetwork : Integer.compare(prefixLength(), other.prefixLength());
    }
}
