package dev.vpccni.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.kubernetes.api.ApiAccess;
import dev.vpccni.kubernetes.api.ApiClient;
import dev.vpccni.kubernetes.api.ListWatch;
import dev.vpccni.kubernetes.fake.Eventually;
import dev.vpccni.kubernetes.fake.FakeApiServer;
import dev.vpccni.kubernetes.fake.SkippedPauses;
import dev.vpccni.node.settings.ClusterSettings;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a cluster sends passes through a small heap, and a node without one loads nothing. */
final class MemoryTest {

    private static final int PODS = 1_000;

    /** Each about 100 KB; what has one megabyte is the most that a cluster keeps. */
    private static final String BALLAST = "x".repeat(1_000);

    @TempDir Path folder;

    /** Follows a server, whose URL and whose token's folder it is given; prints what it knows. */
    public static void main(String[] arguments) throws Exception {
        ApiAccess none = ApiAccess.from(Map.of());
        System.out.println("no cluster: " + none);
        var cluster =
                new KubernetesCluster(
                        new ApiClient(
                                new ApiAccess.InCluster(arguments[0], Path.of(arguments[1])), "t"),
                        "me",
                        ClusterSettings.DEFAULT,
                        false,
                        false,
                        ListWatch.Limits.DEFAULT,
                        new SkippedPauses(),
                        new Random(1),
                        System.out::println,
                        Operator.NOBODY);
        System.out.println("made");
        cluster.start();
        Eventually.await("all pods", () -> cluster.view().bound().size() == PODS);
        System.out.println("bound " + cluster.view().bound().size());
        System.exit(0);
    }

    @Test
    void aHundredMegabytesOfPodsPassThroughASmallHeap() throws Exception {
        Files.writeString(folder.resolve("token"), "t");
        List<String> lines;
        try (var server = new FakeApiServer()) {
            for (int i = 0; i < 2; i++) { // One for nodes and one for pods, in any order.
                server.next(exchange -> {
                    exchange.sendResponseHeaders(200, 0);
                    boolean pods = exchange.getRequestURI().getPath().endsWith("pods");
                    try (OutputStream out = exchange.getResponseBody()) {
                        write(out, pods ? PODS : 0);
                    }
                });
            }
            var builder =
                    new ProcessBuilder(
                            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                            "-Xmx16m",
                            "-XX:+UseSerialGC",
                            "-XX:TieredStopAtLevel=1",
                            "-Xlog:class+load:stdout",
                            "-cp",
                            System.getProperty(
                                    "surefire.test.class.path",
                                    System.getProperty("java.class.path")),
                            MemoryTest.class.getName(),
                            server.url(),
                            folder.toString());
            builder.environment().clear();
            Process process = builder.redirectErrorStream(true).start();
            try (var output = process.inputReader()) {
                lines = output.lines().toList();
            } finally {
                process.destroy();
            }
            assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(lines).contains("no cluster: null", "made", "bound " + PODS);
        assertThat(lines.subList(0, lines.indexOf("made")))
                .noneMatch(line -> line.contains(" io.fabric8."))
                .noneMatch(line -> line.contains(" java.net.http."));
    }

    private static void write(OutputStream out, int count) throws IOException {
        text(out, "{\"metadata\":{\"resourceVersion\":\"1\"},\"items\":[");
        for (int i = 0; i < count; i++) {
            text(out, i == 0 ? "{" : ",{");
            text(
                    out,
                    "\"metadata\":{\"namespace\":\"d\",\"name\":\"p"
                            + i
                            + "\",\"managedFields\":[");
            for (int field = 0; field < 100; field++) {
                text(out, (field == 0 ? "" : ",") + "{\"" + BALLAST + "\":{}}");
            }
            text(out, "]},\"spec\":{\"nodeName\":\"me\"},\"status\":{\"phase\":\"Pending\"}}");
        }
        text(out, "]}");
    }

    private static void text(OutputStream out, String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
    }
}
