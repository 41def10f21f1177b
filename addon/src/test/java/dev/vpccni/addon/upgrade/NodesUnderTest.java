package dev.vpccni.addon.upgrade;

import dev.vpccni.json.Json;
import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import dev.vpccni.kubernetes.api.ApiAccess;
import dev.vpccni.kubernetes.api.ApiClient;
import dev.vpccni.kubernetes.fake.FakeApiServer;
import dev.vpccni.kubernetes.fake.FakeApiServer.Heard;
import dev.vpccni.kubernetes.fake.FakeApiServer.Reply;
import dev.vpccni.kubernetes.fake.FakeObjects;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A cluster whose DaemonSet's controller makes a pod for each node, and whose kubelets start it at
 * once, or never if its image is one of those that do not work.
 */
final class NodesUnderTest implements AutoCloseable {

    static final String SETS = "/apis/apps/v1/namespaces/kube-system/daemonsets";
    static final String PODS = "/api/v1/namespaces/kube-system/pods";
    static final String CONFIGS = "/api/v1/namespaces/kube-system/configmaps";
    static final String NODES = "/api/v1/nodes";
    private static final String EVENTS = "/api/v1/namespaces/kube-system/events";

    final FakeApiServer server = new FakeApiServer();
    final FakeObjects objects = new FakeObjects(server);
    final List<String> lines = new ArrayList<>();
    final ApiClient client;

    /** Images whose daemon is never ready. */
    final TreeSet<String> broken = new TreeSet<>();

    /** Images whose daemon is ready, and whose node starts no pods. */
    final TreeSet<String> deaf = new TreeSet<>();

    /** Nodes of which pods were deleted, in order. */
    final List<String> replaced = new ArrayList<>();

    /** The controller of DaemonSets makes so many pods more of the former image. */
    int late;

    /** Requests that change something are answered until there were so many. */
    int writesLeft = Integer.MAX_VALUE;

    private int made;

    NodesUnderTest(Path folder, String... nodes) throws IOException, JsonException {
        Files.writeString(folder.resolve("token"), "secret");
        client = new ApiClient(new ApiAccess.InCluster(server.url(), folder), "test");
        server.writes(this::answer);
        server.put(
                PODS,
                parsed(
                        "{\"metadata\":{\"name\":\"other\",\"namespace\":\"kube-system\"},"
                                + "\"spec\":{\"nodeName\":\"n1\"}}"));
        for (String node : nodes) {
            node(node, true);
        }
        String set =
                """
                {"apiVersion":"apps/v1","kind":"DaemonSet",
                 "metadata":{"name":"aws-node","namespace":"kube-system","uid":"set-uid"},
                 "spec":{"updateStrategy":{"type":"RollingUpdate",
                     "rollingUpdate":{"maxUnavailable":"10%"}},
                   "template":{"spec":{
                     "initContainers":[{"name":"init","image":"old"}],
                     "containers":[{"name":"aws-node","image":"old"},
                       {"name":"agent","image":"agent:1"}]}}}}
                """;
        objects.write(SETS, set, "helm");
        Map<String, Object> data = new TreeMap<>();
        data.put("DaemonSet.aws-node.json", set);
        objects.write(
                CONFIGS,
                Json.compact(
                        Map.of(
                                "metadata",
                                Map.of("name", "aws-node-installed", "namespace", "kube-system"),
                                "data",
                                data)),
                "helm");
        react();
    }

    void node(String name, boolean ready) throws JsonException {
        server.put(
                NODES,
                parsed(
                        """
                        {"metadata":{"name":"%s"},
                         "status":{"conditions":[{"type":"Ready","status":"%s"}]}}
                        """
                                .formatted(name, ready ? "True" : "False")));
    }

    private synchronized Reply answer(Heard request) {
        if (writesLeft-- <= 0) {
            return new Reply(500, "{\"message\":\"crash\"}");
        }
        if (request.method().equals("DELETE") && !request.path().endsWith(CanaryProbe.NAME)) {
            String name = request.path().substring(PODS.length() + 1);
            Map<String, Object> pod = server.find(PODS, name);
            replaced.add(String.valueOf(((Map<?, ?>) pod.get("spec")).get("nodeName")));
        }
        Reply reply = objects.handle(request);
        try {
            react();
        } catch (JsonException e) {
            throw new AssertionError(e);
        }
        return reply;
    }

