package dev.vpccni.controller;

import dev.vpccni.controller.plan.BranchRules;

/**
 * What is served, and how.
 *
 * @param cluster its name, which interfaces are tagged with: by it, controllers of several clusters
 *     in an account leave each other's interfaces
 * @param region of its instances, such as {@code us-west-2}; empty to ask the instance that this
 *     runs on
 * @param namespace of the Lease
 * @param lease its name
 */
public record BranchSettings(
        String cluster, String region, String namespace, String lease, BranchRules rules) {

    /** Characters of a tag's value. */
    private static final int CLUSTER_MAX = 256;

    public BranchSettings {
        if (cluster.isEmpty() || cluster.length() > CLUSTER_MAX) {
            throw new IllegalArgumentException(
                    "the cluster's name has 1 to " + CLUSTER_MAX + " characters");
        }
    }
}
