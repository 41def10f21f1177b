package dev.vpccni.controller.cluster;

import dev.vpccni.controller.plan.GroupSet;
import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import dev.vpccni.json.JsonShape;
import dev.vpccni.kubernetes.api.LabelSelector;
import dev.vpccni.model.SecurityGroupId;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a SecurityGroupPolicy says: which pods of its namespace have which security groups.
 *
 * @param pods by their labels; null for all
 * @param accounts by their service account's labels; null for all
 * @see <a href="https://docs.aws.amazon.com/eks/latest/userguide/sg-pods-example-deployment.html">
 *     Amazon EKS User Guide, "Use a security group policy for an Amazon EKS Pod"</a>
 */
record GroupPolicy(
        @Nullable LabelSelector pods, @Nullable LabelSelector accounts, GroupSet groups) {

    static final String PATH = "/apis/vpcresources.k8s.aws/v1beta1/securitygrouppolicies";

    /** EC2's own limit of one interface. */
    static final int GROUPS_MAX = 5;

    static JsonShape shape() {
        return JsonShape.of()
                .with("metadata", JsonShape.of("namespace", "name", "resourceVersion"))
                .with(
                        "spec",
                        JsonShape.of("podSelector", "serviceAccountSelector", "securityGroups"));
    }

    static GroupPolicy read(JsonObject object) throws JsonException {
        JsonObject spec = object.object("spec");
        JsonObject pods = spec.objectOrNull("podSelector");
        JsonObject accounts = spec.objectOrNull("serviceAccountSelector");
        if (pods == null && accounts == null) {
            throw new JsonException(
                    "it selects nothing: set spec.podSelector or spec.serviceAccountSelector");
        }
        List<String> ids = spec.object("securityGroups").strings("groupIds");
        if (ids.isEmpty() || ids.size() > GROUPS_MAX) {
            throw new JsonException(
                    "spec.securityGroups.groupIds has "
                            + ids.size()
                            + " groups, and an interface 1 to "
                            + GROUPS_MAX);
        }
        return new GroupPolicy(
                pods == null ? null : LabelSelector.read(pods),
                accounts == null ? null : LabelSelector.read(accounts),
                GroupSet.of(ids.stream().map(SecurityGroupId::new).toList()));
    }

    private boolean selects(BranchPod pod, SortedMap<String, String> account) {
        return (pods == null || pods.selects(pod.labels()))
                && (accounts == null || accounts.selects(account));
    }

    /**
     * Returns the groups of all policies that select a pod.
     *
     * @param policies by namespace and name
     * @param accounts the labels of service accounts, by namespace and name
     */
    static GroupSet of(
            SortedMap<String, GroupPolicy> policies,
            SortedMap<String, SortedMap<String, String>> accounts,
            BranchPod pod) {
        String namespace = pod.pod().namespace();
        SortedSet<SecurityGroupId> groups = new TreeSet<>();
        SortedMap<String, String> account =
                accounts.getOrDefault(
                        Kept.key(namespace, pod.account()), new TreeMap<String, String>());
        // A '0' comes next after a '/'.
        for (GroupPolicy policy : policies.subMap(namespace + "/", namespace + "0").values()) {
            if (policy.selects(pod, account)) {
                groups.addAll(policy.groups.ids());
            }
        }
        return GroupSet.of(groups);
    }
}
