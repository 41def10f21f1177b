package dev.vpccni.linux.route;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * A route: packets to {@code destination} leave through a link, a gateway, or nowhere.
 *
 * @param destination where packets go
 * @param table the number of the routing table
 * @param gateway the next router, or null if the destination is on the link
 * @param linkIndex the link's number, or 0 if there is none
 * @param scope {@link #SCOPE_LINK} and so on
 * @param type {@link #TYPE_UNICAST} and so on
 * @param protocol who made the route, {@link #PROTOCOL_BOOT} and so on
 * @param priority also known as metric: of equal destinations the lowest wins; 0 lets the kernel
 *     choose
 * @param preferredSource the address that the node's own packets leave with, or null
 * @param flags {@link #RTNH_F_ONLINK} or 0; what the kernel reports of a route's state is left out,
 *     so that a route is equal to the one that was asked for
 * @see <a href="https://man7.org/linux/man-pages/man7/rtnetlink.7.html">rtnetlink(7)</a>
 */
public record KernelRoute(
        IpPrefix destination,
        int table,
        @Nullable InetAddress gateway,
        int linkIndex,
        int scope,
        int type,
        int protocol,
        int priority,
        @Nullable InetAddress preferredSource,
        int flags) {

    /** The table that is used when no rule says otherwise. */
    public static final int TABLE_MAIN = 254;

    /** The table of the node's own addresses, which the kernel keeps. */
    public static final int TABLE_LOCAL = 255;

    /** As a filter: routes of every table. */
    public static final int TABLE_ANY = 0;

    public static final int SCOPE_GLOBAL = 0;
    public static final int SCOPE_LINK = 253;
    public static final int SCOPE_HOST = 254;

    /** As a filter: routes of any scope. */
    public static final int SCOPE_NOWHERE = 255;

    public static final int TYPE_UNICAST = 1;
    public static final int TYPE_LOCAL = 2;
    public static final int TYPE_BROADCAST = 3;
    public static final int TYPE_BLACKHOLE = 6;
    public static final int TYPE_UNREACHABLE = 7;
    public static final int TYPE_PROHIBIT = 8;

    public static final int PROTOCOL_KERNEL = 2;

    /** Made since the node was booted: what ip(8) and most libraries say. */
    public static final int PROTOCOL_BOOT = 3;

    public static final int PROTOCOL_STATIC = 4;

    /** The gateway is on the link even where no other route says so. */
    public static final int RTNH_F_ONLINK = 4;

    /** Returns a unicast route in the main table of global scope, which leads nowhere yet. */
    public static KernelRoute to(IpPrefix destination) {
        return new KernelRoute(
                destination,
                TABLE_MAIN,
                null,
                0,
                SCOPE_GLOBAL,
                TYPE_UNICAST,
                PROTOCOL_BOOT,
                0,
                null,
                0);
    }

    /** Returns this over a link, on which the destination is if there is no gateway. */
    public KernelRoute over(int link) {
        int reach = gateway == null && destination.isIpv4() ? SCOPE_LINK : scope;
        return new KernelRoute(
                destination,
                table,
                gateway,
                link,
                reach,
                type,
                protocol,
                priority,
                preferredSource,
                flags);
    }

    /** Returns this through a gateway, of global scope. */
    public KernelRoute via(InetAddress router) {
        return new KernelRoute(
                destination,
                table,
                router,
                linkIndex,
                SCOPE_GLOBAL,
                type,
                protocol,
                priority,
                preferredSource,
                flags);
    }

    /** Returns this in another table. */
    public KernelRoute inTable(int number) {
        return new KernelRoute(
                destination,
                number,
                gateway,
                linkIndex,
                scope,
                type,
                protocol,
                priority,
                preferredSource,
                flags);
    }

    /** Returns this with another scope. */
    public KernelRoute withScope(int other) {
        return new KernelRoute(
                destination,
                table,
                gateway,
                linkIndex,
                other,
                type,
                protocol,
                priority,
                preferredSource,
                flags);
    }

    /** Returns this with another type. */
    public KernelRoute withType(int other) {
        return new KernelRoute(
                destination,
                table,
                gateway,
                linkIndex,
                scope,
                other,
                protocol,
                priority,
                preferredSource,
                flags);
    }

    /** Returns this with another protocol; 0, when deleting, means any. */
    public KernelRoute withProtocol(int other) {
        return new KernelRoute(
                destination,
                table,
                gateway,
                linkIndex,
                scope,
                type,
                other,
                priority,
                preferredSource,
                flags);
    }

    /** Returns this with a priority. */
    public KernelRoute withPriority(int metric) {
        return new KernelRoute(
                destination,
                table,
                gateway,
                linkIndex,
                scope,
                type,
                protocol,
                metric,
                preferredSource,
                flags);
    }

    /** Returns this with the address that the node's own packets leave with. */
    public KernelRoute withPreferredSource(InetAddress source) {
        return new KernelRoute(
                destination,
                table,
                gateway,
                linkIndex,
                scope,
                type,
                protocol,
                priority,
                source,
                flags);
    }

    /** Returns this with these flags, such as {@link #RTNH_F_ONLINK}. */
    public KernelRoute withFlags(int some) {
        return new KernelRoute(
                destination,
                table,
                gateway,
                linkIndex,
                scope,
                type,
                protocol,
                priority,
                preferredSource,
                some);
    }

    @Override
    public String toString() {
        return destination
                + (gateway == null ? "" : " via " + gateway.getHostAddress())
                + (linkIndex == 0 ? "" : " dev " + linkIndex)
                + " table "
                + table;
    }
}
