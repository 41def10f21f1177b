package dev.vpccni.kubernetes;

import dev.vpccni.model.PodName;

/**
 * The object that an event is about.
 *
 * @param apiVersion of its kind, such as {@code v1} or {@code apps/v1}
 * @param namespace in which the event is, too; empty of an object that is in none
 * @param uid of the very object, without which {@code kubectl describe} does not show the event;
 *     may be empty
 */
public record EventSubject(
        String apiVersion, String kind, String namespace, String name, String uid) {

    /** That of an object of Kubernetes' first group. */
    public EventSubject(String kind, String namespace, String name, String uid) {
        this("v1", kind, namespace, name, uid);
    }

    /** Where the events of objects without a namespace are. */
    private static final String DEFAULT_NAMESPACE = "default";

    /** Returns the namespace of its events. */
    String eventNamespace() {
        return namespace.isEmpty() ? DEFAULT_NAMESPACE : namespace;
    }

    /** Returns that of a pod. */
    public static EventSubject pod(PodName pod, String uid) {
        return new EventSubject("Pod", pod.namespace(), pod.name(), uid);
    }

    /** Returns that of a node, under the identifier that kubelets give it in events. */
    public static EventSubject node(String name) {
        return new EventSubject("Node", "", name, name);
    }
}
