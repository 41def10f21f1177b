package dev.vpccni.dataplane.branch;

import dev.vpccni.dataplane.BranchInterface;
import dev.vpccni.dataplane.BranchPlanner;
import dev.vpccni.dataplane.InterfaceNames;
import dev.vpccni.dataplane.PodLink;
import dev.vpccni.dataplane.PodWiring;
import dev.vpccni.dataplane.Route;
import dev.vpccni.dataplane.RouteTables;
import dev.vpccni.dataplane.Rule;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.IpFamily;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Recognises pods with branch interfaces by what the kernel holds, whoever has wired them. */
public final class BranchPods {

    private BranchPods() {}

    /** Returns how each pod is wired of which nothing is missing, by address. */
    public static SortedMap<IpAddress, PodWiring.OnBranch> whole(BranchView seen) {
        var pods = new TreeMap<IpAddress, PodWiring.OnBranch>();
        for (BranchEnd end : ends(seen)) {
            PodWiring.OnBranch wiring = wiring(end, seen);
            if (wiring != null && seen.rules().containsAll(BranchPlanner.rules(wiring))) {
                pods.put(wiring.link().address(), wiring);
            }
        }
        return pods;
    }

    private static PodWiring.@Nullable OnBranch wiring(BranchEnd end, BranchView seen) {
        IpAddress address = end.address();
        BranchView.Vlan vlan = seen.vlans().get(end.device());
        Integer mtu = seen.links().get(end.hostInterface());
        IpAddress gateway = address == null ? null : gateway(end, address.family(), seen);
        if (address == null || vlan == null || mtu == null || gateway == null) {
            return null;
        }
        boolean strict = end.hostInterface().startsWith(InterfaceNames.STRICT_PREFIX);
        int table = strict ? end.table() : RouteTables.MAIN;
        if (!seen.routes().contains(Route.onLink(table, address, end.hostInterface()))) {
            return null;
        }
        return new PodWiring.OnBranch(
                new PodLink(end.hostInterface(), "", address, end.table(), mtu),
                new BranchInterface(end.vlan(), vlan.mac(), vlan.trunk(), gateway),
                strict ? BranchInterface.Mode.STRICT : BranchInterface.Mode.STANDARD);
    }

    private static @Nullable IpAddress gateway(BranchEnd end, IpFamily family, BranchView seen) {
        return seen.routes().stream()
                .filter(route -> route.table() == end.table())
                .filter(route -> end.device().equals(route.device()))
                .filter(route -> route.destination().prefixLength() == 0)
                .map(Route::gateway)
                .filter(Objects::nonNull)
                .filter(router -> router.family() == family)
                .findFirst()
                .orElse(null);
    }

    /**
     * Returns what there is of each pod, however little: a rule of a strict pod, or of a standard
     * one together with the VLAN's device. Who has no route any more has no address here, or an
     * empty host interface.
     */
    public static List<BranchEnd> ends(BranchView seen) {
        var ends = new ArrayList<BranchEnd>();
        for (Rule rule : seen.rules()) {
            int vlan = rule.table() - RouteTables.VLANS;
            String device = InterfaceNames.vlan(vlan);
            if (!RouteTables.isOfVlan(rule.table())) {
                continue;
            }
            String input = rule.input();
            if (input != null && BranchPlanner.isArriving(rule) && !device.equals(input)) {
                ends.add(end(input, strictAddress(rule, seen), vlan, seen));
            } else if (BranchPlanner.isFromPod(rule) && seen.links().containsKey(device)) {
                ends.add(end(standardInterface(rule, seen), rule.from().network(), vlan, seen));
            }
        }
        return ends;
    }

    private static BranchEnd end(
            String hostInterface, @Nullable IpAddress address, int vlan, BranchView seen) {
        BranchView.Vlan device = seen.vlans().get(InterfaceNames.vlan(vlan));
        return new BranchEnd(hostInterface, address, vlan, device == null ? null : device.mac());
    }

    private static @Nullable IpAddress strictAddress(Rule rule, BranchView seen) {
        return seen.routes().stream()
                .filter(route -> route.table() == rule.table())
                .filter(route -> Objects.equals(rule.input(), route.device()))
                .filter(route -> route.destination().isSingle())
                .filter(route -> route.destination().family() == rule.family())
                .map(route -> route.destination().network())
                .findFirst()
                .orElse(null);
    }

    private static String standardInterface(Rule rule, BranchView seen) {
        return seen.routes().stream()
                .filter(route -> route.table() == RouteTables.MAIN)
                .filter(route -> route.destination().equals(rule.from()))
                .map(Route::device)
                .filter(Objects::nonNull)
                .findFirst()
                .orElse("");
    }
}
