package dev.vpccni.kubernetes;

import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import dev.vpccni.json.JsonShape;
import dev.vpccni.kubernetes.api.Collected;
import dev.vpccni.node.settings.ClusterSettings;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What the node's own object says. Written by one thread, read by any. */
final class NodeObject implements Collected {

    private static final String EXTERNAL_CONFIG = "vpc.amazonaws.com/externalEniConfig";
    private static final String DEFAULT_CONFIG = "default";

    /** The condition of a Node that pods cannot be connected on. */
    static final String NETWORK_UNAVAILABLE = "NetworkUnavailable";

    private static final String UNSCHEDULABLE = "node.kubernetes.io/unschedulable";

    private final String name;
    private final ClusterSettings settings;
    private final Runnable listener;
    private @Nullable Said coming;
    private volatile Said said;

    /**
     * @param config the name of the node's ENIConfig; null where the node could not be read
     * @param unknown why there is none
     * @param uid of the object; empty where it could not be read
     * @param condition its {@code NetworkUnavailable}; null where it has none
     * @param taints the keys of its taints, in their order
     * @param podsMax how many pods its kubelet admits; 0 where it does not say
     */
    record Said(
            @Nullable String config,
            String unknown,
            boolean schedulable,
            String uid,
            @Nullable Condition condition,
            List<String> taints,
            long podsMax) {

        Said {
            taints = List.copyOf(taints);
        }
    }

    /**
     * A condition of the Node.
     *
     * @param status {@code True}, {@code False} or {@code Unknown}
     */
    record Condition(String status, String reason, String message) {}

    /**
     * @param listener is called when something has changed; must not wait
     */
    NodeObject(String name, ClusterSettings settings, Runnable listener) {
        this.name = name;
        this.settings = settings;
        this.listener = listener;
        said = unknown("has not been read yet");
    }

    Said said() {
        return said;
    }

    @Override
    public JsonShape shape() {
        JsonShape annotations = JsonShape.of(settings.configAnnotation());
        JsonShape labels = JsonShape.of(settings.configLabel(), EXTERNAL_CONFIG);
        return JsonShape.of()
                .with(
                        "metadata",
                        JsonShape.of("name", "uid", "resourceVersion")
                                .with("annotations", annotations)
                                .with("labels", labels))
                .with("spec", JsonShape.of().with("taints", JsonShape.of("key", "effect")))
                .with(
                        "status",
                        JsonShape.of()
                                .with("capacity", JsonShape.of("pods"))
                                .with(
                                        "conditions",
                                        JsonShape.of("type", "status", "reason", "message")));
    }

    @Override
    public void begin() {
        coming = null;
    }

    @Override
    public void listed(JsonObject object) {
        coming = read(object);
    }

    @Override
    public void complete() {
        Said all = coming;
        say(all == null ? unknown("does not exist") : all);
    }

    @Override
    public void changed(JsonObject object) {
        say(read(object));
    }

    @Override
    public void removed(JsonObject object) {
        say(unknown("does not exist"));
    }

    /** What was read before still holds, as far as anybody knows. */
    @Override
    public void problem(@Nullable String reason) {
        if (reason != null && said.uid.isEmpty()) {
            say(unknown("could not be read: " + reason));
        }
    }

    private void say(Said now) {
        boolean changed = !now.equals(said);
        said = now;
        if (changed) {
            listener.run();
        }
    }

    private Said unknown(String why) {
        return new Said(null, "the Node " + name + " " + why, true, "", null, List.of(), 0);
    }

    private Said read(JsonObject object) {
        try {
            JsonObject metadata = object.object("metadata");
            boolean schedulable = true;
            List<String> taints = new ArrayList<>();
            JsonObject spec = object.objectOrNull("spec");
            if (spec != null) {
                for (JsonObject taint : spec.objects("taints")) {
                    String key = taint.string("key", "");
                    taints.add(key);
                    schedulable &=
                            !(key.equals(UNSCHEDULABLE)
                                    && taint.string("effect", "").equals("NoSchedule"));
                }
            }
            JsonObject status = object.objectOrNull("status");
            String config = config(metadata);
            return new Said(
                    config.isEmpty() ? null : config,
                    config.isEmpty() ? "the Node " + name + " names \"\" as ENIConfig" : "",
                    schedulable,
                    metadata.string("uid", name),
                    status == null ? null : condition(status),
                    taints,
                    status == null ? 0 : podsMax(status));
        } catch (JsonException e) {
            return unknown("cannot be understood: " + e.getMessage());
        }
    }

    private static @Nullable Condition condition(JsonObject status) throws JsonException {
        for (JsonObject condition : status.objects("conditions")) {
            if (condition.string("type", "").equals(NETWORK_UNAVAILABLE)) {
                return new Condition(
                        condition.string("status", ""),
                        condition.string("reason", ""),
                        condition.string("message", ""));
            }
        }
        return null;
    }

    /** A kubelet writes a plain number. */
    private static long podsMax(JsonObject status) throws JsonException {
        JsonObject capacity = status.objectOrNull("capacity");
        String pods = capacity == null ? "" : capacity.string("pods", "");
        return pods.matches("[0-9]{1,9}") ? Long.parseLong(pods) : 0;
    }

    /** The first that is there, in upstream's order (ipamd.md 5.7). */
    private String config(JsonObject metadata) throws JsonException {
        String[][] places = {
            {"labels", EXTERNAL_CONFIG},
            {"annotations", settings.configAnnotation()},
            {"labels", settings.configLabel()},
        };
        for (String[] place : places) {
            JsonObject values = metadata.objectOrNull(place[0]);
            String named = values == null ? null : values.stringOrNull(place[1]);
            if (named != null) {
                return named;
            }
        }
        return DEFAULT_CONFIG;
    }
}
