package dev.vpccni.controller.plan;

import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.SubnetId;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is to be done next about one node. */
public sealed interface TrunkStep {

    /** EC2 is asked what the node has. */
    record Observe() implements TrunkStep {}

    /** The node gets its trunk. */
    record MakeTrunk() implements TrunkStep {}

    /** An interface is made for a pod. */
    record Create(PodWish pod, SubnetId subnet) implements TrunkStep {}

    /** An interface is made that waits for a pod. */
    record MakeWarm(GroupSet groups, SubnetId subnet) implements TrunkStep {

        /** Returns the name under which it is postponed. */
        public String about() {
            return WarmPlan.about(groups);
        }
    }

    /** An interface that has waited becomes a branch, and a pod's. */
    record Claim(PodWish pod, Branch branch, InterfaceId trunk, int vlan) implements TrunkStep {}

    /** A pod's interface becomes a branch. */
    record Associate(Branch branch, InterfaceId trunk, int vlan) implements TrunkStep {}

    /** A pod is told of its interface. */
    record Annotate(PodWish pod, Branch branch) implements TrunkStep {}

    /** The API server is asked whether an interface's pod is gone, from when on it cools down. */
    record Confirm(Branch branch) implements TrunkStep {}

    /** A branch whose pod has been gone for long enough becomes a free interface. */
    record Disassociate(Branch branch, String association) implements TrunkStep {}

    /** A free interface that no pod needs is deleted. */
    record Delete(Branch branch) implements TrunkStep {}

    /** There is nothing to do before {@code until}, or before something changes if that is null. */
    record Rest(@Nullable Instant until, List<Waiting> waiting) implements TrunkStep {
        public Rest {
            waiting = List.copyOf(waiting);
        }
    }

    /**
     * A pod that has to wait.
     *
     * @param why and what would help
     */
    record Waiting(PodWish pod, String why) {

        private String text() {
            return pod.pod() + " waits: " + why;
        }
    }

    /** Returns what is done and why, in one sentence. */
    default String text() {
        return switch (this) {
            case Observe _ -> "ask EC2 what the node has";
            case MakeTrunk _ -> "attach a trunk: the node wants branch interfaces, and has none";
            case Create(PodWish pod, SubnetId subnet) ->
                    "make an interface for "
                            + pod.pod()
                            + " in "
                            + subnet
                            + ", with "
                            + pod.groups();
            case MakeWarm(GroupSet groups, SubnetId subnet) ->
                    "make an interface for the next pod in " + subnet + ", with " + groups;
            case Claim(PodWish pod, Branch branch, InterfaceId trunk, int vlan) ->
                    branch.id()
                            + " has waited: make it the branch of "
                            + pod.pod()
                            + " with VLAN "
                            + vlan
                            + " of "
                            + trunk;
            case Associate(Branch branch, InterfaceId trunk, int vlan) ->
                    "make "
                            + branch.id()
                            + " of "
                            + branch.pod()
                            + " the branch with VLAN "
                            + vlan
                            + " of "
                            + trunk;
            case Annotate(PodWish pod, Branch branch) ->
                    "tell " + pod.pod() + " of " + branch.id() + ", VLAN " + branch.vlan();
            case Confirm(Branch branch) ->
                    "ask whether "
                            + branch.pod()
                            + ", which has "
                            + branch.id()
                            + ", is gone as it seems";
            case Disassociate(Branch branch, _) ->
                    "free "
                            + branch.id()
                            + ", VLAN "
                            + branch.vlan()
                            + ": "
                            + branch.pod()
                            + " is gone, and its cool-down over";
            case Delete(Branch branch) ->
                    "delete "
                            + branch.id()
                            + (branch.podUid().isEmpty()
                                    ? ": no pod needs it"
                                    : ": " + branch.pod() + " is gone");
            case Rest(_, List<Waiting> waiting) ->
                    waiting.isEmpty() ? "nothing to do" : waiting.getFirst().text();
        };
    }
}
