package dev.vpccni.dataplane;

import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.Ipv4Cidr;
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
        Ipv4Cidr destination,
        Kind kind,
        @Nullable Ipv4Address gateway,
        @Nullable String device,
        @Nullable Ipv4Address source,
        long metric,
        int protocol) {

    /** Made by the kernel itself. */
    public static final int KERNEL = 2;

    /** Made by whoever did not say, upstream among them: ip(8) shows nothing. */
    public static final int BOOT = 3;

    /** What becomes of a packet. */
    public enum Kind {
        /** It goes on to another machine or namespace. */
        UNICAST,
        /** It has arrived. */
        LOCAL
    }

    /** Returns the route to one address on the link of {@code device}. */
    public static Route onLink(int table, Ipv4Address address, String device) {
        return new Route(table, Rule.only(address), Kind.UNICAST, null, device, null, 0, BOOT);
    }

    /** Returns the route to everything by way of {@code gateway}. */
    public static Route byDefault(int table, Ipv4Address gateway, String device) {
        return new Route(table, Rule.ALL, Kind.UNICAST, gateway, device, null, 0, BOOT);
    }

    /** Returns the line of {@code ip route show table …}, without the space that ends it. */
    @Override
    public String toString() {
        var text = new StringBuilder(kind == Kind.LOCAL ? "local " : "");
        text.append(
                switch (destination.prefixLength()) {
                    case 0 -> "default";
                    case 32 -> destination.network().toString();
                    default -> destination.toString();
                });
        if (gateway != null) {
            text.append(" via ").append(gateway);
        }
        if (device != null) {
            text.append(" dev ").append(device);
        }
        if (protocol != BOOT) {
            text.append(" proto ").append(protocolText());
        }
        if (kind == Kind.LOCAL) {
            text.append(" scope host");
        } else if (gateway == null) {
            text.append(" scope link");
        }
        if (source != null) {
            text.append(" src ").append(source);
        }
        if (metric != 0) {
            text.append(" metric ").append(metric);
        }
        return text.toString();
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
