package dev.vpccni.acceptance.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.acceptance.cluster.ClusterPods.Running;
import dev.vpccni.acceptance.lab.Ended;
import dev.vpccni.acceptance.lab.LabUnderTest;
import dev.vpccni.acceptance.lab.WantedLab;
import dev.vpccni.json.Json;
import dev.vpccni.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * A cluster goes over from a DaemonSet that is not Helm's, and selects as upstream's does, and back
 * to it, node by node as docs/take-over.md says, while pods live on. Whose program is in the former
 * DaemonSet makes no difference to the API server: here it is ours, told apart by an annotation.
 */
@Tag("cluster")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
final class TakeOverInClusterTest {

    private static final Duration SOON = Duration.ofMinutes(2);
    private static final String RELEASE = "aws-vpc-cni";
    private static final String MARK = "lab.vpc-cni.dev/whose";

    /** What Helm writes on what it makes. */
    private static final List<String> HELMS =
            List.of("meta.helm.sh/release-name-", "meta.helm.sh/release-namespace-");

    private static final List<String> ADOPTED =
            List.of(
                    "daemonset/aws-node",
                    "serviceaccount/aws-node",
                    "configmap/amazon-vpc-cni",
                    "clusterrole/aws-node",
                    "clusterrolebinding/aws-node",
                    "customresourcedefinition/eniconfigs.crd.k8s.amazonaws.com",
                    "customresourcedefinition/cninodes.vpcresources.k8s.aws");

    @TempDir private Path folder;

    private final InstalledCluster cluster = up();
    private final Kubectl kubectl = cluster.kubectl();
    private List<Running> pods = List.of();
    private ClusterPods web = new ClusterPods(kubectl, "web");
    private Map<String, @Nullable Object> former = Map.of();
    private List<String> environment = List.of();

