package dev.vpccni.kubernetes;

import static dev.vpccni.kubernetes.fake.FakeApiServer.object;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.json.JsonObject;
import dev.vpccni.kubernetes.api.ApiAccess;
import dev.vpccni.kubernetes.api.ApiClient;
import dev.vpccni.kubernetes.api.ListWatch;
import dev.vpccni.kubernetes.fake.Eventually;
import dev.vpccni.kubernetes.fake.FakeApiServer;
import dev.vpccni.kubernetes.fake.FakeApiServer.Heard;
import dev.vpccni.kubernetes.fake.SkippedPauses;
import dev.vpccni.node.settings.ClusterSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the daemon writes to its Node, and what it leaves alone. */
final class NodeReportTest {

    private static final String NODES = "/api/v1/nodes";
    private static final String TAINT = "vpc.amazonaws.com/agent-not-ready";

    private final SkippedPauses tempo = new SkippedPauses();
    private final SkippedPauses reading = new SkippedPauses();
    private final List<String> log = new CopyOnWriteArrayList<>();
    private final List<String> told = new CopyOnWriteArrayList<>();
    private final AtomicReference<@Nullable String> obstacle = new AtomicReference<>();
    private final AtomicLong addresses = new AtomicLong(-1);
    @TempDir Path folder;
    private FakeApiServer server;
    private KubernetesCluster cluster;
    private NodeReport report;

    @BeforeEach
    void start() throws IOException {
        server = new FakeApiServer();
        Files.writeString(folder.resolve("token"), "secret");
        use(new NodeReport.Writes(true, TAINT));
    }

    private void use(NodeReport.Writes writes) {
        var client = new ApiClient(new ApiAccess.InCluster(server.url(), folder), "test");
        cluster =
                new KubernetesCluster(
                        client,
                        "me",
                        ClusterSettings.DEFAULT,
                        false,
                        false,
                        ListWatch.Limits.DEFAULT,
                        reading,
                        new Random(1),
                        log::add,
                        Operator.NOBODY);
        report =
                new NodeReport(
                        client,
                        cluster,
                        "me",
                        writes,
                        obstacle::get,
                        addresses::get,
                        tempo,
                        new Random(1),
                        log::add,
                        (reason, action, note) -> told.add(reason + " " + note));
    }

    @AfterEach
    void stop() {
        report.close();
        cluster.close();
        server.close();
    }

    private void run() {
        cluster.start();
        tempo.start("node report", report);
    }

    private void node(@Nullable Map<String, String> condition, String... taints) {
        var conditions = new ArrayList<Map<String, String>>();
        conditions.add(Map.of("type", "Ready", "status", "True"));
        if (condition != null) {
            conditions.add(condition);
        }
        List<Map<String, String>> keys =
                List.of(taints).stream()
                        .map(key -> Map.of("key", key, "effect", "NoSchedule"))
                        .toList();
        server.put(
                NODES,
                object(
                        "",
                        "me",
                        Map.of("uid", "1"),
                        Map.of(
                                "spec",
                                Map.of("taints", keys),
                                "status",
                                Map.of(
                                        "conditions",
                                        conditions,
                                        "capacity",
                                        Map.of("pods", "110", "cpu", "2")))));
    }

    private static Map<String, String> condition(String status, String reason) {
        return Map.of(
                "type", "NetworkUnavailable", "status", status, "reason", reason, "message", "m");
    }

    private List<Heard> patches() {
        return server.heard().stream().filter(heard -> heard.method().equals("PATCH")).toList();
    }

    private Heard awaitPatch(int count) throws InterruptedException {
        Eventually.await(count + " patches", () -> patches().size() >= count);
        return patches().get(count - 1);
    }

    /** Lets the report go round so often that it would have written. */
    private void rounds() throws InterruptedException {
        int before = tempo.pauses().size();
        Eventually.await("rounds", () -> tempo.pauses().size() > before + 40);
    }

    private static JsonObject written(Heard heard) throws Exception {
        return JsonObject.parse(heard.body()).object("status").objects("conditions").getFirst();
    }

    @Test
    void aNewNodeHearsAtOnceThatPodsCannotBeConnectedAndWhy() throws Exception {
        obstacle.set("the instance's metadata cannot be read");
        node(null);
        run();
        Heard heard = awaitPatch(1);

        assertThat(heard.path()).isEqualTo("/api/v1/nodes/me/status");
        JsonObject condition = written(heard);
        assertThat(condition.string("type")).isEqualTo("NetworkUnavailable");
        assertThat(condition.string("status")).isEqualTo("True");
        assertThat(condition.string("reason")).isEqualTo("VpcCniNotReady");
        assertThat(condition.string("message")).isEqualTo("the instance's metadata cannot be read");
        assertThat(condition.has("lastTransitionTime")).isTrue();
    }

    @Test
    void theEndOfItIsWrittenAtOnce() throws Exception {
        obstacle.set("no");
        node(condition("True", "VpcCniNotReady"), "node.kubernetes.io/network-unavailable");
        run();
        rounds();
        int before = patches().size();
        obstacle.set(null);
        Heard heard = awaitPatch(before + 1);

        assertThat(written(heard).string("status")).isEqualTo("False");
        assertThat(written(heard).string("reason")).isEqualTo("VpcCniReady");
    }

