package dev.vpccni.doctor.cluster.seen;

/**
 * A custom resource that the daemon knows.
 *
 * @param name such as {@code eniconfigs.crd.k8s.amazonaws.com}
 * @param present whether it is defined
 * @param served whether the version that the daemon reads can be read
 */
public record SeenDefinition(String name, boolean present, boolean served) {}
