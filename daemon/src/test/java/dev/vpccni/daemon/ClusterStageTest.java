package dev.vpccni.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.vpccni.cni.CniArgs;
import dev.vpccni.cni.CniError;
import dev.vpccni.daemon.cluster.NodeReadiness;
import dev.vpccni.daemon.log.Log;
import dev.vpccni.daemon.log.LogLevel;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.PodName;
import dev.vpccni.node.port.Cluster;
import dev.vpccni.node.settings.PodsMax;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterStageTest {

    private static final NodeReadiness STATE =
            new NodeReadiness() {
                @Override
                public String obstacle() {
                    return "the instance's metadata cannot be read";
                }

                @Override
                public long addressesMax() {
                    return 29;
                }
            };

    @TempDir Path folder;
    private final BlockingQueue<String> sent = new LinkedBlockingQueue<>();
    private final BlockingQueue<String> logged = new LinkedBlockingQueue<>();

    private ClusterStage stage(Map<String, String> environment) {
        ClusterStage stage =
                ClusterStage.of(
                        EnvironmentSettings.parse(environment, PodsMax.UNKNOWN),
                        environment,
                        new RealTempo((_, fault) -> sent.add(fault.toString())),
                        new Random(1),
                        new Log(LogLevel.DEBUG, Lines::new));
        stage.tell(STATE);
        return stage;
    }

    /** Where the log's writer leaves its lines, in its own time. */
    private final class Lines implements Log.Sink {
        @Override
        public void write(Log.Line line) {
            logged.add(line.message());
        }

        @Override
        public void close() {}
    }

    @Test
    void aNodeWithoutAClusterHasNone() throws Exception {
        try (ClusterStage stage = stage(Map.of("MY_NODE_NAME", "me"))) {
            stage.start();
            stage.denied("CreateNetworkInterface");
            assertThat(stage.port()).isSameAs(Cluster.SILENT);
        }
    }

    @Test
    void aNodeThatDoesNotKnowItsNameSaysSo() throws Exception {
        try (ClusterStage stage = stage(Map.of("KUBERNETES_SERVICE_HOST", "127.0.0.1"))) {
            assertThat(stage.port()).isSameAs(Cluster.SILENT);
        }
        assertThat(logged.poll(60, TimeUnit.SECONDS)).contains("MY_NODE_NAME is not set");
    }

    @Test
    void aFileStandsForTheClusterWhereItIsNamed() throws Exception {
        Map<String, String> environment =
                Map.of(
                        "KUBERNETES_SERVICE_HOST", "127.0.0.1",
                        "MY_NODE_NAME", "me",
                        "VPC_CNI_CLUSTER_FILE", folder.resolve("cluster.json").toString());
        try (ClusterStage stage = stage(environment)) {
            assertThat(stage.port()).isInstanceOf(ClusterFile.class);
        }
    }

    @Test
    void whatIsDeniedAndRefusedIsToldWhereItBelongs() throws Exception {
        HttpServer server = server(503, "");
        Map<String, String> environment =
                Map.of(
                        "KUBECONFIG", kubeconfig(server).toString(),
                        "MY_NODE_NAME", "me",
                        "MY_POD_NAME", "aws-node-1");
        try (ClusterStage stage = stage(environment)) {
            stage.denied("CreateNetworkInterface");
            assertThat(sent).isEmpty();
            stage.start();
            String first = sent.poll(60, TimeUnit.SECONDS);
            String second = sent.poll(60, TimeUnit.SECONDS);
            var pod = new CniArgs(new PodName("shop", "web-0"), "", "uid-1");
            stage.refused(pod, new CniError.Failed("the container is odd", "mend it"));
            stage.refused(CniArgs.NONE, new CniError.TryAgainLater("full", "more"));
            stage.refused(pod, new CniError.TryAgainLater("subnet-1 is full", "add a subnet"));
            assertThat(sent.poll(60, TimeUnit.SECONDS))
                    .startsWith("/apis/events.k8s.io/v1/namespaces/shop/events ")
                    .contains("\"reason\":\"NoAddress\"")
                    .contains("subnet-1 is full. add a subnet")
                    .contains("\"uid\":\"uid-1\"");
            assertThat(sent.poll(60, TimeUnit.SECONDS)).contains("for shop/web-0: subnet-1");
            assertThat(first)
                    .startsWith("/apis/events.k8s.io/v1/namespaces/default/events ")
                    .contains("\"reason\":\"MissingIAMPermissions\"")
                    .contains("\"action\":\"ec2:CreateNetworkInterface\"")
                    .contains("lacks ec2:CreateNetworkInterface");
            assertThat(second)
                    .startsWith("/apis/events.k8s.io/v1/namespaces/kube-system/events ")
                    .contains("aws-node-1");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void credentialsThatEc2DoesNotAcceptAreOneEventWhateverIsAsked() throws Exception {
        HttpServer server = server(503, "");
        Map<String, String> environment =
                Map.of("KUBECONFIG", kubeconfig(server).toString(), "MY_NODE_NAME", "me");
        try (ClusterStage stage = stage(environment)) {
            stage.unauthenticated();
            stage.unauthenticated();
            stage.denied("CreateNetworkInterface");
            stage.start();
            assertThat(sent.poll(60, TimeUnit.SECONDS))
                    .startsWith("/apis/events.k8s.io/v1/namespaces/default/events ")
                    .contains("\"reason\":\"NoCredentials\"")
                    .contains("have expired")
                    .contains("clock is right");
            assertThat(sent.poll(60, TimeUnit.SECONDS)).contains("MissingIAMPermissions");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void whatSettingsAskForIsWritten() throws Exception {
        String node =
                """
                {"metadata":{"resourceVersion":"1"},"items":[{"metadata":{"name":"me","uid":"1"},
                 "status":{"capacity":{"pods":"110"}}}]}
                """;
        HttpServer server = server(200, node);
        Map<String, String> environment =
                Map.of(
                        "KUBECONFIG", kubeconfig(server).toString(),
                        "MY_NODE_NAME", "me",
                        "ANNOTATE_POD_IP", "true",
                        "VPC_CNI_NODE_CONDITION", "true");
        try (ClusterStage stage = stage(environment)) {
            stage.start();
            stage.start();
            String condition = awaitSent("/api/v1/nodes/me/status ");
            String pods = awaitSent("/apis/events.k8s.io/v1/namespaces/default/events ");
            stage.connected(
                    new CniArgs(new PodName("shop", "web-0"), "", "uid-1"),
                    IpAddress.parse("10.0.0.7"));
            String connected = awaitSent("/api/v1/namespaces/shop/pods/web-0 ");
            stage.released(
                    new CniArgs(new PodName("shop", "web-0"), "", "uid-1"),
                    IpAddress.parse("10.0.0.7"));
            String released = awaitSent("/api/v1/namespaces/shop/pods/web-0 ");

            assertThat(condition).contains("\"True\"", "metadata cannot be read");
            assertThat(pods).contains("MaxPodsTooHigh", "--max-pods=31");
            assertThat(connected).contains("\"10.0.0.7\"", "uid-1");
            assertThat(released).contains(":\"\"", "uid-1");
        } finally {
            server.stop(0);
        }
    }

    @Test
    void nothingIsWrittenThatNoSettingAsksFor() throws Exception {
        try (ClusterStage stage = stage(Map.of("MY_NODE_NAME", "me"))) {
            stage.connected(CniArgs.NONE, IpAddress.parse("10.0.0.7"));
            stage.released(CniArgs.NONE, IpAddress.parse("10.0.0.7"));
        }
        assertThat(sent).isEmpty();
    }

    /** What else is sent meanwhile is none of the test's. */
    private String awaitSent(String path) throws InterruptedException {
        while (true) {
            String next = Objects.requireNonNull(sent.poll(60, TimeUnit.SECONDS), path);
            if (next.startsWith(path)) {
                return next;
            }
        }
    }

    private HttpServer server(int status, String nodes) throws IOException {
        HttpServer server =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", exchange -> note(exchange, status, nodes));
        server.start();
        return server;
    }

    private Path kubeconfig(HttpServer server) throws IOException {
        Path kubeconfig = folder.resolve("kubeconfig");
        Files.writeString(
                kubeconfig,
                """
                apiVersion: v1
                kind: Config
                current-context: c
                contexts: [{name: c, context: {cluster: c, user: u}}]
                clusters: [{name: c, cluster: {server: "http://127.0.0.1:%d"}}]
                users: [{name: u, user: {token: abc}}]
                """
                        .formatted(server.getAddress().getPort()));
        return kubeconfig;
    }

    private void note(HttpExchange exchange, int status, String nodes) throws IOException {
        try (exchange) {
            String body =
                    new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            String path = exchange.getRequestURI().getPath();
            if (!exchange.getRequestMethod().equals("GET")) {
                sent.add(path + " " + body);
                exchange.sendResponseHeaders(201, -1);
            } else if (path.equals("/api/v1/nodes") && !nodes.isEmpty()) {
                byte[] text = nodes.getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(status, text.length);
                exchange.getResponseBody().write(text);
            } else {
                exchange.sendResponseHeaders(503, -1);
            }
        }
    }
}
