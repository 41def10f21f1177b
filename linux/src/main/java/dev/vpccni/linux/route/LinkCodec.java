package dev.vpccni.linux.route;

import dev.vpccni.linux.Descriptor;
import dev.vpccni.linux.netlink.Attributes;
import dev.vpccni.linux.netlink.MessageWriter;
import dev.vpccni.linux.netlink.NetlinkMessage;
import org.jspecify.annotations.Nullable;

/**
 * Links on the wire: {@code struct ifinfomsg} and the attributes of {@code linux/if_link.h} and
 * {@code linux/veth.h}.
 */
final class LinkCodec {

    static final int RTM_NEWLINK = 16;
    static final int RTM_DELLINK = 17;
    static final int RTM_GETLINK = 18;

    private static final int IFINFOMSG_SIZE = 16;
    private static final int IFI_INDEX = 4;
    private static final int IFI_FLAGS = 8;
    private static final int IFI_CHANGE = 12;

    private static final int IFLA_ADDRESS = 1;
    private static final int IFLA_IFNAME = 3;
    private static final int IFLA_MTU = 4;
    private static final int IFLA_LINK = 5;
    private static final int IFLA_MASTER = 10;
    private static final int IFLA_LINKINFO = 18;
    private static final int IFLA_NET_NS_FD = 28;
    private static final int IFLA_EXT_MASK = 29;
    private static final int IFLA_PERM_ADDRESS = 54;
    private static final int IFLA_INFO_KIND = 1;
    private static final int IFLA_INFO_DATA = 2;
    private static final int IFLA_VLAN_ID = 1;
    private static final int VETH_INFO_PEER = 1;
    private static final int RTEXT_FILTER_SKIP_STATS = 8;

    private LinkCodec() {}

