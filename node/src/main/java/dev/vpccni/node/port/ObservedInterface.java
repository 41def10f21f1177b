package dev.vpccni.node.port;

import dev.vpccni.model.AttachmentId;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.MacAddress;
import dev.vpccni.model.SecurityGroupId;
import dev.vpccni.model.SubnetId;
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
        List<SecurityGroupId> groups,
        SortedMap<String, String> tags,
        @Nullable Attachment attachment) {

    public ObservedInterface {
        secondaryAddresses = List.copyOf(secondaryAddresses);
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
}
