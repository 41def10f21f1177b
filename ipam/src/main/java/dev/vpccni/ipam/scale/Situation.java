package dev.vpccni.ipam.scale;

import dev.vpccni.ipam.ledger.HeldInterface;
import dev.vpccni.ipam.policy.Demand;
import dev.vpccni.ipam.policy.PoolLimits;
import dev.vpccni.ipam.policy.WarmTarget;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.SubnetId;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a plan depends on besides the ledger.
 *
 * @param demand for addresses, now and lately
 * @param sources of further interfaces
 * @param rooms what subnets can give; one that is missing here has enough
 * @param misplaced how many blocks EC2 shows on an interface that the ledger holds on another; they
 *     take room there
 */
public record Situation(
        WarmTarget target,
        PoolLimits limits,
        Demand demand,
        Sources sources,
        SortedMap<SubnetId, SubnetRoom> rooms,
        SortedMap<InterfaceId, Integer> misplaced) {

    public Situation {
        rooms = Collections.unmodifiableSortedMap(new TreeMap<>(rooms));
        misplaced = Collections.unmodifiableSortedMap(new TreeMap<>(misplaced));
    }

    /** Returns how many more blocks fit on {@code held}. */
    int roomOn(HeldInterface held) {
        int taken = held.size() + held.arriving().count() + misplaced.getOrDefault(held.id(), 0);
        return Math.max(0, limits.blocksEach() - taken);
    }

    SubnetRoom room(SubnetId id) {
        return rooms.getOrDefault(id, SubnetRoom.UNKNOWN);
    }
}
