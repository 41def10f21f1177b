package dev.vpccni.addon.upgrade;

import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import dev.vpccni.json.JsonShape;
import dev.vpccni.kubernetes.api.ApiClient;
import dev.vpccni.kubernetes.api.ApiException;
import dev.vpccni.kubernetes.api.ApiRequests;
import dev.vpccni.node.port.Tempo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A pod that is started on a node to see whether pods come up there. */
final class CanaryProbe {

    static final String NAME = "vpc-cni-canary";

    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final JsonShape EVENT = JsonShape.of("message", "reason", "lastTimestamp");

    private final ApiRequests requests;
    private final UpgradeSettings settings;
    private final Tempo tempo;

    CanaryProbe(ApiRequests requests, UpgradeSettings settings, Tempo tempo) {
        this.requests = requests;
        this.settings = settings;
        this.tempo = tempo;
    }

    /**
     * Starts a pod on {@code node}, waits until it is ready, and removes it.
     *
     * @param image of its container
     * @return its address
     * @throws UpgradeFailure if it is not ready in time, with what its events say
     */
    String run(String node, String image)
            throws ApiException, JsonException, UpgradeFailure, InterruptedException {
        remove();
        try {
            var _ = requests.create(settings.pods(), pod(node, image), Upgrade.MANAGER);
            long end = tempo.nanos() + settings.patience().toNanos();
            while (true) {
                JsonObject pod = requests.find(path());
                JsonObject status = pod == null ? null : pod.objectOrNull("status");
                if (status != null
                        && DaemonPods.isTrue(status, "Ready")
                        && !status.string("podIP", "").isEmpty()) {
                    return status.string("podIP");
                }
                if (tempo.nanos() - end >= 0) {
                    throw new UpgradeFailure(
                            "a pod on "
                                    + node
                                    + " was not ready within "
                                    + settings.patience().toSeconds()
                                    + " s"
                                    + lastWord());
                }
                tempo.pause(LOOK);
            }
        } finally {
            end();
        }
    }

    /** Removes the pod, if there is one. */
    void end() throws ApiException, InterruptedException {
        requests.delete(path(), "");
    }

    /** Removes one that an upgrade left that did not come to its end. */
    private void remove() throws ApiException, UpgradeFailure, InterruptedException {
        end();
        long end = tempo.nanos() + settings.patience().toNanos();
        while (requests.find(path()) != null) {
            if (tempo.nanos() - end >= 0) {
                throw new UpgradeFailure("the former pod " + NAME + " does not go");
            }
            tempo.pause(LOOK);
        }
    }

    private String path() {
        return settings.pods() + "/" + NAME;
    }

    private String lastWord() throws ApiException, JsonException, InterruptedException {
        var events = new ArrayList<JsonObject>();
        requests.list(
                "/api/v1/namespaces/" + settings.namespace() + "/events",
                "&fieldSelector=" + ApiClient.query("involvedObject.name=" + NAME),
                EVENT,
                events::add);
        String last = "";
        String at = "";
        for (JsonObject event : events) {
            String time = event.string("lastTimestamp", "");
            if (time.compareTo(at) >= 0) {
                at = time;
                last = ": " + event.string("reason", "") + ": " + event.string("message", "");
            }
        }
        return last;
    }

    private Map<String, @Nullable Object> pod(String node, String image) {
        Map<String, @Nullable Object> container = new LinkedHashMap<>();
        container.put("name", "probe");
        container.put("image", image);
        container.put("imagePullPolicy", "IfNotPresent");
        container.put("command", new ArrayList<>(settings.probeCommand()));
        Map<String, @Nullable Object> tolerated = new LinkedHashMap<>();
        tolerated.put("operator", "Exists");
        Map<String, @Nullable Object> spec = new LinkedHashMap<>();
        spec.put("nodeName", node);
        spec.put("restartPolicy", "Never");
        spec.put("terminationGracePeriodSeconds", 0);
        spec.put("automountServiceAccountToken", false);
        spec.put("tolerations", List.of(tolerated));
        spec.put("containers", List.of(container));
        Map<String, @Nullable Object> metadata = new LinkedHashMap<>();
        metadata.put("name", NAME);
        metadata.put("namespace", settings.namespace());
        Map<String, @Nullable Object> pod = new LinkedHashMap<>();
        pod.put("apiVersion", "v1");
        pod.put("kind", "Pod");
        pod.put("metadata", metadata);
        pod.put("spec", spec);
        return pod;
    }
}
