package dev.vpccni.model;

import java.util.Comparator;

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

    private static final Comparator<AttachmentKey> ORDER =
            Comparator.comparing(AttachmentKey::networkName)
                    .thenComparing(AttachmentKey::containerId)
                    .thenComparing(AttachmentKey::interfaceName);

    @Override
    public int compareTo(AttachmentKey other) {
        return ORDER.compare(this, other);
    }

    /** Returns {@code network/container/interface}. */
    @Override
    public String toString() {
        return networkName + "/" + containerId + "/" + interfaceName;
    }
}
