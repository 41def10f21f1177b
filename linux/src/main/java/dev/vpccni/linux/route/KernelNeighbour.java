package dev.vpccni.linux.route;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * Which hardware address an IP address has on a link.
 *
 * @param address of the neighbour
 * @param linkIndex the link's number
 * @param hardwareAddress of the neighbour, or null while it is unknown
 * @param state {@code NUD_*}
 */
public record KernelNeighbour(
        InetAddress address, int linkIndex, @Nullable HardwareAddress hardwareAddress, int state) {

    /** The entry never expires and is never asked for. */
    public static final int NUD_PERMANENT = 0x80;

    /** The neighbour was heard of lately. */
    public static final int NUD_REACHABLE = 2;

    /** Returns an entry that never expires. */
    public static KernelNeighbour permanent(
            InetAddress address, int linkIndex, HardwareAddress hardwareAddress) {
        return new KernelNeighbour(address, linkIndex, hardwareAddress, NUD_PERMANENT);
    }

    /** Tells whether the entry never expires. */
    public boolean isPermanent() {
        return (state & NUD_PERMANENT) != 0;
    }

    @Override
    public String toString() {
        return address.getHostAddress() + " lladdr " + hardwareAddress + " dev " + linkIndex;
    }
}
