package dev.vpccni.node.settings;

/**
 * What an operator decides about a node.
 *
 * @param pool how many addresses to keep, and for how many pods
 * @param kernel what the node's links and translation rules look like
 * @param cloud which interfaces in EC2 are ours, and how they are marked
 * @param networkPolicyMode {@code NETWORK_POLICY_ENFORCING_MODE} as it was spelled, or empty
 */
public record NodeSettings(
        PoolSettings pool, KernelSettings kernel, CloudSettings cloud, String networkPolicyMode) {

    /** What holds where the environment says nothing. */
    public static final NodeSettings DEFAULT =
            new NodeSettings(
                    PoolSettings.DEFAULT, KernelSettings.DEFAULT, CloudSettings.DEFAULT, "");

    /** Returns these settings with another pool. */
    public NodeSettings withPool(PoolSettings other) {
        return new NodeSettings(other, kernel, cloud, networkPolicyMode);
    }
}
