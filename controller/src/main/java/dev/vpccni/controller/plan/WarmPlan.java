package dev.vpccni.controller.plan;

import dev.vpccni.model.SubnetId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Decides which interfaces wait for pods: some of each set of groups that pods of the node have, or
 * had of late, as many as the instance may have branches beside those of pods. They are no branches
 * yet, so that nobody is refused for them, and of two controllers only one can make one of them a
 * pod's.
 */
final class WarmPlan {

    private WarmPlan() {}

    /** Returns one that waits for a pod with these groups, or null. */
    static @Nullable Branch spare(TrunkState state, GroupSet groups, SubnetId subnet) {
        for (Branch branch : state.branches().values()) {
            boolean fits = branch.groups().equals(groups) && branch.subnet().equals(subnet);
            if (fits && branch.isWarm() && !state.postponed().containsKey(branch.id().value())) {
                return branch;
            }
        }
        return null;
    }

    /**
     * Returns what is to be done about them, or null.
     *
     * @param calm whether no pod waits for what one more would take away
     */
    static @Nullable TrunkStep next(
            TrunkState state, @Nullable SubnetId subnet, BranchRules rules, boolean calm) {
        if (subnet == null) {
            return null;
        }
        SortedMap<GroupSet, List<Branch>> fit = new TreeMap<>();
        int room = state.limit() - state.taken();
        for (Branch branch : state.branches().values()) {
            if (branch.isWarm()) {
                List<Branch> same = fit.computeIfAbsent(branch.groups(), _ -> new ArrayList<>());
                boolean wanted =
                        state.used().containsKey(branch.groups())
                                && branch.subnet().equals(subnet)
                                && same.size() < rules.warm()
                                && room > 0;
                if (wanted) {
                    same.add(branch);
                    room--;
                } else if (!state.postponed().containsKey(branch.id().value())) {
                    return new TrunkStep.Delete(branch);
                }
            }
        }
        for (GroupSet groups : state.used().keySet()) {
            boolean lacking = fit.getOrDefault(groups, List.of()).size() < rules.warm();
            boolean later = state.postponed().containsKey(about(groups));
            if (calm && room > 0 && lacking && !later && !groups.isEmpty()) {
                return new TrunkStep.MakeWarm(groups, subnet);
            }
        }
        return null;
    }

    /** Returns when the first of them stops being wanted, as far as pods do not change that. */
    static @Nullable Instant until(
            TrunkState state, SortedMap<String, PodWish> pods, BranchRules rules) {
        Instant until = null;
        for (Branch branch : state.branches().values()) {
            Instant last = state.used().get(branch.groups());
            boolean unused =
                    pods.values().stream().noneMatch(pod -> pod.groups().equals(branch.groups()));
            if (branch.isWarm() && last != null && unused) {
                Instant end = last.plus(rules.keep());
                until = until == null || end.isBefore(until) ? end : until;
            }
        }
        return until;
    }

    /** Returns the name under which making one of a set is postponed. */
    static String about(GroupSet groups) {
        return "warm " + groups;
    }
}
