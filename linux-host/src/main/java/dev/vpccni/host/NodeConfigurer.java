package dev.vpccni.host;

import dev.vpccni.dataplane.Changes;
import dev.vpccni.dataplane.InterfaceNames;
import dev.vpccni.dataplane.Mark;
import dev.vpccni.dataplane.NodePlanner;
import dev.vpccni.dataplane.NodeSetup;
import dev.vpccni.dataplane.Rule;
import dev.vpccni.dataplane.firewall.ConnectionReview;
import dev.vpccni.dataplane.firewall.FirewallPlanner;
import dev.vpccni.host.filter.PacketFilter;
import dev.vpccni.host.kernel.KernelStep;
import dev.vpccni.host.kernel.Links;
import dev.vpccni.linux.ErrnoException;
import dev.vpccni.linux.route.Family;
import dev.vpccni.linux.route.KernelLink;
import dev.vpccni.linux.route.KernelRoute;
import dev.vpccni.linux.route.Rtnetlink;
import dev.vpccni.linux.sysctl.Sysctl;
import dev.vpccni.model.IpFamily;
import dev.vpccni.node.port.HostException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/** Prepares the node whatever its pods are. */
final class NodeConfigurer {

    /** Accept what comes in by another interface than the answer would leave by. */
    private static final String LOOSE = "2";

    private static final String STRICT = "1";

    private static final String EARLY_DEMUX = "net/ipv4/tcp_early_demux";

    /** The second one sees that the first one has done what it was to do. */
    private static final int RULE_ROUNDS = 3;

    private final PacketFilter filter;
    private final PodTable table;

    /**
     * @param table which fast rules lead to
     */
    NodeConfigurer(PacketFilter filter, PodTable table) {
        this.filter = filter;
        this.table = table;
    }

    /** Makes the node's routing what {@code setup} says, and returns what was not so. */
    List<String> setUp(NodeSetup setup, Rtnetlink node) throws HostException {
        KernelLink primary = Links.read(node).find(setup.primaryMac());
        List<String> changed = Links.setMtu(primary, setup.mtu(), node);
        loosen(primary.name());
        if (setup.family() == IpFamily.IPV6) {
            ensure("net/ipv6/conf/all/disable_ipv6", "0");
        }
        if (setup.family() == IpFamily.IPV6 || setup.ipv6Egress()) {
            // First of the two: one that forwards forgets its own router otherwise.
            ensure("net/ipv6/conf/" + primary.name() + "/accept_ra", "2");
            ensure("net/ipv6/conf/all/forwarding", "1");
        }
        demultiplex(setup.earlyDemux());
        if (setup.fastRules()) {
            // The rules lead past those for one pod each: pods have to be in the table before.
            changed.addAll(table.fill(setup.family(), node));
        }
        // As long as the packet filter sets a former mark, its rule is needed.
        changed.addAll(rules(setup, node, NodePlanner::looksForMark));
        if (!setup.fastRules()) {
            changed.addAll(table.empty(setup.family(), node));
        }
        return changed;
    }

    /**
     * Of rules that differ in what one of them does not say, the kernel may delete the other one:
     * then there is something left to do.
     *
     * @param staying those that are not removed, though they should be
     */
    private static List<String> rules(NodeSetup setup, Rtnetlink node, Predicate<Rule> staying)
            throws HostException {
        var changed = new ArrayList<String>();
        for (int round = 0; round < RULE_ROUNDS; round++) {
            Changes<Rule> all = NodePlanner.changes(setup, PodRules.readAll(node, setup.family()));
            var changes =
                    new Changes<>(
                            all.add(), all.remove().stream().filter(staying.negate()).toList());
            if (changes.isEmpty()) {
                break;
            }
            changed.addAll(RuleChanges.apply(node, changes));
        }
        return changed;
    }

    /** Where parameters may not be written it stays: most traffic does not depend on it. */
    private static void demultiplex(NodeSetup.EarlyDemux wanted) throws HostException {
        switch (wanted) {
            case AS_IT_IS -> {
                // somebody else's business
            }
            case ON -> VethSysctls.setIfAllowed(EARLY_DEMUX, "1");
            case OFF -> VethSysctls.setIfAllowed(EARLY_DEMUX, "0");
        }
    }

