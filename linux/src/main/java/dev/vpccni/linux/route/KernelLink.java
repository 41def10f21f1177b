package dev.vpccni.linux.route;

import org.jspecify.annotations.Nullable;

/**
 * A network interface, as the kernel describes it.
 *
 * @param index its number within its namespace
 * @param name such as {@code eth0}
 * @param kind such as {@code veth} or {@code bridge}; empty for hardware and loopback
 * @param flags {@code IFF_*} of netdevice(7)
 * @param mtu the largest packet in bytes
 * @param address its hardware address, or null if it has none of six bytes
 * @param permanentAddress the hardware address that was burnt in, or null if the driver tells none
 * @param peerIndex the number of the link that it depends on: a veth's other end, in that end's
 *     namespace, or a VLAN's parent; 0 if there is none
 * @param masterIndex the number of the bridge that it is a port of; 0 if there is none
 * @param vlan the tag of a VLAN; 0 if it is none
 */
public record KernelLink(
        int index,
        String name,
        String kind,
        int flags,
        int mtu,
        @Nullable HardwareAddress address,
        @Nullable HardwareAddress permanentAddress,
        int peerIndex,
        int masterIndex,
        int vlan) {

    /** The kind of a link that is a VLAN of another one. */
    public static final String VLAN = "vlan";

    /** The link is meant to be up. */
    public static final int IFF_UP = 1;

    /** The link is the loopback link. */
    public static final int IFF_LOOPBACK = 8;

    /** The link is up and sees a carrier. */
    public static final int IFF_LOWER_UP = 1 << 16;

    /** Tells whether the link is meant to be up; whether it sees a carrier is another question. */
    public boolean isUp() {
        return (flags & IFF_UP) != 0;
    }

    /** Tells whether this is one end of a veth pair. */
    public boolean isVeth() {
        return kind.equals("veth");
    }
}
