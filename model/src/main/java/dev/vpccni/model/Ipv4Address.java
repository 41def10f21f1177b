package dev.vpccni.model;

/**
 * An IPv4 address.
 *
 * @param bits the four octets, the first in the highest eight bits
 */
public record Ipv4Address(int bits) implements IpAddress {

    /**
     * Reads the dotted form, such as {@code 10.0.1.7}: four decimal octets without leading zeros.
     *
     * @throws IllegalArgumentException if {@code text} is anything else
     */
    public static Ipv4Address parse(String text) {
        String[] octets = text.split("\\.", -1);
        if (octets.length != 4) {
            throw notAnAddress(text);
        }
        int bits = 0;
        for (String octet : octets) {
            bits = bits << 8 | octet(octet, text);
        }
        return new Ipv4Address(bits);
    }

    /**
     * Returns the address that {@code octets} are, in network byte order.
     *
     * @throws IllegalArgumentException if they are not four
     */
    public static Ipv4Address of(byte[] octets) {
        if (octets.length != 4) {
            throw new IllegalArgumentException(
                    "an IPv4 address has 4 octets, not " + octets.length);
        }
        return new Ipv4Address(
                octets[0] << 24
                        | (octets[1] & 0xff) << 16
                        | (octets[2] & 0xff) << 8
                        | (octets[3] & 0xff));
    }

    @Override
    public IpFamily family() {
        return IpFamily.IPV4;
    }

    @Override
    public Ipv4Address plus(long count) {
        return new Ipv4Address((int) (bits + count));
    }

    @Override
    public byte[] octets() {
        return new byte[] {
            (byte) (bits >>> 24), (byte) (bits >>> 16), (byte) (bits >>> 8), (byte) bits
        };
    }

    /** Returns the dotted form, which {@link #parse} reads back. */
    @Override
    public String toString() {
        return (bits >>> 24)
                + "."
                + (bits >>> 16 & 0xff)
                + "."
                + (bits >>> 8 & 0xff)
                + "."
                + (bits & 0xff);
    }

    private static int octet(String octet, String text) {
        boolean wellFormed =
                !octet.isEmpty()
                        && octet.length() <= 3
                        && octet.chars().allMatch(c -> c >= '0' && c <= '9')
                        && (octet.length() == 1 || octet.charAt(0) != '0');
        int value = wellFormed ? Integer.parseInt(octet) : 256;
        if (value > 255) {
            throw notAnAddress(text);
        }
        return value;
    }

    private static IllegalArgumentException notAnAddress(String text) {
        return new IllegalArgumentException("not an IPv4 address: \"" + text + "\"");
    }
}