    /**
     * Makes the packet filter what {@code setup} says, and returns what was not so. Connections
     * follow: those with a former mark have both while the rules change, and the former one's rule
     * goes last.
     */
    List<String> filter(NodeSetup setup, Rtnetlink node)
            throws HostException, InterruptedException {
        Links links = Links.read(node);
        KernelLink primary = links.find(setup.primaryMac());
        List<Rule> rules = PodRules.readAll(node, setup.family());
        List<Mark> former = NodePlanner.formerMarks(setup, rules);
        var review = ConnectionReview.of(setup, former, rules);
        if (!former.isEmpty()) {
            var _ = TrackedConnections.review(review, 0, setup.mark());
        }
        List<String> changed =
                filter.apply(
                        FirewallPlanner.plan(
                                setup,
                                vethPrefixes(setup, links, node),
                                primary.name(),
                                filter.backend()));
        if (!former.isEmpty() || !changed.isEmpty()) {
            long clear = former.stream().mapToLong(Mark::mask).reduce(0, (a, b) -> a | b);
            int reviewed = TrackedConnections.review(review, clear, setup.mark());
            if (reviewed > 0) {
                changed.add(reviewed + " connections that began under other rules");
            }
        }
        if (!former.isEmpty()) {
            changed.addAll(rules(setup, node, _ -> false));
        }
        return changed;
    }

    /**
     * Returns how names of pods' host interfaces begin: those of new pods first, then those of
     * living pods that came with others. An interface that leads nowhere is no pod's.
     */
    static List<String> vethPrefixes(NodeSetup setup, Links links, Rtnetlink node)
            throws HostException {
        var others = new TreeMap<Integer, String>();
        for (KernelLink link : links.pods()) {
            String prefix = InterfaceNames.prefix(link.name());
            if (!prefix.equals(setup.vethPrefix())
                    && !prefix.equals(InterfaceNames.STRICT_PREFIX)) {
                others.put(link.index(), prefix);
            }
        }
        var prefixes = new TreeSet<String>();
        if (!others.isEmpty()) {
            for (KernelRoute route :
                    KernelStep.ask(
                            "list routes",
                            () -> node.routes(Family.IPV4, KernelRoute.TABLE_MAIN))) {
                String prefix = others.get(route.linkIndex());
                if (prefix != null && route.destination().isHost()) {
                    prefixes.add(prefix);
                }
            }
        }
        var all = new ArrayList<>(List.of(setup.vethPrefix()));
        all.addAll(prefixes);
        return all;
    }

    /**
     * Lets packets to node ports in, whose answers routing alone would send out elsewhere. Where
     * parameters may not be written, any value but strict does.
     */
    private static void loosen(String primary) throws HostException {
        String name = "net/ipv4/conf/" + primary + "/rp_filter";
        try {
            if (!Sysctl.read(name).equals(LOOSE)) {
                var _ = Sysctl.write(name, LOOSE);
            }
        } catch (ErrnoException e) {
            if (!VethSysctls.isReadOnly(e) || isStrict(name)) {
                throw KernelStep.refused("set parameter", e);
            }
        }
    }

    /** Sets a parameter. Where parameters may not be written, it must be set already. */
    private static void ensure(String name, String value) throws HostException {
        try {
            var _ = Sysctl.write(name, value);
        } catch (ErrnoException e) {
            boolean set =
                    VethSysctls.isReadOnly(e)
                            && KernelStep.ask("read parameter", () -> Sysctl.read(name))
                                    .equals(value);
            if (!set) {
                throw KernelStep.refused("set " + name + " to " + value, e);
            }
        }
    }

    /** Tells whether the kernel is strict about an interface: the larger of two values counts. */
    private static boolean isStrict(String name) throws HostException {
        String own = KernelStep.ask("read parameter", () -> Sysctl.read(name));
        String all =
                KernelStep.ask("read parameter", () -> Sysctl.read("net/ipv4/conf/all/rp_filter"));
        return !own.equals(LOOSE)
                && !all.equals(LOOSE)
                && (own.equals(STRICT) || all.equals(STRICT));
    }
}
