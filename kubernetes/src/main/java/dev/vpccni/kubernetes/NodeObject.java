package dev.vpccni.kubernetes;

import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import dev.vpccni.json.JsonShape;
import dev.vpccni.kubernetes.api.Collected;
import dev.vpccni.node.settings.ClusterSettings;
import org.jspecify.annotations.Nullable;

/** What the node's own object says. Written by one thread, read by any. */
final class NodeObject implements Collected {

    private static final String EXTERNAL_CONFIG = "vpc.amazonaws.com/externalEniConfig";
    private static final String DEFAULT_CONFIG = "default";
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
     */
    record Said(@Nullable String config, String unknown, boolean schedulable, String uid) {}

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
                .with("spec", JsonShape.of().with("taints", JsonShape.of("key", "effect")));
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
        return new Said(null, "the Node " + name + " " + why, true, "");
    }

    private Said read(JsonObject object) {
        try {
            JsonObject metadata = object.object("metadata");
            boolean schedulable = true;
            JsonObject spec = object.objectOrNull("spec");
            if (spec != null) {
                for (JsonObject taint : spec.objects("taints")) {
                    schedulable &=
                            !(taint.string("key", "").equals(UNSCHEDULABLE)
                                    && taint.string("effect", "").equals("NoSchedule"));
                }
            }
            String uid = metadata.string("uid", name);
            String config = config(metadata);
            return config.isEmpty()
                    ? new Said(
                            null, "the Node " + name + " names \"\" as ENIConfig", schedulable, uid)
                    : new Said(config, "", schedulable, uid);
        } catch (JsonException e) {
            return unknown("cannot be understood: " + e.getMessage());
        }
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
