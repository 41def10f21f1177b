package dev.vpccni.linux.route;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;

/**
 * An IP address and how many of its bits count. The bits behind may be set, as those of an
 * interface's address are; the kernel refuses them in the destination of a route.
 *
 * @param address IPv4 or IPv6
 * @param length how many bits count, 0 to 32 or 128
 */
public record IpPrefix(InetAddress address, int length) {

    /** Every IPv4 address. */
    public static final IpPrefix ALL_IPV4 = parse("0.0.0.0/0");

    /** Every IPv6 address. */
    public static final IpPrefix ALL_IPV6 = parse("::/0");

    /**
     * @throws IllegalArgumentException if the length is negative or greater than the address
     */
    public IpPrefix {
        if (!mayBe(address, length)) {
            throw new IllegalArgumentException("prefix length " + length + " of " + address);
        }
    }

    /** Tells whether prefixes of {@code address} may be of {@code length}. */
    static boolean mayBe(InetAddress address, int length) {
        return 0 <= length && length <= bits(address);
    }

    /** Returns the prefix that contains one address alone. */
    public static IpPrefix host(InetAddress address) {
        return new IpPrefix(address, bits(address));
    }

    /**
     * Returns an IPv4 prefix.
     *
     * @param bits of the address, the first byte highest
     * @throws IllegalArgumentException if the length is not from 0 to 32
     */
    public static IpPrefix ofIpv4(int bits, int length) {
        return new IpPrefix(ipv4(bits), length);
    }

    /**
     * Reads a text such as {@code 10.0.0.0/8}, or an address alone. Never asks a name server.
     *
     * @throws IllegalArgumentException if {@code text} is neither
     */
    public static IpPrefix parse(String text) {
        int slash = text.indexOf('/');
        return slash < 0
                ? host(InetAddress.ofLiteral(text))
                : new IpPrefix(
                        InetAddress.ofLiteral(text.substring(0, slash)),
                        Integer.parseInt(text.substring(slash + 1)));
    }

    /** Returns the IPv4 address with these bits, the first byte highest. */
    public static InetAddress ipv4(int bits) {
        return address(
                new byte[] {
                    (byte) (bits >>> 24), (byte) (bits >>> 16), (byte) (bits >>> 8), (byte) bits
                });
    }

    /**
     * Returns the bits of an IPv4 address, the first byte highest.
     *
     * @throws IllegalArgumentException if this is an IPv6 prefix
     */
    public int ipv4Bits() {
        byte[] bytes = address.getAddress();
        if (bytes.length != 4) {
            throw new IllegalArgumentException("not an IPv4 prefix: " + this);
        }
        return (bytes[0] & 0xff) << 24
                | (bytes[1] & 0xff) << 16
                | (bytes[2] & 0xff) << 8
                | (bytes[3] & 0xff);
    }

    /** Tells whether this is IPv4. */
    public boolean isIpv4() {
        return address instanceof Inet4Address;
    }

    /** Tells whether this contains one address alone. */
    public boolean isHost() {
        return length == bits(address);
    }

    @Override
    public String toString() {
        return address.getHostAddress() + "/" + length;
    }

    /**
     * Returns the address of these bytes in network byte order.
     *
     * @throws IllegalArgumentException if they are neither 4 nor 16
     */
    public static InetAddress address(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException("an address of " + bytes.length + " bytes", e);
        }
    }

    private static int bits(InetAddress address) {
        return address instanceof Inet4Address ? 32 : 128;
    }
}
