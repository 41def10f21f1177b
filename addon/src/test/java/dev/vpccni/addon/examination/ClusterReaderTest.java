package dev.vpccni.addon.examination;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vpccni.doctor.cluster.seen.ClusterSnapshot;
import dev.vpccni.doctor.cluster.seen.NetworkPlan;
import dev.vpccni.doctor.cluster.seen.SeenAccess;
import dev.vpccni.doctor.cluster.seen.SeenDaemonSet;
import dev.vpccni.doctor.cluster.seen.SeenDefinition;
import dev.vpccni.doctor.cluster.seen.SeenNode;
import dev.vpccni.doctor.cluster.seen.SeenPort;
import dev.vpccni.doctor.cluster.seen.SeenProxy;
import dev.vpccni.doctor.cluster.seen.SeenWebhook;
import dev.vpccni.doctor.snapshot.Fact;
import dev.vpccni.json.Json;
import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import dev.vpccni.kubernetes.api.ApiAccess;
import dev.vpccni.kubernetes.api.ApiClient;
import dev.vpccni.kubernetes.fake.FakeApiServer;
import dev.vpccni.kubernetes.fake.FakeApiServer.Heard;
import dev.vpccni.kubernetes.fake.FakeApiServer.Reply;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ClusterReaderTest {

    private static final String SETS = "/apis/apps/v1/namespaces/kube-system/daemonsets";
    private static final String HOOKS = "/apis/admissionregistration.k8s.io/v1/";
    private static final String SLICES =
            "/apis/discovery.k8s.io/v1/namespaces/policy/endpointslices";
    private static final Fact<DaemonFound> INSTALLED =
            new Fact.Seen<>(
                    new DaemonFound(
                            true, Map.of(), List.of(), "aws-node", Map.of("k8s-app", "aws-node")));

    @TempDir Path folder;
    private FakeApiServer server;
    private ApiClient client;
    private ClusterReader reader;
    private boolean mayAskAboutOthers = true;

    @BeforeEach
    void start() throws Exception {
        server = new FakeApiServer();
        server.writes(this::review);
        Files.writeString(folder.resolve("token"), "secret");
        client = new ApiClient(new ApiAccess.InCluster(server.url(), folder), "test");
        reader = new ClusterReader(client, "kube-system", "aws-node");
        put(
                "/api/v1/namespaces",
                """
                {"metadata":{"name":"kube-system","labels":{"kubernetes.io/metadata.name":"kube-system"}}}
                """);
        put("/api/v1/namespaces/kube-system/configmaps", "{\"metadata\":{\"name\":\"x\"}}");
        put(
                "/apis/apiextensions.k8s.io/v1/customresourcedefinitions",
                """
                {"metadata":{"name":"eniconfigs.crd.k8s.amazonaws.com"},
                 "spec":{"versions":[{"name":"v1alpha1","served":true}]},
                 "status":{"conditions":[{"type":"Established","status":"True"}]}}
                """);
    }

    @AfterEach
    void stop() {
        client.close();
        server.close();
    }

    /** An authorizer that lets everybody read, and nobody write. */
    private Reply review(Heard request) {
        try {
            JsonObject body = JsonObject.parse(request.body());
            String kind = body.string("kind");
            if (kind.equals("SelfSubjectReview")) {
                return new Reply(
                        201,
                        """
                        {"status":{"userInfo":{
                          "username":"system:serviceaccount:kube-system:aws-node"}}}
                        """);
            }
            if (kind.equals("SubjectAccessReview") && !mayAskAboutOthers) {
                return new Reply(403, "{\"message\":\"cannot create subjectaccessreviews\"}");
            }
            String verb = body.object("spec").object("resourceAttributes").string("verb");
            boolean reads = List.of("get", "list", "watch").contains(verb);
            return new Reply(201, "{\"status\":{\"allowed\":" + reads + "}}");
        } catch (JsonException e) {
            return new Reply(400, "{}");
        }
    }

    private void put(String collection, String text) throws JsonException {
        @SuppressWarnings("unchecked") // a parsed text
        var object = (Map<String, Object>) Json.parse(text);
        server.put(collection, object);
    }

    private static NetworkPlan plan() {
        return new NetworkPlan(
                "s",
                "kube-system",
                "aws-node",
                "aws-node",
                List.of(),
                List.of(),
                false,
                false,
                true,
                false,
                -1,
                0x80,
                "0.4.0",
                List.of());
    }

    private ClusterSnapshot read() throws Exception {
        return reader.read(plan(), INSTALLED, new Fact.Absent<>());
    }

    @Test
    void theDaemonsVariablesAreThoseOfItsContainer() throws Exception {
        put(SETS, "{\"metadata\":{\"name\":\"other\"}}");
        assertThat(reader.daemon().isAbsent()).isTrue();
        put(
                SETS,
                """
                {"metadata":{"name":"aws-node"},"spec":{"template":{
                  "metadata":{"labels":{"k8s-app":"aws-node"}},
                  "spec":{"serviceAccountName":"cni","containers":[
                    {"name":"aws-eks-nodeagent","env":[{"name":"A","value":"no"}]},
                    {"name":"aws-node","env":[{"name":"WARM_IP_TARGET","value":"3"},
                      {"name":"EMPTY"},
                      {"name":"MY_NODE_NAME","valueFrom":{"fieldRef":{"fieldPath":"x"}}},
                      {"name":"KEPT","valueFrom":{"secretKeyRef":{"name":"x"}}}]}]}}}}
                """);
        assertThat(reader.daemon())
                .isEqualTo(
                        new Fact.Seen<>(
                                new DaemonFound(
                                        true,
                                        Map.of("WARM_IP_TARGET", "3", "EMPTY", ""),
                                        List.of("KEPT"),
                                        "cni",
                                        Map.of("k8s-app", "aws-node"))));
    }

    @Test
    void rightsAreAskedForAsTheServiceAccount() throws Exception {
        List<SeenAccess> access = read().access().or(List.of());
        assertThat(access)
                .contains(
                        new SeenAccess("", "nodes", "watch", "", true),
                        new SeenAccess("crd.k8s.amazonaws.com", "eniconfigs", "list", "", true),
                        new SeenAccess("events.k8s.io", "events", "create", "", false));
        assertThat(server.heard())
                .filteredOn(request -> request.path().endsWith("/subjectaccessreviews"))
                .hasSameSizeAs(access)
                .allMatch(
                        request -> request.body().contains("serviceaccount:kube-system:aws-node"));
    }

    @Test
    void theDaemonItselfAsksAboutItself() throws Exception {
        mayAskAboutOthers = false;
        List<SeenAccess> access = read().access().or(List.of());
        assertThat(access).contains(new SeenAccess("", "nodes", "watch", "", true));
        assertThat(server.heard())
                .filteredOn(request -> request.path().endsWith("/selfsubjectaccessreviews"))
                .hasSameSizeAs(access);
    }

    @Test
    void beforeAnInstallationNobodyMissesWhatItBrings() throws Exception {
        ClusterSnapshot cluster = reader.read(plan(), new Fact.Absent<>(), new Fact.Absent<>());
        assertThat(cluster.access().isAbsent()).isTrue();
        assertThat(cluster.definitions().isAbsent()).isTrue();
        assertThat(cluster.unseen()).isEmpty();
    }

    @Test
    void definitionsCountOnceTheyAreServed() throws Exception {
        assertThat(read().definitions().or(List.of()))
                .containsExactly(
                        new SeenDefinition("eniconfigs.crd.k8s.amazonaws.com", true, true),
                        new SeenDefinition("cninodes.vpcresources.k8s.aws", false, false));
    }

    @Test
    void theProxyIsConfiguredInEitherPlace() throws Exception {
        assertThat(read().proxy().isAbsent()).isTrue();
        put(
                "/api/v1/namespaces/kube-system/configmaps",
                """
                {"metadata":{"name":"kube-proxy"},"data":{"config.conf":"mode: ipvs\\n"}}
                """);
        assertThat(read().proxy().orNull())
                .isEqualTo(new SeenProxy("kube-system/kube-proxy", "ipvs", 14, ""));
        put(
                "/api/v1/namespaces/kube-system/configmaps",
                """
                {"metadata":{"name":"kube-proxy-config"},"data":{"config":"mode: nftables\\n"}}
                """);
        assertThat(read().proxy().orNull())
                .isEqualTo(new SeenProxy("kube-system/kube-proxy-config", "nftables", 14, ""));
    }

    @Test
    void podsPortsNodesAndNetworksAreListed() throws Exception {
        put(
                "/apis/apps/v1/daemonsets",
                """
                {"metadata":{"namespace":"n","name":"flannel"},
                 "spec":{"template":{"spec":{"containers":[{"image":"f:1"}]}}},
                 "status":{"desiredNumberScheduled":2}}
                """);
        put(
                "/api/v1/pods",
                """
                {"metadata":{"namespace":"m","name":"a",
                   "ownerReferences":[{"kind":"DaemonSet","name":"exporter"}]},
                 "spec":{"nodeName":"n1","hostNetwork":true,
                   "containers":[{"ports":[{"containerPort":61678}]}]},"status":{"phase":"Running"}}
                """);
        put(
                "/api/v1/pods",
                """
                {"metadata":{"namespace":"m","name":"b"},
                 "spec":{"containers":[{"ports":[{"containerPort":80,"hostPort":61679},
                   {"containerPort":50051}]}]},"status":{"phase":"Pending"}}
                """);
        put(
                "/api/v1/pods",
                """
                {"metadata":{"namespace":"m","name":"c"},
                 "spec":{"containers":[{"ports":[{"containerPort":80,"hostPort":61679}]}]},
                 "status":{"phase":"Succeeded"}}
                """);
        put(
                "/api/v1/nodes",
                """
                {"metadata":{"name":"n1","labels":{"node.kubernetes.io/instance-type":"c5.large",
                   "kubernetes.io/os":"linux"}},
                 "status":{"capacity":{"pods":"29"},
                   "nodeInfo":{"containerRuntimeVersion":"containerd://2.1.4","osImage":"AL"}}}
                """);
        put(
                "/api/v1/nodes",
                """
                {"metadata":{"name":"w","labels":{"kubernetes.io/os":"windows"}},"status":{}}
                """);
        ClusterSnapshot cluster = read();
        assertThat(cluster.networks().or(List.of()))
                .containsExactly(new SeenDaemonSet("n", "flannel", List.of("f:1"), 2));
        assertThat(cluster.ports().or(List.of()))
                .containsExactly(
                        new SeenPort("m/a", "n1", "DaemonSet/exporter", 61678),
                        new SeenPort("m/b", "", "", 61679));
        assertThat(cluster.nodes().or(List.of()))
                .containsExactly(new SeenNode("n1", "c5.large", 29, "containerd://2.1.4", "AL"));
    }

    private static String hook(String selector, String more) {
        return """
        {"metadata":{"name":"policy"},"webhooks":[{"name":"pods.policy.io",
          "clientConfig":{"service":{"namespace":"policy","name":"server"}},
          %s "namespaceSelector":%s,
          "rules":[{"apiGroups":[""],"resources":["pods"],"operations":["CREATE"]}]}]}
        """
                .formatted(more, selector);
    }

    private SeenWebhook webhook(String selector, String more) throws Exception {
        put(HOOKS + "validatingwebhookconfigurations", hook(selector, more));
        List<SeenWebhook> all = read().webhooks().or(List.of());
        assertThat(all).hasSize(1);
        return all.getFirst();
    }

    @Test
    void aWebhookIsDownWhereNoEndpointIsReady() throws Exception {
        SeenWebhook down = webhook("{}", "");
        assertThat(down)
                .isEqualTo(
                        new SeenWebhook(
                                "validatingwebhookconfiguration",
                                "policy",
                                "pods.policy.io",
                                true,
                                true,
                                true,
                                "policy/server",
                                false));
        put(
                SLICES,
                "{\"metadata\":{\"name\":\"a\"},\"endpoints\":[{\"conditions\":{\"ready\":false}}]}");
        assertThat(webhook("{}", "").served()).isFalse();
        put(
                SLICES,
                "{\"metadata\":{\"name\":\"b\"},\"endpoints\":[{\"conditions\":{\"ready\":true}}]}");
        assertThat(webhook("{}", "").served()).isTrue();
    }

    @Test
    void whoExcludesTheSystemIsNotAskedForIt() throws Exception {
        String label = "\"key\":\"kubernetes.io/metadata.name\"";
        assertThat(
                        webhook(
                                        "{\"matchExpressions\":[{"
                                                + label
                                                + ",\"operator\":\"NotIn\",\"values\":[\"kube-system\"]}]}",
                                        "")
                                .ofSystem())
                .isFalse();
        assertThat(webhook("{\"matchLabels\":{\"a\":\"b\"}}", "").ofSystem()).isFalse();
        assertThat(
                        webhook(
                                        "{\"matchExpressions\":[{"
                                                + label
                                                + ",\"operator\":\"Exists\"}]}",
                                        "")
                                .ofSystem())
                .isTrue();
        assertThat(webhook("{}", "\"objectSelector\":{\"matchLabels\":{\"x\":\"y\"}},").ofSystem())
                .isFalse();
        assertThat(webhook("{}", "\"failurePolicy\":\"Ignore\",").required()).isFalse();
    }

    @Test
    void whatMayNotBeReadIsNotSeenAndTheRestIs() throws Exception {
        server.admit(token -> true);
        mayAskAboutOthers = true;
        server.next(exchange -> FakeApiServer.refuse(exchange, 403, "daemonsets is forbidden"));
        assertThat(reader.daemon())
                .isEqualTo(
                        new Fact.Unseen<>(
                                "whoever runs this may not: the API server answers 403: daemonsets"
                                        + " is forbidden"));
        assertThat(read().definitions().isUnseen()).isFalse();
    }

    @Test
    void aServerThatGoesAwayIsNotAskedAgain() throws Exception {
        reader.reach();
        server.close();
        ClusterSnapshot cluster = read();
        assertThat(cluster.unseen())
                .hasSize(7)
                .allMatch(line -> line.contains("the API server does not answer"));
        assertThatThrownBy(reader::reach)
                .isInstanceOf(IOException.class)
                .hasMessageContaining("does not answer");
    }
}
