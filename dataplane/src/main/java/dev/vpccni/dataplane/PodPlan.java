package dev.vpccni.dataplane;

/**
 * What one veth pair of a pod takes, on both sides.
 *
 * @param link what it is for
 * @param host in the node's namespace
 * @param pod in the pod's
 */
public record PodPlan(PodLink link, NamespaceState host, NamespaceState pod) {}
