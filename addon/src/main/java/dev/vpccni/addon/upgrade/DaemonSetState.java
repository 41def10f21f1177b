package dev.vpccni.addon.upgrade;

import dev.vpccni.addon.AddonSettings;
import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A DaemonSet as it was read, and changes to it. Immutable. */
final class DaemonSetState {

    private static final List<String> LISTS = List.of("initContainers", "containers");

    private final JsonObject set;

    DaemonSetState(JsonObject set) {
        this.set = set;
    }

    String uid() throws JsonException {
        return set.object("metadata").string("uid");
    }

    /** Returns the upgrade that is under way, or null. */
    @Nullable UpgradeRecord upgrade() throws JsonException, UpgradeFailure {
        JsonObject annotations = set.object("metadata").objectOrNull("annotations");
        String text = annotations == null ? null : annotations.stringOrNull(AddonSettings.UPGRADE);
        return text == null ? null : UpgradeRecord.parse(text);
    }

    SortedMap<String, String> images() throws JsonException {
        return images(pod(set));
    }

    /** Returns the image of each container of a pod, or of a pod's template. */
    static SortedMap<String, String> images(JsonObject podSpec) throws JsonException {
        var images = new TreeMap<String, String>();
        for (String list : LISTS) {
            for (JsonObject container : podSpec.objects(list)) {
                images.put(container.string("name"), container.string("image", ""));
            }
        }
        return images;
    }

    Map<String, @Nullable Object> strategy() throws JsonException {
        JsonObject strategy = set.object("spec").objectOrNull("updateStrategy");
        return strategy == null ? new LinkedHashMap<>() : strategy.members();
    }

    /**
     * Returns the change to a step of an upgrade, for the very version that was read.
     *
     * @param next null at its end
     * @param last what it was before, for the strategy that there was
     */
    Map<String, @Nullable Object> change(@Nullable UpgradeRecord next, UpgradeRecord last)
            throws JsonException {
        Map<String, @Nullable Object> annotations = new LinkedHashMap<>();
        annotations.put(AddonSettings.UPGRADE, next == null ? null : next.text());
        Map<String, @Nullable Object> metadata = new LinkedHashMap<>();
        metadata.put("resourceVersion", set.object("metadata").string("resourceVersion"));
        metadata.put("annotations", annotations);
        Map<String, @Nullable Object> strategy = new LinkedHashMap<>();
        if (next == null) {
            strategy.putAll(last.strategy());
        } else {
            strategy.put("type", "OnDelete");
            strategy.put("rollingUpdate", null);
        }
        Map<String, @Nullable Object> template = new LinkedHashMap<>();
        template.put("spec", withImages(pod(set), next == null ? last.wanted() : next.wanted()));
        Map<String, @Nullable Object> spec = new LinkedHashMap<>();
        spec.put("updateStrategy", strategy);
        spec.put("template", template);
        Map<String, @Nullable Object> change = new LinkedHashMap<>();
        change.put("metadata", metadata);
        change.put("spec", spec);
        return change;
    }

    /** Returns the lists of containers, whole, as a merging patch takes them. */
    static Map<String, @Nullable Object> withImages(JsonObject pod, Map<String, String> images)
            throws JsonException {
        Map<String, @Nullable Object> lists = new LinkedHashMap<>();
        for (String list : LISTS) {
            var containers = new ArrayList<@Nullable Object>();
            for (JsonObject container : pod.objects(list)) {
                Map<String, @Nullable Object> copy = new LinkedHashMap<>(container.members());
                String image = images.get(container.string("name"));
                if (image != null) {
                    copy.put("image", image);
                }
                containers.add(copy);
            }
            if (!containers.isEmpty()) {
                lists.put(list, containers);
            }
        }
        return lists;
    }

    static JsonObject pod(JsonObject set) throws JsonException {
        return set.object("spec").object("template").object("spec");
    }
}
