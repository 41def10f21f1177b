package dev.vpccni.node.settings;

import dev.vpccni.ipam.policy.PoolLimits;
import dev.vpccni.ipam.policy.WarmTarget;
import dev.vpccni.model.BlockKind;
import dev.vpccni.model.InstanceType;
import dev.vpccni.model.IpFamily;
import java.time.Duration;

/**
 * How many addresses a node keeps, and for how many pods.
 *
 * @param warmAddresses {@code WARM_IP_TARGET}; 0 where not defined
 * @param minimumAddresses {@code MINIMUM_IP_TARGET}; 0 where not defined
 * @param warmInterfaces {@code WARM_ENI_TARGET}; counts only if the other two are 0
 * @param interfacesMax {@code MAX_ENI}; -1 for as many as the instance type allows
 * @param trunk {@code ENABLE_POD_ENI}: whether an interface of the first card is kept for a trunk
 *     until there is one
 * @param podsMax the most pods that the kubelet admits
 * @param cooldown {@code IP_COOLDOWN_PERIOD}: how long a used address rests
 */
public record PoolSettings(
        int warmAddresses,
        int minimumAddresses,
        int warmInterfaces,
        int interfacesMax,
        boolean trunk,
        PodsMax podsMax,
        Duration cooldown) {

    /** {@code WARM_ENI_TARGET=1}, no limit of its own, 30 seconds of rest. */
    public static final PoolSettings DEFAULT =
            new PoolSettings(0, 0, 1, -1, false, PodsMax.UNKNOWN, Duration.ofSeconds(30));

    public PoolSettings {
        if (warmAddresses < 0 || minimumAddresses < 0 || warmInterfaces < 0) {
            throw new IllegalArgumentException("a target is negative");
        }
        if (cooldown.isNegative() || interfacesMax == 0 || interfacesMax < -1) {
            throw new IllegalArgumentException("cooldown or interfacesMax out of range");
        }
    }

    /**
     * Returns the one target that applies on a network card of an instance of {@code type}. On
     * cards after the first one, of which few pods want an address, it is upstream's: one is warm.
     */
    public WarmTarget target(InstanceType type, AddressingSettings addressing, int card) {
        boolean first = card == 0 || addressing.family() == IpFamily.IPV6;
        return first ? target(type, addressing) : new WarmTarget.Addresses(1, 1);
    }

    /** Returns the one target that applies on the first card of an instance of {@code type}. */
    public WarmTarget target(InstanceType type, AddressingSettings addressing) {
        if (addressing.family() == IpFamily.IPV6) {
            return new WarmTarget.OnePrefix();
        }
        if (warmAddresses > 0 || minimumAddresses > 0) {
            return new WarmTarget.Addresses(warmAddresses, minimumAddresses);
        }
        return addressing.prefixesOn(type)
                ? new WarmTarget.Prefixes(addressing.warmPrefixes())
                : new WarmTarget.Interfaces(warmInterfaces, type.secondaryAddressesPerInterface());
    }

    /** Returns what the pool of the first card of an instance of {@code type} cannot exceed. */
    public PoolLimits limits(InstanceType type, AddressingSettings addressing) {
        return limits(type, addressing, 0);
    }

    /**
     * Returns what the pool of a network card of an instance of {@code type} cannot exceed. The
     * primary interface, which custom networking withholds, is on the first card.
     */
    public PoolLimits limits(InstanceType type, AddressingSettings addressing, int card) {
        PoolLimits single = PoolLimits.of(type, card, interfacesMax, podsMax.on(type));
        boolean ipv6 = addressing.family() == IpFamily.IPV6;
        boolean prefixes = addressing.prefixesOn(type);
        return new PoolLimits(
                single.instanceType(),
                single.instanceInterfaces(),
                single.interfacesMax(),
                addressing.customNetworking() && card == 0 ? 1 : 0,
                0,
                ipv6 && !prefixes ? 0 : single.blocksEach(),
                ipv6 || prefixes ? BlockKind.PREFIX : BlockKind.ADDRESS,
                addressing.family(),
                single.podsMax());
    }

    /** Returns these settings with other targets. */
    public PoolSettings withTargets(int addresses, int minimum, int interfaces) {
        return new PoolSettings(
                addresses, minimum, interfaces, interfacesMax, trunk, podsMax, cooldown);
    }

    /** Returns these settings with an interface kept for a trunk. */
    public PoolSettings withTrunk() {
        return new PoolSettings(
                warmAddresses,
                minimumAddresses,
                warmInterfaces,
                interfacesMax,
                true,
                podsMax,
                cooldown);
    }

    /** Tells whether a network card of an instance of {@code type} may get a trunk. */
    public boolean expectsTrunk(InstanceType type, int card) {
        return trunk && card == 0 && type.trunkable();
    }

    /** Returns these settings with another limit of interfaces. */
    public PoolSettings withInterfacesMax(int most) {
        return new PoolSettings(
                warmAddresses, minimumAddresses, warmInterfaces, most, trunk, podsMax, cooldown);
    }
}
