package dev.vpccni.dataplane;

import dev.vpccni.model.IpFamily;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.model.MacAddress;
import java.util.List;

/**
 * What the node's kernel should contain whatever its pods are: the MTU of the primary interface,
 * the rule for marked connections, and the translation of source addresses, which only IPv4 has.
 *
 * @param family of pods' addresses: rules are of it, and only IPv4 is translated
 * @param ipv6Egress {@code ENABLE_V6_EGRESS}: pods with IPv4 addresses reach IPv6 as the node. The
 *     contrary needs no word, since pods with IPv6 addresses may always come to it
 * @param strictBranches pods with branch interfaces come before the node's own addresses, see
 *     {@link BranchInterface.Mode#STRICT}
 * @param earlyDemux what becomes of {@code net.ipv4.tcp_early_demux}
 * @param primaryMac by which the primary link is found
 * @param primaryAddress what traffic that leaves the VPC is translated to
 * @param vpcCidrs never translated, in the order in which metadata lists them
 * @param snatExclusions {@code AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS}; not translated either
 * @param externalServiceCidrs {@code AWS_EXTERNAL_SERVICE_CIDRS}; always routed by the main table
 * @param externalSnat {@code AWS_VPC_K8S_CNI_EXTERNALSNAT}: the VPC translates, the node does not
 * @param snatPorts how source ports are chosen
 * @param nodePortSupport {@code AWS_VPC_CNI_NODE_PORT_SUPPORT}
 * @param connectionMark {@code AWS_VPC_K8S_CNI_CONNMARK}, value and mask; 1 to 2^32 - 1
 * @param fastRules {@code VPC_CNI_FAST_RULES}: a packet finds its pod in one look, see {@link
 *     RouteTables#PODS}
 * @param vethPrefix {@code AWS_VPC_K8S_CNI_VETHPREFIX}: how names of pods' host interfaces begin
 * @param mtu bytes, of the primary interface
 */
public record NodeSetup(
        IpFamily family,
        boolean ipv6Egress,
        boolean strictBranches,
        EarlyDemux earlyDemux,
        MacAddress primaryMac,
        Ipv4Address primaryAddress,
        List<Ipv4Cidr> vpcCidrs,
        List<Ipv4Cidr> snatExclusions,
        List<Ipv4Cidr> externalServiceCidrs,
        boolean externalSnat,
        SnatPorts snatPorts,
        boolean nodePortSupport,
        long connectionMark,
        boolean fastRules,
        String vethPrefix,
        int mtu) {

    /**
     * {@code DISABLE_TCP_EARLY_DEMUX}: whether the kernel looks for the socket of a TCP packet
     * before it looks for the way. A strict pod's packet for the node's socket, or the other way
     * round, is to be forwarded first, and is dropped once it belongs to a socket.
     */
    public enum EarlyDemux {
        /** Not said: it stays as somebody has set it. */
        AS_IT_IS,
        ON,
        OFF
    }

    /** How the kernel chooses the source port of a translated connection. */
    public enum SnatPorts {
        /** {@code prng}: {@code --random-fully}. */
        RANDOM_FULLY,
        /** {@code hashrandom}: {@code --random}. */
        RANDOM,
        /** {@code none}: the original port where it is free. */
        ORIGINAL
    }

    public NodeSetup {
        vpcCidrs = List.copyOf(vpcCidrs);
        snatExclusions = List.copyOf(snatExclusions);
        externalServiceCidrs = List.copyOf(externalServiceCidrs);
    }

    /** Returns the bits of {@link #connectionMark}, value and mask. */
    public Mark mark() {
        return Mark.of(connectionMark);
    }
}
