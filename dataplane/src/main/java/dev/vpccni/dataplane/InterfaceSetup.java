package dev.vpccni.dataplane;

import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.model.MacAddress;

/**
 * What the node's kernel should contain for one secondary network interface.
 *
 * @param mac by which its link is found
 * @param primaryAddress its own address, put on the link with the length of {@code subnet}
 * @param subnet the subnet that it lies in; the gateway is the first address after the base
 * @param table the route table that its pods use: device number + 1
 * @param mtu bytes
 */
public record InterfaceSetup(
        MacAddress mac, Ipv4Address primaryAddress, Ipv4Cidr subnet, int table, int mtu) {

    /** Returns the subnet's router. */
    public Ipv4Address gateway() {
        return subnet.network().plus(1);
    }
}
