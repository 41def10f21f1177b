package dev.vpccni.dataplane;

import dev.vpccni.model.IpAddress;

/**
 * One veth pair of a pod, with the address that the pod has there.
 *
 * @param hostInterface the node's end, such as {@code enic440f455693}
 * @param podInterface the pod's end, such as {@code eth0}
 * @param address a /32 or /128 inside the pod
 * @param table the route table of the network interface that the address lies on; {@link
 *     RouteTables#MAIN} for the primary one, that of the VLAN for a branch interface
 * @param mtu bytes, of both ends
 */
public record PodLink(
        String hostInterface, String podInterface, IpAddress address, int table, int mtu) {}
