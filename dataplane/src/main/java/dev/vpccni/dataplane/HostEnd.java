package dev.vpccni.dataplane;

import dev.vpccni.model.IpAddress;

/**
 * The node's end of one of a pod's links, as far as what leads to it and from it can be told from
 * the address that the pod was granted.
 *
 * @param suffix by which its host interface is known whatever prefix was in use when the pod came,
 *     see {@link InterfaceNames#suffix}
 * @param address the pod's
 * @param table the route table of the network interface that the address lies on
 */
public record HostEnd(String suffix, IpAddress address, int table) {}
