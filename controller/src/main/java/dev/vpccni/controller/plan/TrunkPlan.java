package dev.vpccni.controller.plan;

import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.SubnetId;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Decides what is done next about one node: pods get interfaces first, then those of pods that are
 * gone are handed back, then others are made for pods to come. Asked again, it answers the same.
 */
public final class TrunkPlan {

    /** The route tables of VLANs 153 to 155 would be the kernel's own; no trunk has as many. */
    static final int VLAN_MAX = 152;

    private final TrunkState state;
    private final SortedMap<String, PodWish> pods;
    private final Placement placement;
    private final BranchRules rules;

    private TrunkPlan(
            TrunkState state,
            SortedMap<String, PodWish> pods,
            Placement placement,
            BranchRules rules) {
        this.state = state;
        this.pods = pods;
        this.placement = placement;
        this.rules = rules;
    }

    /**
     * Returns the next step.
     *
     * @param state as of {@link TrunkState#at} now
     * @param pods the living ones that want an interface, by uid
     */
    public static TrunkStep next(
            TrunkState state,
            SortedMap<String, PodWish> pods,
            Placement placement,
            BranchRules rules,
            Instant now) {
        return new TrunkPlan(state, pods, placement, rules).next(now);
    }

    private TrunkStep next(Instant now) {
        if (state.doubted()) {
            return new TrunkStep.Observe();
        }
        InterfaceId trunk = state.trunk();
        if (trunk == null) {
            return placement instanceof Placement.Unknown(String reason)
                    ? new TrunkStep.Rest(null, everybody(reason))
                    : new TrunkStep.MakeTrunk();
        }
        List<TrunkStep.Waiting> waiting = new ArrayList<>();
        boolean calm = true;
        for (PodWish pod : pods.values()) {
            if (!pod.isTold()) {
                TrunkStep step = isPostponed(pod) ? null : serve(pod, trunk, waiting);
                if (step != null) {
                    return step;
                }
                calm = false;
            }
        }
        TrunkStep release = release(now);
        if (release != null) {
            return release;
        }
        SubnetId subnet = placement.subnet(state.shown().home());
        TrunkStep warm = WarmPlan.next(state, subnet, rules, calm);
        return warm == null ? new TrunkStep.Rest(until(), waiting) : warm;
    }

    private List<TrunkStep.Waiting> everybody(String why) {
        return pods.values().stream()
                .filter(pod -> !pod.isTold())
                .map(pod -> new TrunkStep.Waiting(pod, why))
                .toList();
    }

    private boolean isPostponed(PodWish pod) {
        Branch branch = state.of(pod.uid());
        return state.postponed().containsKey(pod.uid())
                || (branch != null && state.postponed().containsKey(branch.id().value()));
    }

    private @Nullable TrunkStep serve(
            PodWish pod, InterfaceId trunk, List<TrunkStep.Waiting> waiting) {
        Branch branch = state.of(pod.uid());
        if (branch != null && branch.association() != null) {
            return new TrunkStep.Annotate(pod, branch);
        }
        if (branch == null && pod.groups().isEmpty()) {
            String why =
                    "no SecurityGroupPolicy names security groups for it: make one that selects it";
            waiting.add(new TrunkStep.Waiting(pod, why));
            return null;
        }
        int vlan = freeVlan();
        boolean full = branch == null ? state.taken() >= state.limit() : vlan == 0;
        if (full || state.associated() >= state.limit()) {
            waiting.add(new TrunkStep.Waiting(pod, fullness()));
            return null;
        }
        if (branch != null) {
            return new TrunkStep.Associate(branch, trunk, vlan);
        }
        SubnetId subnet = placement.subnet(state.shown().home());
        if (subnet == null) {
            String why =
                    placement instanceof Placement.Unknown(String reason)
                            ? reason
                            : "the node's primary interface was not seen";
            waiting.add(new TrunkStep.Waiting(pod, why));
            return null;
        }
        Branch spare = WarmPlan.spare(state, pod.groups(), subnet);
        return spare == null || vlan == 0
                ? new TrunkStep.Create(pod, subnet)
                : new TrunkStep.Claim(pod, spare, trunk, vlan);
    }

    private String fullness() {
        return "all "
                + state.limit()
                + " branch interfaces of the instance are in use or cooling down, "
                + state.idle().size()
                + " of them the latter, for "
                + rules.cooldown().toSeconds()
                + " s after their pods";
    }

    /**
     * The lowest one that no branch has, those that cool down included, and no pod was told of,
     * even if somebody else has deleted its interface.
     */
    private int freeVlan() {
        SortedSet<Integer> taken = new TreeSet<>(state.shown().others());
        pods.values().forEach(pod -> taken.add(pod.vlan()));
        state.branches().values().forEach(branch -> taken.add(branch.vlan()));
        for (int vlan = 1; vlan <= VLAN_MAX; vlan++) {
            if (!taken.contains(vlan)) {
                return vlan;
            }
        }
        return 0;
    }

    private @Nullable TrunkStep release(Instant now) {
        for (Branch branch : state.branches().values()) {
            Instant since = state.idle().get(branch.id());
            if (branch.isWarm() || state.postponed().containsKey(branch.id().value())) {
                continue;
            }
            if (since == null && !TrunkState.isNeeded(branch, pods)) {
                return new TrunkStep.Confirm(branch);
            }
            if (since != null && !now.isBefore(since.plus(rules.cooldown()))) {
                String association = branch.association();
                return association == null
                        ? new TrunkStep.Delete(branch)
                        : new TrunkStep.Disassociate(branch, association);
            }
        }
        return null;
    }

    private @Nullable Instant until() {
        Instant until = WarmPlan.until(state, pods, rules);
        for (InterfaceId id : state.idle().keySet()) {
            if (!state.postponed().containsKey(id.value())) {
                until = earlier(until, state.idle().get(id).plus(rules.cooldown()));
            }
        }
        for (Instant later : state.postponed().values()) {
            until = earlier(until, later);
        }
        return until;
    }

    private static Instant earlier(@Nullable Instant one, Instant other) {
        return one == null || other.isBefore(one) ? other : one;
    }
}
