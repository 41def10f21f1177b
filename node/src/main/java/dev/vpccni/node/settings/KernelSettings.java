package dev.vpccni.node.settings;

import dev.vpccni.dataplane.NodeSetup;
import dev.vpccni.model.IpFamily;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.node.port.Metadata;
import java.util.List;

/**
 * What a node's links and translation rules look like.
 *
 * @param interfaceMtu {@code AWS_VPC_ENI_MTU}, bytes
 * @param podMtu {@code POD_MTU}, bytes; the same as {@code interfaceMtu} where not defined
 * @param vethPrefix {@code AWS_VPC_K8S_CNI_VETHPREFIX}
 * @param snatExclusions {@code AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS}
 * @param externalServiceCidrs {@code AWS_EXTERNAL_SERVICE_CIDRS}
 * @param externalSnat {@code AWS_VPC_K8S_CNI_EXTERNALSNAT}
 * @param snatPorts {@code AWS_VPC_K8S_CNI_RANDOMIZESNAT}
 * @param nodePortSupport {@code AWS_VPC_CNI_NODE_PORT_SUPPORT}
 * @param connectionMark {@code AWS_VPC_K8S_CNI_CONNMARK}; 1 to 2^32 - 1
 * @param fastRules {@code VPC_CNI_FAST_RULES}
 * @param ipv6Egress {@code ENABLE_V6_EGRESS}
 * @param strictBranches {@code ENABLE_POD_ENI} with {@code
 *     POD_SECURITY_GROUP_ENFORCING_MODE=strict}
 * @param earlyDemux {@code DISABLE_TCP_EARLY_DEMUX}
 */
public record KernelSettings(
        int interfaceMtu,
        int podMtu,
        String vethPrefix,
        List<Ipv4Cidr> snatExclusions,
        List<Ipv4Cidr> externalServiceCidrs,
        boolean externalSnat,
        NodeSetup.SnatPorts snatPorts,
        boolean nodePortSupport,
        long connectionMark,
        boolean fastRules,
        boolean ipv6Egress,
        boolean strictBranches,
        NodeSetup.EarlyDemux earlyDemux) {

    /** Jumbo frames, and the node translates what leaves the VPC. */
    public static final KernelSettings DEFAULT =
            new KernelSettings(
                    9001,
                    9001,
                    "eni",
                    List.of(),
                    List.of(),
                    false,
                    NodeSetup.SnatPorts.RANDOM_FULLY,
                    true,
                    0x80,
                    false,
                    false,
                    false,
                    NodeSetup.EarlyDemux.AS_IT_IS);

    public KernelSettings {
        snatExclusions = List.copyOf(snatExclusions);
        externalServiceCidrs = List.copyOf(externalServiceCidrs);
    }

    /**
     * Returns what the kernel of the node called {@code identity} should contain.
     *
     * @param family of pods' addresses
     */
    public NodeSetup nodeSetup(
            IpFamily family, Metadata.Identity identity, List<Ipv4Cidr> vpcCidrs) {
        return new NodeSetup(
                family,
                ipv6Egress,
                strictBranches,
                earlyDemux,
                identity.mac(),
                identity.address(),
                vpcCidrs,
                snatExclusions,
                externalServiceCidrs,
                externalSnat,
                snatPorts,
                nodePortSupport,
                connectionMark,
                fastRules,
                vethPrefix,
                interfaceMtu);
    }
}
