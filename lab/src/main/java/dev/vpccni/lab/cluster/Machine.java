package dev.vpccni.lab.cluster;

import dev.vpccni.lab.node.NodeHost;
import dev.vpccni.model.InstanceId;
import dev.vpccni.model.InstanceType;
import dev.vpccni.model.Ipv4Address;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A machine of the lab as Kubernetes knows it: with the names and labels that EKS would give.
 *
 * @param host the machine itself
 * @param zone such as {@code us-west-2a}
 * @param address the primary one of its primary interface
 */
public record Machine(
        NodeHost host, InstanceId instance, InstanceType type, String zone, Ipv4Address address) {

    /** Says which node of the lab a node of the cluster is. */
    public static final String LAB_LABEL = "lab.vpc-cni.dev/node";

    private static final String FIRST_REGION = "us-east-1";

    /** Returns what the node is called in the cluster. */
    public String name() {
        return name(zone, address);
    }

    /** Returns what EKS calls a node in {@code zone}: the private DNS name of its address. */
    public static String name(String zone, Ipv4Address address) {
        String region = region(zone);
        String domain = region.equals(FIRST_REGION) ? "ec2.internal" : region + ".compute.internal";
        return "ip-" + address.toString().replace('.', '-') + "." + domain;
    }

    /** A zone is called as its region, with a letter. */
    private static String region(String zone) {
        return zone.substring(0, zone.length() - 1);
    }

    /** Returns what a cloud's controllers know the instance by. */
    String providerId() {
        return "aws:///" + zone + "/" + instance;
    }

    /** Returns the labels that a managed group of nodes has, less what names its group's image. */
    SortedMap<String, String> labels() {
        var labels = new TreeMap<String, String>();
        labels.put("topology.kubernetes.io/zone", zone);
        labels.put("topology.kubernetes.io/region", region(zone));
        labels.put("node.kubernetes.io/instance-type", type.name());
        labels.put("eks.amazonaws.com/nodegroup", "lab");
        labels.put("eks.amazonaws.com/capacityType", "ON_DEMAND");
        labels.put(LAB_LABEL, host.name());
        return labels;
    }
}
