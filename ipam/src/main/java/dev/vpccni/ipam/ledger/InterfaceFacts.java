package dev.vpccni.ipam.ledger;

import dev.vpccni.model.AttachmentId;
import dev.vpccni.model.Cidr;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.MacAddress;
import dev.vpccni.model.SubnetId;
import org.jspecify.annotations.Nullable;

/**
 * What stays the same about a network interface as long as it is attached.
 *
 * @param card the index of its network card
 * @param device its device index on that card
 * @param attachment null where nobody has said yet
 * @param primaryAddress its own address, never a pod's
 * @param usable whether pods get addresses of it; if not, it keeps those that it has until they go
 */
public record InterfaceFacts(
        InterfaceId id,
        MacAddress mac,
        SubnetId subnet,
        Cidr subnetCidr,
        int card,
        int device,
        @Nullable AttachmentId attachment,
        IpAddress primaryAddress,
        InterfaceRole role,
        boolean usable) {

    private static final int TABLE_MAIN = 254;

    /** The tables of further cards; amazon-ec2-net-utils numbers them so, too. */
    private static final int TABLE_CARDS = 10_000;

    private static final int TABLES_OF_CARD = 100;

    public InterfaceFacts {
        if (card < 0 || device < 0) {
            throw new IllegalArgumentException("negative index: " + card + ", " + device);
        }
    }

    /**
     * Returns the route table of its pods: main for device 0 of card 0, the device index + 1 for
     * others of card 0, and 10000 + 100 for each card + the device index on further cards.
     */
    public int table() {
        if (card > 0) {
            return TABLE_CARDS + TABLES_OF_CARD * card + device;
        }
        return device == 0 ? TABLE_MAIN : device + 1;
    }

    /** Returns whether new pods may get addresses of it, as far as it itself is concerned. */
    public boolean serves() {
        return usable && role.managed();
    }

    /** Returns whether it may be given more addresses. */
    public boolean extendable() {
        return usable && role.extendable();
    }

    /** Returns these facts with the attachment that EC2 names. */
    public InterfaceFacts withAttachment(@Nullable AttachmentId named) {
        return new InterfaceFacts(
                id, mac, subnet, subnetCidr, card, device, named, primaryAddress, role, usable);
    }

    /** Returns these facts with or without the use for pods. */
    public InterfaceFacts withUsable(boolean changed) {
        return new InterfaceFacts(
                id,
                mac,
                subnet,
                subnetCidr,
                card,
                device,
                attachment,
                primaryAddress,
                role,
                changed);
    }
}
