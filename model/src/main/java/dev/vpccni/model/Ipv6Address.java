package dev.vpccni.model;

/**
 * An IPv6 address, without a zone.
 *
 * @param high the first eight octets, the very first in the highest eight bits
 * @param low the last eight
 */
public record Ipv6Address(long high, long low) implements IpAddress {

    private static final int GROUPS = 8;

    /**
     * Reads any text form of RFC 4291, such as {@code 2001:db8::7} or {@code ::ffff:10.0.0.1}.
     *
     * @throws IllegalArgumentException if {@code text} is anything else; a zone or a prefix length
     *     makes it so
     */
    public static Ipv6Address parse(String text) {
        String groups = withoutDottedEnd(text);
        int gap = groups.indexOf("::");
        String[] before = split(gap < 0 ? groups : groups.substring(0, gap));
        String[] after = split(gap < 0 ? "" : groups.substring(gap + 2));
        int given = before.length + after.length;
        // "::" stands for one group of zeros at least.
        if (gap < 0 ? given != GROUPS : given >= GROUPS) {
            throw notAnAddress(text);
        }
        var values = new long[GROUPS];
        for (int i = 0; i < before.length; i++) {
            values[i] = group(before[i], text);
        }
        for (int i = 0; i < after.length; i++) {
            values[GROUPS - after.length + i] = group(after[i], text);
        }
        return new Ipv6Address(
                values[0] << 48 | values[1] << 32 | values[2] << 16 | values[3],
                values[4] << 48 | values[5] << 32 | values[6] << 16 | values[7]);
    }

    /**
     * Returns the address that {@code octets} are, in network byte order.
     *
     * @throws IllegalArgumentException if they are not 16
     */
    public static Ipv6Address of(byte[] octets) {
        if (octets.length != 16) {
            throw new IllegalArgumentException(
                    "an IPv6 address has 16 octets, not " + octets.length);
        }
        long high = 0;
        long low = 0;
        for (int i = 0; i < 8; i++) {
            high = high << 8 | (octets[i] & 0xff);
            low = low << 8 | (octets[i + 8] & 0xff);
        }
        return new Ipv6Address(high, low);
    }

    @Override
    public IpFamily family() {
        return IpFamily.IPV6;
    }

    @Override
    public Ipv6Address plus(long count) {
        long sum = low + count;
        boolean carry = count >= 0 && Long.compareUnsigned(sum, low) < 0;
        boolean borrow = count < 0 && Long.compareUnsigned(sum, low) > 0;
        return new Ipv6Address(carry ? high + 1 : borrow ? high - 1 : high, sum);
    }

    @Override
    public byte[] octets() {
        var octets = new byte[16];
        for (int i = 0; i < 8; i++) {
            octets[i] = (byte) (high >>> (56 - 8 * i));
            octets[i + 8] = (byte) (low >>> (56 - 8 * i));
        }
        return octets;
    }

    /**
     * Returns the form of RFC 5952, which {@link #parse} reads back: lower case, without leading
     * zeros, the longest run of zeros left out, the first of several; the last 32 bits dotted if
     * the address stands for one of IPv4.
     */
    @Override
    public String toString() {
        boolean mapped = high == 0 && low >>> 32 == 0xffff;
        int groups = mapped ? GROUPS - 2 : GROUPS;
        int gap = longestRun(groups);
        int end = gap < 0 ? -1 : gap + runAt(gap, groups);
        var text = new StringBuilder(39);
        for (int i = 0; i < groups; i++) {
            if (i == gap) {
                text.append("::");
                i = end - 1;
            } else {
                text.append(i == 0 || i == end ? "" : ":").append(Integer.toHexString(group(i)));
            }
        }
        return mapped
                ? text.append(':').append(new Ipv4Address((int) low)).toString()
                : text.toString();
    }

    private int longestRun(int groups) {
        int longest = -1;
        for (int i = 0; i < groups; i++) {
            int length = runAt(i, groups);
            if (length > 1 && (longest < 0 || length > runAt(longest, groups))) {
                longest = i;
            }
        }
        return longest;
    }

    private int runAt(int start, int groups) {
        int end = start;
        while (end < groups && group(end) == 0) {
            end++;
        }
        return end - start;
    }

    private int group(int index) {
        long half = index < 4 ? high : low;
        return (int) (half >>> (48 - 16 * (index % 4))) & 0xffff;
    }

    private static String withoutDottedEnd(String text) {
        int last = text.lastIndexOf(':');
        if (last < 0 || text.indexOf('.') < 0) {
            return text;
        }
        int four = dotted(text.substring(last + 1), text).bits();
        return text.substring(0, last + 1)
                + Integer.toHexString(four >>> 16)
                + ":"
                + Integer.toHexString(four & 0xffff);
    }

    private static Ipv4Address dotted(String end, String text) {
        try {
            return Ipv4Address.parse(end);
        } catch (IllegalArgumentException e) {
            throw notAnAddress(text);
        }
    }

    private static String[] split(String groups) {
        return groups.isEmpty() ? new String[0] : groups.split(":", -1);
    }

    private static long group(String digits, String text) {
        if (digits.isEmpty() || digits.length() > 4) {
            throw notAnAddress(text);
        }
        long value = 0;
        for (int i = 0; i < digits.length(); i++) {
            char c = digits.charAt(i);
            int digit = c < 0x80 ? Character.digit(c, 16) : -1;
            if (digit < 0) {
                throw notAnAddress(text);
            }
            value = value << 4 | digit;
        }
        return value;
    }

    private static IllegalArgumentException notAnAddress(String text) {
        return new IllegalArgumentException("not an IPv6 address: \"" + text + "\"");
    }
}
