package dev.vpccni.benchmarks.soak;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** What the nodes asked of EC2: during the load, and while the pools gave back. */
final class Ec2CallCounts {

    private final SoakLab lab;
    private final SortedMap<String, Count> before;
    private SortedMap<String, Count> load = new TreeMap<>();
    private SortedMap<String, Count> settled = new TreeMap<>();

    /** How often an action was called, and how often that failed. */
    record Count(long calls, long failed) {

        private static final Count NONE = new Count(0, 0);

        private String since(Count earlier) {
            return (calls - earlier.calls) + " | " + (failed - earlier.failed);
        }
    }

    /** Counts from now on. */
    Ec2CallCounts(SoakLab lab) throws IOException {
        this.lab = lab;
        before = of(lab);
    }

    /** Returns what was asked so far, by node and action. */
    static SortedMap<String, Count> of(SoakLab lab) throws IOException {
        var counts = new TreeMap<String, Count>();
        for (String node : SoakLab.NODES) {
            SortedMap<String, Long> failed = lab.calls(node, "ec2Failed");
            lab.calls(node, "ec2")
                    .forEach((action, calls) ->
                            counts.put(
                                    node + " | " + action,
                                    new Count(calls, failed.getOrDefault(action, 0L))));
        }
        return counts;
    }

    void endOfLoad() throws IOException {
        load = of(lab);
    }

    void endOfSettling() throws IOException {
        settled = of(lab);
    }

    /** Notes what was changed since the end of settling; a look now and then is as it should be. */
    void requireRest(Violations violations) throws IOException {
        of(lab).forEach((name, count) ->
                violations.require(
                        name.contains(" | Describe")
                                || count.equals(settled.getOrDefault(name, Count.NONE)),
                        "at rest " + name + " was called: " + count));
    }

    /** Returns rows of a table: node, action, calls and failures of either time. */
    List<String> rows() {
        SortedSet<String> names = new TreeSet<>(settled.keySet());
        var rows = new ArrayList<String>();
        for (String name : names) {
            Count first = before.getOrDefault(name, Count.NONE);
            Count second = load.getOrDefault(name, Count.NONE);
            Count third = settled.getOrDefault(name, Count.NONE);
            if (!third.equals(first)) {
                rows.add(
                        "| %s | %s | %s |"
                                .formatted(name, second.since(first), third.since(second)));
            }
        }
        return rows;
    }
}
