package dev.vpccni.controller.cluster;

import dev.vpccni.json.Json;
import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import dev.vpccni.json.JsonShape;
import dev.vpccni.kubernetes.api.LabelSelector;
import dev.vpccni.model.PodName;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * A pod that has not come to its end.
 *
 * @param version of its object
 * @param node where it is, empty while nowhere
 * @param account its service account
 * @param asks whether it asks for an interface of its own
 * @param hosts whether it has its node's network, and so none of its own
 * @param told which interface it was told of: empty if none, {@code ?} where that cannot be read
 * @param vlan of that one; 0 where it was not, or cannot be read
 */
public record BranchPod(
        PodName pod,
        String uid,
        String version,
        String node,
        String account,
        SortedMap<String, String> labels,
        boolean asks,
        boolean hosts,
        String told,
        int vlan) {

    /** The resource that a pod asks for one by, and the annotation that tells of it. */
    public static final String RESOURCE = "vpc.amazonaws.com/pod-eni";

    static final String PATH = "/api/v1/pods";

    private static final String UNREADABLE = "?";

    static JsonShape shape() {
        JsonShape resources = JsonShape.of().with("resources", JsonShape.of("limits"));
        return JsonShape.of()
                .with(
                        "metadata",
                        JsonShape.of("namespace", "name", "uid", "resourceVersion", "labels")
                                .with("annotations", JsonShape.of(RESOURCE)))
                .with(
                        "spec",
                        JsonShape.of("nodeName", "hostNetwork", "serviceAccountName")
                                .with("containers", resources))
                .with("status", JsonShape.of("phase"));
    }

    /**
     * Reads a pod's object.
     *
     * @return null if the pod has come to its end
     */
    public static @Nullable BranchPod read(JsonObject object) throws JsonException {
        JsonObject metadata = object.object("metadata");
        JsonObject spec = object.object("spec");
        JsonObject status = object.objectOrNull("status");
        String phase = status == null ? "" : status.string("phase", "");
        if (phase.equals("Succeeded") || phase.equals("Failed")) {
            return null;
        }
        JsonObject annotations = metadata.objectOrNull("annotations");
        String text = annotations == null ? "" : annotations.string(RESOURCE, "");
        JsonObject entry = entry(text);
        return new BranchPod(
                new PodName(metadata.string("namespace"), metadata.string("name")),
                metadata.string("uid"),
                metadata.string("resourceVersion"),
                spec.string("nodeName", ""),
                spec.string("serviceAccountName", ""),
                LabelSelector.labels(metadata.objectOrNull("labels")),
                asks(spec),
                Boolean.TRUE.equals(spec.value("hostNetwork")),
                text.isEmpty() ? "" : told(entry),
                entry == null ? 0 : vlan(entry));
    }

    /** As the node's daemon looks for it, and upstream's: in the first container's limits. */
    private static boolean asks(JsonObject spec) throws JsonException {
        List<JsonObject> containers = spec.objects("containers");
        JsonObject resources =
                containers.isEmpty() ? null : containers.getFirst().objectOrNull("resources");
        JsonObject limits = resources == null ? null : resources.objectOrNull("limits");
        return limits != null
                && limits.names().stream().anyMatch(name -> name.startsWith(RESOURCE));
    }

    private static @Nullable JsonObject entry(String annotation) {
        try {
            return !annotation.isEmpty()
                            && Json.parse(annotation) instanceof List<?> all
                            && !all.isEmpty()
                    ? JsonObject.of(all.getFirst(), "")
                    : null;
        } catch (JsonException _) {
            return null;
        }
    }

    private static String told(@Nullable JsonObject entry) {
        try {
            return entry == null ? UNREADABLE : entry.string("eniId", UNREADABLE);
        } catch (JsonException _) {
            return UNREADABLE;
        }
    }

    private static int vlan(JsonObject entry) {
        try {
            return Math.clamp(entry.integer("vlanID", 0), 0, 4_095);
        } catch (JsonException _) {
            return 0;
        }
    }
}
