package dev.vpccni.acceptance.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.acceptance.lab.Ec2View;
import dev.vpccni.acceptance.lab.LabUnderTest;
import dev.vpccni.acceptance.lab.WantedLab;
import dev.vpccni.json.Json;
import dev.vpccni.json.JsonObject;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Security groups for pods, with the controller of the chart. The lab's kernel has no VLAN devices
 * and its VPC no VLANs: pods are followed up to their annotations, and to what the daemon says.
 */
@Tag("cluster")
final class BranchesInClusterTest {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private static final String RESOURCE = "vpc.amazonaws.com/pod-eni";

    private static final Pattern GROUP = Pattern.compile("<groupId>(sg-[0-9a-f]+)<");

    private static final String POLICY =
            """
            apiVersion: vpcresources.k8s.aws/v1beta1
            kind: SecurityGroupPolicy
            metadata: {name: db, namespace: default}
            spec:
              podSelector: {matchLabels: {app: db}}
              securityGroups: {groupIds: [$GROUP]}
            """;

    private static final String POD =
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: $NAME, labels: {app: db}}
            spec:
              terminationGracePeriodSeconds: 0
              containers:
              - name: db
                image: localhost/busybox:1
                imagePullPolicy: Never
                command: [sleep, "1000"]
                resources: {limits: {$LIMITS}}
            """;

    @Test
    void podsAreToldOfTheirBranchesWhicheverControllerActs() throws Exception {
        try (InstalledCluster cluster =
                InstalledCluster.up(
                        WantedLab.nodes(1, "c5.large"),
                        "--set-string",
                        "env.ENABLE_POD_ENI=true",
                        "--set",
                        "env.AWS_VPC_K8S_CNI_LOG_FILE=stdout",
                        "--set",
                        "branchENICooldown=30",
                        "--set",
                        "branchController.enabled=true",
                        "--set",
                        "branchController.clusterName=lab")) {
            Kubectl kubectl = cluster.kubectl();
            LabUnderTest lab = cluster.lab();
            String node = cluster.machines().firstKey();
            lab.await(
                    "what the node offers",
                    PATIENCE,
                    () ->
                            kubectl.must(
                                            "get",
                                            "node",
                                            node,
                                            "-o",
                                            "jsonpath={.status.allocatable}")
                                    .contains("\"" + RESOURCE + "\":\"9\""));
            Matcher group = GROUP.matcher(Ec2View.interfaces(lab, "node-1").toString());
            assertThat(group.find()).isTrue();
            kubectl.mustWith(POLICY.replace("$GROUP", group.group(1)), "apply", "-f", "-");
            start(kubectl, "db-0", RESOURCE + ": 1");
            start(kubectl, "db-unasked", "");

            JsonObject first = told(lab, kubectl, "db-0");
            String before = annotation(kubectl, "db-0");
            assertThat(first.integer("vlanID")).isEqualTo(1);
            String branch = Ec2View.interfaces(lab, "node-1").get(first.string("eniId"));
            assertThat(branch)
                    .contains("<interfaceType>branch<", group.group(1), first.string("privateIp"))
                    .contains("<value>" + uid(kubectl, "db-0") + "<");
            lab.await(
                    "that the policy does not hold is told",
                    PATIENCE,
                    () -> events(kubectl, "db-unasked").contains("SecurityGroupsNotUsed"));

            String acting = holder(kubectl);
            kubectl.must(
                    "delete",
                    "pod",
                    "--namespace",
                    InstalledCluster.DAEMONS,
                    "--force",
                    acting.replaceFirst("_.*", ""));
            start(kubectl, "db-1", RESOURCE + ": 1");
            JsonObject second = told(lab, kubectl, "db-1");
            assertThat(holder(kubectl)).isNotEqualTo(acting);
            assertThat(second.integer("vlanID")).isEqualTo(2);
            assertThat(annotation(kubectl, "db-0")).isEqualTo(before);

            kubectl.must("delete", "pod", "db-0", "db-1", "--force");
            lab.await(
                    "their interfaces to be gone",
                    PATIENCE,
                    () ->
                            Ec2View.interfaces(lab, "node-1").values().stream()
                                    .noneMatch(eni -> eni.contains("<interfaceType>branch<")));
        }
    }

    private static void start(Kubectl kubectl, String name, String limits) throws Exception {
        String manifest = POD.replace("$NAME", name).replace("$LIMITS", limits);
        kubectl.mustWith(manifest, "apply", "-f", "-");
    }

    private static JsonObject told(LabUnderTest lab, Kubectl kubectl, String pod) throws Exception {
        lab.await("what " + pod + " is told", PATIENCE, () -> !annotation(kubectl, pod).isEmpty());
        List<?> all = (List<?>) Objects.requireNonNull(Json.parse(annotation(kubectl, pod)));
        return JsonObject.of(all.getFirst(), "");
    }

    private static String annotation(Kubectl kubectl, String pod) throws Exception {
        return kubectl.must(
                "get",
                "pod",
                pod,
                "-o",
                "jsonpath={.metadata.annotations.vpc\\.amazonaws\\.com/pod-eni}");
    }

    private static String uid(Kubectl kubectl, String pod) throws Exception {
        return kubectl.must("get", "pod", pod, "-o", "jsonpath={.metadata.uid}");
    }

    private static String holder(Kubectl kubectl) throws Exception {
        return kubectl.must(
                "get",
                "lease",
                "--namespace",
                InstalledCluster.DAEMONS,
                "aws-node-branches",
                "-o",
                "jsonpath={.spec.holderIdentity}");
    }

    private static String events(Kubectl kubectl, String pod) throws Exception {
        return kubectl.must(
                "get",
                "events",
                "--all-namespaces",
                "--field-selector",
                "involvedObject.name=" + pod,
                "-o",
                "jsonpath={.items[*].reason}");
    }
}
