package dev.vpccni.node.settings;

import dev.vpccni.dataplane.NodeSetup;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.node.port.Metadata;
import java.util.List;

/**
 * What an operator decides about a node.
 *
 * @param pool how many addresses to keep, and for how many pods
 * @param kernel what the node's links and translation rules look like
 * @param cloud which interfaces in EC2 are ours, and how they are marked
 * @param addressing of which kind the addresses are
 * @param cluster what is asked of Kubernetes
 * @param networkPolicyMode {@code NETWORK_POLICY_ENFORCING_MODE} as it was spelled, or empty
 */
public record NodeSettings(
        PoolSettings pool,
        KernelSettings kernel,
        CloudSettings cloud,
        AddressingSettings addressing,
        ClusterSettings cluster,
        String networkPolicyMode) {

    /** What holds where the environment says nothing. */
    public static final NodeSettings DEFAULT =
            new NodeSettings(
                    PoolSettings.DEFAULT,
                    KernelSettings.DEFAULT,
                    CloudSettings.DEFAULT,
                    AddressingSettings.DEFAULT,
                    ClusterSettings.DEFAULT,
                    "");

    /** Returns what the kernel of the node called {@code identity} should contain. */
    public NodeSetup nodeSetup(Metadata.Identity identity, List<Ipv4Cidr> vpcCidrs) {
        return kernel.nodeSetup(addressing.family(), identity, vpcCidrs);
    }

    /** Returns these settings with another pool. */
    public NodeSettings withPool(PoolSettings other) {
        return new NodeSettings(other, kernel, cloud, addressing, cluster, networkPolicyMode);
    }

    /** Returns these settings with another part in EC2. */
    public NodeSettings withCloud(CloudSettings other) {
        return new NodeSettings(pool, kernel, other, addressing, cluster, networkPolicyMode);
    }

    /** Returns these settings with addresses of another kind. */
    public NodeSettings withAddressing(AddressingSettings other) {
        return new NodeSettings(pool, kernel, cloud, other, cluster, networkPolicyMode);
    }
}
