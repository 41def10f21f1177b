package dev.vpccni.vpc;

import dev.vpccni.model.InstanceId;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.model.MacAddress;
import dev.vpccni.model.SecurityGroupId;
import dev.vpccni.model.SubnetId;
import dev.vpccni.vpc.api.AddressBlocks;
import java.util.List;

/**
 * An interface's device as it is plugged into an instance: what a data plane has to forward to.
 *
 * @param card the network card's index
 * @param device the device index on that card; 0 on card 0 is the primary interface
 * @param held what it may send from and is sent, its primary address first
 * @param sourceDestCheck whether packets neither from nor to one of them are dropped
 */
public record Port(
        InterfaceId eni,
        InstanceId instance,
        MacAddress mac,
        int card,
        int device,
        SubnetId subnet,
        Ipv4Cidr subnetCidr,
        AddressBlocks held,
        List<SecurityGroupId> groups,
        boolean sourceDestCheck) {

    public Port {
        groups = List.copyOf(groups);
    }

    /** Tells whether it is the primary interface, which stays as long as the instance. */
    public boolean isPrimary() {
        return card == 0 && device == 0;
    }

    /** Returns its single addresses of IPv4, the primary one first. */
    public List<Ipv4Address> addresses() {
        return held.addresses();
    }
}
