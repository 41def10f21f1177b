package dev.vpccni.doctor.cluster;

import dev.vpccni.doctor.check.Finding;
import dev.vpccni.doctor.cluster.seen.ClusterSnapshot;
import dev.vpccni.doctor.cluster.seen.SeenPermission;
import java.util.List;

/** What the role lacks in EC2. */
final class PermissionsCheck implements ClusterCheck {

    @Override
    public String id() {
        return "cluster-permissions";
    }

    @Override
    public String looksFor() {
        return "actions of EC2 that the settings need and whoever runs this may not do, by dry run"
                + " (with `--ec2`, in a pod of the daemon)";
    }

    @Override
    public String breaks() {
        return "interfaces and addresses do not come, and pods wait: docs/iam.md says what follows"
                + " from each";
    }

    @Override
    public List<Finding> examine(ClusterSnapshot cluster) {
        return cluster.permissions().or(List.of()).stream()
                .filter(permission -> !permission.allowed())
                .map(this::denied)
                .toList();
    }

    private Finding denied(SeenPermission permission) {
        return wrong(
                "ec2:" + permission.action() + " is denied: " + permission.said(),
                "aws iam put-role-policy --role-name ROLE --policy-name vpc-cni-"
                        + permission.action()
                        + " --policy-document '{\"Version\":\"2012-10-17\",\"Statement\":[{"
                        + "\"Effect\":\"Allow\",\"Action\":\"ec2:"
                        + permission.action()
                        + "\",\"Resource\":\"*\"}]}'");
    }
}
