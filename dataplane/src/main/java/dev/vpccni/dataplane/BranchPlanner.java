package dev.vpccni.dataplane;

import java.util.List;

/**
 * Plans what differs for a pod with a network interface of its own.
 *
 * <p>Its packets leave by a VLAN of the trunk, through a table that knows nothing but the subnet's
 * router. A strict pod's way is decided by the devices that packets come in by, before anybody asks
 * whether the node itself is meant, so that they pass the VPC, and the pod's security groups, also
 * on the way to and from their own node; in table main nothing leads to it. A standard pod is wired
 * like an ordinary one whose interface has the table of the VLAN.
 */
public final class BranchPlanner {

    private BranchPlanner() {}

    /**
     * Returns what should be there.
     *
     * @param ordinary what would be for an ordinary pod with the same link
     */
    static PodPlan plan(PodWiring.OnBranch wiring, PodPlan ordinary) {
        NamespaceState host =
                switch (wiring.mode()) {
                    case STANDARD -> ordinary.host();
                    case STRICT -> strict(wiring, ordinary.host());
                };
        return new PodPlan(
                ordinary.link(),
                host,
                ordinary.pod(),
                ordinary.podParameters(),
                new PodPlan.Vlan(wiring.branch(), vlanRoutes(wiring.branch())));
    }

    private static NamespaceState strict(PodWiring.OnBranch wiring, NamespaceState ordinary) {
        PodLink link = wiring.link();
        return new NamespaceState(
                ordinary.links(),
                ordinary.addresses(),
                List.of(Route.onLink(link.table(), link.address(), link.hostInterface())),
                ordinary.neighbours(),
                rules(wiring));
    }

    private static List<Route> vlanRoutes(BranchInterface branch) {
        return List.of(
                Route.onLink(branch.table(), branch.gateway(), branch.device()),
                Route.byDefault(branch.table(), branch.gateway(), branch.device()));
    }

    /** Returns the rules on the node of a pod with a branch interface. */
    public static List<Rule> rules(PodWiring.OnBranch wiring) {
        PodLink link = wiring.link();
        return switch (wiring.mode()) {
            case STANDARD -> PodPlanner.rules(link.address(), link.table());
            case STRICT ->
                    List.of(
                            arriving(wiring, wiring.branch().device()),
                            arriving(wiring, link.hostInterface()));
        };
    }

    private static Rule arriving(PodWiring.OnBranch wiring, String device) {
        PodLink link = wiring.link();
        return Rule.arriving(Rule.BRANCH, link.address().family(), device, link.table());
    }

    /**
     * Tells whether {@code rule} is one that only this pod can have, in either mode, or one that an
     * earlier pod with the same VLAN left: such a rule goes when it is not among {@link #rules}.
     */
    public static boolean owns(Rule rule, PodLink link, BranchInterface branch) {
        boolean leadsHere = rule.table() == link.table();
        if (isArriving(rule)) {
            return leadsHere
                    || branch.device().equals(rule.input())
                    || link.hostInterface().equals(rule.input());
        }
        return PodPlanner.owns(rule, link.address()) || (leadsHere && isFromPod(rule));
    }

    /** Tells whether a rule is of the kind that strict pods have. */
    public static boolean isArriving(Rule rule) {
        return rule.input() != null
                && rule.equals(
                        Rule.arriving(Rule.BRANCH, rule.family(), rule.input(), rule.table()));
    }

    /** Tells whether a rule is for what comes from one pod. */
    public static boolean isFromPod(Rule rule) {
        return rule.from().isSingle()
                && rule.equals(Rule.from(Rule.FROM_POD, rule.from(), rule.table()));
    }
}
