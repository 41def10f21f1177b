package dev.vpccni.node.instance;

import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.model.SecurityGroupId;
import dev.vpccni.model.SubnetId;
import dev.vpccni.node.port.Metadata;
import dev.vpccni.node.port.MetadataException;
import dev.vpccni.node.settings.CloudSettings;
import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What metadata says of a node at its start.
 *
 * @param vpcCidrs in metadata's order
 * @param groups the security groups of the primary interface, which new ones get too
 * @param addresses on all interfaces
 */
public record Facts(
        Instance instance,
        List<Ipv4Cidr> vpcCidrs,
        List<SecurityGroupId> groups,
        SortedSet<Ipv4Address> addresses) {

    public Facts {
        addresses = Collections.unmodifiableSortedSet(new TreeSet<>(addresses));
    }

    /**
     * Asks metadata, once.
     *
     * @throws MetadataException if metadata does not answer
     */
    public static Facts ask(Metadata metadata, CloudSettings settings)
            throws MetadataException, InterruptedException {
        Metadata.Identity identity = metadata.identity();
        var subnets = new TreeMap<SubnetId, Ipv4Cidr>();
        var addresses = new TreeSet<Ipv4Address>();
        for (Metadata.MetadataInterface shown : metadata.interfaces()) {
            subnets.put(shown.subnet(), shown.subnetCidr());
            addresses.addAll(shown.addresses());
        }
        return new Facts(
                new Instance(identity, settings, subnets),
                metadata.vpcCidrs(),
                metadata.securityGroups(),
                addresses);
    }
}
