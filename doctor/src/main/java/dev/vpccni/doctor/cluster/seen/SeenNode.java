package dev.vpccni.doctor.cluster.seen;

/**
 * A node.
 *
 * @param type its instance type; empty if no label says it
 * @param pods how many the kubelet takes
 * @param runtime such as {@code containerd://2.1.4}
 * @param image of its system, for people
 */
public record SeenNode(String name, String type, int pods, String runtime, String image) {}
