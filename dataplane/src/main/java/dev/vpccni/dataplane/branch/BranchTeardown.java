package dev.vpccni.dataplane.branch;

import dev.vpccni.dataplane.BranchPlanner;
import dev.vpccni.dataplane.Route;
import dev.vpccni.dataplane.RouteTables;
import dev.vpccni.dataplane.Rule;
import dev.vpccni.model.Cidr;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.MacAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What goes with a pod that has a branch interface, whichever mode it was wired in.
 *
 * <p>EC2 uses the tags of VLANs again, and Kubernetes the names of pods, and the request to undo an
 * old sandbox may come late. So whatever a rule or a route shows to be another pod's stays, and
 * with it the device that both know by the same name.
 *
 * @param rules in the order in which they go
 * @param routes after the rules
 * @param device whether the VLAN's device goes, last
 */
public record BranchTeardown(List<Rule> rules, List<Route> routes, boolean device) {

    private static final BranchTeardown NOTHING = new BranchTeardown(List.of(), List.of(), false);

    public BranchTeardown {
        rules = List.copyOf(rules);
        routes = List.copyOf(routes);
    }

    /**
     * Compares.
     *
     * @param end the pod that goes
     * @param seen the kernel
     * @param onlyDead whether the pod's namespace is known to be gone: a host interface that leads
     *     here is a newer pod's of the same name then
     */
    public static BranchTeardown of(BranchEnd end, BranchView seen, boolean onlyDead) {
        if (onlyDead && leadsHere(end, seen)) {
            return NOTHING;
        }
        boolean otherDevice = isOtherDevice(end, seen);
        boolean vlanTaken = otherDevice || isVlanTaken(end, seen);
        boolean nameTaken = otherDevice || isNameTaken(end, seen);
        boolean addressTaken = isAddressTaken(end, seen, otherDevice);
        var rules = new ArrayList<Rule>();
        for (Rule rule : seen.rules()) {
            if (BranchPlanner.isArriving(rule) && rule.table() == end.table()) {
                boolean ours =
                        end.device().equals(rule.input())
                                ? !vlanTaken
                                : end.hostInterface().equals(rule.input()) && !nameTaken;
                if (ours) {
                    rules.add(rule);
                }
            } else if (!addressTaken && isOfAddress(rule, end)) {
                rules.add(rule);
            }
        }
        List<Route> routes =
                seen.routes().stream()
                        .filter(route -> !otherDevice && isOurs(route, end))
                        .filter(route -> !(addressTaken && route.table() == RouteTables.MAIN))
                        .toList();
        boolean device = !vlanTaken && seen.links().containsKey(end.device());
        return new BranchTeardown(rules, routes, device);
    }

    /** Tells whether there is nothing to do. */
    public boolean isEmpty() {
        return rules.isEmpty() && routes.isEmpty() && !device;
    }

    /** Tells whether a host interface of the pod's name is there and uses the VLAN. */
    private static boolean leadsHere(BranchEnd end, BranchView seen) {
        if (!seen.links().containsKey(end.hostInterface())) {
            return false;
        }
        boolean strict =
                seen.rules().stream()
                        .anyMatch(rule ->
                                BranchPlanner.isArriving(rule)
                                        && rule.table() == end.table()
                                        && end.hostInterface().equals(rule.input()));
        return strict
                || seen.routes().stream()
                        .filter(route -> end.hostInterface().equals(route.device()))
                        .anyMatch(route ->
                                route.table() == end.table()
                                        || isFrom(seen, route.destination(), end.table()));
    }

    private static boolean isFrom(BranchView seen, Cidr address, int table) {
        return address.isSingle()
                && seen.rules().contains(Rule.from(Rule.FROM_POD, address, table));
    }

    /** The tag is the same, and the interface in EC2 another one. */
    private static boolean isOtherDevice(BranchEnd end, BranchView seen) {
        MacAddress wanted = end.mac();
        BranchView.Vlan vlan = seen.vlans().get(end.device());
        return wanted != null && vlan != null && !vlan.mac().equals(wanted);
    }

    private static boolean isVlanTaken(BranchEnd end, BranchView seen) {
        for (Rule rule : seen.rules()) {
            boolean others =
                    BranchPlanner.isArriving(rule)
                            ? !end.device().equals(rule.input())
                                    && !end.hostInterface().equals(rule.input())
                            : BranchPlanner.isFromPod(rule)
                                    && (!isSame(rule.from(), end.address())
                                            || isLedElsewhere(rule.from(), end, seen));
            if (others && rule.table() == end.table()) {
                return true;
            }
        }
        return seen.routes().stream()
                .filter(route -> route.table() == end.table() && leadsToPod(route, end))
                .anyMatch(route -> !isOurs(route, end));
    }

    private static boolean isLedElsewhere(Cidr address, BranchEnd end, BranchView seen) {
        return seen.routes().stream()
                .filter(route -> leadsToPod(route, end) && route.destination().equals(address))
                .anyMatch(route -> !end.hostInterface().equals(route.device()));
    }

    private static boolean leadsToPod(Route route, BranchEnd end) {
        return route.destination().isSingle()
                && route.device() != null
                && !end.device().equals(route.device());
    }

    /** A host interface leads to one pod; where that has another address, it is a newer one's. */
    private static boolean isNameTaken(BranchEnd end, BranchView seen) {
        return end.address() != null
                && seen.routes().stream()
                        .filter(route -> end.hostInterface().equals(route.device()))
                        .filter(route -> route.destination().isSingle())
                        .anyMatch(route -> !isSame(route.destination(), end.address()));
    }

    private static boolean isAddressTaken(BranchEnd end, BranchView seen, boolean otherDevice) {
        IpAddress address = end.address();
        if (address == null) {
            return true;
        }
        boolean leadsElsewhere =
                seen.rules().stream()
                        .filter(BranchPlanner::isFromPod)
                        .filter(rule -> isSame(rule.from(), address))
                        .anyMatch(rule -> otherDevice || rule.table() != end.table());
        if (leadsElsewhere) {
            return true;
        }
        return isLedElsewhere(address.only(), end, seen)
                || (otherDevice
                        && seen.routes().stream()
                                .filter(route -> route.table() == end.table())
                                .anyMatch(route -> isSame(route.destination(), address)));
    }

    private static boolean isOfAddress(Rule rule, BranchEnd end) {
        IpAddress address = end.address();
        return address != null
                && (rule.equals(Rule.to(Rule.TO_POD, address.only(), RouteTables.MAIN))
                        || rule.equals(Rule.from(Rule.FROM_POD, address.only(), end.table())));
    }

    private static boolean isOurs(Route route, BranchEnd end) {
        return end.hostInterface().equals(route.device())
                && isSame(route.destination(), end.address())
                && (route.table() == RouteTables.MAIN || route.table() == end.table());
    }

    private static boolean isSame(Cidr block, @Nullable IpAddress address) {
        return address != null && block.equals(address.only());
    }
}
