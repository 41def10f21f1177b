package dev.vpccni.dataplane.egress;

import dev.vpccni.dataplane.NodeSetup.SnatPorts;
import dev.vpccni.model.IpAddress;

/**
 * How one container gets out in the other family.
 *
 * @param network the network's name, {@code aws-cni}
 * @param range where its address is from
 * @param address the container's, which only its node knows
 * @param nodeAddress what its traffic leaves the node with
 * @param snatPorts how source ports are chosen
 * @param mtu bytes, of both ends of the pair
 */
public record EgressWiring(
        String network,
        String containerId,
        EgressRange range,
        IpAddress address,
        IpAddress nodeAddress,
        SnatPorts snatPorts,
        int mtu) {

    /** Returns the family in which it gets out. */
    public EgressFamily family() {
        return range.family();
    }

    /** Returns the chain that translates its address. */
    public String chain() {
        return EgressNames.chain(family(), network, containerId);
    }
}
