package dev.vpccni.model;

/** An address of either family. */
public sealed interface IpAddress extends Comparable<IpAddress> permits Ipv4Address, Ipv6Address {

    /**
     * Reads the text of an address; a colon makes it one of IPv6.
     *
     * @throws IllegalArgumentException if {@code text} is anything else
     */
    static IpAddress parse(String text) {
        return text.indexOf(':') < 0 ? Ipv4Address.parse(text) : Ipv6Address.parse(text);
    }

    /**
     * Returns the address that {@code octets} are, in network byte order.
     *
     * @throws IllegalArgumentException if they are neither 4 nor 16
     */
    static IpAddress of(byte[] octets) {
        return switch (octets.length) {
            case 4 -> Ipv4Address.of(octets);
            case 16 -> Ipv6Address.of(octets);
            default ->
                    throw new IllegalArgumentException(
                            "an address has no " + octets.length + " octets");
        };
    }

    /** Returns its family. */
    IpFamily family();

    /** Returns the octets in network byte order: 4 or 16. */
    byte[] octets();

    /** Returns the address {@code count} after this one, or before it if negative. */
    IpAddress plus(long count);

    /** Returns the block that has only this address. */
    default Cidr only() {
        return Cidr.of(this, family().bits());
    }

    /** Orders IPv4 before IPv6, and addresses of one family as unsigned numbers. */
    @Override
    default int compareTo(IpAddress other) {
        if (this instanceof Ipv4Address(int mine) && other instanceof Ipv4Address(int others)) {
            return Integer.compareUnsigned(mine, others);
        }
        if (this instanceof Ipv6Address(long mine, long low)
                && other instanceof Ipv6Address(long others, long othersLow)) {
            int byHigh = Long.compareUnsigned(mine, others);
            return byHigh != 0 ? byHigh : Long.compareUnsigned(low, othersLow);
        }
        return family().compareTo(other.family());
    }
}
