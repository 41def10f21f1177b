package dev.vpccni.host;

import dev.vpccni.dataplane.NodeSetup;
import dev.vpccni.dataplane.NodeSetup.EarlyDemux;
import dev.vpccni.dataplane.NodeSetup.SnatPorts;
import dev.vpccni.model.IpFamily;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.model.MacAddress;
import java.util.List;
import java.util.stream.Stream;

/**
 * What a {@link TestNode} should be set up as; what is not said is as a daemon without a variable
 * has it, in a VPC of one block. Lists of blocks are separated by spaces.
 */
final class WantedNode {

    private IpFamily family = IpFamily.IPV4;
    private boolean ipv6Egress;
    private boolean strictBranches;
    private EarlyDemux earlyDemux = EarlyDemux.AS_IT_IS;
    private MacAddress primary = TestNode.PRIMARY;
    private List<Ipv4Cidr> vpc = blocks("10.0.0.0/16");
    private List<Ipv4Cidr> exclusions = List.of();
    private List<Ipv4Cidr> services = List.of();
    private boolean externalSnat;
    private SnatPorts ports = SnatPorts.RANDOM_FULLY;
    private boolean nodePorts = true;
    private long mark = 0x80;
    private boolean fastRules;
    private String vethPrefix = "eni";
    private int mtu = 9001;

    WantedNode family(IpFamily ofPods) {
        family = ofPods;
        return this;
    }

    WantedNode ipv6Egress(boolean wanted) {
        ipv6Egress = wanted;
        return this;
    }

    WantedNode strictBranches(boolean wanted) {
        strictBranches = wanted;
        return this;
    }

    WantedNode earlyDemux(EarlyDemux wanted) {
        earlyDemux = wanted;
        return this;
    }

    WantedNode primary(MacAddress mac) {
        primary = mac;
        return this;
    }

    WantedNode vpc(String blocks) {
        vpc = blocks(blocks);
        return this;
    }

    WantedNode exclusions(String blocks) {
        exclusions = blocks(blocks);
        return this;
    }

    WantedNode services(String blocks) {
        services = blocks(blocks);
        return this;
    }

    WantedNode externalSnat(boolean wanted) {
        externalSnat = wanted;
        return this;
    }

    WantedNode ports(SnatPorts chosen) {
        ports = chosen;
        return this;
    }

    WantedNode nodePorts(boolean wanted) {
        nodePorts = wanted;
        return this;
    }

    WantedNode mark(long valueAndMask) {
        mark = valueAndMask;
        return this;
    }

    WantedNode fastRules(boolean wanted) {
        fastRules = wanted;
        return this;
    }

    WantedNode vethPrefix(String prefix) {
        vethPrefix = prefix;
        return this;
    }

    /** In bytes. */
    WantedNode mtu(int wanted) {
        mtu = wanted;
        return this;
    }

    NodeSetup setup() {
        return new NodeSetup(
                family,
                ipv6Egress,
                strictBranches,
                earlyDemux,
                primary,
                Ipv4Address.parse("10.0.0.10"),
                vpc,
                exclusions,
                services,
                externalSnat,
                ports,
                nodePorts,
                mark,
                fastRules,
                vethPrefix,
                mtu);
    }

    private static List<Ipv4Cidr> blocks(String text) {
        return Stream.of(text.split(" ", -1))
                .filter(block -> !block.isEmpty())
                .map(Ipv4Cidr::parse)
                .toList();
    }
}
