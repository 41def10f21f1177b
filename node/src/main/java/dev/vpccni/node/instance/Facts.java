package dev.vpccni.node.instance;

import dev.vpccni.model.Cidr;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.model.SecurityGroupId;
import dev.vpccni.model.SubnetId;
import dev.vpccni.node.port.Metadata;
import dev.vpccni.node.port.MetadataException;
import dev.vpccni.node.settings.AddressingSettings;
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
 * @param blocks on all interfaces
 */
public record Facts(
        Instance instance,
        List<Ipv4Cidr> vpcCidrs,
        List<SecurityGroupId> groups,
        SortedSet<Cidr> blocks) {

    public Facts {
        blocks = Collections.unmodifiableSortedSet(new TreeSet<>(blocks));
    }

    /**
     * Asks metadata, once.
     *
     * @param addressing of which kind pods' addresses are
     * @throws MetadataException if metadata does not answer
     */
    public static Facts ask(
            Metadata metadata, CloudSettings settings, AddressingSettings addressing)
            throws MetadataException, InterruptedException {
        Metadata.Identity identity = metadata.identity();
        var subnets = new TreeMap<SubnetId, Instance.KnownSubnet>();
        var blocks = new TreeSet<Cidr>();
        for (Metadata.MetadataInterface shown : metadata.interfaces()) {
            subnets.put(shown.subnet(), new Instance.KnownSubnet(shown.subnetCidrs(), false));
            shown.addresses().forEach(address -> blocks.add(address.only()));
            blocks.addAll(shown.prefixes());
        }
        return new Facts(
                new Instance(identity, settings, addressing, 0, subnets),
                metadata.vpcCidrs(),
                metadata.securityGroups(),
                blocks);
    }
}
