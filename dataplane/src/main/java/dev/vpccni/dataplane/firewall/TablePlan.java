package dev.vpccni.dataplane.firewall;

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

    private static SortedMap<String, List<String>> copy(SortedMap<String, List<String>> lists) {
        var copy = new TreeMap<String, List<String>>();
        lists.forEach((chain, list) -> copy.put(chain, List.copyOf(list)));
        return Collections.unmodifiableSortedMap(copy);
    }
}
