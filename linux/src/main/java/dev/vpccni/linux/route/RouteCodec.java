package dev.vpccni.linux.route;

import dev.vpccni.linux.Sockets;
import dev.vpccni.linux.netlink.Attributes;
import dev.vpccni.linux.netlink.MessageWriter;
import dev.vpccni.linux.netlink.NetlinkMessage;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/** Routes on the wire: {@code struct rtmsg} and {@code linux/rtnetlink.h}. */
final class RouteCodec {

    static final int RTM_NEWROUTE = 24;
    static final int RTM_DELROUTE = 25;
    static final int RTM_GETROUTE = 26;

    private static final int RTMSG_SIZE = 12;
    private static final int RTM_FAMILY = 0;
    private static final int RTM_DST_LEN = 1;
    private static final int RTM_TABLE = 4;
    private static final int RTM_PROTOCOL = 5;
    private static final int RTM_SCOPE = 6;
    private static final int RTM_TYPE = 7;
    private static final int RTM_FLAGS = 8;

    private static final int RTA_DST = 1;
    private static final int RTA_OIF = 4;
    private static final int RTA_GATEWAY = 5;
    private static final int RTA_PRIORITY = 6;
    private static final int RTA_PREFSRC = 7;
    private static final int RTA_TABLE = 15;

    /** Greater table numbers do not fit the header and take an attribute. */
    private static final int HEADER_TABLE_MAX = 255;

    /** In the flags: a copy of a route that the kernel made for one destination (IPv6). */
    private static final int RTM_F_CLONED = 0x200;

    private RouteCodec() {}

    static void writeQuery(MessageWriter out, Family family, int table) {
        out.header(RTMSG_SIZE).set8(RTM_FAMILY, family.number());
        if (table != KernelRoute.TABLE_ANY) {
            writeTable(out, table);
        }
    }

    static void write(MessageWriter out, KernelRoute route) {
        IpPrefix destination = route.destination();
        out.header(RTMSG_SIZE)
                .set8(RTM_FAMILY, Family.of(destination.address()).number())
                .set8(RTM_DST_LEN, destination.length())
                .set8(RTM_PROTOCOL, route.protocol())
                .set8(RTM_SCOPE, route.scope())
                .set8(RTM_TYPE, route.type())
                .set32(RTM_FLAGS, route.flags());
        writeTable(out, route.table());
        if (destination.length() != 0) {
            out.attribute(RTA_DST, destination.address().getAddress());
        }
        if (route.linkIndex() != 0) {
            out.attribute(RTA_OIF, route.linkIndex());
        }
        InetAddress gateway = route.gateway();
        if (gateway != null) {
            out.attribute(RTA_GATEWAY, gateway.getAddress());
        }
        if (route.priority() != 0) {
            out.attribute(RTA_PRIORITY, route.priority());
        }
        InetAddress source = route.preferredSource();
        if (source != null) {
            out.attribute(RTA_PREFSRC, source.getAddress());
        }
    }

    private static void writeTable(MessageWriter out, int table) {
        if (table <= HEADER_TABLE_MAX) {
            out.set8(RTM_TABLE, table);
        }
        // Also where the header has it: filtered dumps read the attribute alone.
        out.attribute(RTA_TABLE, table);
    }

    /** Reads a route; null if the message is about something else, or makes no sense. */
    static @Nullable KernelRoute read(NetlinkMessage message) {
        boolean route = message.type() == RTM_NEWROUTE || message.type() == RTM_DELROUTE;
        int family = message.get8(RTM_FAMILY);
        if (!route
                || (family != Sockets.AF_INET && family != Sockets.AF_INET6)
                || (message.get32(RTM_FLAGS) & RTM_F_CLONED) != 0) {
            return null;
        }
        int table = message.get8(RTM_TABLE);
        int link = 0;
        int priority = 0;
        InetAddress destination = family == Sockets.AF_INET ? ANY_IPV4 : ANY_IPV6;
        InetAddress gateway = null;
        InetAddress source = null;
        Attributes attributes = message.attributes(RTMSG_SIZE);
        while (attributes.next()) {
            switch (attributes.type()) {
                case RTA_TABLE -> table = attributes.as32();
                case RTA_OIF -> link = attributes.as32();
                case RTA_PRIORITY -> priority = attributes.as32();
                case RTA_DST -> {
                    InetAddress some = address(attributes);
                    destination = some == null ? destination : some;
                }
                case RTA_GATEWAY -> gateway = address(attributes);
                case RTA_PREFSRC -> source = address(attributes);
                default -> {
                    // of no interest
                }
            }
        }
        if (!IpPrefix.mayBe(destination, message.get8(RTM_DST_LEN))) {
            return null;
        }
        return new KernelRoute(
                new IpPrefix(destination, message.get8(RTM_DST_LEN)),
                table,
                gateway,
                link,
                message.get8(RTM_SCOPE),
                message.get8(RTM_TYPE),
                message.get8(RTM_PROTOCOL),
                priority,
                source,
                message.get32(RTM_FLAGS) & KernelRoute.RTNH_F_ONLINK);
    }

    private static final InetAddress ANY_IPV4 = IpPrefix.ALL_IPV4.address();
    private static final InetAddress ANY_IPV6 = IpPrefix.ALL_IPV6.address();

    /** Reads an IP address; null if the value is none. */
    static @Nullable InetAddress address(Attributes attribute) {
        boolean known = attribute.size() == 4 || attribute.size() == 16;
        return known ? IpPrefix.address(attribute.asBytes()) : null;
    }
}
