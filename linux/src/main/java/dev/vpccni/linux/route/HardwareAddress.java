package dev.vpccni.linux.route;

import java.util.HexFormat;

/**
 * The address of an Ethernet link, also known as MAC address.
 *
 * @param bits the six bytes, the first one highest
 */
public record HardwareAddress(long bits) implements Comparable<HardwareAddress> {

    private static final int SIZE = 6;
    private static final HexFormat COLONS = HexFormat.ofDelimiter(":");

    /**
     * @throws IllegalArgumentException if there are more than 48 bits
     */
    public HardwareAddress {
        if (bits >>> (Byte.SIZE * SIZE) != 0) {
            throw new IllegalArgumentException("more than 48 bits: " + Long.toHexString(bits));
        }
    }

    /**
     * Reads a text such as {@code 0a:58:00:00:00:01}.
     *
     * @throws IllegalArgumentException if {@code text} is not six bytes in hexadecimal
     */
    public static HardwareAddress parse(String text) {
        return of(COLONS.parseHex(text));
    }

    /**
     * Returns the address of these bytes.
     *
     * @throws IllegalArgumentException if there are not six
     */
    public static HardwareAddress of(byte[] bytes) {
        if (bytes.length != SIZE) {
            throw new IllegalArgumentException("a hardware address of " + bytes.length + " bytes");
        }
        long bits = 0;
        for (byte b : bytes) {
            bits = (bits << Byte.SIZE) | Byte.toUnsignedLong(b);
        }
        return new HardwareAddress(bits);
    }

    /** Returns the six bytes. */
    public byte[] bytes() {
        byte[] bytes = new byte[SIZE];
        for (int i = 0; i < SIZE; i++) {
            bytes[i] = (byte) (bits >>> (Byte.SIZE * (SIZE - 1 - i)));
        }
        return bytes;
    }

    @Override
    public int compareTo(HardwareAddress other) {
        return Long.compare(bits, other.bits);
    }

    @Override
    public String toString() {
        return COLONS.formatHex(bytes());
    }
}
