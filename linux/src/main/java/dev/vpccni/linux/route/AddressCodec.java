package dev.vpccni.linux.route;

import dev.vpccni.linux.netlink.Attributes;
import dev.vpccni.linux.netlink.MessageWriter;
import dev.vpccni.linux.netlink.NetlinkMessage;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/** Addresses on the wire: {@code struct ifaddrmsg} and {@code linux/if_addr.h}. */
final class AddressCodec {

    static final int RTM_NEWADDR = 20;
    static final int RTM_DELADDR = 21;
    static final int RTM_GETADDR = 22;

    private static final int IFADDRMSG_SIZE = 8;
    private static final int IFA_FAMILY = 0;
    private static final int IFA_PREFIXLEN = 1;
    private static final int IFA_SCOPE = 3;
    private static final int IFA_INDEX = 4;

    private static final int IFA_ADDRESS = 1;
    private static final int IFA_LOCAL = 2;
    private static final int IFA_BROADCAST = 4;
    private static final int IFA_FLAGS = 8;

    private AddressCodec() {}

    /** All addresses of a family, or those of the link with this index. */
    static void writeQuery(MessageWriter out, Family family, int linkIndex) {
        out.header(IFADDRMSG_SIZE).set8(IFA_FAMILY, family.number()).set32(IFA_INDEX, linkIndex);
    }

    static void write(MessageWriter out, KernelAddress address) {
        IpPrefix local = address.local();
        out.header(IFADDRMSG_SIZE)
                .set8(IFA_FAMILY, Family.of(local.address()).number())
                .set8(IFA_PREFIXLEN, local.length())
                .set8(IFA_SCOPE, address.scope())
                .set32(IFA_INDEX, address.linkIndex());
        byte[] bytes = local.address().getAddress();
        InetAddress peer = address.peer();
        out.attribute(IFA_LOCAL, bytes);
        out.attribute(IFA_ADDRESS, peer == null ? bytes : peer.getAddress());
        InetAddress broadcast = address.broadcast();
        if (broadcast != null) {
            out.attribute(IFA_BROADCAST, broadcast.getAddress());
        }
        if (address.flags() != 0) {
            out.attribute(IFA_FLAGS, address.flags());
        }
    }

    /** Reads an address; null if the message is about something else, or makes no sense. */
    static @Nullable KernelAddress read(NetlinkMessage message) {
        if (message.type() != RTM_NEWADDR && message.type() != RTM_DELADDR) {
            return null;
        }
        int flags = message.get8(2);
        InetAddress address = null;
        InetAddress local = null;
        InetAddress broadcast = null;
        Attributes attributes = message.attributes(IFADDRMSG_SIZE);
        while (attributes.next()) {
            switch (attributes.type()) {
                case IFA_ADDRESS -> address = RouteCodec.address(attributes);
                case IFA_LOCAL -> local = RouteCodec.address(attributes);
                case IFA_BROADCAST -> broadcast = RouteCodec.address(attributes);
                case IFA_FLAGS -> flags = attributes.as32();
                default -> {
                    // of no interest
                }
            }
        }
        // IPv6 has no local address unless there is a peer too.
        InetAddress own = local == null ? address : local;
        if (own == null || !IpPrefix.mayBe(own, message.get8(IFA_PREFIXLEN))) {
            return null;
        }
        return new KernelAddress(
                new IpPrefix(own, message.get8(IFA_PREFIXLEN)),
                message.get32(IFA_INDEX),
                message.get8(IFA_SCOPE),
                flags,
                own.equals(address) ? null : address,
                broadcast);
    }
}
