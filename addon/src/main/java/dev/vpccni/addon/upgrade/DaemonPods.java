package dev.vpccni.addon.upgrade;

import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import dev.vpccni.json.JsonShape;
import dev.vpccni.kubernetes.api.ApiException;
import dev.vpccni.kubernetes.api.ApiRequests;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** The pods of a DaemonSet, and the nodes that they are on. */
final class DaemonPods {

    private static final JsonShape POD =
            JsonShape.of()
                    .with(
                            "metadata",
                            JsonShape.of("name", "uid", "deletionTimestamp", "ownerReferences"))
                    .with(
                            "spec",
                            JsonShape.of("nodeName")
                                    .with("containers", JsonShape.of("name", "image"))
                                    .with("initContainers", JsonShape.of("name", "image")))
                    .with("status", JsonShape.ALL);
    private static final JsonShape NODE =
            JsonShape.of()
                    .with("metadata", JsonShape.of("name"))
                    .with("status", JsonShape.of("conditions"));

    private final ApiRequests requests;
    private final UpgradeSettings settings;
    private final String owner;

    /**
     * A pod.
     *
     * @param leaving it is being deleted
     * @param restarts of its containers
     * @param trouble what keeps it from being ready, as far as it says; may be empty
     */
    record DaemonPod(
            String name,
            String uid,
            String node,
            SortedMap<String, String> images,
            boolean leaving,
            boolean ready,
            long restarts,
            String trouble) {}

    /**
     * @param owner the DaemonSet's uid
     */
    DaemonPods(ApiRequests requests, UpgradeSettings settings, String owner) {
        this.requests = requests;
        this.settings = settings;
        this.owner = owner;
    }

    /** Returns the pod of each node; the one that stays where another one leaves. */
    SortedMap<String, DaemonPod> byNode() throws ApiException, InterruptedException {
        SortedMap<String, DaemonPod> pods = new TreeMap<>();
        requests.list(
                settings.pods(),
                "",
                POD,
                object -> {
                    if (isOwn(object)) {
                        DaemonPod pod = pod(object);
                        if (!pod.node().isEmpty()) {
                            pods.merge(pod.node(), pod, (a, b) -> a.leaving() ? b : a);
                        }
                    }
                });
        return pods;
    }

    /** Returns the nodes that say they are ready. */
    SortedSet<String> readyNodes() throws ApiException, InterruptedException {
        var ready = new TreeSet<String>();
        requests.list(
                "/api/v1/nodes",
                "",
                NODE,
                node -> {
                    JsonObject status = node.objectOrNull("status");
                    if (status != null && isTrue(status, "Ready")) {
                        ready.add(node.object("metadata").string("name"));
                    }
                });
        return ready;
    }

    void delete(DaemonPod pod) throws ApiException, InterruptedException {
        requests.delete(settings.pods() + "/" + pod.name(), pod.uid());
    }

    private boolean isOwn(JsonObject pod) throws JsonException {
        for (JsonObject reference : pod.object("metadata").objects("ownerReferences")) {
            if (reference.string("uid", "").equals(owner)) {
                return true;
            }
        }
        return false;
    }

    private static DaemonPod pod(JsonObject object) throws JsonException {
        JsonObject metadata = object.object("metadata");
        JsonObject spec = object.object("spec");
        JsonObject status = object.objectOrNull("status");
        long restarts = 0;
        String trouble = "";
        if (status != null) {
            var all = new ArrayList<>(status.objects("initContainerStatuses"));
            all.addAll(status.objects("containerStatuses"));
            for (JsonObject container : all) {
                restarts += container.integer("restartCount", 0);
                trouble = trouble.isEmpty() ? trouble(container) : trouble;
            }
        }
        return new DaemonPod(
                metadata.string("name"),
                metadata.string("uid", ""),
                spec.string("nodeName", ""),
                DaemonSetState.images(spec),
                metadata.has("deletionTimestamp"),
                status != null && isTrue(status, "Ready"),
                restarts,
                trouble);
    }

    private static String trouble(JsonObject container) throws JsonException {
        JsonObject state = container.objectOrNull("state");
        JsonObject waiting = state == null ? null : state.objectOrNull("waiting");
        if (waiting == null) {
            return "";
        }
        return container.string("name")
                + ": "
                + waiting.string("reason", "waits")
                + " "
                + waiting.string("message", "");
    }

    static boolean isTrue(JsonObject status, String condition) throws JsonException {
        List<JsonObject> conditions = status.objects("conditions");
        for (JsonObject each : conditions) {
            if (each.string("type", "").equals(condition)) {
                return each.string("status", "").equals("True");
            }
        }
        return false;
    }

    /** Tells whether a pod has the images that it is to have. */
    static boolean has(DaemonPod pod, Map<String, String> images) {
        return images.entrySet().stream()
                .allMatch(image -> image.getValue().equals(pod.images().get(image.getKey())));
    }
}