    /** All links, or the one with this index. */
    static void writeQuery(MessageWriter out, int index) {
        out.header(IFINFOMSG_SIZE).set32(IFI_INDEX, index);
        out.attribute(IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
    }

    static void writeQuery(MessageWriter out, String name) {
        out.header(IFINFOMSG_SIZE);
        out.attribute(IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS).attribute(IFLA_IFNAME, name);
    }

    static void writeIndex(MessageWriter out, int index) {
        out.header(IFINFOMSG_SIZE).set32(IFI_INDEX, index);
    }

    static void writeName(MessageWriter out, String name) {
        out.header(IFINFOMSG_SIZE).attribute(IFLA_IFNAME, name);
    }

    static void writeFlags(MessageWriter out, int index, int flags, int change) {
        out.header(IFINFOMSG_SIZE)
                .set32(IFI_INDEX, index)
                .set32(IFI_FLAGS, flags)
                .set32(IFI_CHANGE, change);
    }

    static void writeMtu(MessageWriter out, int index, int mtu) {
        writeIndex(out, index);
        out.attribute(IFLA_MTU, mtu);
    }

    static void writeAddress(MessageWriter out, int index, HardwareAddress address) {
        writeIndex(out, index);
        out.attribute(IFLA_ADDRESS, address.bytes());
    }

    static void writeNewName(MessageWriter out, int index, String name) {
        writeIndex(out, index);
        out.attribute(IFLA_IFNAME, name);
    }

    static void writeMaster(MessageWriter out, int index, int master) {
        writeIndex(out, index);
        out.attribute(IFLA_MASTER, master);
    }

    static void writeMove(MessageWriter out, int index, Descriptor namespace) {
        writeIndex(out, index);
        out.attribute(IFLA_NET_NS_FD, namespace.number());
    }

    static void writeKind(MessageWriter out, String name, String kind) {
        out.header(IFINFOMSG_SIZE).attribute(IFLA_IFNAME, name);
        int info = out.nest(IFLA_LINKINFO);
        out.attribute(IFLA_INFO_KIND, kind).end(info);
    }

    static void writeVlan(
            MessageWriter out, String name, int parent, int id, HardwareAddress address) {
        out.header(IFINFOMSG_SIZE).attribute(IFLA_IFNAME, name).attribute(IFLA_LINK, parent);
        out.attribute(IFLA_ADDRESS, address.bytes());
        int info = out.nest(IFLA_LINKINFO);
        out.attribute(IFLA_INFO_KIND, KernelLink.VLAN);
        int data = out.nest(IFLA_INFO_DATA);
        out.attribute16(IFLA_VLAN_ID, id).end(data).end(info);
    }

    static void writeVeth(MessageWriter out, VethEnd main, VethEnd peer) {
        out.header(IFINFOMSG_SIZE)
                .set32(IFI_FLAGS, main.up() ? KernelLink.IFF_UP : 0)
                .set32(IFI_CHANGE, KernelLink.IFF_UP);
        writeEnd(out, main);
        int info = out.nest(IFLA_LINKINFO);
        out.attribute(IFLA_INFO_KIND, "veth");
        int data = out.nest(IFLA_INFO_DATA);
        int other = out.nest(VETH_INFO_PEER);
        // No IFF_UP here: the kernel opens the peer before it has a mate, and fails with ENOTCONN.
        out.header(IFINFOMSG_SIZE);
        writeEnd(out, peer);
        out.end(other).end(data).end(info);
    }

    private static void writeEnd(MessageWriter out, VethEnd end) {
        out.attribute(IFLA_IFNAME, end.name());
        HardwareAddress address = end.address();
        if (address != null) {
            out.attribute(IFLA_ADDRESS, address.bytes());
        }
        if (end.mtu() != 0) {
            out.attribute(IFLA_MTU, end.mtu());
        }
        Descriptor namespace = end.namespace();
        if (namespace != null) {
            out.attribute(IFLA_NET_NS_FD, namespace.number());
        }
    }

    /** Reads a link; null if the message is about something else. */
    static @Nullable KernelLink read(NetlinkMessage message) {
        if (message.type() != RTM_NEWLINK && message.type() != RTM_DELLINK) {
            return null;
        }
        String name = "";
        Kind kind = Kind.NONE;
        int mtu = 0;
        int peer = 0;
        int master = 0;
        HardwareAddress address = null;
        HardwareAddress permanent = null;
        Attributes attributes = message.attributes(IFINFOMSG_SIZE);
        while (attributes.next()) {
            switch (attributes.type()) {
                case IFLA_IFNAME -> name = attributes.asString();
                case IFLA_MTU -> mtu = attributes.as32();
                case IFLA_LINK -> peer = attributes.as32();
                case IFLA_MASTER -> master = attributes.as32();
                case IFLA_ADDRESS -> address = hardwareAddress(attributes);
                case IFLA_PERM_ADDRESS -> permanent = hardwareAddress(attributes);
                case IFLA_LINKINFO -> kind = kind(attributes.nested());
                default -> {
                    // of no interest
                }
            }
        }
        return new KernelLink(
                message.get32(IFI_INDEX),
                name,
                kind.name(),
                message.get32(IFI_FLAGS),
                mtu,
                address,
                permanent,
                peer,
                master,
                kind.vlan());
    }

    static @Nullable HardwareAddress hardwareAddress(Attributes attribute) {
        return attribute.size() == 6 ? HardwareAddress.of(attribute.asBytes()) : null;
    }

    /** What a link is, and the tag if it is a VLAN. */
    private record Kind(String name, int vlan) {
        private static final Kind NONE = new Kind("", 0);
    }

    private static Kind kind(Attributes info) {
        Kind kind = Kind.NONE;
        while (info.next()) {
            if (info.type() == IFLA_INFO_KIND) {
                kind = new Kind(info.asString(), 0);
            } else if (info.type() == IFLA_INFO_DATA && kind.name().equals(KernelLink.VLAN)) {
                kind = new Kind(kind.name(), vlan(info.nested()));
            }
        }
        return kind;
    }

    private static int vlan(Attributes data) {
        while (data.next()) {
            if (data.type() == IFLA_VLAN_ID) {
                return data.as16();
            }
        }
        return 0;
    }
}
