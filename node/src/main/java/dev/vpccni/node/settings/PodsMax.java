package dev.vpccni.node.settings;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The most pods that a node's kubelet admits.
 *
 * @param byType by the name of the instance type, as {@code eni-max-pods.txt} lists them
 * @param otherwise for types that are not listed
 */
public record PodsMax(SortedMap<String, Integer> byType, int otherwise) {

    /** The kubelet's own default, where nobody says more. */
    public static final PodsMax UNKNOWN = new PodsMax(new TreeMap<>(), 110);

    public PodsMax {
        byType = Collections.unmodifiableSortedMap(new TreeMap<>(byType));
        if (otherwise < 1) {
            throw new IllegalArgumentException("pods must be positive: " + otherwise);
        }
    }

    /** Returns how many pods an instance of the type called {@code name} may have. */
    public int on(String name) {
        return byType.getOrDefault(name, otherwise);
    }
}
