package dev.vpccni.dataplane;

import dev.vpccni.model.Cidr;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.IpFamily;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Answers where a packet would go, given a node's rules and routes: the kernel's own lookup, as far
 * as these tell it.
 *
 * @param rules in the order in which the kernel lists them; those of equal priority stay in it
 * @param routes of all tables
 */
public record Forwarding(List<Rule> rules, List<Route> routes) {

    public Forwarding {
        rules =
                rules.stream()
                        .sorted(Comparator.comparingLong(r -> Integer.toUnsignedLong(r.priority())))
                        .toList();
        routes = List.copyOf(routes);
    }

    /** Returns the rules that a namespace is born with. */
    public static List<Rule> initialRules(IpFamily family) {
        Cidr all = Cidr.all(family);
        Rule local = Rule.to(0, all, RouteTables.LOCAL);
        Rule main = Rule.to(32766, all, RouteTables.MAIN);
        return switch (family) {
            case IPV4 -> List.of(local, main, Rule.to(32767, all, RouteTables.DEFAULT));
            case IPV6 -> List.of(local, main);
        };
    }

    /**
     * A packet at the moment of routing.
     *
     * @param input the device that it came in by, or null if the node itself sends it
     * @param mark as the packet filter left it
     */
    public record Packet(IpAddress from, IpAddress to, @Nullable String input, long mark) {}

    /** Where a packet goes. */
    public sealed interface Decision {

        /** To the node itself, because of {@code rule}. */
        record Here(Rule rule) implements Decision {}

        /** By {@code route}, because of {@code rule}. */
        record Out(Rule rule, Route route) implements Decision {}

        /** Nowhere. */
        record Unreachable() implements Decision {}
    }

    /** Asks the rules in turn; the first whose table has a route decides. */
    public Decision decide(Packet packet) {
        for (Rule rule : rules) {
            Route route = matches(rule, packet) ? best(rule.table(), packet.to()) : null;
            if (route != null) {
                return route.kind() == Route.Kind.LOCAL
                        ? new Decision.Here(rule)
                        : new Decision.Out(rule, route);
            }
        }
        return new Decision.Unreachable();
    }

    private static boolean matches(Rule rule, Packet packet) {
        return rule.from().contains(packet.from())
                && rule.to().contains(packet.to())
                && rule.mark().matches(packet.mark())
                && rule.protocol() == 0 // a packet here is of none that a rule asks for
                && (rule.input() == null || rule.input().equals(packet.input()));
    }

    /** Returns the route with the longest prefix, and among those the one with the least metric. */
    private @Nullable Route best(int table, IpAddress to) {
        var candidates = new ArrayList<Route>();
        for (Route route : routes) {
            if (route.table() == table && route.destination().contains(to)) {
                candidates.add(route);
            }
        }
        return candidates.stream()
                .min(
                        Comparator.comparingInt((Route r) -> -r.destination().prefixLength())
                                .thenComparingLong(Route::metric))
                .orElse(null);
    }
}
