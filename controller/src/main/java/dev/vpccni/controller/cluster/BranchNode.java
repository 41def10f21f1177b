package dev.vpccni.controller.cluster;

import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import dev.vpccni.json.JsonShape;
import dev.vpccni.model.InstanceId;
import org.jspecify.annotations.Nullable;

/**
 * What a Node says of its instance.
 *
 * @param offers how many branch interfaces it says that it has; empty if none
 */
public record BranchNode(
        String name, String uid, InstanceId instance, String instanceType, String offers) {

    static final String PATH = "/api/v1/nodes";
    private static final String TYPE = "node.kubernetes.io/instance-type";

    static JsonShape shape() {
        return JsonShape.of()
                .with(
                        "metadata",
                        JsonShape.of("name", "uid", "resourceVersion")
                                .with("labels", JsonShape.of(TYPE)))
                .with("spec", JsonShape.of("providerID"))
                .with("status", JsonShape.of().with("capacity", JsonShape.of(BranchPod.RESOURCE)));
    }

    /** Returns null of a node that is no instance of EC2, or does not say so yet. */
    static @Nullable BranchNode read(JsonObject object) throws JsonException {
        JsonObject metadata = object.object("metadata");
        JsonObject spec = object.objectOrNull("spec");
        String provider = spec == null ? "" : spec.string("providerID", "");
        String instance = provider.substring(provider.lastIndexOf('/') + 1);
        JsonObject labels = metadata.objectOrNull("labels");
        JsonObject status = object.objectOrNull("status");
        JsonObject capacity = status == null ? null : status.objectOrNull("capacity");
        return provider.startsWith("aws:") && instance.startsWith("i-")
                ? new BranchNode(
                        metadata.string("name"),
                        metadata.string("uid", ""),
                        new InstanceId(instance),
                        labels == null ? "" : labels.string(TYPE, ""),
                        capacity == null ? "" : capacity.string(BranchPod.RESOURCE, ""))
                : null;
    }
}
