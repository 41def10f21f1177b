package dev.vpccni.ipam.ledger;

import dev.vpccni.model.AttachmentId;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.model.MacAddress;
import dev.vpccni.model.SubnetId;
import org.jspecify.annotations.Nullable;

/**
 * What stays the same about a network interface as long as it is attached.
 *
 * @param device its device index on network card 0
 * @param attachment null where nobody has said yet
 * @param primaryAddress its own address, never a pod's
 */
public record InterfaceFacts(
        InterfaceId id,
        MacAddress mac,
        SubnetId subnet,
        Ipv4Cidr subnetCidr,
        int device,
        @Nullable AttachmentId attachment,
        Ipv4Address primaryAddress,
        InterfaceRole role) {

    private static final int TABLE_MAIN = 254;

    public InterfaceFacts {
        if (device < 0) {
            throw new IllegalArgumentException("negative device index: " + device);
        }
    }

    /** Returns the route table of its pods: main for device 0, else the device index + 1. */
    public int table() {
        return device == 0 ? TABLE_MAIN : device + 1;
    }

    /** Returns these facts with the attachment that EC2 names. */
    public InterfaceFacts withAttachment(@Nullable AttachmentId named) {
        return new InterfaceFacts(id, mac, subnet, subnetCidr, device, named, primaryAddress, role);
    }
}
