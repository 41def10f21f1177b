package dev.vpccni.addon;

import dev.vpccni.json.Json;
import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import dev.vpccni.kubernetes.api.ApiAccess;
import dev.vpccni.kubernetes.api.ApiClient;
import dev.vpccni.kubernetes.fake.FakeApiServer;
import dev.vpccni.kubernetes.fake.FakeObjects;
import dev.vpccni.kubernetes.fake.HeldTempo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** An API server with an installation that Helm has made, and whatever others do to it. */
final class InstalledUnderTest implements AutoCloseable {

    static final String SETS = "/apis/apps/v1/namespaces/kube-system/daemonsets";
    static final String CONFIGS = "/api/v1/namespaces/kube-system/configmaps";
    static final String ROLES = "/apis/rbac.authorization.k8s.io/v1/clusterroles";
    static final String NODE = "aws-node";
    static final String INSTALLED = "aws-node-installed";
    static final String WINDOWS = "amazon-vpc-cni";

    final FakeApiServer server = new FakeApiServer();
    final FakeObjects objects = new FakeObjects(server);
    final List<String> log = new CopyOnWriteArrayList<>();
    final HeldTempo tempo = new HeldTempo();
    final ApiClient client;

    InstalledUnderTest(Path folder) throws IOException, JsonException {
        Files.writeString(folder.resolve("token"), "secret");
        client = new ApiClient(new ApiAccess.InCluster(server.url(), folder), "test");
        release("v1");
    }

    /** Installs a release in Helm's order. */
    void release(String version) throws JsonException {
        say(version);
        objects.write(CONFIGS, windows(), "helm");
        objects.write(ROLES, role(), "helm");
        objects.write(SETS, set(version), "helm");
    }

    /** Writes what is installed, and nothing of it yet. */
    void say(String version) throws JsonException {
        Map<String, Object> data = new LinkedHashMap<>();
        data.put("DaemonSet.aws-node.json", set(version));
        data.put("ConfigMap.amazon-vpc-cni.json", windows());
        data.put("ClusterRole.aws-node.json", role());
        Map<String, Object> config = new LinkedHashMap<>();
        config.put("apiVersion", "v1");
        config.put("kind", "ConfigMap");
        Map<String, Object> metadata = new LinkedHashMap<>();
        metadata.put("name", INSTALLED);
        metadata.put("namespace", "kube-system");
        config.put("metadata", metadata);
        config.put("data", data);
        objects.write(CONFIGS, Json.compact(config), "helm");
    }

    static String set(String version) {
        return """
        {"apiVersion":"apps/v1","kind":"DaemonSet",
         "metadata":{"name":"aws-node","namespace":"kube-system","labels":{"k8s-app":"aws-node"}},
         "spec":{"updateStrategy":{"type":"RollingUpdate"},"template":{"spec":{
           "hostNetwork":true,
           "tolerations":[{"operator":"Exists"}],
           "containers":[{"name":"aws-node","image":"vpc-cni:%s",
             "ports":[{"name":"metrics","containerPort":61678}],
             "env":[{"name":"AWS_VPC_ENI_MTU","value":"9001"},
                    {"name":"ENABLE_PREFIX_DELEGATION","value":"false"},
                    {"name":"WARM_ENI_TARGET","value":"1"}]}]}}}}
        """
                .formatted(version);
    }

    private static String windows() {
        return """
        {"apiVersion":"v1","kind":"ConfigMap",
         "metadata":{"name":"amazon-vpc-cni","namespace":"kube-system"},
         "data":{"enable-windows-ipam":"false","warm-ip-target":"1"}}
        """;
    }

    private static String role() {
        return """
        {"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRole",
         "metadata":{"name":"aws-node"},
         "rules":[{"apiGroups":[""],"resources":["nodes"],"verbs":["get","list","watch"]}]}
        """;
    }

    /** Has somebody edit the DaemonSet's container. */
    void editContainer(String manager, Consumer<Map<String, Object>> change) throws JsonException {
        objects.edit(SETS, NODE, manager, set -> change.accept(container(set)));
    }

    /** Has somebody give a variable another value, or its first one. */
    void setVariable(String manager, String name, String value) throws JsonException {
        editContainer(
                manager,
                container -> {
                    List<Object> env = new ArrayList<>((List<?>) container.get("env"));
                    env.removeIf(entry -> name.equals(((Map<?, ?>) entry).get("name")));
                    Map<String, Object> entry = new LinkedHashMap<>();
                    entry.put("name", name);
                    entry.put("value", value);
                    env.add(entry);
                    container.put("env", env);
                });
    }

    void removeVariable(String manager, String name) throws JsonException {
        editContainer(
                manager,
                container -> {
                    List<Object> env = new ArrayList<>((List<?>) container.get("env"));
                    env.removeIf(entry -> name.equals(((Map<?, ?>) entry).get("name")));
                    container.put("env", env);
                });
    }

    String image() throws JsonException {
        Map<String, Object> set = server.find(SETS, NODE);
        return set == null ? "" : (String) container(set).get("image");
    }

    /** Returns the value of a variable; empty if it is not there. */
    String variable(String name) throws JsonException {
        JsonObject container = JsonObject.of(container(server.find(SETS, NODE)), "");
        for (JsonObject entry : container.objects("env")) {
            if (entry.string("name").equals(name)) {
                return entry.string("value");
            }
        }
        return "";
    }

    /** Requests that changed something, events and the installation's own left out. */
    List<String> written() {
        return objects.written().stream().filter(line -> !line.contains("/events")).toList();
    }

    @SuppressWarnings("unchecked") // of a parsed text
    static Map<String, Object> container(Map<String, Object> set) {
        Map<String, Object> spec = (Map<String, Object>) set.get("spec");
        Map<String, Object> template = (Map<String, Object>) spec.get("template");
        Map<String, Object> pod = (Map<String, Object>) template.get("spec");
        return (Map<String, Object>) ((List<Object>) pod.get("containers")).getFirst();
    }

    @Override
    public void close() {
        client.close();
        server.close();
    }
}
