package dev.vpccni.model;

import java.util.HexFormat;

/**
 * A 48-bit Ethernet address.
 *
 * @param bits the six octets, the first in bits 47 to 40
 */
public record MacAddress(long bits) implements Comparable<MacAddress> {

    private static final long MAX = 0xffff_ffff_ffffL;
    private static final long LOCALLY_ADMINISTERED = 0x0200_0000_0000L;
    private static final long MULTICAST = 0x0100_0000_0000L;

    public MacAddress {
        if (bits < 0 || bits > MAX) {
            throw new IllegalArgumentException("more than 48 bits: " + Long.toHexString(bits));
        }
    }

    /**
     * Reads six pairs of hexadecimal digits between colons, in either case.
     *
     * @throws IllegalArgumentException if {@code text} is anything else
     */
    public static MacAddress parse(String text) {
        if (!text.matches("[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){5}")) {
            throw new IllegalArgumentException("not a MAC address: \"" + text + "\"");
        }
        return new MacAddress(HexFormat.fromHexDigitsToLong(text.replace(":", "")));
    }

    /** Returns a unicast, locally administered address made of the low 46 of {@code random}. */
    public static MacAddress local(long random) {
        return new MacAddress((random & MAX & ~MULTICAST) | LOCALLY_ADMINISTERED);
    }

    /** Returns the six octets in the order in which they are sent. */
    public byte[] octets() {
        byte[] octets = new byte[6];
        for (int i = 0; i < octets.length; i++) {
            octets[i] = (byte) (bits >>> (40 - 8 * i));
        }
        return octets;
    }

    @Override
    public int compareTo(MacAddress other) {
        return Long.compare(bits, other.bits);
    }

    /** Returns the lower-case form with colons, which {@link #parse} reads back. */
    @Override
    public String toString() {
        return HexFormat.ofDelimiter(":").formatHex(octets());
    }
}
