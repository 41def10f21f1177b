package dev.vpccni.addon;

import java.time.Duration;

/**
 * What is looked after, and how.
 *
 * @param namespace of the ConfigMap and of what it has
 * @param installed the ConfigMap's name
 * @param report whether differences are told only
 * @param every how long until all is looked at though nobody is heard to have changed anything
 * @param users what containers' variables are left to users
 */
public record AddonSettings(
        String namespace, String installed, boolean report, Duration every, UsersVariables users) {

    /** The annotation that has a DaemonSet left alone: somebody replaces its pods one by one. */
    public static final String UPGRADE = "vpc-cni.dev/upgrade";

    /** As a managed add-on of EKS. */
    public static final AddonSettings DEFAULT =
            new AddonSettings(
                    "kube-system",
                    "aws-node-installed",
                    false,
                    Duration.ofMinutes(15),
                    UsersVariables.DEFAULT);

    /** Returns these, which only tell. */
    public AddonSettings reporting() {
        return new AddonSettings(namespace, installed, true, every, users);
    }

    String installedPath() {
        return "/api/v1/namespaces/" + namespace + "/configmaps/" + installed;
    }
}
