package dev.vpccni.dataplane;

import dev.vpccni.model.Cidr;
import java.util.ArrayList;
import java.util.List;

/** Plans what a node needs whatever its pods are, the firewall apart. */
public final class NodePlanner {

    private NodePlanner() {}

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
        return rules;
    }

    /**
     * Tells whether {@code rule} is of a kind that only this planner makes, perhaps for other
     * settings: such a rule goes when it is not among {@link #rules}.
     */
    public static boolean owns(Rule rule) {
        return (rule.equals(Rule.marked(Rule.MARKED, rule.family(), rule.mark(), RouteTables.MAIN))
                        && !rule.mark().equals(Mark.ANY))
                || rule.equals(Rule.to(Rule.EXTERNAL_SERVICE, rule.to(), RouteTables.MAIN));
    }
}
