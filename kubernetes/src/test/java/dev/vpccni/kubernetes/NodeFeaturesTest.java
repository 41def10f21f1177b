package dev.vpccni.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.kubernetes.api.ApiAccess;
import dev.vpccni.kubernetes.api.ApiClient;
import dev.vpccni.kubernetes.api.ListWatch;
import dev.vpccni.kubernetes.fake.Eventually;
import dev.vpccni.kubernetes.fake.FakeApiServer;
import dev.vpccni.kubernetes.fake.FakeApiServer.Heard;
import dev.vpccni.kubernetes.fake.SkippedPauses;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the node writes into its CNINode. */
final class NodeFeaturesTest {

    private static final Map<String, ?> OTHER = Map.of("name", "Other", "value", "kept");

    private final List<String> log = new CopyOnWriteArrayList<>();
    private final SkippedPauses tempo = new SkippedPauses();
    private volatile SortedMap<String, String> wanted = new TreeMap<>();
    @TempDir Path folder;
    private FakeApiServer server;
    private NodeFeatures features;

    @BeforeEach
    void start() throws IOException {
        server = new FakeApiServer();
        Files.writeString(folder.resolve("token"), "secret");
        features =
                new NodeFeatures(
                        new ApiClient(new ApiAccess.InCluster(server.url(), folder), "test"),
                        "me",
                        () -> wanted,
                        ListWatch.Limits.DEFAULT,
                        tempo,
                        new Random(1),
                        log::add,
                        Operator.NOBODY);
    }

    @AfterEach
    void stop() {
        features.close();
        server.close();
    }

    private void want(Map<String, String> all) {
        wanted = new TreeMap<>(all);
    }

    private void run() {
        tempo.start("features", features);
    }

    private void features(Map<?, ?>... all) {
        server.put(NodeFeatures.PATH, spec(Map.of("features", List.of(all))));
    }

    private static Map<String, Object> spec(Map<String, ?> spec) {
        return FakeApiServer.object("", "me", Map.of(), Map.of("spec", spec));
    }

    private List<Heard> patches() {
        return server.heard().stream().filter(one -> one.method().equals("PATCH")).toList();
    }

    private Heard awaitPatch(int count) throws InterruptedException {
        Eventually.await(count + " patches", () -> patches().size() >= count);
        return patches().get(count - 1);
    }

    /** Waits until the writer has looked at it several times. */
    private void awaitLooks() throws InterruptedException {
        int before = tempo.pauses().size();
        Eventually.await("looks", () -> tempo.pauses().size() > before + 20);
    }

    @Test
    void itWritesWhatUpstreamWrites() throws Exception {
        want(Map.of(NodeFeatures.SECURITY_GROUPS, ""));
        server.put(NodeFeatures.PATH, spec(Map.of()));
        run();

        Heard patch = awaitPatch(1);

        assertThat(patch.path()).isEqualTo(NodeFeatures.PATH + "/me");
        assertThat(patch.body())
                .isEqualTo(
                        "{\"metadata\":{\"resourceVersion\":\"101\"},"
                                + "\"spec\":{\"features\":[{\"name\":\"SecurityGroupsForPods\"}]}}");
    }

    @Test
    void othersFeaturesStayAndAnotherValueIsReplaced() throws Exception {
        want(Map.of(NodeFeatures.SECURITY_GROUPS, "", NodeFeatures.CUSTOM_NETWORKING, "zone-b"));
        features(Map.of("name", NodeFeatures.CUSTOM_NETWORKING, "value", "zone-a"), OTHER);
        run();

        String body = awaitPatch(1).body();

        assertThat(body)
                .contains("{\"name\":\"CustomNetworking\",\"value\":\"zone-b\"}")
                .contains("\"Other\"", "\"kept\"", "{\"name\":\"SecurityGroupsForPods\"}")
                .doesNotContain("zone-a");
    }

    @Test
    void whatIsThereIsNotWrittenAgain() throws Exception {
        want(Map.of(NodeFeatures.SECURITY_GROUPS, ""));
        features(OTHER, Map.of("name", NodeFeatures.SECURITY_GROUPS));
        run();
        awaitLooks();
        assertThat(patches()).isEmpty();

        features(OTHER);
        awaitPatch(1);
    }

    @Test
    void nothingIsWantedBeforeTheNodeKnowsWhatItHas() throws Exception {
        features();
        run();
        awaitLooks();
        assertThat(patches()).isEmpty();
        want(Map.of(NodeFeatures.SECURITY_GROUPS, ""));
        awaitPatch(1);
    }

    @Test
    void anObjectThatIsMissingIsNamedOnceAndWaitedFor() throws Exception {
        want(Map.of(NodeFeatures.SECURITY_GROUPS, ""));
        run();
        awaitLooks();
        assertThat(log).hasSize(1);
        assertThat(log.getFirst()).contains("CNINode me", "VPC resource controller");
        features();
        awaitPatch(1);
    }

    @Test
    void aConflictIsTriedAgainWithWhatIsThereThen() throws Exception {
        want(Map.of(NodeFeatures.SECURITY_GROUPS, ""));
        features();
        run();
        awaitPatch(1);
        features(OTHER);
        Eventually.await(
                "the other feature",
                () -> patches().getLast().body().contains("\"resourceVersion\":\"102\""));
        assertThat(patches().getLast().body()).contains("Other");
    }

    @Test
    void whatCannotBeUnderstoodIsLeftAlone() throws Exception {
        want(Map.of(NodeFeatures.SECURITY_GROUPS, ""));
        server.put(NodeFeatures.PATH, spec(Map.of("features", "garbage")));
        run();
        Eventually.await("told", () -> !log.isEmpty());
        awaitLooks();
        assertThat(log.getFirst()).contains("spec.features must be a list");
        assertThat(patches()).isEmpty();
    }
}
