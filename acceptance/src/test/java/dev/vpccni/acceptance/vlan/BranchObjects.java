package dev.vpccni.acceptance.vlan;

import dev.vpccni.json.Json;
import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import dev.vpccni.kubernetes.fake.FakeApiServer;
import dev.vpccni.kubernetes.fake.FakeObjects;
import dev.vpccni.model.InstanceId;
import dev.vpccni.model.SecurityGroupId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The objects of a cluster that concern pods with branch interfaces. */
final class BranchObjects implements AutoCloseable {

    private static final String NODES = "/api/v1/nodes";
    private static final String PODS = "/api/v1/pods";
    private static final String CNINODES = "/apis/vpcresources.k8s.aws/v1alpha1/cninodes";
    private static final String POLICIES =
            "/apis/vpcresources.k8s.aws/v1beta1/securitygrouppolicies";
    private static final String LEASES =
            "/apis/coordination.k8s.io/v1/namespaces/kube-system/leases";
    private static final String EVENTS = "/apis/events.k8s.io/v1/namespaces/default/events";

    private final FakeApiServer server = new FakeApiServer();
    private final FakeObjects objects = new FakeObjects(server);

    BranchObjects() throws IOException, JsonException {
        // Pods are found in the collection of all, and a status in its object.
        server.redirect(path ->
                path.replaceFirst("^/api/v1/namespaces/[^/]+/pods/", PODS + "/")
                        .replaceFirst("^(/api/v1/nodes/[^/]+)/status$", "$1"));
        for (String each : List.of(NODES, PODS, CNINODES, POLICIES, LEASES, EVENTS)) {
            // A collection that was never written to would not be known as one.
            objects.write(each, "{\"metadata\":{\"name\":\"none\",\"namespace\":\"\"}}", "test");
            objects.delete(each, "none");
        }
    }

    /** Writes a kubeconfig that names the API server. */
    Path kubeconfig(Path folder) throws IOException {
        return Files.writeString(
                folder.resolve("kubeconfig"),
                """
                apiVersion: v1
                kind: Config
                clusters: [{name: test, cluster: {server: "%s"}}]
                users: [{name: test, user: {token: secret}}]
                contexts: [{name: test, context: {cluster: test, user: test}}]
                current-context: test
                """
                        .formatted(server.url()));
    }

    void addNode(String name, InstanceId instance) throws JsonException {
        objects.write(
                NODES,
                """
                {"apiVersion":"v1","kind":"Node",
                 "metadata":{"name":"%s","uid":"uid-of-%s","namespace":"",
                   "labels":{"node.kubernetes.io/instance-type":"m5.large"}},
                 "spec":{"providerID":"aws:///us-west-2a/%s"},"status":{"capacity":{"pods":"29"}}}
                """
                        .formatted(name, name, instance),
                "kubelet");
    }

    /** Has pods of an app have a security group. */
    void addPolicy(String app, SecurityGroupId group) throws JsonException {
        objects.write(
                POLICIES,
                """
                {"metadata":{"name":"%s","namespace":"default"},
                 "spec":{"podSelector":{"matchLabels":{"app":"%s"}},
                   "securityGroups":{"groupIds":["%s"]}}}
                """
                        .formatted(app, app, group),
                "user");
    }

    /** Has the scheduler give a node a pod that asks for an interface. */
    void addPod(String name, String app, String node) throws JsonException {
        objects.write(
                PODS,
                """
                {"apiVersion":"v1","kind":"Pod",
                 "metadata":{"name":"%s","namespace":"default","uid":"uid-of-%s",
                   "labels":{"app":"%s"}},
                 "spec":{"nodeName":"%s","serviceAccountName":"default","containers":[{"name":"c",
                   "resources":{"limits":{"vpc.amazonaws.com/pod-eni":"1"}}}]},
                 "status":{"phase":"Pending"}}
                """
                        .formatted(name, name, app, node),
                "user");
    }

    void removePod(String name) {
        objects.delete(PODS, name);
    }

    /** Returns how many branch interfaces a node offers; empty if that is not said. */
    String offers(String node) {
        Map<String, Object> object = server.find(NODES, node);
        return object != null
                        && object.get("status") instanceof Map<?, ?> status
                        && status.get("capacity") instanceof Map<?, ?> capacity
                        && capacity.get("vpc.amazonaws.com/pod-eni") instanceof String count
                ? count
                : "";
    }

    /** Returns the identifier of the interface that a pod was told of; empty if of none. */
    String told(String pod) throws JsonException {
        Map<String, Object> object = server.find(PODS, pod);
        return object != null
                        && object.get("metadata") instanceof Map<?, ?> metadata
                        && metadata.get("annotations") instanceof Map<?, ?> annotations
                        && annotations.get("vpc.amazonaws.com/pod-eni") instanceof String text
                        && Json.parse(text) instanceof List<?> all
                ? JsonObject.of(all.getFirst(), "").string("eniId")
                : "";
    }

    @Override
    public void close() {
        server.close();
    }
}
