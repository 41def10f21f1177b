package dev.vpccni.doctor.cluster.seen;

/**
 * A node's port that a pod says that it uses.
 *
 * @param pod namespace and name
 * @param node where it runs; empty while nobody knows
 * @param owner what has made it, such as {@code DaemonSet/node-exporter}; may be empty
 */
public record SeenPort(String pod, String node, String owner, int port) {}
