package dev.vpccni.doctor.cluster;

import dev.vpccni.doctor.check.Finding;
import dev.vpccni.doctor.check.ShellWord;
import dev.vpccni.doctor.cluster.seen.ClusterSnapshot;
import dev.vpccni.doctor.cluster.seen.NetworkPlan;
import java.util.ArrayList;
import java.util.List;

/** Settings that contradict each other, or that nobody follows. */
final class SettingsCheck implements ClusterCheck {

    @Override
    public String id() {
        return "cluster-settings";
    }

    @Override
    public String looksFor() {
        return "settings of the DaemonSet with which no daemon starts (wrong), and those that are"
                + " not followed as they stand (warning)";
    }

    @Override
    public String breaks() {
        return "the daemon does not start, or does something else than it was told";
    }

    @Override
    public List<Finding> examine(ClusterSnapshot cluster) {
        NetworkPlan plan = cluster.plan();
        String remedy =
                "kubectl -n "
                        + ShellWord.of(plan.namespace())
                        + " set env daemonset/"
                        + ShellWord.of(plan.daemonSet())
                        + " -c aws-node NAME=VALUE, or env.NAME of the chart";
        var findings = new ArrayList<Finding>();
        plan.faults().forEach(fault -> findings.add(wrong(plan.source() + ": " + fault, remedy)));
        plan.reports()
                .forEach(report -> findings.add(warning(plan.source() + ": " + report, remedy)));
        return findings;
    }
}
