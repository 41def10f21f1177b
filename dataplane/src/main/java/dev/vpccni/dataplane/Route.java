package dev.vpccni.dataplane;

import dev.vpccni.model.Cidr;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.IpFamily;
import org.jspecify.annotations.Nullable;

/**
 * A route in one of the tables.
 *
 * @param destination what it leads to
 * @param kind where packets go
 * @param gateway the router, or null if the destination is on the device's own link
 * @param device by which packets leave, or null where the kernel names none
 * @param source the address that the node itself uses, or null if it may choose
 * @param metric among routes to the same destination, the lowest is used
 * @param protocol who made it, see {@code /etc/iproute2/rt_protos}
 * @see <a href="https://man7.org/linux/man-pages/man8/ip-route.8.html">ip-route(8)</a>
 */
public record Route(
        int table,
        Cidr destination,
        Kind kind,
        @Nullable IpAddress gateway,
        @Nullable String device,
        @Nullable IpAddress source,
        long metric,
        int protocol) {

    /** Made by the kernel itself. */
    public static final int KERNEL = 2;

    /** Made by whoever did not say, upstream among them: ip(8) shows nothing. */
    public static final int BOOT = 3;

    /** What the kernel gives IPv6 routes of whoever did not say; it knows no 0 there. */
    private static final int IPV6_METRIC = 1024;

    /** What becomes of a packet. */
    public enum Kind {
        /** It goes on to another machine or namespace. */
        UNICAST,
        /** It has arrived. */
        LOCAL
    }

    /** Returns the route to one address on the link of {@code device}. */
    public static Route onLink(int table, IpAddress address, String device) {
        return unicast(table, address.only(), null, device);
    }

    /** Returns the route to everything by way of {@code gateway}. */
    public static Route byDefault(int table, IpAddress gateway, String device) {
        return unicast(table, Cidr.all(gateway.family()), gateway, device);
    }

    private static Route unicast(
            int table, Cidr destination, @Nullable IpAddress gateway, String device) {
        int metric = destination.family() == IpFamily.IPV6 ? IPV6_METRIC : 0;
        return new Route(table, destination, Kind.UNICAST, gateway, device, null, metric, BOOT);
    }

    /**
     * Returns the line of {@code ip route show table …}, without the space that ends it, and in
     * IPv6 without scope, which it does not know, and preference.
     */
    @Override
    public String toString() {
        var text = new StringBuilder(kind == Kind.LOCAL ? "local " : "");
        text.append(destinationText());
        if (gateway != null) {
            text.append(" via ").append(gateway);
        }
        if (device != null) {
            text.append(" dev ").append(device);
        }
        if (protocol != BOOT) {
            text.append(" proto ").append(protocolText());
        }
        if (destination.family() == IpFamily.IPV4) {
            text.append(kind == Kind.LOCAL ? " scope host" : gateway == null ? " scope link" : "");
        }
        if (source != null) {
            text.append(" src ").append(source);
        }
        if (metric != 0) {
            text.append(" metric ").append(metric);
        }
        return text.toString();
    }

    private String destinationText() {
        if (destination.prefixLength() == 0) {
            return "default";
        }
        return destination.isSingle() ? destination.network().toString() : destination.toString();
    }

    private String protocolText() {
        return switch (protocol) {
            case KERNEL -> "kernel";
            case 4 -> "static";
            case 16 -> "dhcp";
            default -> Integer.toString(protocol);
        };
    }
}
