package dev.vpccni.kubernetes;

import dev.vpccni.model.PodName;

/**
 * The object that an event is about.
 *
 * @param namespace in which the event is, too
 * @param uid of the very object, without which {@code kubectl describe} does not show the event;
 *     may be empty
 */
public record EventSubject(String kind, String namespace, String name, String uid) {

    /** Where the events of objects without a namespace are. */
    private static final String DEFAULT_NAMESPACE = "default";

    /** Returns that of a pod. */
    public static EventSubject pod(PodName pod, String uid) {
        return new EventSubject("Pod", pod.namespace(), pod.name(), uid);
    }

    /** Returns that of a node, under the identifier that kubelets give it in events. */
    public static EventSubject node(String name) {
        return new EventSubject("Node", DEFAULT_NAMESPACE, name, name);
    }
}