    private static InstalledCluster up() {
        try {
            return InstalledCluster.up(
                    WantedLab.nodes(2, "c5.large"),
                    "--set",
                    "originalMatchLabels=true",
                    "--set-string",
                    "podAnnotations.lab\\.vpc-cni\\.dev/whose=theirs");
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @BeforeAll
    void start() throws Exception {
        web = ClusterPods.start(kubectl, "web", 6);
        pods = web.running();
        environment =
                List.of(
                        "--set",
                        "env.AWS_ENDPOINT_URL_EC2=" + variable("AWS_ENDPOINT_URL_EC2"),
                        "--set",
                        "env.AWS_REGION=" + variable("AWS_REGION"));
        inDaemons("delete", "secret", "-l", "owner=helm");
        var words = new ArrayList<>(List.of("annotate"));
        words.addAll(ADOPTED);
        words.addAll(HELMS);
        inDaemons(words.toArray(String[]::new));
        words = new ArrayList<>(List.of("label"));
        words.addAll(ADOPTED);
        words.add("app.kubernetes.io/managed-by-");
        inDaemons(words.toArray(String[]::new));
        former = saved();
    }

    @AfterAll
    void down() throws Exception {
        cluster.close();
    }

    @Test
    @Order(1)
    void besideItAPodWithoutAnyRightSaysWhatWouldBeDone() throws Exception {
        SortedMap<String, String> before = daemons();
        var options = new ArrayList<>(List.of("--set", "shadow.enabled=true"));
        options.addAll(List.of("--set", "shadow.every=10"));
        assertThat(helm("aws-vpc-cni-shadow", options).status()).isZero();
        inDaemons("rollout", "status", "daemonset/aws-node-shadow", "--timeout=120s");

        cluster.lab()
                .await(
                        "what two looks have shown",
                        SOON,
                        () ->
                                inDaemons("logs", "-l", "k8s-app=aws-node-shadow", "--tail=-1")
                                                .lines()
                                                .filter(line -> line.contains("filter: not looked"))
                                                .count()
                                        == 2);
        String said = inDaemons("logs", "-l", "k8s-app=aws-node-shadow", "--tail=-1");
        assertThat(said)
                .contains("daemon: not looked at: ")
                .doesNotContain("pods: not looked", "routing: not looked", "pool: not looked")
                .doesNotContain("interfaces: not looked", "attention", "Exception");
        assertThat(daemons()).isEqualTo(before);
        assertThat(helm(List.of("uninstall", "aws-vpc-cni-shadow")).status()).isZero();
    }

    @Test
    @Order(2)
    void helmTakesWhatIsOthersOnlyWhenItIsTold() throws Exception {
        Ended ended = helm(RELEASE, List.of("--set", "takeOver.enabled=true"));

        assertThat(ended.status()).isNotZero();
        assertThat(ended.err()).contains("invalid ownership metadata");
        assertThat(kubectl.list("daemonsets", "-n", "kube-system", "-l", "owner=helm")).isEmpty();
    }

    @Test
    @Order(3)
    void nodesAreTakenOverOneByOneWhilePodsLiveOn() throws Exception {
        SortedMap<String, String> before = daemons();

        assertThat(takeOver().status()).isZero();

        assertThat(daemons()).as("no pod is replaced by that").isEqualTo(before);
        replaceOneByOne("ours");
    }

    @Test
    @Order(4)
    void nodesGoBackOneByOneAndTheReleaseGoesWithoutThem() throws Exception {
        kubectl.mustWith(Json.compact(former), "replace", "-f", "-");
        replaceOneByOne("theirs");

        SortedMap<String, String> before = daemons();
        assertThat(helm(List.of("uninstall", RELEASE)).status()).isZero();

        assertThat(inDaemons("get", "daemonset", "aws-node", "-o", "name")).isNotBlank();
        assertThat(kubectl.must("get", "clusterrole", "aws-node", "-o", "name")).isNotBlank();
        assertThat(daemons()).isEqualTo(before);
        assertThatPodsLive();
    }

    private Ended takeOver() throws Exception {
        return helm(
                RELEASE,
                List.of(
                        "--take-ownership",
                        "--set",
                        "takeOver.enabled=true",
                        "--set-string",
                        "podAnnotations.lab\\.vpc-cni\\.dev/whose=ours"));
    }

    private void replaceOneByOne(String whose) throws Exception {
        for (String node : cluster.machines().keySet()) {
            inDaemons(
                    "delete",
                    "pod",
                    "-l",
                    "k8s-app=aws-node",
                    "--field-selector=spec.nodeName=" + node,
                    "--timeout=60s");
            cluster.lab()
                    .await(
                            node + " with the daemon of " + whose,
                            SOON,
                            () -> {
                                List<JsonObject> found =
                                        kubectl.list(
                                                "pods",
                                                "-n",
                                                "kube-system",
                                                "-l",
                                                "k8s-app=aws-node",
                                                "--field-selector=spec.nodeName=" + node);
                                return found.size() == 1 && isReady(found.getFirst(), whose);
                            });
            assertThatPodsLive();
            String added = "after-" + whose + "-" + node.hashCode();
            ClusterPods one = ClusterPods.start(kubectl, added.replace("--", "-"), 2);
            one.remove();
        }
        assertThat(daemons().values()).containsOnly(whose);
    }

    private static boolean isReady(JsonObject pod, String whose) throws Exception {
        boolean ready =
                pod.object("status").objects("containerStatuses").stream()
                        .allMatch(container -> Boolean.TRUE.equals(container.value("ready")));
        return ready && pod.object("metadata").object("annotations").string(MARK).equals(whose);
    }

    private void assertThatPodsLive() throws Exception {
        assertThat(web.running()).containsExactlyInAnyOrderElementsOf(pods);
        for (Running pod : pods) {
            assertThat(web.fetch(pods.getFirst(), pod.address())).isEqualTo(pod.name());
        }
        assertThat(cluster.restarts("-l", "app=web").values()).containsOnly(0L);
    }

    /** Returns whose template each of the daemons' pods was made of, by its name. */
    private SortedMap<String, String> daemons() throws Exception {
        var daemons = new TreeMap<String, String>();
        for (JsonObject pod : kubectl.list("pods", "-n", "kube-system", "-l", "k8s-app=aws-node")) {
            JsonObject metadata = pod.object("metadata");
            daemons.put(metadata.string("name"), metadata.object("annotations").string(MARK));
        }
        return daemons;
    }

    /** Returns the DaemonSet as it is to be put back: without what only this one has. */
    private Map<String, @Nullable Object> saved() throws Exception {
        JsonObject all = JsonObject.parse(inDaemons("get", "daemonset", "aws-node", "-o", "json"));
        var metadata = new LinkedHashMap<>(all.object("metadata").members());
        List.of("resourceVersion", "uid", "generation", "creationTimestamp")
                .forEach(metadata::remove);
        var spec = new LinkedHashMap<>(all.object("spec").members());
        spec.put("updateStrategy", Map.of("type", "OnDelete"));
        var saved = new LinkedHashMap<String, @Nullable Object>();
        saved.put("apiVersion", all.string("apiVersion"));
        saved.put("kind", all.string("kind"));
        saved.put("metadata", metadata);
        saved.put("spec", spec);
        return saved;
    }

    private String inDaemons(String... words) throws Exception {
        var all = new ArrayList<>(List.of(words));
        all.addAll(1, List.of("-n", InstalledCluster.DAEMONS));
        return kubectl.must(all.toArray(String[]::new));
    }

    private String variable(String name) throws Exception {
        return cluster.lab().exec("node-1", "printenv", name).out().strip();
    }

    private Ended helm(String release, List<String> options) throws Exception {
        var words =
                new ArrayList<>(
                        List.of(
                                "upgrade",
                                "--install",
                                release,
                                LabUnderTest.home().resolve("charts/aws-vpc-cni").toString(),
                                "--set",
                                "image.override=docker.io/library/vpc-cni:v0.1.0",
                                "--set",
                                "image.pullPolicy=Never"));
        words.addAll(environment);
        words.addAll(options);
        return helm(words);
    }

    private Ended helm(List<String> words) throws Exception {
        Path tool = LabUnderTest.home().resolve("scripts/chart-tool");
        var all =
                new ArrayList<>(
                        List.of(
                                Ended.of(new ProcessBuilder(tool.toString(), "helm"))
                                        .out()
                                        .strip()));
        all.addAll(words);
        all.addAll(
                List.of(
                        "--namespace",
                        InstalledCluster.DAEMONS,
                        "--kubeconfig",
                        kubectl.kubeconfig()));
        var builder = new ProcessBuilder(all);
        for (String variable : List.of("HELM_CACHE_HOME", "HELM_CONFIG_HOME", "HELM_DATA_HOME")) {
            builder.environment().put(variable, folder.resolve(variable).toString());
        }
        return Ended.of(builder);
    }
}
