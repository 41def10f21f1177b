package dev.vpccni.vpc.api;

import dev.vpccni.model.InstanceType;
import dev.vpccni.model.IpFamily;
import java.util.Set;

/** What an interface of an instance may have, as its type says. */
public final class AddressLimits {

    /** The oldest types, which EC2 gives no IPv6 (DescribeInstanceTypes, {@code ipv6Supported}). */
    private static final Set<String> WITHOUT_IPV6 = Set.of("c1", "m1", "m2", "m3", "t1");

    private AddressLimits() {}

    /** Returns how many addresses and prefixes of {@code family} an interface has at most. */
    public static int perInterface(InstanceType type, IpFamily family) {
        return switch (family) {
            case IPV4 -> type.addressesPerInterface();
            case IPV6 -> hasIpv6(type) ? type.addressesPerInterface() : 0;
        };
    }

    /** Tells whether instances of {@code type} may have IPv6 addresses. */
    public static boolean hasIpv6(InstanceType type) {
        return !WITHOUT_IPV6.contains(type.name().split("\\.", 2)[0]);
    }

    /** Tells whether its interfaces may have prefixes: those of the Nitro system only. */
    public static boolean hasPrefixes(InstanceType type) {
        return type.bareMetal() || type.hypervisor().equals("nitro");
    }
}
