package dev.vpccni.dataplane;

/**
 * Some bits of the 32-bit mark of a packet or connection, and what they are.
 *
 * @param value of the bits in {@code mask}; the others are 0
 * @param mask which bits count; 0 if none does, which every mark matches
 */
public record Mark(long value, long mask) {

    /** Matches whatever the mark is. */
    public static final Mark ANY = new Mark(0, 0);

    private static final long MAX = 0xffff_ffffL;

    public Mark {
        if (mask < 0 || mask > MAX || (value & ~mask) != 0) {
            throw new IllegalArgumentException("not a mark: " + value + "/" + mask);
        }
    }

    /** Returns the mark whose bits are all of {@code bits}. */
    public static Mark of(long bits) {
        return new Mark(bits, bits);
    }

    /** Tells whether a packet with {@code mark} has these bits. */
    public boolean matches(long mark) {
        return (mark & mask) == value;
    }

    /** Returns the form of iptables(8), such as {@code 0x80/0x80}. */
    @Override
    public String toString() {
        return "0x" + Long.toHexString(value) + "/0x" + Long.toHexString(mask);
    }
}
