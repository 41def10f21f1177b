package dev.vpccni.doctor.cluster.seen;

/**
 * An action of EC2 that settings need.
 *
 * @param action such as {@code CreateTags}
 * @param allowed whether EC2 would do it
 * @param said EC2's word, where it would not
 */
public record SeenPermission(String action, boolean allowed, String said) {}
