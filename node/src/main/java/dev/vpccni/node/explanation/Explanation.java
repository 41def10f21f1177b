package dev.vpccni.node.explanation;

import java.time.Instant;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Why something was done, or was not.
 *
 * @param what was decided, such as {@code create an interface with 14 addresses}
 * @param why in one sentence
 * @param numbers on which it was decided, by their names
 */
public record Explanation(Instant at, String what, String why, SortedMap<String, Long> numbers) {

    public Explanation {
        numbers = Collections.unmodifiableSortedMap(new TreeMap<>(numbers));
    }
}
