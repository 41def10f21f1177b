package dev.vpccni.ipam.scale;

import dev.vpccni.ipam.policy.PoolLimits;
import dev.vpccni.ipam.policy.WarmTarget;
import dev.vpccni.model.SubnetId;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a plan depends on besides the ledger.
 *
 * @param waiting pods that wait for an address
 * @param subnet the subnet for new interfaces
 * @param rooms what subnets can give; one that is missing here has enough
 */
public record Situation(
        WarmTarget target,
        PoolLimits limits,
        int waiting,
        SubnetId subnet,
        SortedMap<SubnetId, SubnetRoom> rooms) {

    public Situation {
        rooms = Collections.unmodifiableSortedMap(new TreeMap<>(rooms));
    }

    /** Returns this with another number of pods that wait. */
    public Situation withWaiting(int changed) {
        return new Situation(target, limits, changed, subnet, rooms);
    }

    SubnetRoom room(SubnetId id) {
        return rooms.getOrDefault(id, SubnetRoom.UNKNOWN);
    }
}
