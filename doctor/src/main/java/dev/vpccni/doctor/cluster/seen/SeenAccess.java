package dev.vpccni.doctor.cluster.seen;

/**
 * A right in the cluster that settings need.
 *
 * @param group of the resource; empty for the first one
 * @param resource such as {@code nodes/status}
 * @param verb such as {@code patch}
 * @param namespace empty for all
 * @param allowed whether the service account has it
 */
public record SeenAccess(
        String group, String resource, String verb, String namespace, boolean allowed) {

    /** Returns the resource as kubectl takes it. */
    public String fullResource() {
        return group.isEmpty() ? resource : resource + "." + group;
    }
}
