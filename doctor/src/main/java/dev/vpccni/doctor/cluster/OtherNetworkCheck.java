package dev.vpccni.doctor.cluster;

import dev.vpccni.doctor.check.Finding;
import dev.vpccni.doctor.check.ShellWord;
import dev.vpccni.doctor.cluster.seen.ClusterSnapshot;
import dev.vpccni.doctor.cluster.seen.NetworkPlan;
import dev.vpccni.doctor.cluster.seen.SeenDaemonSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Other networks on the nodes. */
final class OtherNetworkCheck implements ClusterCheck {

    /** Those that give pods addresses of their own, and know no other way. */
    private static final List<String> ALONE =
            List.of("flannel", "weave", "kube-router", "ovn", "kindnet", "canal");

    /** Those that may leave addresses to others, and see to policies only. */
    private static final List<String> PERHAPS = List.of("calico", "cilium", "antrea");

    @Override
    public String id() {
        return "cluster-networks";
    }

    @Override
    public String looksFor() {
        return "DaemonSets of other networks: flannel, weave, kube-router, ovn, kindnet, canal, and"
                + " a second one with `aws-node`'s program (wrong); calico, cilium, antrea"
                + " (warning: they may be for policies alone)";
    }

    @Override
    public String breaks() {
        return "the runtime takes the first configuration by name: some pods get addresses of the"
                + " other network, and each side removes what it does not know";
    }

    @Override
    public List<Finding> examine(ClusterSnapshot cluster) {
        var findings = new ArrayList<Finding>();
        for (SeenDaemonSet set : cluster.networks().or(List.of())) {
            if (set.wanted() > 0 && !isOurs(set, cluster.plan())) {
                examine(set, findings);
            }
        }
        return findings;
    }

    private static boolean isOurs(SeenDaemonSet set, NetworkPlan plan) {
        return set.namespace().equals(plan.namespace()) && set.name().equals(plan.daemonSet());
    }

    private void examine(SeenDaemonSet set, List<Finding> findings) {
        String what = set.namespace() + "/" + set.name();
        String names = (set.name() + " " + String.join(" ", set.images())).toLowerCase(Locale.ROOT);
        String remedy =
                "kubectl -n "
                        + ShellWord.of(set.namespace())
                        + " delete daemonset "
                        + ShellWord.of(set.name())
                        + ", and its file in /etc/cni/net.d on each node";
        boolean daemon = names.contains("amazon-k8s-cni:") || names.contains("/vpc-cni:");
        String seen = "DaemonSet " + what + " runs on " + set.wanted() + " nodes";
        if (daemon || ALONE.stream().anyMatch(names::contains)) {
            findings.add(wrong(seen, remedy));
        } else if (PERHAPS.stream().anyMatch(names::contains)) {
            findings.add(
                    warning(
                            seen,
                            "have it leave addresses to aws-cni (chaining, policy only), or "
                                    + remedy));
        }
    }
}
