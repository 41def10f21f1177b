package dev.vpccni.host;

import dev.vpccni.dataplane.HostEnd;
import dev.vpccni.dataplane.InterfaceNames;
import dev.vpccni.dataplane.PodPlanner;
import dev.vpccni.dataplane.Route;
import dev.vpccni.dataplane.RouteTables;
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
import dev.vpccni.model.IpFamily;
import dev.vpccni.node.port.HostException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** Finds what the node lacks to reach pods that are there, and brings it back. */
final class PodGuard {

    private final PodRules rules;
    private final PodTable table;
    private final PodNeighbours neighbours;

    /**
     * @param rules the pods' rules, which this changes too
     * @param table what leads to pods is in it, too
     * @param neighbours what is known of the pods' ends of their links
     */
    PodGuard(PodRules rules, PodTable table, PodNeighbours neighbours) {
        this.rules = rules;
        this.table = table;
        this.neighbours = neighbours;
    }

    /** The kernel of the node at one moment, as far as pods need it. */
    private static final class Snapshot {

        private final Map<String, KernelLink> links = new TreeMap<>();
        private final Map<IpFamily, List<KernelRoute>> routes = new TreeMap<>();
        private final Map<IpFamily, Set<Rule>> rules = new TreeMap<>();
        private final Map<IpFamily, List<KernelNeighbour>> neighbours = new TreeMap<>();

        Snapshot(List<HostEnd> ends, Rtnetlink node) throws HostException {
            for (KernelLink link : KernelStep.ask("list links", node::links)) {
                if (link.isVeth()) {
                    // Where the prefix has changed, a pod that goes and its successor differ in it.
                    links.merge(
                            InterfaceNames.suffix(link.name()),
                            link,
                            (one, other) -> one.index() > other.index() ? one : other);
                }
            }
            for (HostEnd end : ends) {
                IpFamily family = end.address().family();
                if (!rules.containsKey(family)) {
                    rules.put(family, new HashSet<>(PodRules.readAll(node, family)));
                    Family its = KernelConversions.family(family);
                    routes.put(
                            family,
                            KernelStep.ask(
                                    "list routes", () -> node.routes(its, RouteTables.MAIN)));
                    neighbours.put(
                            family,
                            KernelStep.ask("list neighbours", () -> node.neighbours(its, 0)));
                }
            }
        }
    }

    /** One thing that is missing, and how to bring it back. */
    private record Missing(String what, Step step) {

        interface Step {
            void run() throws HostException;
        }
    }

    /** Returns what is missing for each address, in one phrase each. */
    SortedMap<IpAddress, List<String>> missing(List<HostEnd> ends, Rtnetlink node)
            throws HostException {
        var snapshot = new Snapshot(ends, node);
        for (List<KernelNeighbour> seen : snapshot.neighbours.values()) {
            neighbours.learn(snapshot.links.values(), seen);
        }
        var missing = new TreeMap<IpAddress, List<String>>();
        for (HostEnd end : ends) {
            List<Missing> found = compare(end, snapshot, node);
            if (!found.isEmpty()) {
                missing.put(end.address(), found.stream().map(Missing::what).toList());
            }
        }
        return missing;
    }

    /** Brings back what is missing, and returns what that was. */
    List<String> restore(HostEnd end, Rtnetlink node) throws HostException {
        var restored = new ArrayList<String>();
        for (Missing missing : compare(end, new Snapshot(List.of(end), node), node)) {
            missing.step().run();
            restored.add(missing.what());
        }
        return restored;
    }

    private List<Missing> compare(HostEnd end, Snapshot seen, Rtnetlink node) {
        var missing = new ArrayList<Missing>();
        KernelLink link = seen.links.get(end.suffix());
        if (link == null) {
            return missing;
        }
        IpAddress address = end.address();
        if (!link.isUp()) {
            missing.add(
                    new Missing(
                            link.name() + " up",
                            () ->
                                    KernelStep.change(
                                            "set host interface up",
                                            () -> node.setUp(link.index()))));
        }
        Route route = Route.onLink(RouteTables.MAIN, address, link.name());
        KernelRoute wanted = KernelConversions.route(route, link.index());
        if (of(seen.routes, address).stream()
                .noneMatch(each -> PodVerifier.leadsAs(each, wanted))) {
            missing.add(
                    new Missing(
                            "route " + route,
                            () -> {
                                KernelStep.change("add route", () -> node.replaceRoute(wanted));
                                table.follow(route, link.index(), node);
                            }));
        }
        KernelNeighbour neighbour = neighbours.of(address, link);
        if (neighbour != null && !of(seen.neighbours, address).contains(neighbour)) {
            missing.add(
                    new Missing(
                            "neighbour " + address + " of " + link.name(),
                            () ->
                                    KernelStep.change(
                                            "add neighbour",
                                            () -> node.replaceNeighbour(neighbour))));
        }
        List<Rule> wrong = wrongRules(end, seen);
        if (!wrong.isEmpty()) {
            String text = String.join(" and ", wrong.stream().map(RuleChanges::text).toList());
            missing.add(new Missing("rule " + text, () -> setRules(end, node)));
        }
        return missing;
    }

    /** Somebody else's rules have to be known before they can be removed. */
    private void setRules(HostEnd end, Rtnetlink node) throws HostException {
        var _ = rules.read(node);
        rules.add(node, end.address(), end.table(), new Undo());
    }

    /** Returns the rules that are missing; one that leads elsewhere stands before ours and wins. */
    private List<Rule> wrongRules(HostEnd end, Snapshot seen) {
        Set<Rule> present = seen.rules.getOrDefault(end.address().family(), Set.of());
        List<Rule> planned = PodPlanner.rules(end.address(), end.table());
        var wrong = new ArrayList<Rule>();
        planned.stream().filter(rule -> !present.contains(rule)).forEach(wrong::add);
        present.stream()
                .filter(rule -> PodPlanner.owns(rule, end.address()) && !planned.contains(rule))
                .forEach(wrong::add);
        return wrong;
    }

    private static <T> List<T> of(Map<IpFamily, List<T>> all, IpAddress address) {
        return all.getOrDefault(address.family(), List.of());
    }
}
