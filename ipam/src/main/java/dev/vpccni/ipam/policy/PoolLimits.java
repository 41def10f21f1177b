package dev.vpccni.ipam.policy;

import static java.lang.Math.min;

import dev.vpccni.model.BlockKind;
import dev.vpccni.model.InstanceType;
import dev.vpccni.model.IpFamily;

/**
 * What a node's pool cannot exceed.
 *
 * @param instanceType its name, for explanations
 * @param instanceInterfaces the most interfaces that the instance type allows
 * @param interfacesMax the most interfaces that the node may have, unmanaged ones included
 * @param withheld how many of those give pods no address: the primary one, with custom networking
 * @param reserved how many of them are kept for others than pods: a trunk that is to come
 * @param blocksEach the most blocks on one interface
 * @param kind of the blocks that the pool consists of
 * @param family of their addresses
 * @param podsMax the most pods that the kubelet admits; warm addresses beyond are of no use
 */
public record PoolLimits(
        String instanceType,
        int instanceInterfaces,
        int interfacesMax,
        int withheld,
        int reserved,
        int blocksEach,
        BlockKind kind,
        IpFamily family,
        int podsMax) {

    public PoolLimits {
        if (interfacesMax < 1 || instanceInterfaces < interfacesMax || blocksEach < 0) {
            throw new IllegalArgumentException(
                    instanceType + " cannot have " + interfacesMax + " interfaces");
        }
        if (podsMax < 0) {
            throw new IllegalArgumentException("podsMax is negative: " + podsMax);
        }
        if (withheld < 0) {
            throw new IllegalArgumentException("withheld is negative: " + withheld);
        }
        if (reserved < 0) {
            throw new IllegalArgumentException("reserved is negative: " + reserved);
        }
    }

    /**
     * Returns the limits of an instance of {@code type} whose pods get single IPv4 addresses.
     *
     * @param interfacesMax {@code MAX_ENI}; less than 1 for as many as the type allows
     */
    public static PoolLimits of(InstanceType type, int interfacesMax, int podsMax) {
        return of(type, 0, interfacesMax, podsMax);
    }

    /**
     * Returns the limits of one network card of an instance of {@code type} whose pods get single
     * IPv4 addresses.
     *
     * @param interfacesMax {@code MAX_ENI}; less than 1 for as many as the type allows on the card
     */
    public static PoolLimits of(InstanceType type, int card, int interfacesMax, int podsMax) {
        int allowed = type.interfacesPerCard().get(card);
        return new PoolLimits(
                type.name(),
                allowed,
                interfacesMax < 1 ? allowed : min(interfacesMax, allowed),
                0,
                0,
                type.secondaryAddressesPerInterface(),
                BlockKind.ADDRESS,
                IpFamily.IPV4,
                podsMax);
    }

    /**
     * Returns these limits with some of the interfaces kept for others than pods, but for the last.
     */
    public PoolLimits withReserved(int wanted) {
        int changed = min(wanted, interfacesMax - 1);
        return new PoolLimits(
                instanceType,
                instanceInterfaces,
                interfacesMax,
                withheld,
                changed,
                blocksEach,
                kind,
                family,
                podsMax);
    }

    /** Returns how many interfaces there may be, those included that give pods no address. */
    public int places() {
        return interfacesMax - reserved;
    }

    private int forPods() {
        return Math.max(0, interfacesMax - withheld - reserved);
    }

    /** Returns these limits as a sentence without its end. */
    public String inWords() {
        return "a "
                + instanceType
                + (interfacesMax < instanceInterfaces ? " with MAX_ENI=" + interfacesMax : "")
                + " holds "
                + count(addressesMax(), "pod address", "pod addresses")
                + " ("
                + count(forPods(), "interface", "interfaces")
                + " with "
                + (kind == BlockKind.ADDRESS
                        ? Integer.toString(blocksEach)
                        : kind.text(blocksEach) + " of " + blockSize())
                + " each"
                + (reserved > 0 ? ", and " + reserved + " kept for a trunk" : "")
                + ")";
    }

    private static String count(long number, String one, String more) {
        return number + " " + (number == 1 ? one : more);
    }

    /** Returns these limits for blocks of another kind, which take the same places. */
    public PoolLimits withKind(BlockKind changed) {
        return new PoolLimits(
                instanceType,
                instanceInterfaces,
                interfacesMax,
                withheld,
                reserved,
                blocksEach,
                changed,
                family,
                podsMax);
    }

    /** Returns how many addresses a block has. */
    public long blockSize() {
        return kind.size(family);
    }

    /** Returns the most addresses for pods that the node can have. */
    public long addressesMax() {
        return (long) forPods() * blocksEach * blockSize();
    }
}
