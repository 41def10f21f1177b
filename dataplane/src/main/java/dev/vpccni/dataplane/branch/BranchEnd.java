package dev.vpccni.dataplane.branch;

import dev.vpccni.dataplane.InterfaceNames;
import dev.vpccni.dataplane.RouteTables;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.MacAddress;
import org.jspecify.annotations.Nullable;

/**
 * A pod with a branch interface, as far as somebody who takes it off the node knows it.
 *
 * @param hostInterface the node's end of its veth pair
 * @param address the pod's, or null where unknown
 * @param vlan the tag of its branch interface
 * @param mac the branch interface's own, or null where unknown
 */
public record BranchEnd(
        String hostInterface, @Nullable IpAddress address, int vlan, @Nullable MacAddress mac) {

    /** Returns the name of the node's VLAN device for it. */
    public String device() {
        return InterfaceNames.vlan(vlan);
    }

    /** Returns the route table of the branch interface, if it has one of its own. */
    public int table() {
        return RouteTables.VLANS + vlan;
    }
}
