package dev.vpccni.dataplane;

import dev.vpccni.model.Cidr;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.Ipv6Address;
import dev.vpccni.model.MacAddress;

/**
 * What the node's kernel should contain for one secondary network interface.
 *
 * @param mac by which its link is found
 * @param primaryAddress its own address, put on the link with the length of {@code subnet}; one of
 *     the other family is not, which is that of an interface that has IPv6 prefixes only
 * @param subnet the subnet that it lies in; in IPv4 the gateway is the first address after the base
 * @param table the route table that its pods use, see {@link RouteTables#of}
 * @param mtu bytes
 */
public record InterfaceSetup(
        MacAddress mac, IpAddress primaryAddress, Cidr subnet, int table, int mtu) {

    /** Every subnet's router in IPv6. */
    private static final Ipv6Address IPV6_GATEWAY = Ipv6Address.parse("fe80:ec2::1");

    /** Tells whether the interface has an address in {@code subnet} for itself. */
    public boolean hasAddress() {
        return subnet.family() == primaryAddress.family();
    }

    /** Returns the subnet's router. */
    public IpAddress gateway() {
        return switch (subnet.family()) {
            case IPV4 -> subnet.network().plus(1);
            case IPV6 -> IPV6_GATEWAY;
        };
    }
}
