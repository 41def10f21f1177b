package dev.vpccni.node.settings;

import dev.vpccni.model.InstanceType;
import dev.vpccni.model.IpFamily;

/**
 * Of which kind the addresses of pods are, and where they come from.
 *
 * @param family {@code ENABLE_IPv4} and {@code ENABLE_IPv6}
 * @param prefixDelegation {@code ENABLE_PREFIX_DELEGATION}: interfaces hold prefixes in place of
 *     single addresses, where the instance can; always with IPv6
 * @param warmPrefixes {@code WARM_PREFIX_TARGET}: how many prefixes are kept free; counts only
 *     where no target of addresses is set
 * @param customNetworking {@code AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG}: the primary interface gets no
 *     addresses, and the cluster says where further ones lie
 * @param everyCard {@code ENABLE_MULTI_NIC}: network cards other than the first one serve pods too
 */
public record AddressingSettings(
        IpFamily family,
        boolean prefixDelegation,
        int warmPrefixes,
        boolean customNetworking,
        boolean everyCard) {

    /** Single IPv4 addresses of the node's own subnets. */
    public static final AddressingSettings DEFAULT =
            new AddressingSettings(IpFamily.IPV4, false, 0, false, false);

    /** The hypervisor of every type that came after 2017. */
    public static final String NITRO = "nitro";

    public AddressingSettings {
        if (warmPrefixes < 0) {
            throw new IllegalArgumentException("a target is negative: " + warmPrefixes);
        }
        if (family == IpFamily.IPV6 && (!prefixDelegation || customNetworking)) {
            throw new IllegalArgumentException(
                    "IPv6 takes prefixes, and they are of the node's own subnet");
        }
    }

    /**
     * Tells whether EC2 gives prefixes to an instance of {@code type}: those of Nitro, and metal.
     */
    public static boolean takesPrefixes(InstanceType type) {
        return type.hypervisor().equals(NITRO) || type.bareMetal();
    }

    /**
     * Tells whether an instance of {@code type} cannot have what is asked for, nor anything else.
     */
    public boolean lacks(InstanceType type) {
        return family == IpFamily.IPV6 && !takesPrefixes(type);
    }

    /**
     * Tells whether interfaces hold prefixes on an instance of {@code type}. One that cannot is
     * served by single IPv4 addresses, as upstream does it; for IPv6 there is nothing instead.
     */
    public boolean prefixesOn(InstanceType type) {
        return prefixDelegation && takesPrefixes(type);
    }
}
