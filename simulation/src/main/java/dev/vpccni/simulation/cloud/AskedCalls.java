package dev.vpccni.simulation.cloud;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/** How often nodes asked EC2 and metadata for what. */
final class AskedCalls {

    private static final String METADATA = "metadata";

    private final SortedMap<String, Integer> calls = new TreeMap<>();

    void add(String action) {
        calls.merge(action, 1, Integer::sum);
    }

    /** Returns the number of calls of each action, and of those for metadata. */
    SortedMap<String, Integer> all() {
        return Collections.unmodifiableSortedMap(new TreeMap<>(calls));
    }

    int reads() {
        return count(action -> action.startsWith("Describe"));
    }

    int changes() {
        return count(action -> !action.startsWith("Describe") && !action.equals(METADATA));
    }

    private int count(Predicate<String> which) {
        return calls.entrySet().stream()
                .filter(call -> which.test(call.getKey()))
                .mapToInt(Map.Entry::getValue)
                .sum();
    }
}
