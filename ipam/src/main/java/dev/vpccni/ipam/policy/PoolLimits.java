package dev.vpccni.ipam.policy;

import static java.lang.Math.min;

import dev.vpccni.model.InstanceType;

/**
 * What a node's pool cannot exceed.
 *
 * @param instanceType its name, for explanations
 * @param instanceInterfaces the most interfaces that the instance type allows
 * @param interfacesMax the most interfaces that the node may have, unmanaged ones included
 * @param addressesEach the most secondary addresses on one interface
 * @param podsMax the most pods that the kubelet admits; warm addresses beyond are of no use
 */
public record PoolLimits(
        String instanceType,
        int instanceInterfaces,
        int interfacesMax,
        int addressesEach,
        int podsMax) {

    public PoolLimits {
        if (interfacesMax < 1 || instanceInterfaces < interfacesMax || addressesEach < 0) {
            throw new IllegalArgumentException(
                    instanceType + " cannot have " + interfacesMax + " interfaces");
        }
        if (podsMax < 0) {
            throw new IllegalArgumentException("podsMax is negative: " + podsMax);
        }
    }

    /**
     * Returns the limits of an instance of {@code type}.
     *
     * @param interfacesMax {@code MAX_ENI}; less than 1 for as many as the type allows
     */
    public static PoolLimits of(InstanceType type, int interfacesMax, int podsMax) {
        int allowed = type.maxInterfaces();
        return new PoolLimits(
                type.name(),
                allowed,
                interfacesMax < 1 ? allowed : min(interfacesMax, allowed),
                type.secondaryAddressesPerInterface(),
                podsMax);
    }

    /** Returns the most addresses for pods that the node can have. */
    public int addressesMax() {
        return interfacesMax * addressesEach;
    }
}
