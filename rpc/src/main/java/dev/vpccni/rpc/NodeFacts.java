package dev.vpccni.rpc;

import dev.vpccni.model.InstanceId;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.Ipv4Cidr;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the services tell about the node besides addresses.
 *
 * @param version ours; a client must have the same one or none
 * @param networkPolicyMode as the operator spelled it; empty if unset
 * @param everyCard whether pods may ask for an address on each network card
 * @param address the node's own of the family that pods have; null where it has none of that
 * @param region such as {@code us-west-2}
 * @param externalSnat whether pods' traffic is translated elsewhere than on the node
 * @param snatExclusions further blocks that pods reach without translation
 */
public record NodeFacts(
        String version,
        String networkPolicyMode,
        boolean everyCard,
        @Nullable IpAddress address,
        InstanceId instance,
        String region,
        boolean externalSnat,
        List<Ipv4Cidr> snatExclusions) {

    public NodeFacts {
        snatExclusions = List.copyOf(snatExclusions);
    }
}
