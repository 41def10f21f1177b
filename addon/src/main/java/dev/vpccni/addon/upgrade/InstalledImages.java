package dev.vpccni.addon.upgrade;

import dev.vpccni.json.Json;
import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import dev.vpccni.kubernetes.api.ApiException;
import dev.vpccni.kubernetes.api.ApiRequests;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Has the images that an upgrade ends with count as installed. */
final class InstalledImages {

    private final ApiRequests requests;
    private final UpgradeSettings settings;

    InstalledImages(ApiRequests requests, UpgradeSettings settings) {
        this.requests = requests;
        this.settings = settings;
    }

    /**
     * Writes them where the chart has written what is installed; nowhere if it has not.
     *
     * @throws ApiException if it cannot be written
     */
    void write(Map<String, String> images)
            throws ApiException, JsonException, InterruptedException {
        JsonObject config = requests.find(settings.installedPath());
        JsonObject data = config == null ? null : config.objectOrNull("data");
        if (config == null || data == null) {
            return;
        }
        for (String key : data.names()) {
            JsonObject object = JsonObject.parse(data.string(key));
            boolean same =
                    object.string("kind", "").equals("DaemonSet")
                            && object.object("metadata")
                                    .string("name")
                                    .equals(settings.daemonSet());
            if (same) {
                Map<String, @Nullable Object> changed = new LinkedHashMap<>();
                changed.put(key, Json.compact(with(object, images)));
                Map<String, @Nullable Object> metadata = new LinkedHashMap<>();
                metadata.put(
                        "resourceVersion", config.object("metadata").string("resourceVersion"));
                Map<String, @Nullable Object> change = new LinkedHashMap<>();
                change.put("metadata", metadata);
                change.put("data", changed);
                var _ = requests.merge(settings.installedPath(), change, Upgrade.MANAGER);
            }
        }
    }

    private static Map<String, @Nullable Object> with(JsonObject set, Map<String, String> images)
            throws JsonException {
        JsonObject spec = set.object("spec");
        JsonObject template = spec.object("template");
        Map<String, @Nullable Object> pod = new LinkedHashMap<>(template.object("spec").members());
        pod.putAll(DaemonSetState.withImages(template.object("spec"), images));
        Map<String, @Nullable Object> templateCopy = new LinkedHashMap<>(template.members());
        templateCopy.put("spec", pod);
        Map<String, @Nullable Object> specCopy = new LinkedHashMap<>(spec.members());
        specCopy.put("template", templateCopy);
        Map<String, @Nullable Object> copy = new LinkedHashMap<>(set.members());
        copy.put("spec", specCopy);
        return copy;
    }
}
