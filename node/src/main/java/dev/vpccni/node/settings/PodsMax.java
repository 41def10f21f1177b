package dev.vpccni.node.settings;

import dev.vpccni.model.InstanceType;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The most pods that a node's kubelet admits, as far as that is known without asking Kubernetes.
 *
 * @param byType by the name of the instance type, as {@code eni-max-pods.txt} lists them
 * @param published whether a type that is not listed has the limit that is published for it
 * @param otherwise where that does not hold either
 */
public record PodsMax(SortedMap<String, Integer> byType, boolean published, int otherwise) {

    /** The kubelet's own default, where nobody says more. */
    public static final PodsMax UNKNOWN = new PodsMax(new TreeMap<>(), false, 110);

    /** What is published for each type of instance. */
    public static final PodsMax PUBLISHED = new PodsMax(new TreeMap<>(), true, 110);

    public PodsMax {
        byType = Collections.unmodifiableSortedMap(new TreeMap<>(byType));
        if (otherwise < 1) {
            throw new IllegalArgumentException("pods must be positive: " + otherwise);
        }
    }

    /** Returns how many pods an instance of {@code type} may have. */
    public int on(InstanceType type) {
        return byType.getOrDefault(type.name(), published ? type.maxPods() : otherwise);
    }
}
