package dev.vpccni.cni;

/**
 * An attachment that a GC must leave alone.
 *
 * @param containerId as in {@code CNI_CONTAINERID} of its ADD
 * @param interfaceName as in {@code CNI_IFNAME} of its ADD
 */
public record GcAttachment(String containerId, String interfaceName)
        implements Comparable<GcAttachment> {

    @Override
    public int compareTo(GcAttachment other) {
        int byContainer = containerId.compareTo(other.containerId);
        return byContainer != 0 ? byContainer : interfaceName.compareTo(other.interfaceName);
    }
}
