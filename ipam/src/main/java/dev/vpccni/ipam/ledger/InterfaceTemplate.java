package dev.vpccni.ipam.ledger;

import dev.vpccni.model.IpFamily;
import dev.vpccni.model.SecurityGroupId;
import dev.vpccni.model.SubnetId;
import java.util.List;

/**
 * What a new interface is to be like, wherever that is decided.
 *
 * @param subnet where it takes its addresses from
 * @param securityGroups that it gets
 * @param card the network card that it is attached to
 * @param family of the blocks that it brings
 */
public record InterfaceTemplate(
        SubnetId subnet, List<SecurityGroupId> securityGroups, int card, IpFamily family) {

    public InterfaceTemplate {
        securityGroups = List.copyOf(securityGroups);
        if (card < 0) {
            throw new IllegalArgumentException("negative card index: " + card);
        }
    }
}
