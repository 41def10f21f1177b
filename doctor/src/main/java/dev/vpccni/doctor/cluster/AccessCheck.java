package dev.vpccni.doctor.cluster;

import dev.vpccni.doctor.check.Finding;
import dev.vpccni.doctor.check.ShellWord;
import dev.vpccni.doctor.cluster.seen.ClusterSnapshot;
import dev.vpccni.doctor.cluster.seen.NetworkPlan;
import dev.vpccni.doctor.cluster.seen.SeenAccess;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** What the daemon's service account lacks in the cluster. */
final class AccessCheck implements ClusterCheck {

    private static final String EVENTS = "events";

    @Override
    public String id() {
        return "cluster-rights";
    }

    @Override
    public String looksFor() {
        return "rights in the cluster that the settings need and the daemon's service account does"
                + " not have (wrong; to tell of something by events: warning)";
    }

    @Override
    public String breaks() {
        return "the daemon does without what it cannot read: with custom networking no interface is"
                + " made, and pods' security groups are not served";
    }

    @Override
    public List<Finding> examine(ClusterSnapshot cluster) {
        Map<String, SortedSet<String>> missing = new TreeMap<>();
        for (SeenAccess access : cluster.access().or(List.of())) {
            if (!access.allowed()) {
                missing.computeIfAbsent(access.fullResource(), _ -> new TreeSet<>())
                        .add(access.verb());
            }
        }
        return missing.entrySet().stream()
                .map(entry -> missing(cluster.plan(), entry.getKey(), entry.getValue()))
                .toList();
    }

    private Finding missing(NetworkPlan plan, String resource, SortedSet<String> verbs) {
        String account = plan.namespace() + "/" + plan.account();
        String seen =
                "service account "
                        + account
                        + " may not "
                        + String.join(", ", verbs)
                        + " "
                        + resource;
        String name = ShellWord.of("vpc-cni-" + resource.replaceAll("[./]", "-"));
        String remedy =
                "kubectl create clusterrole "
                        + name
                        + " --verb="
                        + String.join(",", verbs)
                        + " --resource="
                        + resource
                        + " && kubectl create clusterrolebinding "
                        + name
                        + " --clusterrole="
                        + name
                        + " --serviceaccount="
                        + ShellWord.of(plan.namespace() + ":" + plan.account());
        return resource.startsWith(EVENTS) ? warning(seen, remedy) : wrong(seen, remedy);
    }
}
