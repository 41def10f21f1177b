package dev.vpccni.linux.route;

import dev.vpccni.linux.netlink.Attributes;
import dev.vpccni.linux.netlink.MessageWriter;
import dev.vpccni.linux.netlink.NetlinkMessage;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/** Neighbours on the wire: {@code struct ndmsg} and {@code linux/neighbour.h}. */
final class NeighbourCodec {

    static final int RTM_NEWNEIGH = 28;
    static final int RTM_DELNEIGH = 29;
    static final int RTM_GETNEIGH = 30;

    private static final int NDMSG_SIZE = 12;
    private static final int NDM_FAMILY = 0;
    private static final int NDM_IFINDEX = 4;
    private static final int NDM_STATE = 8;

    private static final int NDA_DST = 1;
    private static final int NDA_LLADDR = 2;
    private static final int NDA_IFINDEX = 8;

    private NeighbourCodec() {}

    /** All neighbours of a family, or those on the link with this index. */
    static void writeQuery(MessageWriter out, Family family, int linkIndex) {
        out.header(NDMSG_SIZE).set8(NDM_FAMILY, family.number());
        if (linkIndex != 0) {
            out.attribute(NDA_IFINDEX, linkIndex);
        }
    }

    static void write(MessageWriter out, KernelNeighbour neighbour) {
        out.header(NDMSG_SIZE)
                .set8(NDM_FAMILY, Family.of(neighbour.address()).number())
                .set32(NDM_IFINDEX, neighbour.linkIndex())
                .set16(NDM_STATE, neighbour.state());
        out.attribute(NDA_DST, neighbour.address().getAddress());
        HardwareAddress hardware = neighbour.hardwareAddress();
        if (hardware != null) {
            out.attribute(NDA_LLADDR, hardware.bytes());
        }
    }

    /** Reads a neighbour; null if the message is about something else. */
    static @Nullable KernelNeighbour read(NetlinkMessage message) {
        if (message.type() != RTM_NEWNEIGH && message.type() != RTM_DELNEIGH) {
            return null;
        }
        InetAddress address = null;
        HardwareAddress hardware = null;
        Attributes attributes = message.attributes(NDMSG_SIZE);
        while (attributes.next()) {
            switch (attributes.type()) {
                case NDA_DST -> address = RouteCodec.address(attributes);
                case NDA_LLADDR -> hardware = LinkCodec.hardwareAddress(attributes);
                default -> {
                    // of no interest
                }
            }
        }
        return address == null
                ? null
                : new KernelNeighbour(
                        address, message.get32(NDM_IFINDEX), hardware, message.get16(NDM_STATE));
    }
}
