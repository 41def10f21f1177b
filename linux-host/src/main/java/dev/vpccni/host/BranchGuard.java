package dev.vpccni.host;

import dev.vpccni.dataplane.BranchInterface;
import dev.vpccni.dataplane.Changes;
import dev.vpccni.dataplane.PodLink;
import dev.vpccni.dataplane.PodPlan;
import dev.vpccni.dataplane.PodPlanner;
import dev.vpccni.dataplane.PodWiring;
import dev.vpccni.dataplane.Route;
import dev.vpccni.dataplane.Rule;
import dev.vpccni.host.kernel.KernelConversions;
import dev.vpccni.host.kernel.KernelStep;
import dev.vpccni.host.kernel.PodNeighbours;
import dev.vpccni.host.kernel.Undo;
import dev.vpccni.linux.route.Family;
import dev.vpccni.linux.route.KernelLink;
import dev.vpccni.linux.route.KernelNeighbour;
import dev.vpccni.linux.route.KernelRoute;
import dev.vpccni.linux.route.Rtnetlink;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.MacAddress;
import dev.vpccni.node.port.HostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/** Finds what the node lacks of a pod with a branch interface, and brings it back. */
final class BranchGuard {

    private static final PodPlanner.Ends UNKNOWN_ENDS =
            new PodPlanner.Ends(new MacAddress(0), new MacAddress(0));

    private final BranchWirer wirer;
    private final PodNeighbours neighbours;

    BranchGuard(BranchWirer wirer, PodNeighbours neighbours) {
        this.wirer = wirer;
        this.neighbours = neighbours;
    }

    /**
     * Returns what is off on the node, each in one phrase, the host interface apart.
     *
     * @param wiring hardware addresses that are all zeros are not compared
     */
    static List<String> differences(PodWiring.OnBranch wiring, Rtnetlink host)
            throws HostException {
        PodPlan plan = plan(wiring);
        BranchInterface branch = wiring.branch();
        var differences = new ArrayList<String>();
        KernelLink device =
                KernelStep.ask("find VLAN device", () -> host.findLink(branch.device()));
        if (device == null) {
            differences.add("VLAN device " + branch.device() + " is missing");
        } else {
            device(device, branch, host, differences);
            List<Route> routes = Objects.requireNonNull(plan.vlan()).routes();
            routes(routes, device, host, differences);
        }
        PodLink link = wiring.link();
        KernelLink veth =
                KernelStep.ask("find host interface", () -> host.findLink(link.hostInterface()));
        if (veth != null) {
            routes(plan.host().routes(), veth, host, differences);
        }
        Changes<Rule> changes = BranchWirer.ruleChanges(plan.host().rules(), link, branch, host);
        changes.add().forEach(r -> differences.add("rule is missing: " + RuleChanges.text(r)));
        changes.remove()
                .forEach(r -> differences.add("rule leads elsewhere: " + RuleChanges.text(r)));
        return differences;
    }

    private static PodPlan plan(PodWiring.OnBranch wiring) {
        return PodPlanner.plan(wiring, _ -> UNKNOWN_ENDS).getFirst();
    }

    private static void device(
            KernelLink device, BranchInterface branch, Rtnetlink host, List<String> differences)
            throws HostException {
        if (!device.isUp()) {
            differences.add("VLAN device " + device.name() + " is down");
        }
        if (branch.mac().bits() != 0
                && !KernelConversions.mac(branch.mac()).equals(device.address())) {
            differences.add("VLAN device " + device.name() + " has not the MAC " + branch.mac());
        }
        if (!device.kind().equals(KernelLink.VLAN) || device.vlan() != branch.vlan()) {
            differences.add(device.name() + " is not VLAN " + branch.vlan());
        } else if (branch.trunk().bits() != 0) {
            KernelLink parent = KernelStep.ask("find trunk", () -> host.link(device.peerIndex()));
            if (!KernelConversions.mac(branch.trunk()).equals(parent.address())) {
                differences.add("VLAN device " + device.name() + " lies on " + parent.name());
            }
        }
    }

    private static void routes(
            List<Route> planned, KernelLink link, Rtnetlink host, List<String> differences)
            throws HostException {
        for (Route route : planned) {
            Family family = KernelConversions.family(route.destination().family());
            KernelRoute wanted = KernelConversions.route(route, link.index());
            if (KernelStep.ask("list routes", () -> host.routes(family, route.table())).stream()
                    .noneMatch(seen -> PodVerifier.leadsAs(seen, wanted))) {
                differences.add("route is missing: " + route + " in table " + route.table());
            }
        }
    }

    /** Returns what is missing for each address of those pods whose host interfaces exist. */
    SortedMap<IpAddress, List<String>> missing(List<PodWiring.OnBranch> pods, Rtnetlink host)
            throws HostException {
        var missing = new TreeMap<IpAddress, List<String>>();
        for (PodWiring.OnBranch pod : pods) {
            List<String> lacking = lacking(pod, host);
            if (!lacking.isEmpty()) {
                missing.put(pod.link().address(), lacking);
            }
        }
        return missing;
    }

    private List<String> lacking(PodWiring.OnBranch pod, Rtnetlink host) throws HostException {
        PodLink link = pod.link();
        KernelLink veth =
                KernelStep.ask("find host interface", () -> host.findLink(link.hostInterface()));
        if (veth == null) {
            return List.of();
        }
        var lacking = new ArrayList<>(differences(pod, host));
        if (!veth.isUp()) {
            lacking.add(veth.name() + " is down");
        }
        KernelNeighbour neighbour = neighbours.of(link.address(), veth);
        Family family = KernelConversions.family(link.address().family());
        if (neighbour != null
                && !KernelStep.ask("list neighbours", () -> host.neighbours(family, veth.index()))
                        .contains(neighbour)) {
            lacking.add("neighbour is missing: " + link.address() + " of " + veth.name());
        }
        return lacking;
    }

    /** Brings back what is missing, and returns what that was. */
    List<String> restore(PodWiring.OnBranch pod, Rtnetlink host) throws HostException {
        List<String> lacking = lacking(pod, host);
        if (lacking.isEmpty()) {
            return lacking;
        }
        PodPlan plan = plan(pod);
        KernelLink veth =
                KernelStep.ask("find host interface", () -> host.link(pod.link().hostInterface()));
        var nothingToUndo = new Undo();
        KernelStep.change("set host interface up", () -> host.setUp(veth.index()));
        wirer.open(plan, host, nothingToUndo);
        for (Route route : plan.host().routes()) {
            KernelStep.change(
                    "add route",
                    () -> host.replaceRoute(KernelConversions.route(route, veth.index())));
        }
        KernelNeighbour neighbour = neighbours.of(pod.link().address(), veth);
        if (neighbour != null) {
            KernelStep.change("add neighbour", () -> host.replaceNeighbour(neighbour));
        }
        wirer.direct(plan, host, nothingToUndo);
        return lacking;
    }
}
