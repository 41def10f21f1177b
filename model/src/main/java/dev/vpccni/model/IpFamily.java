package dev.vpccni.model;

/** One of the two families of addresses. */
public enum IpFamily {
    /** Addresses of 32 bits. */
    IPV4(32),
    /** Addresses of 128 bits. */
    IPV6(128);

    private final int bits;

    IpFamily(int bits) {
        this.bits = bits;
    }

    /** Returns how many bits an address has. */
    public int bits() {
        return bits;
    }

    @Override
    public String toString() {
        return this == IPV4 ? "IPv4" : "IPv6";
    }
}
