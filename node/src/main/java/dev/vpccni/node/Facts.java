package dev.vpccni.node;

import dev.vpccni.model.InstanceType;
import dev.vpccni.model.InstanceTypes;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.model.SecurityGroupId;
import dev.vpccni.model.SubnetId;
import dev.vpccni.node.port.Metadata;
import dev.vpccni.node.port.MetadataException;
import dev.vpccni.node.settings.CloudSettings;
import java.util.List;
import java.util.TreeMap;

/**
 * What metadata says of a node at its start.
 *
 * @param vpcCidrs in metadata's order
 * @param groups the security groups of the primary interface, which new ones get too
 */
record Facts(
        Instance instance,
        InstanceType type,
        List<Ipv4Cidr> vpcCidrs,
        List<SecurityGroupId> groups) {

    /** Asks metadata, once. */
    static Facts ask(Metadata metadata, CloudSettings settings, Explanations explanations)
            throws MetadataException, InterruptedException {
        Metadata.Identity identity = metadata.identity();
        var subnets = new TreeMap<SubnetId, Ipv4Cidr>();
        for (Metadata.MetadataInterface shown : metadata.interfaces()) {
            subnets.put(shown.subnet(), shown.subnetCidr());
        }
        return new Facts(
                new Instance(identity, settings, subnets),
                type(identity.instanceType(), explanations),
                metadata.vpcCidrs(),
                metadata.securityGroups());
    }

    private static InstanceType type(String name, Explanations explanations) {
        InstanceType known = InstanceTypes.known().find(name);
        if (known != null) {
            return known;
        }
        explanations.add(
                "assume 2 interfaces with 2 addresses each",
                "the limits of " + name + " are not known, and no type has fewer");
        return new InstanceType(name, "unknown", false, List.of(2), 2);
    }
}
