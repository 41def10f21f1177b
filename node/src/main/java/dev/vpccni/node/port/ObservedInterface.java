package dev.vpccni.node.port;

import dev.vpccni.model.AttachmentId;
import dev.vpccni.model.Cidr;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.IpFamily;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.Ipv6Address;
import dev.vpccni.model.MacAddress;
import dev.vpccni.model.SecurityGroupId;
import dev.vpccni.model.SubnetId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A network interface as EC2 describes it.
 *
 * @param status {@code available}, {@code pending}, {@code attaching}, {@code in-use}, {@code
 *     detaching}, or what EC2 may say in future
 * @param type such as {@code interface}, {@code trunk}, {@code efa}
 * @param primaryAddress the address that it was created with
 * @param secondaryAddresses in EC2's order
 * @param ipv6Addresses single ones, in EC2's order
 * @param prefixes delegated to it, of both families
 * @param groups its security groups
 * @param attachment null while it is not attached
 */
public record ObservedInterface(
        InterfaceId id,
        String status,
        String type,
        String description,
        MacAddress mac,
        SubnetId subnet,
        Ipv4Address primaryAddress,
        List<Ipv4Address> secondaryAddresses,
        List<Ipv6Address> ipv6Addresses,
        List<Cidr> prefixes,
        List<SecurityGroupId> groups,
        SortedMap<String, String> tags,
        @Nullable Attachment attachment) {

    public ObservedInterface {
        secondaryAddresses = List.copyOf(secondaryAddresses);
        ipv6Addresses = List.copyOf(ipv6Addresses);
        prefixes = List.copyOf(prefixes);
        groups = List.copyOf(groups);
        tags = Collections.unmodifiableSortedMap(new TreeMap<>(tags));
    }

    /**
     * How an interface hangs on an instance.
     *
     * @param status {@code attaching}, {@code attached}, {@code detaching} or {@code detached}
     * @param card the network card's index
     * @param device the device index on that card
     */
    public record Attachment(
            AttachmentId id, String status, int card, int device, boolean deletedOnTermination) {}

    /** Returns its own address of {@code family}; where it has none of IPv6, that of IPv4. */
    public IpAddress ownAddress(IpFamily family) {
        return family == IpFamily.IPV4 || ipv6Addresses.isEmpty()
                ? primaryAddress
                : ipv6Addresses.getFirst();
    }

    /**
     * Returns what it has for pods of {@code family}: of IPv4 single addresses and prefixes, of
     * IPv6 prefixes only, for its single addresses are its own.
     */
    public List<Cidr> blocks(IpFamily family) {
        var blocks = new ArrayList<Cidr>();
        if (family == IpFamily.IPV4) {
            secondaryAddresses.forEach(address -> blocks.add(address.only()));
        }
        for (Cidr prefix : prefixes) {
            if (prefix.family() == family) {
                blocks.add(prefix);
            }
        }
        return blocks;
    }

    /** Returns this as it is once it hangs on an instance. */
    public ObservedInterface attached(SortedMap<String, String> tagged, Attachment to) {
        return new ObservedInterface(
                id,
                status,
                type,
                description,
                mac,
                subnet,
                primaryAddress,
                secondaryAddresses,
                ipv6Addresses,
                prefixes,
                groups,
                tagged,
                to);
    }
}
