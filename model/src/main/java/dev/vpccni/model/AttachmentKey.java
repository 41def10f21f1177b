package dev.vpccni.model;

/**
 * What an address is granted to: one interface of one container on one CNI network. The CNI spec
 * makes this triple unique; upstream calls it the IPAM key.
 *
 * @param networkName the name of the network configuration, such as {@code aws-cni}
 * @param containerId the runtime's identifier of the sandbox
 * @param interfaceName the interface inside the sandbox, such as {@code eth0}
 */
public record AttachmentKey(String networkName, String containerId, String interfaceName)
        implements Comparable<AttachmentKey> {

    @Override
    public int compareTo(AttachmentKey other) {
        int order = networkName.compareTo(other.networkName);
        if (order == 0) {
            order = containerId.compareTo(other.containerId);
        }
        return order != 0 ? order : interfaceName.compareTo(other.interfaceName);
    }

    /** Returns {@code network/container/interface}. */
    @Override
    public String toString() {
        return networkName + "/" + containerId + "/" + interfaceName;
    }
}
