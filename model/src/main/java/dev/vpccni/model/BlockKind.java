package dev.vpccni.model;

/** What EC2 gives an interface at a time. Each block takes one of the interface's places. */
public enum BlockKind {
    /** A single secondary address: a /32, or a /128. */
    ADDRESS,
    /** A delegated prefix: a /28 of IPv4, a /80 of IPv6. */
    PREFIX;

    private static final int IPV4_PREFIX = 28;
    private static final int IPV6_PREFIX = 80;

    /** Returns what {@code block} is. */
    public static BlockKind of(Cidr block) {
        return block.isSingle() ? ADDRESS : PREFIX;
    }

    /** Tells whether EC2 gives blocks of the size of {@code block}. */
    public static boolean exists(Cidr block) {
        return of(block).prefixLength(block.family()) == block.prefixLength();
    }

    /** Returns how many bits all addresses of such a block share. */
    public int prefixLength(IpFamily family) {
        return switch (this) {
            case ADDRESS -> family.bits();
            case PREFIX -> family == IpFamily.IPV4 ? IPV4_PREFIX : IPV6_PREFIX;
        };
    }

    /** Returns how many addresses such a block has: 1, 16 or 2^48. */
    public long size(IpFamily family) {
        return 1L << (family.bits() - prefixLength(family));
    }

    /** Returns {@code count} and what they are, such as {@code 2 prefixes}. */
    public String text(long count) {
        return switch (this) {
            case ADDRESS -> count + (count == 1 ? " address" : " addresses");
            case PREFIX -> count + (count == 1 ? " prefix" : " prefixes");
        };
    }

    /** Returns {@code count} and what they are, such as {@code 2 more prefixes}. */
    public String more(long count) {
        return text(count).replaceFirst(" ", " more ");
    }

    /** Returns {@code block} as people write it: an address, or a prefix with its length. */
    public static String text(Cidr block) {
        return block.isSingle() ? block.network().toString() : block.toString();
    }
}
