package dev.vpccni.kubernetes;

import static dev.vpccni.kubernetes.fake.FakeApiServer.object;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.kubernetes.api.ApiAccess;
import dev.vpccni.kubernetes.api.ApiClient;
import dev.vpccni.kubernetes.api.ListWatch;
import dev.vpccni.kubernetes.fake.Eventually;
import dev.vpccni.kubernetes.fake.FakeApiServer;
import dev.vpccni.kubernetes.fake.FakeApiServer.Heard;
import dev.vpccni.kubernetes.fake.SkippedPauses;
import dev.vpccni.node.settings.ClusterSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What an API server is asked by the daemons of many nodes that start at once. */
final class FleetStartTest {

    private static final int NODES = 50;
    private static final int PODS_EACH = 20;

    @TempDir Path folder;

    /** Each lists its own node and its own pods, and watches both; nothing else. */
    @Test
    void fiftyDaemonsAskFourThingsEach() throws Exception {
        Files.writeString(folder.resolve("token"), "secret");
        var clusters = new ArrayList<KubernetesCluster>();
        try (var server = new FakeApiServer()) {
            for (int i = 0; i < NODES; i++) {
                server.put("/api/v1/nodes", object("", "node-" + i, Map.of(), Map.of()));
                for (int pod = 0; pod < PODS_EACH; pod++) {
                    server.put(
                            "/api/v1/pods",
                            object(
                                    "default",
                                    "pod-" + i + "-" + pod,
                                    Map.of(),
                                    Map.of("spec", Map.of("nodeName", "node-" + i))));
                }
            }
            for (int i = 0; i < NODES; i++) {
                clusters.add(cluster(server, "node-" + i));
            }
            clusters.forEach(KubernetesCluster::start);
            for (KubernetesCluster cluster : clusters) {
                Eventually.await("its own pods", () -> cluster.view().bound().size() == PODS_EACH);
            }
            Eventually.await(
                    "each to watch",
                    () -> server.heard().stream().filter(Heard::isWatch).count() == 2 * NODES);

            assertThat(asked(server.heard()))
                    .containsExactlyInAnyOrderEntriesOf(
                            Map.of(
                                    "LIST /api/v1/nodes metadata.name",
                                    NODES,
                                    "WATCH /api/v1/nodes metadata.name",
                                    NODES,
                                    "LIST /api/v1/pods spec.nodeName",
                                    NODES,
                                    "WATCH /api/v1/pods spec.nodeName",
                                    NODES));
        } finally {
            clusters.forEach(KubernetesCluster::close);
        }
    }

    private KubernetesCluster cluster(FakeApiServer server, String node) {
        return new KubernetesCluster(
                new ApiClient(new ApiAccess.InCluster(server.url(), folder), "test"),
                node,
                ClusterSettings.DEFAULT,
                false,
                false,
                ListWatch.Limits.DEFAULT,
                new SkippedPauses(),
                new Random(1),
                _ -> {},
                Operator.NOBODY);
    }

    /** Returns how often each was asked, by verb, path, and the field that selects. */
    private static Map<String, Integer> asked(List<Heard> heard) {
        var counts = new TreeMap<String, Integer>();
        for (Heard each : heard) {
            String selector = each.query().getOrDefault("fieldSelector", "everything");
            String what =
                    (each.isWatch() ? "WATCH " : "LIST ")
                            + each.path()
                            + " "
                            + selector.replaceFirst("=.*", "");
            counts.merge(what, 1, Integer::sum);
        }
        return counts;
    }
}
