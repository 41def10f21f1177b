package dev.vpccni.addon.examination;

import dev.vpccni.doctor.cluster.seen.ClusterSnapshot;
import dev.vpccni.doctor.cluster.seen.NetworkPlan;
import dev.vpccni.doctor.cluster.seen.SeenDaemonSet;
import dev.vpccni.doctor.cluster.seen.SeenDefinition;
import dev.vpccni.doctor.cluster.seen.SeenNode;
import dev.vpccni.doctor.cluster.seen.SeenPermission;
import dev.vpccni.doctor.cluster.seen.SeenPort;
import dev.vpccni.doctor.cluster.seen.SeenProxy;
import dev.vpccni.doctor.snapshot.Fact;
import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import dev.vpccni.json.JsonShape;
import dev.vpccni.kubernetes.api.ApiClient;
import dev.vpccni.kubernetes.api.ApiException;
import dev.vpccni.kubernetes.api.ApiRequests;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads a cluster into a value. Nothing is changed in it. Not thread-safe. */
final class ClusterReader {

    private static final JsonShape NAMED = JsonShape.of("namespace", "name", "ownerReferences");
    private static final JsonShape SET =
            JsonShape.of()
                    .with("metadata", NAMED)
                    .with("status", JsonShape.of("desiredNumberScheduled"))
                    .with("spec", inTemplate(JsonShape.of("image")));
    private static final JsonShape POD =
            JsonShape.of()
                    .with("metadata", NAMED)
                    .with("status", JsonShape.of("phase"))
                    .with(
                            "spec",
                            JsonShape.of("nodeName", "hostNetwork")
                                    .with("containers", JsonShape.of("ports")));
    private static final JsonShape NODE =
            JsonShape.of()
                    .with("metadata", JsonShape.of("name", "labels"))
                    .with(
                            "status",
                            JsonShape.of("capacity")
                                    .with(
                                            "nodeInfo",
                                            JsonShape.of("containerRuntimeVersion", "osImage")));

    /** Pods that take the node's ports are few; of more the rest is passed over. */
    private static final int PORTS_MAX = 10_000;

    private final ClusterSource source;
    private final ApiClient client;
    private final String namespace;
    private final String daemonSet;

    /**
     * @param client stays its owner's to close
     * @param namespace of the DaemonSet
     * @param daemonSet its name
     */
    ClusterReader(ApiClient client, String namespace, String daemonSet) {
        this.client = client;
        this.namespace = namespace;
        this.daemonSet = daemonSet;
        source = new ClusterSource(client);
    }

    private static JsonShape inTemplate(JsonShape ofContainers) {
        JsonShape pod =
                JsonShape.of()
                        .with("containers", ofContainers)
                        .with("initContainers", ofContainers);
        return JsonShape.of().with("template", JsonShape.of().with("spec", pod));
    }

