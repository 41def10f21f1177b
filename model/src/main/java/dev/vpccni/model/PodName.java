package dev.vpccni.model;

/**
 * What Kubernetes calls a pod. Both parts are empty where the runtime did not say.
 *
 * @param namespace the Kubernetes namespace, such as {@code kube-system}
 * @param name the name within it, such as {@code coredns-57ff979f67-qqbdh}
 */
public record PodName(String namespace, String name) implements Comparable<PodName> {

    @Override
    public int compareTo(PodName other) {
        int byNamespace = namespace.compareTo(other.namespace);
        return byNamespace != 0 ? byNamespace : name.compareTo(other.name);
    }

    /** Returns {@code namespace/name}. */
    @Override
    public String toString() {
        return namespace + "/" + name;
    }
}
