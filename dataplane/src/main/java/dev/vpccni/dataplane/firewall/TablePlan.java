package dev.vpccni.dataplane.firewall;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What of one iptables table is ours. Rules are in the form that {@code iptables -S} prints,
 * without {@code -A} and the chain, in order.
 *
 * @param name such as {@code nat}
 * @param chains our own chains with everything in them
 * @param rules our rules in the kernel's chains, which come after everybody else's
 */
public record TablePlan(
        String name,
        SortedMap<String, List<String>> chains,
        SortedMap<String, List<String>> rules) {

    public TablePlan {
        chains = copy(chains);
        rules = copy(rules);
    }

    /** Returns those of the rules that {@code saved} lacks, each as iptables(8) is told of it. */
    public List<String> missingFrom(SavedTable saved) {
        var missing = new ArrayList<String>();
        chains.forEach((chain, wanted) -> addMissing(chain, wanted, saved, missing));
        rules.forEach((chain, wanted) -> addMissing(chain, wanted, saved, missing));
        return missing;
    }

    private void addMissing(
            String chain, List<String> wanted, SavedTable saved, List<String> missing) {
        List<List<String>> seen = saved.rules(chain).stream().map(SavedTable::words).toList();
        for (String rule : wanted) {
            if (!seen.contains(SavedTable.words(rule))) {
                missing.add("-t " + name + " -A " + chain + " " + rule);
            }
        }
    }

    private static SortedMap<String, List<String>> copy(SortedMap<String, List<String>> lists) {
        var copy = new TreeMap<String, List<String>>();
        lists.forEach((chain, list) -> copy.put(chain, List.copyOf(list)));
        return Collections.unmodifiableSortedMap(copy);
    }
}
