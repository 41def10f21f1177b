package dev.vpccni.host.kernel;

import dev.vpccni.dataplane.InterfaceAddress;
import dev.vpccni.dataplane.Mark;
import dev.vpccni.dataplane.Neighbour;
import dev.vpccni.dataplane.Route;
import dev.vpccni.dataplane.Rule;
import dev.vpccni.linux.route.Family;
import dev.vpccni.linux.route.HardwareAddress;
import dev.vpccni.linux.route.IpPrefix;
import dev.vpccni.linux.route.KernelAddress;
import dev.vpccni.linux.route.KernelNeighbour;
import dev.vpccni.linux.route.KernelRoute;
import dev.vpccni.linux.route.KernelRule;
import dev.vpccni.linux.route.RuleExtras;
import dev.vpccni.model.Cidr;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.IpFamily;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.Ipv6Address;
import dev.vpccni.model.MacAddress;
import java.net.InetAddress;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Our words and the kernel's for the same things; a link is known to it by its index. */
public final class KernelConversions {

    private static final long UNSIGNED = 0xffff_ffffL;

    private KernelConversions() {}

    /** Returns the kernel's name of a family. */
    public static Family family(IpFamily family) {
        return switch (family) {
            case IPV4 -> Family.IPV4;
            case IPV6 -> Family.IPV6;
        };
    }

    /** Returns an address as the kernel has it. */
    public static InetAddress address(IpAddress address) {
        return switch (address) {
            case Ipv4Address(int bits) -> IpPrefix.ipv4(bits);
            case Ipv6Address six -> IpPrefix.address(six.octets());
        };
    }

    /** Returns a block as the kernel has it. */
    public static IpPrefix prefix(Cidr block) {
        return new IpPrefix(address(block.network()), block.prefixLength());
    }

    /** Returns a hardware address as the kernel has it. */
    public static HardwareAddress mac(MacAddress mac) {
        return new HardwareAddress(mac.bits());
    }

    /** Returns what a link is given; EC2's addresses are not asked about, and make no route. */
    public static KernelAddress address(InterfaceAddress address, int link) {
        var prefix = new IpPrefix(address(address.address()), address.prefixLength());
        KernelAddress plain = KernelAddress.of(prefix, link).withFlags(flags(address));
        IpAddress broadcast = address.broadcast();
        return broadcast == null ? plain : plain.withBroadcast(address(broadcast));
    }

    /** Nobody else can have an address that EC2 gave to this node, so nobody need be asked. */
    private static int flags(InterfaceAddress address) {
        int unasked = address.family() == IpFamily.IPV6 ? KernelAddress.IFA_F_NODAD : 0;
        boolean alone = address.prefixLength() == address.family().bits();
        return alone ? unasked : unasked | KernelAddress.IFA_F_NOPREFIXROUTE;
    }

    /** Returns a neighbour on a link, for good. */
    public static KernelNeighbour neighbour(Neighbour neighbour, int link) {
        return KernelNeighbour.permanent(address(neighbour.address()), link, mac(neighbour.mac()));
    }

    /** Returns a route over a link. */
    public static KernelRoute route(Route route, int link) {
        KernelRoute to =
                KernelRoute.to(prefix(route.destination()))
                        .inTable(route.table())
                        .withPriority((int) route.metric());
        IpAddress gateway = route.gateway();
        return gateway == null ? to.over(link) : to.via(address(gateway)).over(link);
    }

    /**
     * Returns a route in our words, or null if it is none that leads by a link.
     *
     * @param names of links by their numbers
     */
    public static @Nullable Route route(KernelRoute route, Map<Integer, String> names) {
        String device = names.get(route.linkIndex());
        if (device == null || route.type() != KernelRoute.TYPE_UNICAST) {
            return null;
        }
        InetAddress gateway = route.gateway();
        InetAddress source = route.preferredSource();
        return new Route(
                route.table(),
                Cidr.of(address(route.destination()), route.destination().length()),
                Route.Kind.UNICAST,
                gateway == null ? null : IpAddress.of(gateway.getAddress()),
                device,
                source == null ? null : IpAddress.of(source.getAddress()),
                route.priority() & UNSIGNED,
                route.protocol());
    }

    /** Returns a rule, without the protocol that upstream leaves out, too. */
    public static KernelRule rule(Rule rule) {
        KernelRule plain = plain(rule);
        if (rule.from().prefixLength() > 0) {
            plain = plain.from(prefix(rule.from()));
        }
        if (rule.to().prefixLength() > 0) {
            plain = plain.to(prefix(rule.to()));
        }
        String input = rule.input();
        if (input != null) {
            plain = plain.arrivingOn(input);
        }
        if (rule.protocol() != 0) {
            plain = plain.with(plain.extras().ofProtocol(rule.protocol()));
        }
        return plain.marked((int) rule.mark().value(), (int) rule.mark().mask());
    }

    private static KernelRule plain(Rule rule) {
        KernelRule lookup = KernelRule.lookup(family(rule.family()), rule.priority(), rule.table());
        return switch (rule.action()) {
            case Rule.Action.Lookup _ -> lookup;
            case Rule.Action.GoTo(int priority) ->
                    lookup.withAction(KernelRule.ACTION_GOTO)
                            .with(RuleExtras.NONE.goingTo(priority));
            case Rule.Action.Nothing() -> lookup.withAction(KernelRule.ACTION_NOP);
        };
    }

    private static Rule.@Nullable Action action(KernelRule rule) {
        return switch (rule.action()) {
            case KernelRule.ACTION_LOOKUP -> new Rule.Action.Lookup(rule.table());
            case KernelRule.ACTION_GOTO -> new Rule.Action.GoTo(rule.extras().target());
            case KernelRule.ACTION_NOP -> new Rule.Action.Nothing();
            default -> null;
        };
    }

    /** Returns the rule in our words, or null if it does something that ours never do. */
    public static @Nullable Rule rule(KernelRule rule) {
        int protocol = rule.extras().ipProtocol();
        int target = rule.extras().target();
        Rule.Action action = action(rule);
        if (action == null
                || !rule.extras().equals(RuleExtras.NONE.ofProtocol(protocol).goingTo(target))) {
            return null;
        }
        long mask = rule.markMask() & UNSIGNED;
        return new Rule(
                rule.priority(),
                block(rule.source(), rule.family()),
                block(rule.destination(), rule.family()),
                new Mark(rule.mark() & mask, mask),
                rule.incoming().isEmpty() ? null : rule.incoming(),
                protocol,
                action);
    }

    /** Returns the address of a prefix in our words. */
    public static IpAddress address(IpPrefix prefix) {
        return IpAddress.of(prefix.address().getAddress());
    }

    private static Cidr block(@Nullable IpPrefix prefix, Family family) {
        return prefix == null
                ? Cidr.all(family == Family.IPV4 ? IpFamily.IPV4 : IpFamily.IPV6)
                : Cidr.of(address(prefix), prefix.length());
    }
}