    @Test
    void aNodeThatTookPodsTakesThemWhileItsDaemonStartsAnew() throws Exception {
        obstacle.set("the daemon has only just started");
        node(condition("False", "VpcCniReady"));
        cluster.start();
        Eventually.await("the Node", () -> !cluster.node().uid().isEmpty());
        long begun = tempo.nanos();
        tempo.start("node report", report);
        awaitPatch(1);

        assertThat(tempo.nanos() - begun).isGreaterThanOrEqualTo(NodeCondition.GRACE.toNanos());
        assertThat(written(patches().getFirst()).string("status")).isEqualTo("True");
    }

    @Test
    void whoeverElseSaysTheSameIsLeftAlone() throws Exception {
        node(condition("False", "RouteCreated"));
        run();
        Eventually.await("the Node", () -> !cluster.node().uid().isEmpty());
        rounds();

        assertThat(patches()).isEmpty();
    }

    @Test
    void whatSomebodyElseChangesIsWrittenAgainWithPausesThatGrow() throws Exception {
        node(condition("True", "NoRouteCreated"));
        run();
        awaitPatch(8);

        // It is never as it was written: each time is later than the last by more.
        assertThat(tempo.nanos()).isGreaterThan(60_000_000_000L);
        assertThat(patches())
                .allSatisfy(
                        heard -> assertThat(written(heard).string("status")).isEqualTo("False"));
    }

    @Test
    void aNodeThatIsNotKnownIsNotWritten() throws Exception {
        obstacle.set("no");
        run();
        rounds();

        assertThat(patches()).isEmpty();
    }

    @Test
    void nothingIsWrittenThatNobodyAskedFor() throws Exception {
        report.close();
        use(new NodeReport.Writes(false, ""));
        node(condition("True", "NoRouteCreated"), TAINT);
        run();
        Eventually.await("the Node", () -> !cluster.node().uid().isEmpty());
        rounds();

        assertThat(patches()).isEmpty();
    }

    @Test
    void theTaintGoesOnceThereAreAddressesAndOthersStay() throws Exception {
        obstacle.set("no");
        node(condition("True", "VpcCniNotReady"), "a", TAINT, "b", TAINT);
        run();
        Eventually.await("the Node", () -> !cluster.node().uid().isEmpty());
        rounds();
        assertThat(patches()).noneMatch(heard -> heard.path().equals("/api/v1/nodes/me"));
        obstacle.set(null);
        Eventually.await(
                "the removal",
                () -> patches().stream().anyMatch(heard -> heard.path().equals(NODES + "/me")));
        String body =
                patches().stream()
                        .filter(heard -> heard.path().equals(NODES + "/me"))
                        .findFirst()
                        .orElseThrow()
                        .body();

        assertThat(body)
                .isEqualTo(
                        "[{\"op\":\"test\",\"path\":\"/spec/taints/3/key\",\"value\":\""
                                + TAINT
                                + "\"},{\"op\":\"remove\",\"path\":\"/spec/taints/3\"},"
                                + "{\"op\":\"test\",\"path\":\"/spec/taints/1/key\",\"value\":\""
                                + TAINT
                                + "\"},{\"op\":\"remove\",\"path\":\"/spec/taints/1\"}]");
    }

    @Test
    void aTaintThatMovedMeanwhileIsRemovedWhereItIsNow() throws Exception {
        server.next(exchange -> FakeApiServer.send(exchange, 200, list()));
        node(condition("False", "VpcCniReady"), "a", TAINT);
        run();
        awaitPatch(1);
        node(condition("False", "VpcCniReady"), TAINT);
        Eventually.await(
                "another removal", () -> patches().getLast().body().contains("/spec/taints/0/key"));
    }

    /** The first list of nodes, so that what is scripted next is a patch. */
    private static String list() {
        return "{\"metadata\":{\"resourceVersion\":\"1\"},\"items\":[]}";
    }

    @Test
    void aRightThatIsMissingIsToldOnceWithTheRule() throws Exception {
        node(condition("True", "VpcCniNotReady"));
        cluster.start();
        Eventually.await("the Node", () -> !cluster.node().uid().isEmpty());
        Eventually.await("both watches", () -> server.heard().size() >= 4);
        for (int i = 0; i < 5; i++) {
            server.next(exchange -> FakeApiServer.refuse(exchange, 403, "nodes is forbidden"));
        }
        tempo.start("node report", report);
        awaitPatch(6);

        assertThat(told)
                .singleElement()
                .asString()
                .startsWith("MissingRBAC ")
                .contains("resources [nodes/status], verbs [patch]")
                .contains("nodeCondition.enabled");
        Eventually.await(
                "its end is told", () -> log.contains("the node can write its condition again"));
    }

    @Test
    void aKubeletThatAdmitsMorePodsThanThereAreAddressesForIsToldOfBothNumbers() throws Exception {
        addresses.set(29);
        node(condition("False", "VpcCniReady"));
        run();
        Eventually.await("the warning", () -> told.size() == 1);
        rounds();

        assertThat(told)
                .singleElement()
                .asString()
                .startsWith("MaxPodsTooHigh ")
                .contains("admits 110 pods", "addresses to 29", "--max-pods=31");
        assertThat(log).filteredOn(line -> line.contains("--max-pods=31")).hasSize(1);
    }

    @Test
    void asManyPodsAsThereAreAddressesForAndTwoOfTheNodesAreWell() throws Exception {
        addresses.set(108);
        node(condition("False", "VpcCniReady"));
        run();
        Eventually.await("the Node", () -> !cluster.node().uid().isEmpty());
        rounds();
        assertThat(told).isEmpty();
        addresses.set(107);
        Eventually.await("the warning", () -> told.size() == 1);
    }
}
