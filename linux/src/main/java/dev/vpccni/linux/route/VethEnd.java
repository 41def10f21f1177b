package dev.vpccni.linux.route;

import dev.vpccni.linux.Descriptor;
import org.jspecify.annotations.Nullable;

/**
 * One end of a veth pair that is to be made.
 *
 * @param name such as {@code eth0}, at most 15 bytes
 * @param address its hardware address, or null to let the kernel choose
 * @param mtu the largest packet in bytes, or 0 for the kernel's choice of 1500
 * @param namespace the network namespace in which it is to appear, or null for that of the socket
 * @param up whether it is brought up at once, which the kernel can do with one end only
 */
public record VethEnd(
        String name,
        @Nullable HardwareAddress address,
        int mtu,
        @Nullable Descriptor namespace,
        boolean up) {

    /** Returns an end with a name, and all else left to the kernel. */
    public static VethEnd named(String name) {
        return new VethEnd(name, null, 0, null, true);
    }

    /** Returns this with a hardware address. */
    public VethEnd withAddress(HardwareAddress chosen) {
        return new VethEnd(name, chosen, mtu, namespace, up);
    }

    /** Returns this with a largest packet, in bytes. */
    public VethEnd withMtu(int bytes) {
        return new VethEnd(name, address, bytes, namespace, up);
    }

    /** Returns this in another network namespace. */
    public VethEnd in(Descriptor other) {
        return new VethEnd(name, address, mtu, other, up);
    }

    /** Returns this left down, so that something can be set before it comes up. */
    public VethEnd down() {
        return new VethEnd(name, address, mtu, namespace, false);
    }
}
