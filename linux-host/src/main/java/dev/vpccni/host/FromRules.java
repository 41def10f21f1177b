package dev.vpccni.host;

import dev.vpccni.dataplane.Rule;
import dev.vpccni.model.IpAddress;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What is known of pods' rules of priority 1536 in one family: an older one for the same address
 * stands before a new one and wins, so it must be known without asking for all rules each time.
 * Thread-safe.
 */
final class FromRules {

    private final TreeMap<IpAddress, SortedSet<Integer>> tables = new TreeMap<>();
    private boolean complete;
    private long version;

    /** Returns a number that changes whenever a rule is added or removed. */
    synchronized long version() {
        return version;
    }

    /** Tells whether all rules have been read once. */
    synchronized boolean isComplete() {
        return complete;
    }

    /**
     * Takes over what the kernel says. If rules have come or gone since {@code asOf} they may be
     * missing in it, so then what is known is kept besides.
     */
    synchronized void load(List<Rule> rules, long asOf) {
        if (version == asOf) {
            tables.clear();
        }
        for (Rule rule : rules) {
            if (isFromPod(rule)) {
                put(rule.from().network(), rule.table());
            }
        }
        complete = true;
    }

    /** Returns the tables to which rules lead what comes from {@code address}. */
    synchronized List<Integer> tables(IpAddress address) {
        return List.copyOf(tables.getOrDefault(address, new TreeSet<>()));
    }

    synchronized void added(IpAddress address, int table) {
        version++;
        put(address, table);
    }

    synchronized void removed(IpAddress address, int table) {
        version++;
        SortedSet<Integer> known = tables.get(address);
        if (known != null && known.remove(table) && known.isEmpty()) {
            tables.remove(address);
        }
    }

    private void put(IpAddress address, int table) {
        tables.computeIfAbsent(address, _ -> new TreeSet<>()).add(table);
    }

    private static boolean isFromPod(Rule rule) {
        return rule.from().isSingle()
                && rule.equals(Rule.from(Rule.FROM_POD, rule.from(), rule.table()));
    }
}
