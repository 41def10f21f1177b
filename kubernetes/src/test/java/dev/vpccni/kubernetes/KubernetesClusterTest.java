package dev.vpccni.kubernetes;

import static dev.vpccni.kubernetes.fake.FakeApiServer.object;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.kubernetes.api.ApiAccess;
import dev.vpccni.kubernetes.api.ApiClient;
import dev.vpccni.kubernetes.api.ListWatch;
import dev.vpccni.kubernetes.fake.Eventually;
import dev.vpccni.kubernetes.fake.FakeApiServer;
import dev.vpccni.kubernetes.fake.SkippedPauses;
import dev.vpccni.model.PodName;
import dev.vpccni.model.SecurityGroupId;
import dev.vpccni.model.SubnetId;
import dev.vpccni.node.port.Cluster.InterfaceConfig;
import dev.vpccni.node.settings.ClusterSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class KubernetesClusterTest {

    private static final String NODES = "/api/v1/nodes";
    private static final String PODS = "/api/v1/pods";
    private static final String CONFIGS = "/apis/crd.k8s.amazonaws.com/v1alpha1/eniconfigs";
    private static final String ZONE = "topology.kubernetes.io/zone";

    private final SkippedPauses tempo = new SkippedPauses();
    private final List<String> log = new CopyOnWriteArrayList<>();
    private final AtomicInteger changes = new AtomicInteger();
    @TempDir Path folder;
    private FakeApiServer server;
    private KubernetesCluster cluster;

    @BeforeEach
    void start() throws IOException {
        server = new FakeApiServer();
        Files.writeString(folder.resolve("token"), "secret");
        use(true);
    }

    private void use(boolean customNetworking) {
        cluster =
                new KubernetesCluster(
                        new ApiClient(new ApiAccess.InCluster(server.url(), folder), "test"),
                        "me",
                        new ClusterSettings(false, "my/config", ZONE),
                        customNetworking,
                        false,
                        ListWatch.Limits.DEFAULT,
                        tempo,
                        new Random(1),
                        log::add,
                        Operator.NOBODY);
        cluster.onChange(changes::incrementAndGet);
    }

    @AfterEach
    void stop() {
        cluster.close();
        server.close();
    }

    private void node(Map<String, String> labels, Map<String, String> annotations) {
        server.put(
                NODES,
                object("", "me", Map.of("labels", labels, "annotations", annotations), Map.of()));
    }

    private void config(String name, String subnet, String... groups) {
        server.put(
                CONFIGS,
                object(
                        "",
                        name,
                        Map.of(),
                        Map.of(
                                "spec",
                                Map.of("subnet", subnet, "securityGroups", List.of(groups)))));
    }

    private static Map<String, Object> pod(
            String name, Map<String, ?> metadata, Map<String, ?> spec, Map<String, ?> status) {
        var placed = new HashMap<String, Object>(spec);
        placed.put("nodeName", "me");
        return object("default", name, metadata, Map.of("spec", placed, "status", status));
    }

    private static PodName name(String name) {
        return new PodName("default", name);
    }

    private void awaitConfig(Predicate<InterfaceConfig> expected) throws InterruptedException {
        Eventually.await("ENIConfig as expected", () -> expected.test(cluster.view().config()));
    }

    private void awaitReason(String reason) throws InterruptedException {
        awaitConfig(config ->
                config instanceof InterfaceConfig.Unknown(String why) && why.contains(reason));
    }

    private void awaitSubnet(String subnet) throws InterruptedException {
        awaitConfig(config ->
                config instanceof InterfaceConfig.Known known
                        && known.subnet().equals(new SubnetId(subnet)));
    }

    @ParameterizedTest
    @CsvSource({
        "true, true, true, external",
        "false, true, true, annotation",
        "false, false, true, label",
        "false, false, false, default",
        "true, false, false, external",
    })
    void theFirstPlaceThatNamesAnEniConfigCounts(
            boolean external, boolean annotation, boolean label, String expected) throws Exception {
        var labels = new HashMap<String, String>();
        if (external) {
            labels.put("vpc.amazonaws.com/externalEniConfig", "external");
        }
        if (label) {
            labels.put(ZONE, "label");
        }
        node(labels, annotation ? Map.of("my/config", "annotation") : Map.of());
        for (String name : List.of("external", "annotation", "label", "default")) {
            config(name, "subnet-" + name, "sg-1", "sg-2");
        }
        cluster.start();
        awaitSubnet("subnet-" + expected);

        assertThat(cluster.view().config())
                .isEqualTo(
                        new InterfaceConfig.Known(
                                expected,
                                new SubnetId("subnet-" + expected),
                                List.of(new SecurityGroupId("sg-1"), new SecurityGroupId("sg-2"))));
    }

    @Test
    void aNodeThatCannotBeReadIsNotOneWithoutLabels() throws Exception {
        config("default", "subnet-default");
        for (int i = 0; i < 2; i++) {
            server.next(exchange -> FakeApiServer.refuse(exchange, 403, "nodes is forbidden"));
        }
        server.admit(_ -> false);
        cluster.start();
        awaitReason("the Node me could not be read: the API server answers 401");

        assertThat(cluster.view().schedulable()).isTrue();
    }

    @Test
    void aNodeThatIsNotThereHasNoEniConfig() throws Exception {
        config("default", "subnet-default");
        cluster.start();
        awaitReason("the Node me does not exist");
        node(Map.of(), Map.of());
        awaitSubnet("subnet-default");
        server.delete(NODES, object("", "me", Map.of(), Map.of()));
        awaitReason("the Node me does not exist");
    }

    @Test
    void aNodeThatNamesNothingHasNoEniConfig() throws Exception {
        config("default", "subnet-default");
        node(Map.of(ZONE, ""), Map.of());
        cluster.start();
        awaitReason("names \"\"");
    }

    @Test
    void changesOfNodeAndEniConfigApply() throws Exception {
        node(Map.of(ZONE, "a"), Map.of());
        config("a", "subnet-a");
        config("b", "subnet-b");
        cluster.start();
        awaitSubnet("subnet-a");
        config("a", "subnet-a2");
        awaitSubnet("subnet-a2");
        node(Map.of(ZONE, "b"), Map.of());
        awaitSubnet("subnet-b");
        config("a", "subnet-a3");
        server.delete(CONFIGS, object("", "b", Map.of(), Map.of()));
        awaitReason("the ENIConfig b does not exist");
        config("b", "");
        awaitReason("the ENIConfig b names no subnet");
        server.put(CONFIGS, object("", "b", Map.of(), Map.of("spec", "nonsense")));
        awaitReason("the ENIConfig b cannot be understood");
    }

    @Test
    void whatWasReadHoldsWhileTheServerIsAway() throws Exception {
        node(Map.of(), Map.of());
        config("default", "subnet-default");
        server.put(PODS, pod("a", Map.of(), Map.of(), Map.of("phase", "Pending")));
        cluster.start();
        awaitSubnet("subnet-default");
        Eventually.await("the pod", () -> !cluster.view().bound().isEmpty());
        server.admit(_ -> false);
        server.endWatches();
        Eventually.await(
                "each watch to tell of refusals",
                () ->
                        List.of("its Node", "its pods", "the ENIConfig default").stream()
                                .allMatch(what -> isTold("the node cannot read " + what)));

        assertThat(cluster.view().config()).isInstanceOf(InterfaceConfig.Known.class);
        assertThat(cluster.view().bound()).containsExactly(name("a"));
        assertThat(log).anyMatch(line -> line.contains("tries again: the API server answers 401"));
        server.admit(_ -> true);
        Eventually.await("the end is told", () -> log.contains("the node can read its pods again"));
    }

    private boolean isTold(String beginning) {
        return log.stream().anyMatch(line -> line.startsWith(beginning));
    }

    @Test
    void eniConfigsAreNotAskedForWithoutCustomNetworking() throws Exception {
        use(false);
        node(Map.of(), Map.of());
        server.put(PODS, pod("a", Map.of(), Map.of(), Map.of("phase", "Pending")));
        cluster.start();
        Eventually.await("two watches", () -> server.heard().size() >= 4);

        assertThat(server.heard()).noneMatch(heard -> heard.path().equals(CONFIGS));
        assertThat(cluster.view().config()).isInstanceOf(InterfaceConfig.Unknown.class);
    }

    @Test
    void aNodeWithTheTaintTakesNoPods() throws Exception {
        node(Map.of(), Map.of());
        cluster.start();
        taint("node.kubernetes.io/unschedulable", "NoSchedule");
        Eventually.await("it takes none", () -> !cluster.view().schedulable());
        taint("node.kubernetes.io/unschedulable", "NoExecute");
        Eventually.await("it takes some", () -> cluster.view().schedulable());
        taint("node.kubernetes.io/not-ready", "NoSchedule");
        server.delete(NODES, object("", "me", Map.of(), Map.of()));
        awaitReason("does not exist");

        assertThat(cluster.view().schedulable()).isTrue();
    }

    private void taint(String key, String effect) {
        server.put(
                NODES,
                object(
                        "",
                        "me",
                        Map.of(),
                        Map.of(
                                "spec",
                                Map.of("taints", List.of(Map.of("key", key, "effect", effect))))));
    }

    @Test
    void podsThatNeedAnAddressAreThoseWithoutOne() throws Exception {
        Map<String, String> pending = Map.of("phase", "Pending");
        server.put(PODS, pod("waits", Map.of(), Map.of(), pending));
        server.put(PODS, pod("runs", Map.of(), Map.of(), Map.of("phase", "Running")));
        server.put(
                PODS,
                pod("has", Map.of(), Map.of(), Map.of("phase", "Pending", "podIP", "10.0.0.9")));
        server.put(PODS, pod("host", Map.of(), Map.of("hostNetwork", true), pending));
        server.put(PODS, pod("done", Map.of(), Map.of(), Map.of("phase", "Succeeded")));
        server.put(PODS, pod("broken", Map.of(), Map.of(), Map.of("phase", "Failed")));
        server.put(
                PODS,
                pod(
                        "goes",
                        Map.of("deletionTimestamp", "2026-01-01T00:00:00Z"),
                        Map.of(),
                        pending));
        server.put(PODS, pod("odd", Map.of("uid", 7), Map.of(), pending));
        server.put(
                PODS,
                object(
                        "default",
                        "elsewhere",
                        Map.of(),
                        Map.of("spec", Map.of("nodeName", "you"))));
        cluster.start();
        Eventually.await("pods", () -> !cluster.view().bound().isEmpty());

        assertThat(cluster.view().bound()).containsExactly(name("runs"), name("waits"));
        server.put(
                PODS,
                pod("waits", Map.of(), Map.of(), Map.of("phase", "Running", "podIP", "10.0.0.8")));
        Eventually.await("one has it", () -> cluster.view().bound().size() == 1);
        server.put(PODS, pod("runs", Map.of(), Map.of(), Map.of("phase", "Succeeded")));
        Eventually.await("none waits", () -> cluster.view().bound().isEmpty());
    }

    @Test
    void whatChangesNothingForTheNodeIsNotTold() throws Exception {
        use(false);
        node(Map.of(), Map.of());
        server.put(PODS, pod("a", Map.of(), Map.of(), Map.of("phase", "Pending")));
        cluster.start();
        Eventually.await("the pod", () -> !cluster.view().bound().isEmpty());
        int before = changes.get();
        for (int i = 0; i < 50; i++) {
            server.put(
                    PODS,
                    pod(
                            "a",
                            Map.of("labels", Map.of("n", "" + i)),
                            Map.of(),
                            Map.of("phase", "Pending")));
        }
        server.put(PODS, pod("b", Map.of(), Map.of(), Map.of("phase", "Pending")));
        Eventually.await("the next", () -> cluster.view().bound().size() == 2);

        assertThat(changes.get()).isEqualTo(before + 1);
    }

    @Test
    void theEndOfAPodIsToldAlsoWhereItChangesNothingElse() throws Exception {
        use(false); // Nothing else is told of, such as labels.
        node(Map.of(), Map.of());
        Map<String, String> running = Map.of("phase", "Running", "podIP", "10.0.0.9");
        server.put(PODS, pod("a", Map.of("uid", "1"), Map.of(), running));
        server.put(PODS, pod("b", Map.of("uid", "2"), Map.of(), Map.of("phase", "Pending")));
        cluster.start();
        Eventually.await("pods", () -> cluster.view().bound().size() == 1);
        assertThat(cluster.isEnding(name("a"), "1")).isFalse();
        int before = changes.get();
        Map<String, String> deleted = Map.of("uid", "1", "deletionTimestamp", "2026-01-01");
        server.put(PODS, pod("a", deleted, Map.of(), running));
        Eventually.await("its end", () -> cluster.isEnding(name("a"), "1"));
        Eventually.await("it to be told", () -> changes.get() > before);
        server.admit(_ -> false);
        server.endWatches();
        Eventually.await("refusals are told", () -> log.size() >= 2);
        assertThat(cluster.isEnding(name("b"), "2")).as("with the server away").isFalse();
    }

    @Test
    void morePodsThanANodeHasAreNotKept() throws Exception {
        for (int i = 0; i < PodObjects.KEPT_MAX + 100; i++) {
            server.put(
                    PODS,
                    pod("p%05d".formatted(i), Map.of(), Map.of(), Map.of("phase", "Pending")));
        }
        cluster.start();
        Eventually.await("pods", () -> !cluster.view().bound().isEmpty());

        assertThat(cluster.view().bound()).hasSize(PodObjects.KEPT_MAX);
    }
}