    private void react() throws JsonException {
        SortedMap<String, String> present = images();
        String wanted = images(set()).get("aws-node");
        for (String node : nodes()) {
            if (!present.containsKey(node)) {
                boolean former = late > 0 && !wanted.equals("old");
                late -= former ? 1 : 0;
                make(node, former ? "old" : wanted);
            }
        }
        Map<String, Object> probe = server.find(PODS, CanaryProbe.NAME);
        if (probe != null && !probe.containsKey("status")) {
            start(probe);
        }
    }

    private void make(String node, String image) throws JsonException {
        String ready = broken.contains(image) ? "False" : "True";
        String state =
                broken.contains(image) ? "\"waiting\":{\"reason\":\"CrashLoopBackOff\"}" : "";
        String name = "aws-node-" + ++made;
        server.put(
                PODS,
                parsed(
                        """
                        {"metadata":{"name":"%s","namespace":"kube-system","uid":"pod-%d",
                           "ownerReferences":[{"kind":"DaemonSet","uid":"set-uid"}]},
                         "spec":{"nodeName":"%s","initContainers":[{"name":"init","image":"%s"}],
                           "containers":[{"name":"aws-node","image":"%s"},
                             {"name":"agent","image":"agent:1"}]},
                         "status":{"conditions":[{"type":"Ready","status":"%s"}],
                           "containerStatuses":[{"name":"aws-node","restartCount":0,
                             "state":{%s}}]}}
                        """
                                .formatted(name, made, node, image, image, ready, state)));
    }

    private void start(Map<String, Object> probe) throws JsonException {
        String node = String.valueOf(((Map<?, ?>) probe.get("spec")).get("nodeName"));
        if (deaf.contains(images().get(node))) {
            server.put(
                    EVENTS,
                    parsed(
                            """
                            {"metadata":{"name":"e","namespace":"kube-system"},
                             "involvedObject":{"name":"vpc-cni-canary"},
                             "reason":"FailedCreatePodSandBox","message":"no address",
                             "lastTimestamp":"2026-01-01T00:00:00Z"}
                            """));
            return;
        }
        probe.put(
                "status",
                parsed(
                        """
                        {"podIP":"10.0.0.9","conditions":[{"type":"Ready","status":"True"}]}
                        """));
        server.put(PODS, probe);
    }

    /** Returns the image of each node's daemon. */
    SortedMap<String, String> images() throws JsonException {
        SortedMap<String, String> images = new TreeMap<>();
        for (int i = 1; i <= made; i++) {
            Map<String, Object> pod = server.find(PODS, "aws-node-" + i);
            if (pod != null) {
                JsonObject spec = JsonObject.of(pod.get("spec"), "");
                images.put(spec.string("nodeName"), DaemonSetState.images(spec).get("aws-node"));
            }
        }
        return images;
    }

    private List<String> nodes() {
        var names = new ArrayList<String>();
        for (String name : List.of("n1", "n2", "n3", "n4")) {
            if (server.find(NODES, name) != null) {
                names.add(name);
            }
        }
        return names;
    }

    Map<String, Object> set() {
        return server.find(SETS, "aws-node");
    }

    static SortedMap<String, String> images(Map<String, Object> set) throws JsonException {
        return DaemonSetState.images(DaemonSetState.pod(JsonObject.of(set, "")));
    }

    /** Returns what is installed, as the controller that keeps it reads it. */
    SortedMap<String, String> installed() throws JsonException {
        Map<String, Object> config = server.find(CONFIGS, "aws-node-installed");
        String text = JsonObject.of(config, "").object("data").string("DaemonSet.aws-node.json");
        return DaemonSetState.images(DaemonSetState.pod(JsonObject.parse(text)));
    }

    @SuppressWarnings("unchecked") // a parsed text
    private static Map<String, Object> parsed(String text) throws JsonException {
        return (Map<String, Object>) Json.parse(text);
    }

    @Override
    public void close() {
        client.close();
        server.close();
    }
}
