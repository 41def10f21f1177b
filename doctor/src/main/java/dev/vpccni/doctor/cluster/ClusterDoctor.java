package dev.vpccni.doctor.cluster;

import dev.vpccni.doctor.Diagnosis;
import dev.vpccni.doctor.check.Finding;
import dev.vpccni.doctor.cluster.seen.ClusterSnapshot;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Asks every question about a cluster. Pure. */
public final class ClusterDoctor {

    /** Every check, in the order in which they are told. */
    public static final List<ClusterCheck> CHECKS =
            List.of(
                    new SettingsCheck(),
                    new PermissionsCheck(),
                    new AccessCheck(),
                    new DefinitionsCheck(),
                    new OtherNetworkCheck(),
                    new PortsCheck(),
                    new ProxyCheck(),
                    new WebhooksCheck(),
                    new NodesCheck());

    private static final String INTRODUCTION =
            """
            # The cluster's doctor

            Written by `vpc-cni doctor cluster --list`; a test fails where this page differs.

            `vpc-cni doctor cluster` looks at a cluster before an installation or an upgrade, and \
            says what in it keeps pods from their network: what was seen, what that breaks, and \
            what mends it. It changes nothing. `KUBECONFIG` names the cluster. It exits with 0 if \
            nothing is wrong, 1 if something is, and 2 if it could not look at the cluster; \
            warnings alone are 0. `-o json` prints what `vpc-cni doctor` prints.

            Settings are those of the DaemonSet `aws-node`, or without one those of a cluster \
            without any. Whether EC2 allows what they need is asked with `--ec2` only, since the \
            answer is about whoever asks: `kubectl -n kube-system exec ds/aws-node -- vpc-cni \
            doctor cluster --ec2` asks as the daemon does. Its service account may not read all of \
            the rest, which is listed as not looked at, so that both are worth a run. What a node \
            alone knows `vpc-cni doctor` finds there ([doctor.md](doctor.md)).

            | check | looks for | what it breaks |
            |---|---|---|
            """;

    private ClusterDoctor() {}

    /** Returns what is wrong with {@code cluster}. */
    public static Diagnosis examine(ClusterSnapshot cluster) {
        var findings = new ArrayList<Finding>();
        for (ClusterCheck check : CHECKS) {
            findings.addAll(check.examine(cluster));
        }
        findings.sort(Comparator.comparing(Finding::severity)); // stable
        return new Diagnosis(findings, cluster.unseen());
    }

    /** Returns {@code docs/doctor-cluster.md}. */
    public static String page() {
        var page = new StringBuilder(INTRODUCTION);
        for (ClusterCheck check : CHECKS) {
            page.append(
                    "| `%s` | %s | %s |\n".formatted(check.id(), check.looksFor(), check.breaks()));
        }
        return page.toString();
    }
}