    /**
     * Asks whether the API server is there.
     *
     * @throws IOException if it does not answer
     */
    void reach() throws IOException, InterruptedException {
        try {
            var _ = new ApiRequests(client).get("/version");
        } catch (ApiException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /** Returns the DaemonSet; absent where there is none. */
    Fact<DaemonFound> daemon() throws InterruptedException {
        String path = "/apis/apps/v1/namespaces/" + namespace + "/daemonsets/" + daemonSet;
        return source.fact(requests -> {
            JsonObject set = requests.find(path);
            return set == null ? new Fact.Absent<>() : new Fact.Seen<>(DaemonFound.of(set));
        });
    }

    /** Reads all the rest. */
    ClusterSnapshot read(
            NetworkPlan plan, Fact<DaemonFound> daemon, Fact<List<SeenPermission>> permissions)
            throws InterruptedException {
        DaemonFound found = daemon.or(DaemonFound.NONE);
        boolean annotates =
                found.environment().getOrDefault("ANNOTATE_POD_IP", "").equalsIgnoreCase("true");
        return new ClusterSnapshot(
                plan,
                permissions,
                daemon.isAbsent()
                        ? new Fact.Absent<>()
                        : source.fact(
                                requests -> new AccessReader(requests, plan, annotates).read()),
                daemon.isAbsent() ? new Fact.Absent<>() : source.fact(ClusterReader::definitions),
                source.fact(ClusterReader::proxy),
                source.fact(ClusterReader::networks),
                source.fact(ClusterReader::ports),
                source.fact(ClusterReader::nodes),
                source.fact(requests ->
                        new WebhookReader(requests, namespace, new TreeMap<>(found.podLabels()))
                                .read()));
    }

    private static Fact<List<SeenDefinition>> definitions(ApiRequests requests)
            throws ApiException, JsonException, InterruptedException {
        var all = new ArrayList<SeenDefinition>();
        for (String name :
                List.of("eniconfigs.crd.k8s.amazonaws.com", "cninodes.vpcresources.k8s.aws")) {
            JsonObject definition =
                    requests.find(
                            "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/" + name);
            all.add(new SeenDefinition(name, definition != null, isServed(definition)));
        }
        return new Fact.Seen<>(all);
    }

    private static boolean isServed(@Nullable JsonObject definition) throws JsonException {
        if (definition == null) {
            return false;
        }
        boolean served = false;
        for (JsonObject version : definition.object("spec").objects("versions")) {
            served |= version.string("name").equals("v1alpha1") && version.truth("served", false);
        }
        JsonObject status = definition.objectOrNull("status");
        boolean established = false;
        for (JsonObject condition :
                status == null ? List.<JsonObject>of() : status.objects("conditions")) {
            established |=
                    condition.string("type").equals("Established")
                            && condition.string("status").equals("True");
        }
        return served && established;
    }

    private static Fact<SeenProxy> proxy(ApiRequests requests)
            throws ApiException, JsonException, InterruptedException {
        for (Map.Entry<String, String> place :
                List.of(
                        Map.entry("kube-proxy-config", "config"),
                        Map.entry("kube-proxy", "config.conf"))) {
            JsonObject config =
                    requests.find("/api/v1/namespaces/kube-system/configmaps/" + place.getKey());
            JsonObject data = config == null ? null : config.objectOrNull("data");
            if (data != null && data.has(place.getValue())) {
                return new Fact.Seen<>(
                        SeenProxy.parse(
                                "kube-system/" + place.getKey(), data.string(place.getValue())));
            }
        }
        return new Fact.Absent<>();
    }

    private static Fact<List<SeenDaemonSet>> networks(ApiRequests requests)
            throws ApiException, InterruptedException {
        var all = new ArrayList<SeenDaemonSet>();
        requests.list(
                "/apis/apps/v1/daemonsets",
                "",
                SET,
                set -> {
                    JsonObject metadata = set.object("metadata");
                    JsonObject pod = set.object("spec").object("template").object("spec");
                    JsonObject status = set.objectOrNull("status");
                    var images = new ArrayList<String>();
                    for (String list : List.of("containers", "initContainers")) {
                        for (JsonObject container : pod.objects(list)) {
                            images.add(container.string("image", ""));
                        }
                    }
                    all.add(
                            new SeenDaemonSet(
                                    metadata.string("namespace"),
                                    metadata.string("name"),
                                    images,
                                    status == null
                                            ? 0
                                            : status.integer("desiredNumberScheduled", 0)));
                });
        return new Fact.Seen<>(all);
    }

    private static Fact<List<SeenPort>> ports(ApiRequests requests)
            throws ApiException, InterruptedException {
        var all = new ArrayList<SeenPort>();
        requests.list(
                "/api/v1/pods",
                "",
                POD,
                pod -> {
                    JsonObject spec = pod.object("spec");
                    JsonObject status = pod.objectOrNull("status");
                    String phase = status == null ? "" : status.string("phase", "");
                    boolean host = spec.truth("hostNetwork", false);
                    if (phase.equals("Succeeded") || phase.equals("Failed")) {
                        return;
                    }
                    for (JsonObject container : spec.objects("containers")) {
                        for (JsonObject port : container.objects("ports")) {
                            long number =
                                    port.integer(
                                            "hostPort",
                                            host ? port.integer("containerPort", 0) : 0);
                            if (number != 0 && all.size() < PORTS_MAX) {
                                all.add(seen(pod.object("metadata"), spec, (int) number));
                            }
                        }
                    }
                });
        return new Fact.Seen<>(all);
    }

    private static SeenPort seen(JsonObject metadata, JsonObject spec, int port)
            throws JsonException {
        List<JsonObject> owners = metadata.objects("ownerReferences");
        String owner =
                owners.isEmpty()
                        ? ""
                        : owners.getFirst().string("kind", "")
                                + "/"
                                + owners.getFirst().string("name", "");
        return new SeenPort(
                metadata.string("namespace") + "/" + metadata.string("name"),
                spec.string("nodeName", ""),
                owner,
                port);
    }

    private static Fact<List<SeenNode>> nodes(ApiRequests requests)
            throws ApiException, InterruptedException {
        var all = new ArrayList<SeenNode>();
        requests.list(
                "/api/v1/nodes",
                "",
                NODE,
                node -> {
                    JsonObject metadata = node.object("metadata");
                    JsonObject labels = metadata.objectOrNull("labels");
                    boolean ours =
                            labels == null
                                    || (labels.string("kubernetes.io/os", "linux").equals("linux")
                                            && !labels.string("eks.amazonaws.com/compute-type", "")
                                                    .equals("fargate"));
                    JsonObject status = node.objectOrNull("status");
                    if (!ours || status == null) {
                        return;
                    }
                    JsonObject capacity = status.objectOrNull("capacity");
                    JsonObject info = status.objectOrNull("nodeInfo");
                    String pods = capacity == null ? "0" : capacity.string("pods", "0");
                    all.add(
                            new SeenNode(
                                    metadata.string("name"),
                                    labels == null
                                            ? ""
                                            : labels.string("node.kubernetes.io/instance-type", ""),
                                    pods.matches("\\d{1,6}") ? Integer.parseInt(pods) : 0,
                                    info == null ? "" : info.string("containerRuntimeVersion", ""),
                                    info == null ? "" : info.string("osImage", "")));
                });
        return new Fact.Seen<>(all);
    }
}
