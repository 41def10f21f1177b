package dev.vpccni.controller.plan;

import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.SubnetId;
import java.time.Instant;
import java.util.Collections;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one node's trunk. All of it can be learnt from EC2 again, but for how long
 * branches have been idle and sets of groups unused, which then counts from the moment that they
 * are seen.
 *
 * @param limit how many branches the instance may have
 * @param doubted whether EC2 has to be asked before anything is done
 * @param shown what EC2 has shown, and what was done since
 * @param idle since when the pods of some branches are known to be gone, which they stay
 * @param used when pods with a set of groups were last there
 * @param postponed until when nothing is done about a pod, by its uid, about an interface, by its
 *     identifier, or about a set of groups, because that has failed
 */
public record TrunkState(
        int limit,
        boolean doubted,
        Shown shown,
        SortedMap<InterfaceId, Instant> idle,
        SortedMap<GroupSet, Instant> used,
        SortedMap<String, Instant> postponed) {

    /**
     * What EC2 has of a node.
     *
     * @param trunk null if there is none
     * @param home the primary interface's subnet; null if that was not seen
     * @param branches the interfaces that were made for the node's pods
     * @param others the VLANs of branches that are somebody else's
     */
    public record Shown(
            @Nullable InterfaceId trunk,
            @Nullable SubnetId home,
            SortedMap<InterfaceId, Branch> branches,
            SortedSet<Integer> others) {

        public Shown {
            branches = Collections.unmodifiableSortedMap(new TreeMap<>(branches));
            others = Collections.unmodifiableSortedSet(new TreeSet<>(others));
        }

        private Shown with(SortedMap<InterfaceId, Branch> now) {
            return new Shown(trunk, home, now, others);
        }
    }

    public TrunkState {
        idle = Collections.unmodifiableSortedMap(new TreeMap<>(idle));
        used = Collections.unmodifiableSortedMap(new TreeMap<>(used));
        postponed = Collections.unmodifiableSortedMap(new TreeMap<>(postponed));
    }

    /** Returns that of a node of which nothing is known yet. */
    public static TrunkState unknown(int limit) {
        Shown nothing = new Shown(null, null, new TreeMap<>(), new TreeSet<>());
        return new TrunkState(
                limit, true, nothing, new TreeMap<>(), new TreeMap<>(), new TreeMap<>());
    }

    /** Returns the trunk, or null if there is none. */
    public @Nullable InterfaceId trunk() {
        return shown.trunk;
    }

    /** Returns the interfaces that were made for the node's pods. */
    public SortedMap<InterfaceId, Branch> branches() {
        return shown.branches;
    }

    /** Returns this as EC2 shows it. */
    public TrunkState observed(Shown now) {
        SortedMap<InterfaceId, Instant> still = new TreeMap<>(idle);
        still.keySet()
                .removeIf(id -> {
                    Branch before = shown.branches.get(id);
                    Branch after = now.branches.get(id);
                    // What was nobody's may have become a pod's.
                    return before == null
                            || after == null
                            || !after.podUid().equals(before.podUid());
                });
        return new TrunkState(limit, false, now, still, used, postponed);
    }

    /** Returns this, to be compared with EC2 before anything else is done. */
    public TrunkState inDoubt() {
        return new TrunkState(limit, true, shown, idle, used, postponed);
    }

    /** Returns this with a trunk. */
    public TrunkState withTrunk(InterfaceId attached) {
        return shown(new Shown(attached, shown.home, shown.branches, shown.others));
    }

    /** Returns this with an interface as it is now. */
    public TrunkState with(Branch branch) {
        SortedMap<InterfaceId, Branch> more = new TreeMap<>(shown.branches);
        more.put(branch.id(), branch);
        return shown(shown.with(more));
    }

    /** Returns this without an interface. */
    public TrunkState without(InterfaceId id) {
        SortedMap<InterfaceId, Branch> fewer = new TreeMap<>(shown.branches);
        fewer.remove(id);
        SortedMap<InterfaceId, Instant> still = new TreeMap<>(idle);
        still.remove(id);
        return new TrunkState(limit, doubted, shown.with(fewer), still, used, postponed);
    }

    private TrunkState shown(Shown now) {
        return new TrunkState(limit, doubted, now, idle, used, postponed);
    }

    /** Returns this with nothing done about a pod, an interface or a set before {@code until}. */
    public TrunkState postponed(String what, Instant until) {
        SortedMap<String, Instant> more = new TreeMap<>(postponed);
        more.put(what, until);
        return new TrunkState(limit, doubted, shown, idle, used, more);
    }

    /** Returns this as it is at a time with these living pods, by uid. */
    public TrunkState at(Instant now, SortedMap<String, PodWish> pods, BranchRules rules) {
        SortedMap<InterfaceId, Instant> still = new TreeMap<>(idle);
        SortedMap<GroupSet, Instant> lately = new TreeMap<>(used);
        for (Branch branch : shown.branches.values()) {
            if (branch.isWarm()) {
                still.remove(branch.id());
                lately.putIfAbsent(branch.groups(), now);
            } else if (branch.podUid().isEmpty()) {
                still.putIfAbsent(branch.id(), now);
            }
        }
        pods.values().forEach(pod -> lately.put(pod.groups(), now));
        lately.values().removeIf(last -> !now.isBefore(last.plus(rules.keep())));
        SortedMap<String, Instant> later = new TreeMap<>(postponed);
        later.values().removeIf(until -> !now.isBefore(until));
        return new TrunkState(limit, doubted, shown, still, lately, later);
    }

    /** Returns this with an interface's pod known to be gone. */
    public TrunkState idle(InterfaceId id, Instant now) {
        SortedMap<InterfaceId, Instant> more = new TreeMap<>(idle);
        more.putIfAbsent(id, now);
        return new TrunkState(limit, doubted, shown, more, used, postponed);
    }

    /**
     * Tells whether an interface's pod is there, as far as is known. Of two keepers at once, each
     * may have made one for the same pod, which was told of one.
     */
    static boolean isNeeded(Branch branch, SortedMap<String, PodWish> pods) {
        PodWish pod = pods.get(branch.podUid());
        return pod != null && (!pod.isTold() || pod.told().equals(branch.id().value()));
    }

    /** Returns the interface that was made for a pod, or null; a branch rather than another. */
    @Nullable Branch of(String podUid) {
        Branch found = null;
        for (Branch branch : shown.branches.values()) {
            boolean better = found == null || found.association() == null;
            if (branch.podUid().equals(podUid) && better) {
                found = branch;
            }
        }
        return found;
    }

    /** How many branches there are, somebody else's included. */
    int associated() {
        int count = shown.others.size();
        for (Branch branch : shown.branches.values()) {
            count += branch.association() == null ? 0 : 1;
        }
        return count;
    }

    /** How many of the instance's branches are somebody's, or will be. */
    int taken() {
        int count = shown.others.size();
        for (Branch branch : shown.branches.values()) {
            count += branch.isWarm() ? 0 : 1;
        }
        return count;
    }
}
