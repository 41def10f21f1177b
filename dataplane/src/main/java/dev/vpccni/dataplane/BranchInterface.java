package dev.vpccni.dataplane;

import dev.vpccni.model.IpAddress;
import dev.vpccni.model.MacAddress;

/**
 * The network interface in EC2 that a pod has for itself, so that it has security groups of its
 * own: its packets pass the trunk with the tag of a VLAN.
 *
 * @param vlan the tag, see {@link RouteTables#ofVlan}
 * @param mac the interface's own; all zeros where unknown, so that it can be compared and not made
 * @param trunk by which the trunk's link is found; all zeros where unknown
 * @param gateway its subnet's router
 */
public record BranchInterface(int vlan, MacAddress mac, MacAddress trunk, IpAddress gateway) {

    /**
     * @throws IllegalArgumentException if the VLAN is none that has a table
     */
    public BranchInterface {
        var _ = RouteTables.ofVlan(vlan);
    }

    /** Returns the name of the node's VLAN device for it. */
    public String device() {
        return InterfaceNames.vlan(vlan);
    }

    /** Returns the route table that is its own. */
    public int table() {
        return RouteTables.ofVlan(vlan);
    }

    /** {@code POD_SECURITY_GROUP_ENFORCING_MODE}: which packets of a pod its groups see. */
    public enum Mode {
        /** All of them: also between the pod and its own node, which pass the VPC on their way. */
        STRICT,
        /** Those that leave the node; they are translated like any other pod's. */
        STANDARD
    }
}
