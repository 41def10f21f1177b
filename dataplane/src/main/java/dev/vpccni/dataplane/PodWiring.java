package dev.vpccni.dataplane;

import dev.vpccni.model.Ipv4Address;

/**
 * How one pod is connected to its node.
 *
 * @param hostInterface the node's end of the veth pair, such as {@code enic440f455693}
 * @param podInterface the pod's end, such as {@code eth0}
 * @param address the pod's address, a /32 inside the pod
 * @param table the route table of the interface that the address lies on; 254, the main table, for
 *     the primary one
 * @param mtu bytes, of both ends
 */
public record PodWiring(
        String hostInterface, String podInterface, Ipv4Address address, int table, int mtu) {

    /** The number of the kernel's main route table. */
    public static final int MAIN_TABLE = 254;
}
