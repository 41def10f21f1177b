package dev.vpccni.doctor.cluster.seen;

import dev.vpccni.doctor.snapshot.Fact;
import java.util.ArrayList;
import java.util.List;

/**
 * All that was looked at of a cluster.
 *
 * @param plan what is to run in it
 * @param permissions what the role may do in EC2
 * @param access what the daemon's service account may do, of what its settings need
 * @param definitions the custom resources that the daemon knows
 * @param proxy how kube-proxy is configured
 * @param networks every DaemonSet
 * @param ports ports of nodes that pods say that they use
 * @param nodes every node but those of Windows and Fargate
 * @param webhooks every webhook, validating or mutating
 */
public record ClusterSnapshot(
        NetworkPlan plan,
        Fact<List<SeenPermission>> permissions,
        Fact<List<SeenAccess>> access,
        Fact<List<SeenDefinition>> definitions,
        Fact<SeenProxy> proxy,
        Fact<List<SeenDaemonSet>> networks,
        Fact<List<SeenPort>> ports,
        Fact<List<SeenNode>> nodes,
        Fact<List<SeenWebhook>> webhooks) {

    /** Returns what nobody knows, with the reason. */
    public List<String> unseen() {
        var unseen = new ArrayList<>(plan.unknown());
        note(unseen, "permissions in EC2", permissions);
        note(unseen, "rights of the daemon's service account", access);
        note(unseen, "custom resource definitions", definitions);
        note(unseen, "kube-proxy's configuration", proxy);
        note(unseen, "DaemonSets", networks);
        note(unseen, "pods' ports", ports);
        note(unseen, "nodes", nodes);
        note(unseen, "webhooks", webhooks);
        return unseen;
    }

    private static void note(List<String> unseen, String what, Fact<?> fact) {
        if (fact instanceof Fact.Unseen<?>(String why)) {
            unseen.add(what + ": " + why);
        }
    }
}
