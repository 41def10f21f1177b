package dev.vpccni.node.settings;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Which interfaces in EC2 are ours, and how they are marked.
 *
 * @param clusterName {@code CLUSTER_NAME}, or empty
 * @param additionalTags {@code ADDITIONAL_ENI_TAGS}, reserved keys left out
 * @param provisioning false for {@code DISABLE_NETWORK_RESOURCE_PROVISIONING}: nothing in EC2 is
 *     changed
 * @param subnetDiscovery {@code ENABLE_SUBNET_DISCOVERY}: new interfaces may lie in other subnets
 *     than the node's
 * @param manageUntagged {@code MANAGE_UNTAGGED_ENI}: interfaces without our tag serve pods too
 * @param cleanUpLeaks false for {@code DISABLE_LEAKED_ENI_CLEANUP}: interfaces of this node that
 *     lost their attachment are left alone
 */
public record CloudSettings(
        String clusterName,
        SortedMap<String, String> additionalTags,
        boolean provisioning,
        boolean subnetDiscovery,
        boolean manageUntagged,
        boolean cleanUpLeaks) {

    /** No cluster name and no further tags; everything else is allowed. */
    public static final CloudSettings DEFAULT =
            new CloudSettings("", new TreeMap<>(), true, true, true, true);

    public CloudSettings {
        additionalTags = Collections.unmodifiableSortedMap(new TreeMap<>(additionalTags));
    }
}
