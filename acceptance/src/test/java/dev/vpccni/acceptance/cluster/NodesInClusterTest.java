package dev.vpccni.acceptance.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.acceptance.cluster.ClusterPods.Running;
import dev.vpccni.acceptance.lab.Ended;
import dev.vpccni.acceptance.lab.WantedLab;
import dev.vpccni.emulator.fabric.FabricPlan;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** What operators do with nodes and pods of a cluster on which the chart is installed. */
@Tag("cluster")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class NodesInClusterTest {

    private static final Duration PATIENCE = Duration.ofSeconds(90);
    private static final int PODS = 6;
    private static final int NODE_PORT = 30_080;
    private static final int HOST_PORT = 8_080;

    /** A pod with a port of its node, and a Service with a port of every node. */
    private static final String PORTS =
            """
            apiVersion: v1
            kind: Pod
            metadata: {name: ports, labels: {app: ports}}
            spec:
              terminationGracePeriodSeconds: 0
              nodeSelector: {lab.vpc-cni.dev/node: node-1}
              containers:
              - name: web
                image: localhost/busybox:1
                imagePullPolicy: Never
                command: [/bin/sh, -c, 'echo said; hostname >/www/index.html; exec httpd -f -p 80 -h /www']
                ports: [{containerPort: 80, hostPort: $HOST}]
                startupProbe: {tcpSocket: {port: 80}, periodSeconds: 1}
                livenessProbe: {httpGet: {port: 80, path: /}, periodSeconds: 1}
                readinessProbe: {exec: {command: [sh, -c, echo | nc -w 1 127.0.0.1 80]}, periodSeconds: 1}
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: ports}
            spec: {type: NodePort, selector: {app: ports}, ports: [{port: 80, nodePort: $NODE}]}
            """
                    .replace("$HOST", String.valueOf(HOST_PORT))
                    .replace("$NODE", String.valueOf(NODE_PORT));

    private final InstalledCluster cluster = up();
    private final Kubectl kubectl = cluster.kubectl();

    private static InstalledCluster up() {
        try {
            return InstalledCluster.up(WantedLab.nodes(2, "c5.large"));
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @AfterAll
    void down() throws IOException {
        cluster.close();
    }

    @Test
    void daemonsAreReadyAtOnceAndNoneWasStartedAgain() throws Exception {
        assertThat(cluster.restarts("--namespace", "kube-system", "-l", "k8s-app=aws-node"))
                .hasSize(2)
                .allSatisfy((pod, restarts) -> assertThat(restarts).as(pod).isZero());
    }

    @Test
    void portsProbesLogsAndExecWork() throws Exception {
        kubectl.mustWith(PORTS, "apply", "-f", "-");
        kubectl.must("wait", "--for=condition=Ready", "pod/ports", "--timeout=60s");

        assertThat(kubectl.must("logs", "ports")).contains("said");
        assertThat(kubectl.must("exec", "ports", "--", "hostname").strip()).isEqualTo("ports");
        String first = FabricPlan.PUBLIC_ADDRESSES.network().plus(1).toString();
        String second = FabricPlan.PUBLIC_ADDRESSES.network().plus(2).toString();
        assertThat(fromInternet(first, HOST_PORT).out().strip()).isEqualTo("ports");
        for (String node : List.of(first, second)) {
            // kube-proxy hears of the pod when the pod is ready, and takes its time.
            cluster.lab()
                    .await(
                            "the port of each node at " + node,
                            PATIENCE,
                            () -> fromInternet(node, NODE_PORT).out().strip().equals("ports"));
        }
        String address = kubectl.must("get", "pod", "ports", "-o", "jsonpath={.status.hostIP}");
        assertThat(
                        cluster.lab()
                                .exec("node-2", "curl", "-sS", "-m5", address + ":" + HOST_PORT)
                                .out()
                                .strip())
                .isEqualTo("ports");

        kubectl.must("delete", "pod,service", "ports", "--timeout=60s");
    }

    @Test
    void podsOfANodeThatIsDrainedComeToTheOthers() throws Exception {
        ClusterPods web = ClusterPods.start(kubectl, "drained", PODS);
        String node = web.running().getFirst().node();

        kubectl.must(
                "drain",
                node,
                "--ignore-daemonsets",
                "--delete-emptydir-data",
                "--force",
                "--timeout=90s");
        kubectl.must("rollout", "status", "deployment/drained", "--timeout=120s");

        cluster.lab()
                .await(
                        "pods on the other node",
                        PATIENCE,
                        () ->
                                web.running().size() == PODS
                                        && web.running().stream()
                                                .noneMatch(pod -> pod.node().equals(node)));
        kubectl.must("uncordon", node);
        cluster.lab()
                .await(
                        "addresses of those that run",
                        PATIENCE,
                        () ->
                                cluster.assigned().values().stream()
                                                .filter(pod -> pod.startsWith("drained-"))
                                                .count()
                                        == PODS);
        web.remove();
    }

    @Test
    void podsOfANodeThatIsRebootedComeAgainWhereTheyWere() throws Exception {
        ClusterPods web = ClusterPods.start(kubectl, "again", PODS);
        List<Running> before = web.running();
        Running lost = before.getFirst();
        Running other =
                before.stream()
                        .filter(pod -> !pod.node().equals(lost.node()))
                        .findFirst()
                        .orElseThrow();

        cluster.lab().ask(Map.of("verb", "reboot", "node", cluster.machines().get(lost.node())));

        cluster.lab()
                .await(
                        "pods started again",
                        PATIENCE,
                        () ->
                                cluster.restarts("-l", "app=again").entrySet().stream()
                                        .filter(pod -> pod.getKey().equals(lost.name()))
                                        .anyMatch(pod -> pod.getValue() > 0));
        cluster.awaitReady();
        kubectl.must("rollout", "status", "deployment/again", "--timeout=120s");
        List<Running> after = web.running();
        assertThat(after).extracting(Running::address).doesNotHaveDuplicates();
        assertThat(after).contains(other);
        for (Running pod : after) {
            assertThat(web.fetch(other, pod.address())).isEqualTo(pod.name());
            assertThat(web.fetch(pod, other.address())).isEqualTo(other.name());
            assertThat(cluster.assigned()).containsEntry(pod.address(), pod.name());
        }
        web.remove();
    }

    /** What containerd 2 asks for, by CNI 1.1: a node is as ready as its daemon. */
    @Test
    void aNodeWithoutItsDaemonIsNotReadyWhereRuntimesAskForTheStatus() throws Exception {
        cluster.install("--set", "cniConfig.version=1.1.0");
        cluster.awaitReady();

        String nobody =
                "{\"spec\":{\"template\":{\"spec\":{\"nodeSelector\":{\"no\":\"where\"}}}}}";
        kubectl.must("patch", "daemonset/aws-node", "-n", "kube-system", "--patch", nobody);
        kubectl.must("wait", "--for=condition=Ready=False", "nodes", "--all", "--timeout=60s");
        assertThat(
                        kubectl.must(
                                "get",
                                "nodes",
                                "-o",
                                "jsonpath={.items[0].status.conditions[?(@.type==\"Ready\")].message}"))
                .contains("the aws-node pod of this node");

        String everybody = nobody.replace("{\"no\":\"where\"}", "null");
        kubectl.must("patch", "daemonset/aws-node", "-n", "kube-system", "--patch", everybody);
        kubectl.must("wait", "--for=condition=Ready", "nodes", "--all", "--timeout=60s");
        cluster.install();
    }

    private Ended fromInternet(String address, int port) throws Exception {
        return Ended.of(
                new ProcessBuilder(
                        "nsenter",
                        "--net=" + cluster.lab().server("internet"),
                        "curl",
                        "-sS",
                        "-m5",
                        "http://" + address + ":" + port));
    }
}
