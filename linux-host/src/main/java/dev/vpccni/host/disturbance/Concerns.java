package dev.vpccni.host.disturbance;

import dev.vpccni.dataplane.Rule;
import dev.vpccni.dataplane.firewall.ConnectionMarks;
import dev.vpccni.dataplane.firewall.FirewallPlanner;
import dev.vpccni.host.kernel.Links;
import dev.vpccni.host.kernel.PodNeighbours;
import dev.vpccni.linux.netfilter.FilterChange;
import dev.vpccni.linux.netfilter.FilterMonitor;
import dev.vpccni.linux.route.KernelAddress;
import dev.vpccni.linux.route.KernelLink;
import dev.vpccni.linux.route.KernelNeighbour;
import dev.vpccni.linux.route.KernelRoute;
import dev.vpccni.linux.route.KernelRule;
import dev.vpccni.linux.route.RouteChange;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Tells which changes of the kernel could take away something of ours. The others are most: other
 * people's containers, caches of neighbours, kube-proxy's rules. Not thread-safe.
 */
public final class Concerns implements Concern {

    /** The priorities of our rules on the node. */
    private static final Set<Integer> PRIORITIES =
            Set.of(
                    Rule.FIRST,
                    Rule.BRANCH,
                    Rule.LOCAL_BEHIND_BRANCHES,
                    Rule.TO_PODS,
                    Rule.PAST_PODS,
                    Rule.TO_POD,
                    Rule.BEHIND_PODS,
                    Rule.MARKED,
                    Rule.EXTERNAL_SERVICE,
                    Rule.FROM_POD,
                    Rule.FROM_INTERFACE);

    /** Of iptables' tables those that we have rules in. */
    private static final List<String> SHARED_TABLES = List.of("nat", "mangle");

    /** Chains of the kernel's own that we have rules in. */
    private static final Set<String> SHARED_CHAINS = Set.of("PREROUTING", "POSTROUTING");

    private static final Set<String> OUR_CHAINS =
            Set.of(FirewallPlanner.SNAT_CHAIN, FirewallPlanner.CONNMARK_CHAIN);

    private final PodNeighbours neighbours;
    private final Map<Integer, KernelLink> links = new HashMap<>();

    /**
     * @param neighbours what is known of pods' ends of their links
     * @param seen the links that there are
     */
    public Concerns(PodNeighbours neighbours, List<KernelLink> seen) {
        this.neighbours = neighbours;
        seen.forEach(link -> links.put(link.index(), link));
    }

    /**
     * Tells whether a change, by somebody else, could concern us. A neighbour whose link goes down
     * is told of as it was, and one that somebody deletes as one that failed.
     */
    @Override
    public boolean disturb(RouteChange change) {
        return switch (change) {
            case RouteChange.RuleChanged(KernelRule rule, boolean _) ->
                    PRIORITIES.contains(rule.priority());
            case RouteChange.RouteChanged(KernelRoute route, boolean gone) -> gone && leads(route);
            case RouteChange.AddressChanged(KernelAddress address, boolean gone) ->
                    gone && address.scope() == KernelRoute.SCOPE_GLOBAL;
            case RouteChange.NeighbourChanged(KernelNeighbour neighbour, boolean gone) ->
                    !(gone && neighbour.isPermanent()) && neighbours.contradicts(neighbour);
            case RouteChange.LinkChanged(KernelLink link, boolean gone) -> disturb(link, gone);
            case RouteChange.Lost() -> true;
        };
    }

    /** Of table main only what leads to one address can be ours. */
    private static boolean leads(KernelRoute route) {
        return switch (route.table()) {
            case KernelRoute.TABLE_LOCAL -> false;
            case KernelRoute.TABLE_MAIN -> route.destination().isHost();
            default -> true;
        };
    }

    /**
     * With a link that goes down the kernel drops routes and tells nobody. A link that is gone is
     * nothing that could be brought back, but for a branch interface's, and so is a veth that goes
     * down without its other end: that is how it begins to go.
     */
    private boolean disturb(KernelLink link, boolean gone) {
        KernelLink before = gone ? links.remove(link.index()) : links.put(link.index(), link);
        if (gone || before == null) {
            return gone && Links.isBranch(link);
        }
        boolean going = link.isVeth() && link.peerIndex() == 0;
        boolean interfaces = !Links.isPods(link) && !Links.isEgress(link);
        return !going
                && ((before.isUp() && !link.isUp()) || (interfaces && before.mtu() != link.mtu()));
    }

    @Override
    public boolean disturb(FilterChange change) {
        return switch (change) {
            case FilterChange.Changed(int family, String table, String chain, boolean gone) ->
                    family == FilterMonitor.IPV4 && isOurs(table, chain, gone);
            case FilterChange.Lost() -> true;
        };
    }

    @Override
    public List<String> tables() {
        return SHARED_TABLES;
    }

    private static boolean isOurs(String table, String chain, boolean gone) {
        if (table.equals(ConnectionMarks.TABLE)) {
            return true;
        }
        return SHARED_TABLES.contains(table)
                && (OUR_CHAINS.contains(chain) || (gone && SHARED_CHAINS.contains(chain)));
    }
}
