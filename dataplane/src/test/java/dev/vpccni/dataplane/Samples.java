package dev.vpccni.dataplane;

import dev.vpccni.model.IpFamily;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.model.MacAddress;
import java.util.List;
import java.util.stream.Stream;

/** The node of the published dumps: VPC 10.0.0.0/16, primary 10.0.0.10 on ens5. */
public final class Samples {

    /** The defaults: dump A. */
    public static final NodeSetup DEFAULTS =
            setup("10.0.0.0/16", "", false, NodeSetup.SnatPorts.RANDOM_FULLY, true);

    /** External translation: dump B. */
    public static final NodeSetup EXTERNAL_SNAT =
            setup("10.0.0.0/16", "", true, NodeSetup.SnatPorts.RANDOM_FULLY, true);

    /** Two blocks and two exclusions: dump C. */
    public static final NodeSetup EXCLUSIONS =
            setup(
                    "10.0.0.0/16 100.64.0.0/16",
                    "192.168.0.0/16 172.16.0.0/12",
                    false,
                    NodeSetup.SnatPorts.RANDOM_FULLY,
                    true);

    /** Without node ports, source ports kept: dump E. */
    public static final NodeSetup NO_NODE_PORTS =
            setup("10.0.0.0/16", "", false, NodeSetup.SnatPorts.ORIGINAL, false);

    private Samples() {}

    /** Returns that node with other settings; blocks are separated by spaces. */
    public static NodeSetup setup(
            String vpc,
            String exclusions,
            boolean externalSnat,
            NodeSetup.SnatPorts ports,
            boolean nodePorts) {
        return new NodeSetup(
                IpFamily.IPV4,
                false,
                false,
                NodeSetup.EarlyDemux.AS_IT_IS,
                MacAddress.parse("02:00:00:00:01:00"),
                Ipv4Address.parse("10.0.0.10"),
                blocks(vpc),
                blocks(exclusions),
                List.of(),
                externalSnat,
                ports,
                nodePorts,
                0x80,
                false,
                "eni",
                9001);
    }

    /** Returns {@code other} with fast rules. */
    public static NodeSetup fast(NodeSetup other) {
        return copy(other, other.family(), true);
    }

    /** Returns {@code other} with pods that have IPv6 addresses. */
    public static NodeSetup ipv6(NodeSetup other) {
        return copy(other, IpFamily.IPV6, other.fastRules());
    }

    private static NodeSetup copy(NodeSetup other, IpFamily family, boolean fastRules) {
        return new NodeSetup(
                family,
                false,
                false,
                NodeSetup.EarlyDemux.AS_IT_IS,
                other.primaryMac(),
                other.primaryAddress(),
                other.vpcCidrs(),
                other.snatExclusions(),
                other.externalServiceCidrs(),
                other.externalSnat(),
                other.snatPorts(),
                other.nodePortSupport(),
                other.connectionMark(),
                fastRules,
                other.vethPrefix(),
                other.mtu());
    }

    /** Returns the blocks in {@code text}, which are separated by spaces. */
    public static List<Ipv4Cidr> blocks(String text) {
        return Stream.of(text.split(" ", -1))
                .filter(s -> !s.isEmpty())
                .map(Ipv4Cidr::parse)
                .toList();
    }
}
