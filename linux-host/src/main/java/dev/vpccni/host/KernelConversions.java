package dev.vpccni.host;

import dev.vpccni.dataplane.InterfaceAddress;
import dev.vpccni.dataplane.Mark;
import dev.vpccni.dataplane.Neighbour;
import dev.vpccni.dataplane.Route;
import dev.vpccni.dataplane.Rule;
import dev.vpccni.linux.route.HardwareAddress;
import dev.vpccni.linux.route.IpPrefix;
import dev.vpccni.linux.route.KernelAddress;
import dev.vpccni.linux.route.KernelNeighbour;
import dev.vpccni.linux.route.KernelRoute;
import dev.vpccni.linux.route.KernelRule;
import dev.vpccni.linux.route.RuleExtras;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.model.MacAddress;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/** Our words and the kernel's for the same things; a link is known to it by its index. */
final class KernelConversions {

    private static final long UNSIGNED = 0xffff_ffffL;

    private KernelConversions() {}

    static InetAddress address(Ipv4Address address) {
        return IpPrefix.ipv4(address.bits());
    }

    static IpPrefix prefix(Ipv4Cidr block) {
        return IpPrefix.ofIpv4(block.network().bits(), block.prefixLength());
    }

    static HardwareAddress mac(MacAddress mac) {
        return new HardwareAddress(mac.bits());
    }

    static KernelAddress address(InterfaceAddress address, int link) {
        KernelAddress plain =
                KernelAddress.of(
                        IpPrefix.ofIpv4(address.address().bits(), address.prefixLength()), link);
        Ipv4Address broadcast = address.broadcast();
        return broadcast == null
                ? plain
                : plain.withBroadcast(address(broadcast))
                        .withFlags(KernelAddress.IFA_F_NOPREFIXROUTE);
    }

    static KernelNeighbour neighbour(Neighbour neighbour, int link) {
        return KernelNeighbour.permanent(address(neighbour.address()), link, mac(neighbour.mac()));
    }

    static KernelRoute route(Route route, int link) {
        var to = KernelRoute.to(prefix(route.destination())).inTable(route.table());
        Ipv4Address gateway = route.gateway();
        return gateway == null ? to.over(link) : to.via(address(gateway)).over(link);
    }

    static KernelRule rule(Rule rule) {
        var plain = KernelRule.lookup(rule.priority(), rule.table());
        if (!rule.from().equals(Rule.ALL)) {
            plain = plain.from(prefix(rule.from()));
        }
        if (!rule.to().equals(Rule.ALL)) {
            plain = plain.to(prefix(rule.to()));
        }
        String input = rule.input();
        if (input != null) {
            plain = plain.arrivingOn(input);
        }
        return plain.marked((int) rule.mark().value(), (int) rule.mark().mask());
    }

    /** Returns the rule in our words, or null if it does something that ours never do. */
    static @Nullable Rule rule(KernelRule rule) {
        if (rule.action() != KernelRule.ACTION_LOOKUP || !rule.extras().equals(RuleExtras.NONE)) {
            return null;
        }
        long mask = rule.markMask() & UNSIGNED;
        return new Rule(
                rule.priority(),
                block(rule.source()),
                block(rule.destination()),
                new Mark(rule.mark() & mask, mask),
                rule.incoming().isEmpty() ? null : rule.incoming(),
                rule.table());
    }

    static Ipv4Address address(IpPrefix prefix) {
        return new Ipv4Address(prefix.ipv4Bits());
    }

    private static Ipv4Cidr block(@Nullable IpPrefix prefix) {
        return prefix == null ? Rule.ALL : Ipv4Cidr.of(address(prefix), prefix.length());
    }
}
