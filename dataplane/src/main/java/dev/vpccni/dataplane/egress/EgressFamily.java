package dev.vpccni.dataplane.egress;

import dev.vpccni.model.Cidr;
import dev.vpccni.model.IpFamily;

/** What differs between egress over IPv4 and over IPv6; names and blocks are upstream's. */
public enum EgressFamily {
    /** Over IPv4, for pods that have IPv6. */
    IPV4(
            IpFamily.IPV4,
            "v4if0",
            "CNI-E4-",
            "169.254.172.0/22",
            "224.0.0.0/4",
            "icmp-port-unreachable"),
    /** Over IPv6, for pods that have IPv4. */
    IPV6(IpFamily.IPV6, "v6if0", "CNI-E6-", "fd00::ac:0/118", "ff00::/8", "icmp6-port-unreachable");

    private final IpFamily addresses;
    private final String podInterface;
    private final String chainPrefix;
    private final String block;
    private final String multicast;
    private final String rejection;

    EgressFamily(
            IpFamily addresses,
            String podInterface,
            String chainPrefix,
            String block,
            String multicast,
            String rejection) {
        this.addresses = addresses;
        this.podInterface = podInterface;
        this.chainPrefix = chainPrefix;
        this.block = block;
        this.multicast = multicast;
        this.rejection = rejection;
    }

    /** Returns the one whose addresses are of {@code family}. */
    public static EgressFamily of(IpFamily family) {
        return family == IpFamily.IPV4 ? IPV4 : IPV6;
    }

    /** Returns the family of its addresses. */
    public IpFamily addresses() {
        return addresses;
    }

    /** Returns the name of the interface inside the pod. */
    public String podInterface() {
        return podInterface;
    }

    /** Returns how names of its chains begin. */
    public String chainPrefix() {
        return chainPrefix;
    }

    /** Returns the block of addresses that means something on one node only. */
    public Cidr block() {
        return Cidr.parse(block);
    }

    /** Returns the destinations that keep a pod's own address. */
    String multicast() {
        return multicast;
    }

    /** Returns how iptables(8) calls what a refused connection is told. */
    String rejection() {
        return rejection;
    }
}
