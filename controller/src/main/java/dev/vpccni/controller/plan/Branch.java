package dev.vpccni.controller.plan;

import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.Ipv6Address;
import dev.vpccni.model.MacAddress;
import dev.vpccni.model.PodName;
import dev.vpccni.model.SubnetId;
import org.jspecify.annotations.Nullable;

/**
 * An interface for pods. It becomes one pod's, and is never another one's after that.
 *
 * @param podUid of that pod, by which it is tagged before the pod hears of it; empty before that
 * @param pod its name
 * @param association null while it is no branch of the trunk
 * @param vlan its tag on the trunk; 0 while it is no branch
 */
public record Branch(
        InterfaceId id,
        String podUid,
        PodName pod,
        MacAddress mac,
        Ipv4Address ipv4,
        @Nullable Ipv6Address ipv6,
        SubnetId subnet,
        GroupSet groups,
        @Nullable String association,
        int vlan) {

    /** The name of the pod of one that is nobody's. */
    public static final PodName NOBODY = new PodName("", "nobody");

    /** Returns this as a branch of the trunk, or as none if {@code made} is null. */
    public Branch with(@Nullable String made, int tag) {
        return new Branch(id, podUid, pod, mac, ipv4, ipv6, subnet, groups, made, tag);
    }

    /** Returns this as that of a pod. */
    public Branch of(PodWish owner) {
        return new Branch(
                id, owner.uid(), owner.pod(), mac, ipv4, ipv6, subnet, groups, association, vlan);
    }

    /** Tells whether it waits for a pod, and has never been any one's. */
    public boolean isWarm() {
        return podUid.isEmpty() && association == null;
    }
}
