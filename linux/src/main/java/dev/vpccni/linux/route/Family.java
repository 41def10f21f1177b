package dev.vpccni.linux.route;

import dev.vpccni.linux.Sockets;
import java.net.Inet4Address;
import java.net.InetAddress;

/** The two families of addresses that routes and rules come in. */
public enum Family {
    /** IPv4. */
    IPV4(Sockets.AF_INET),
    /** IPv6. */
    IPV6(Sockets.AF_INET6);

    private final int number;

    Family(int number) {
        this.number = number;
    }

    /** Returns the family of an address. */
    public static Family of(InetAddress address) {
        return address instanceof Inet4Address ? IPV4 : IPV6;
    }

    /** Returns the prefix that contains every address. */
    public IpPrefix all() {
        return this == IPV4 ? IpPrefix.ALL_IPV4 : IpPrefix.ALL_IPV6;
    }

    /** Returns {@code AF_INET} or {@code AF_INET6}. */
    int number() {
        return number;
    }
}
