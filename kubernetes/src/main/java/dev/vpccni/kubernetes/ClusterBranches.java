package dev.vpccni.kubernetes;

import dev.vpccni.model.PodName;
import dev.vpccni.node.port.BranchSource;
import org.jspecify.annotations.Nullable;

/**
 * Pods' own interfaces as the pods' annotations tell of them. A pod that the API server has not
 * shown yet is none without an interface: an address of the node's would get it past the security
 * groups that it asks for. Safe for use by many threads.
 */
final class ClusterBranches implements BranchSource {

    private static final String CONTROLLER =
            "the annotation is written by the VPC resource controller, or by vpc-cni's"
                    + " branch-controller: see that one of them runs for this cluster, and what its"
                    + " log says of the pod";

    private final PodObjects pods;
    private volatile Runnable listener = () -> {};

    ClusterBranches(PodObjects pods) {
        this.pods = pods;
    }

    @Override
    public @Nullable Branch of(PodName name, String uid) throws PendingException {
        PodObjects.Kept pod = pods.find(name);
        if (pod == null) {
            String problem = pods.problem();
            throw new PendingException(
                    "the API server has not shown the pod "
                            + name
                            + " to the node"
                            + (problem == null ? "" : ": " + problem)
                            + "; whether it asks for an interface of its own is not known",
                    "see that the node reaches the API server",
                    true);
        }
        if (!uid.isEmpty() && !pod.uid().isEmpty() && !pod.uid().equals(uid)) {
            throw new PendingException(
                    "the API server shows a pod "
                            + name
                            + " with the identifier "
                            + pod.uid()
                            + ", which is not "
                            + uid,
                    "it is another pod of the same name; the runtime tries again",
                    true);
        }
        if (pod.ending()) {
            throw new PendingException(
                    "the pod " + name + " is being deleted",
                    "the runtime tries again with the next pod of this name",
                    uid.isEmpty());
        }
        return switch (pod.branch()) {
            case PodBranch.None _ -> null;
            case PodBranch.Given(Branch branch) -> branch;
            case PodBranch.Awaited _ ->
                    throw new PendingException(
                            "the pod "
                                    + name
                                    + " asks for "
                                    + PodBranch.NAME
                                    + " and has no annotation "
                                    + PodBranch.NAME
                                    + " yet",
                            CONTROLLER,
                            true);
            case PodBranch.Unreadable(String reason) ->
                    throw new PendingException(
                            "the annotation "
                                    + PodBranch.NAME
                                    + " of the pod "
                                    + name
                                    + " cannot be understood: "
                                    + reason,
                            CONTROLLER,
                            false);
        };
    }

    @Override
    public void onChange(Runnable listener) {
        this.listener = listener;
    }

    /** Something of the pods has changed. */
    void changed() {
        listener.run();
    }
}
