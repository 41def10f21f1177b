package dev.vpccni.dataplane;

import dev.vpccni.model.Cidr;
import dev.vpccni.model.IpFamily;
import dev.vpccni.model.Ipv6Address;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Plans what a node needs whatever its pods are, the firewall apart. */
public final class NodePlanner {

    /** Every subnet's router in IPv6. */
    private static final Ipv6Address ROUTER = Ipv6Address.parse("fe80:ec2::1");

    private NodePlanner() {}

    /**
     * Returns what makes the rules of the node, of the family of the pods, what they should be.
     * Whoever adds first and removes then never leaves the node without its own addresses.
     */
    public static Changes<Rule> changes(NodeSetup setup, List<Rule> observed) {
        var wanted = new ArrayList<>(localRules(setup, observed));
        boolean ordered = !wanted.isEmpty();
        wanted.addAll(rules(setup));
        Changes<Rule> changes =
                Changes.between(
                        wanted, observed, rule -> owns(rule) || (ordered && isLocal(rule, setup)));
        return new Changes<>(changes.add(), inOrderOfRemoval(changes.remove()));
    }

    /** Past the pods' rules nothing may lead once the table of all pods is not asked. */
    private static List<Rule> inOrderOfRemoval(List<Rule> rules) {
        return rules.stream()
                .sorted(Comparator.comparing(rule -> rule.priority() != Rule.PAST_PODS))
                .toList();
    }

    /**
     * Returns the rules for the node's own addresses, or none where nobody has moved them. They
     * stay behind strict pods as long as there is one, also when new pods are no longer strict.
     */
    private static List<Rule> localRules(NodeSetup setup, List<Rule> observed) {
        Cidr all = Cidr.all(setup.family());
        Rule behind = Rule.to(Rule.LOCAL_BEHIND_BRANCHES, all, RouteTables.LOCAL);
        boolean moved = observed.contains(behind) || observed.contains(routersWord());
        if (setup.strictBranches() || (moved && hasStrictPod(observed))) {
            return setup.family() == IpFamily.IPV6
                    ? List.of(behind, routersWord())
                    : List.of(behind);
        }
        return moved ? List.of(Rule.to(Rule.FIRST, all, RouteTables.LOCAL)) : List.of();
    }

    private static boolean hasStrictPod(List<Rule> observed) {
        return observed.stream()
                .filter(BranchPlanner::isArriving)
                .anyMatch(rule -> InterfaceNames.vlanOf(String.valueOf(rule.input())) != 0);
    }

    /** What the router tells a branch interface of itself is for the node and not for the pod. */
    private static Rule routersWord() {
        return Rule.from(Rule.FIRST, ROUTER.only(), RouteTables.LOCAL).ofProtocol(Rule.ICMPV6);
    }

    private static boolean isLocal(Rule rule, NodeSetup setup) {
        Cidr all = Cidr.all(setup.family());
        return rule.equals(Rule.to(Rule.FIRST, all, RouteTables.LOCAL))
                || rule.equals(Rule.to(Rule.LOCAL_BEHIND_BRANCHES, all, RouteTables.LOCAL))
                || rule.equals(routersWord());
    }

    /** Returns the marks that rules of ours look for and are not to look for any more. */
    public static List<Mark> formerMarks(NodeSetup setup, List<Rule> observed) {
        return changes(setup, observed).remove().stream()
                .filter(NodePlanner::looksForMark)
                .map(Rule::mark)
                .distinct()
                .toList();
    }

    /** Tells whether {@code rule} leads marked connections; such rules are this planner's. */
    public static boolean looksForMark(Rule rule) {
        return rule.equals(Rule.marked(Rule.MARKED, rule.family(), rule.mark(), RouteTables.MAIN))
                && !rule.mark().equals(Mark.ANY);
    }

    /** Returns the rules, of the family of the pods: marked connections, then external services. */
    public static List<Rule> rules(NodeSetup setup) {
        var rules = new ArrayList<Rule>();
        if (setup.nodePortSupport() || !setup.externalSnat()) {
            rules.add(Rule.marked(Rule.MARKED, setup.family(), setup.mark(), RouteTables.MAIN));
        }
        for (Cidr block : setup.externalServiceCidrs()) {
            Rule rule = Rule.to(Rule.EXTERNAL_SERVICE, block, RouteTables.MAIN);
            if (rule.family() == setup.family() && !rules.contains(rule)) {
                rules.add(rule);
            }
        }
        if (setup.fastRules()) {
            rules.addAll(fastRules(setup.family()));
        }
        return rules;
    }

    /**
     * Returns the rules that spare packets the walk past a rule for each pod. The way past comes
     * last, since whoever takes it finds pods in {@link RouteTables#PODS} alone.
     */
    private static List<Rule> fastRules(IpFamily family) {
        return List.of(
                Rule.to(Rule.TO_PODS, Cidr.all(family), RouteTables.PODS),
                Rule.of(Rule.BEHIND_PODS, family, new Rule.Action.Nothing()),
                Rule.of(Rule.PAST_PODS, family, new Rule.Action.GoTo(Rule.BEHIND_PODS)));
    }

    /**
     * Tells whether {@code rule} is of a kind that only this planner makes, perhaps for other
     * settings: such a rule goes when it is not among {@link #rules}.
     */
    public static boolean owns(Rule rule) {
        return looksForMark(rule)
                || rule.equals(Rule.to(Rule.EXTERNAL_SERVICE, rule.to(), RouteTables.MAIN))
                || fastRules(rule.family()).contains(rule);
    }
}
