package dev.vpccni.acceptance.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.acceptance.cluster.ClusterPods.Running;
import dev.vpccni.acceptance.lab.WantedLab;
import dev.vpccni.json.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Ten thousand pods on other nodes of the cluster cost a daemon neither memory nor a watch. */
@Tag("cluster")
final class PodsElsewhereInClusterTest {

    private static final int NODES = 100;
    private static final int PODS_OF_A_NODE = 100;

    /** A client of the API server makes 50 requests a second. */
    private static final int CLIENTS = 10;

    /** What a heap of at most 64 MiB varies by itself; 10,000 pods that were kept take more. */
    private static final long VARIES_MEBIBYTES = 8;

    /** Less than a tenth of what those pods are; its own pods, EC2 and metadata take some. */
    private static final long READ_BYTES = 1_500_000;

    private static final Pattern WATCHES =
            Pattern.compile(
                    "(?m)^apiserver_longrunning_requests\\{.*resource=\"([a-z]+)\".*verb=\"WATCH\".*\\} (\\d+)$");

    private static final String NOWHERE =
            "{\"spec\":{\"template\":{\"spec\":{\"nodeSelector\":{\"no\":\"where\"}}}}}";
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    @Test
    void theyAreNeitherReadNorWatched() throws Exception {
        try (var cluster = InstalledCluster.up(WantedLab.nodes(1, "c5.large"))) {
            ClusterPods web = ClusterPods.start(cluster.kubectl(), "web", 2);
            String own = cluster.machines().firstKey();
            long before = memory(cluster);
            long read = read(cluster);

            create(cluster.kubectl());
            assertThat(
                            cluster.kubectl()
                                    .must(
                                            "get",
                                            "pods",
                                            "--field-selector=spec.nodeName!=" + own,
                                            "--chunk-size=5000",
                                            "-o",
                                            "name")
                                    .lines())
                    .hasSize(NODES * PODS_OF_A_NODE);
            ClusterPods more = ClusterPods.start(cluster.kubectl(), "more", 4);

            long after = memory(cluster);
            long since = read(cluster) - read;
            System.out.printf(
                    "the daemon had %d KiB, and %d KiB with %d pods elsewhere; it has read %d bytes%n",
                    before, after, NODES * PODS_OF_A_NODE, since);
            assertThat((after - before) / 1024).isLessThan(VARIES_MEBIBYTES);
            assertThat(since).isLessThan(READ_BYTES);
            Running first = web.running().getFirst();
            assertThat(more.fetch(more.running().getFirst(), first.address()))
                    .isEqualTo(first.name());

            long watches = watches(cluster);
            cluster.kubectl()
                    .must(
                            "patch",
                            "daemonset/aws-node",
                            "--namespace",
                            InstalledCluster.DAEMONS,
                            "--patch",
                            NOWHERE);
            cluster.lab()
                    .await(
                            "the end of the daemon's watches, of its Node and of its pods",
                            PATIENCE,
                            () -> watches(cluster) == watches - 2);
        }
    }

    /** Returns the resident set of the one daemon, in KiB. */
    private static long memory(InstalledCluster cluster) throws Exception {
        return figure(cluster, "status", "VmRSS");
    }

    /** Returns how many bytes it has read so far, of files and of connections. */
    private static long read(InstalledCluster cluster) throws Exception {
        return figure(cluster, "io", "rchar");
    }

    private static long figure(InstalledCluster cluster, String file, String name)
            throws Exception {
        String script =
                """
                for process in /proc/[0-9]*; do
                    if tr '\\0' ' ' <$process/cmdline | grep -q 'dev[.]vpccni[.]daemon[.]Main'; then
                        sed -n "s/^$2:[^0-9]*\\([0-9]*\\).*/\\1/p" $process/$1
                    fi
                done | sort -n | tail -n 1
                """;
        return Long.parseLong(
                cluster.lab().exec("node-1", "sh", "-c", script, "sh", file, name).out().strip());
    }

    /** Returns how many watches the API server has open of what daemons read. */
    private static long watches(InstalledCluster cluster) throws Exception {
        return WATCHES.matcher(cluster.kubectl().must("get", "--raw", "/metrics"))
                .results()
                .filter(found -> List.of("pods", "nodes", "eniconfigs").contains(found.group(1)))
                .mapToLong(found -> Long.parseLong(found.group(2)))
                .sum();
    }

    /** Makes Nodes that no kubelet is behind, without the labels that the chart asks for. */
    private static void create(Kubectl kubectl) throws Exception {
        var nodes = new ArrayList<Object>();
        for (int node = 0; node < NODES; node++) {
            nodes.add(object("Node", Map.of("name", "elsewhere-" + node), Map.of()));
        }
        kubectl.mustWith(list(nodes), "create", "-f", "-");
        try (var clients = Executors.newFixedThreadPool(CLIENTS)) {
            var tasks = new ArrayList<Callable<String>>();
            for (int node = 0; node < NODES; node++) {
                String pods = list(pods(node));
                tasks.add(() -> kubectl.mustWith(pods, "create", "-f", "-"));
            }
            for (var task : clients.invokeAll(tasks)) {
                var _ = task.get();
            }
        }
    }

    private static List<Object> pods(int node) {
        var pods = new ArrayList<Object>();
        for (int pod = 0; pod < PODS_OF_A_NODE; pod++) {
            var labels = Map.of("app", "elsewhere", "text", "x".repeat(60));
            var container =
                    Map.of(
                            "name",
                            "main",
                            "image",
                            "localhost/busybox:1",
                            "command",
                            List.of("sh"));
            pods.add(
                    object(
                            "Pod",
                            Map.of("name", "elsewhere-" + node + "-" + pod, "labels", labels),
                            Map.of(
                                    "nodeName",
                                    "elsewhere-" + node,
                                    "automountServiceAccountToken",
                                    false,
                                    "containers",
                                    List.of(container))));
        }
        return pods;
    }

    private static Map<String, Object> object(
            String kind, Map<String, Object> metadata, Map<String, Object> spec) {
        return Map.of("apiVersion", "v1", "kind", kind, "metadata", metadata, "spec", spec);
    }

    private static String list(List<Object> items) {
        return Json.compact(Map.of("apiVersion", "v1", "kind", "List", "items", items));
    }
}
