package dev.vpccni.linux.route;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * An IP address of a link.
 *
 * @param local the address, and the length of the network that is reached over the link
 * @param linkIndex the link's number
 * @param scope {@link KernelRoute#SCOPE_GLOBAL} and so on
 * @param flags {@code IFA_F_*}
 * @param peer the address at the other end of a point-to-point link, or null
 * @param broadcast the broadcast address, or null
 */
public record KernelAddress(
        IpPrefix local,
        int linkIndex,
        int scope,
        int flags,
        @Nullable InetAddress peer,
        @Nullable InetAddress broadcast) {

    /** The kernel makes no route to the network of the address. */
    public static final int IFA_F_NOPREFIXROUTE = 0x200;

    /** IPv6: use the address without asking the network whether it is free. */
    public static final int IFA_F_NODAD = 0x2;

    /** The address has no lifetime; the kernel sets this. */
    public static final int IFA_F_PERMANENT = 0x80;

    /** IPv6: not usable yet, since the network is being asked whether the address is free. */
    public static final int IFA_F_TENTATIVE = 0x40;

    /** IPv6: somebody else uses the address. */
    public static final int IFA_F_DADFAILED = 0x8;

    /** Returns an address of global scope. */
    public static KernelAddress of(IpPrefix local, int linkIndex) {
        return new KernelAddress(local, linkIndex, KernelRoute.SCOPE_GLOBAL, 0, null, null);
    }

    /** Returns this with these flags. */
    public KernelAddress withFlags(int some) {
        return new KernelAddress(local, linkIndex, scope, some, peer, broadcast);
    }

    /** Returns this with another scope. */
    public KernelAddress withScope(int other) {
        return new KernelAddress(local, linkIndex, other, flags, peer, broadcast);
    }

    /** Returns this with a broadcast address. */
    public KernelAddress withBroadcast(InetAddress address) {
        return new KernelAddress(local, linkIndex, scope, flags, peer, address);
    }

    @Override
    public String toString() {
        return local + " dev " + linkIndex;
    }
}
