package dev.vpccni.dataplane;

/**
 * What connects a pod, on both sides of its veth pair.
 *
 * @param host in the node's namespace
 * @param pod in the pod's
 */
public record PodPlan(NamespaceState host, NamespaceState pod) {}
