package dev.vpccni.node.instance;

import dev.vpccni.node.port.ObservedSubnet;
import java.util.List;

/**
 * What the tags of a subnet say about the addresses of pods (upstream's rules; spec: subnet
 * selection and exclusion).
 */
public final class SubnetTags {

    private static final String ROLE_TAG = "kubernetes.io/role/cni";
    private static final String CLUSTER_TAG = "cni.networking.k8s.aws/cluster/";
    private static final String EXCLUDED = "0";

    private SubnetTags() {}

    /**
     * Tells whether new interfaces may lie in {@code subnet}.
     *
     * @param own whether it is the node's, which needs no tag
     * @param cluster the name of the cluster, or empty
     */
    public static boolean admit(ObservedSubnet subnet, boolean own, String cluster) {
        String role = role(subnet);
        if (role.isEmpty()) {
            return own;
        }
        return !role.equals(EXCLUDED) && !isOthers(subnet, cluster);
    }

    /**
     * Tells whether interfaces in {@code subnet} give pods no addresses.
     *
     * @param cluster the name of the cluster, or empty
     */
    static boolean exclude(ObservedSubnet subnet, String cluster) {
        String role = role(subnet);
        return role.equals(EXCLUDED) || (!role.isEmpty() && isOthers(subnet, cluster));
    }

    private static String role(ObservedSubnet subnet) {
        return subnet.tags().getOrDefault(ROLE_TAG, "");
    }

    private static boolean isOthers(ObservedSubnet subnet, String cluster) {
        List<String> clusters =
                subnet.tags().keySet().stream().filter(k -> k.startsWith(CLUSTER_TAG)).toList();
        return !clusters.isEmpty()
                && !cluster.isEmpty()
                && !clusters.contains(CLUSTER_TAG + cluster);
    }
}
