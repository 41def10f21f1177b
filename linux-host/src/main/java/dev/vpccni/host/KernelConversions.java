package dev.vpccni.host;

import dev.vpccni.dataplane.InterfaceAddress;
import dev.vpccni.dataplane.Mark;
import dev.vpccni.dataplane.Neighbour;
import dev.vpccni.dataplane.Route;
import dev.vpccni.dataplane.Rule;
import dev.vpccni.linux.route.Address;
import dev.vpccni.linux.route.HardwareAddress;
import dev.vpccni.linux.route.IpPrefix;
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

    static Address address(InterfaceAddress address, int link) {
        Address plain =
                Address.of(IpPrefix.ofIpv4(address.address().bits(), address.prefixLength()), link);
        Ipv4Address broadcast = address.broadcast();
        return broadcast == null
                ? plain
                : plain.withBroadcast(address(broadcast)).withFlags(Address.IFA_F_NOPREFIXROUTE);
    }

    static dev.vpccni.linux.route.Neighbour neighbour(Neighbour neighbour, int link) {
        return dev.vpccni.linux.route.Neighbour.permanent(
                address(neighbour.address()), link, mac(neighbour.mac()));
    }

    static dev.vpccni.linux.route.Route route(Route route, int link) {
        var to =
                dev.vpccni.linux.route.Route.to(prefix(route.destination())).inTable(route.table());
        Ipv4Address gateway = route.gateway();
        return gateway == null ? to.over(link) : to.via(address(gateway)).over(link);
    }

    static dev.vpccni.linux.route.Rule rule(Rule rule) {
        var plain = dev.vpccni.linux.route.Rule.lookup(rule.priority(), rule.table());
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
    static @Nullable Rule rule(dev.vpccni.linux.route.Rule rule) {
        if (rule.action() != dev.vpccni.linux.route.Rule.ACTION_LOOKUP
                || !rule.extras().equals(RuleExtras.NONE)) {
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
