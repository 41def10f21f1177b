package dev.vpccni.acceptance.lab;

import dev.vpccni.emulator.fabric.Egress;
import dev.vpccni.lab.LabTopology;
import dev.vpccni.model.Ipv4Cidr;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** What a test asks for of its lab; what it does not say is as a node's default is. */
public record WantedLab(
        int nodes,
        String instanceType,
        SortedMap<String, String> environment,
        String latency,
        boolean daemons,
        Egress egress,
        LabTopology topology) {

    public static WantedLab nodes(int nodes, String instanceType) {
        return new WantedLab(
                nodes,
                instanceType,
                new TreeMap<>(),
                "instant",
                true,
                Egress.INTERNET_GATEWAY,
                LabTopology.DEFAULT);
    }

    public WantedLab with(String variable, String value) {
        var more = new TreeMap<>(environment);
        more.put(variable, value);
        return new WantedLab(nodes, instanceType, more, latency, daemons, egress, topology);
    }

    public WantedLab latency(String text) {
        return new WantedLab(nodes, instanceType, environment, text, daemons, egress, topology);
    }

    public WantedLab withoutDaemons() {
        return new WantedLab(nodes, instanceType, environment, latency, false, egress, topology);
    }

    public WantedLab egress(Egress way) {
        return new WantedLab(nodes, instanceType, environment, latency, daemons, way, topology);
    }

    /** Nodes in {@code subnet} of one zone, and another subnet beside it for pods. */
    public WantedLab podSubnet(String subnet, String pods) {
        return network(
                new LabTopology(
                        List.of(Ipv4Cidr.parse(subnet)),
                        List.of(Ipv4Cidr.parse(pods)),
                        false,
                        LabTopology.DEFAULT.cards(),
                        LabTopology.DEFAULT.prefixesFree()));
    }

    /** Two zones, with further subnets in them in turn. */
    public WantedLab podSubnets(List<String> pods) {
        return network(
                new LabTopology(
                        LabTopology.DEFAULT.subnets(),
                        pods.stream().map(Ipv4Cidr::parse).toList(),
                        false,
                        LabTopology.DEFAULT.cards(),
                        LabTopology.DEFAULT.prefixesFree()));
    }

    /** Nodes in {@code subnet} of one zone, which has so many prefixes left. */
    public WantedLab subnet(String subnet, int prefixesFree) {
        return network(
                new LabTopology(
                        List.of(Ipv4Cidr.parse(subnet)),
                        List.of(),
                        false,
                        LabTopology.DEFAULT.cards(),
                        prefixesFree));
    }

    /** The same VPC with IPv6 addresses, which pods have, too. */
    public WantedLab withIpv6() {
        return network(
                new LabTopology(
                        topology.subnets(),
                        topology.podSubnets(),
                        true,
                        topology.cards(),
                        topology.prefixesFree()));
    }

    private WantedLab network(LabTopology other) {
        return new WantedLab(nodes, instanceType, environment, latency, daemons, egress, other);
    }
}
