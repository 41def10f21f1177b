package dev.vpccni.node.settings;

/**
 * What the cluster's objects are asked.
 *
 * @param manageUnschedulable {@code AWS_MANAGE_ENIS_NON_SCHEDULABLE}: a node that takes no pods
 *     gains and loses addresses all the same
 * @param configAnnotation {@code ENI_CONFIG_ANNOTATION_DEF}: the node's annotation that names its
 *     ENIConfig
 * @param configLabel {@code ENI_CONFIG_LABEL_DEF}: the label that does
 */
public record ClusterSettings(
        boolean manageUnschedulable, String configAnnotation, String configLabel) {

    /** Upstream's names. */
    public static final ClusterSettings DEFAULT =
            new ClusterSettings(
                    false, "k8s.amazonaws.com/eniConfig", "k8s.amazonaws.com/eniConfig");
}
