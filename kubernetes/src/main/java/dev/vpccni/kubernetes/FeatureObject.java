package dev.vpccni.kubernetes;

import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import dev.vpccni.json.JsonShape;
import dev.vpccni.kubernetes.api.Collected;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** What the node's CNINode says. Written by one thread, read by any. */
final class FeatureObject implements Collected {

    private static final int FEATURES_MAX = 100;

    private final Runnable listener;
    private @Nullable Said coming;
    private volatile @Nullable Said said;
    private volatile boolean read;

    /**
     * @param version of the object
     * @param features each with its name and its value, as they are there
     * @param problem why they cannot be told; empty if they can
     */
    record Said(String version, List<Map<String, @Nullable Object>> features, String problem) {

        /** Returns the features with those {@code wanted}, or null if they are there. */
        @Nullable List<Map<String, @Nullable Object>> with(SortedMap<String, String> wanted) {
            List<Map<String, @Nullable Object>> all = new ArrayList<>(features);
            wanted.forEach((name, value) -> {
                Map<String, @Nullable Object> entry = new LinkedHashMap<>();
                entry.put("name", name);
                if (!value.isEmpty()) {
                    entry.put("value", value);
                }
                int at = 0;
                while (at < all.size() && !name.equals(all.get(at).get("name"))) {
                    at++;
                }
                if (at < all.size()) {
                    boolean same = value.equals(all.get(at).getOrDefault("value", ""));
                    all.set(at, same ? all.get(at) : entry);
                } else {
                    all.add(entry);
                }
            });
            return all.equals(features) ? null : all;
        }
    }

    /**
     * @param listener is called when something has changed; must not wait
     */
    FeatureObject(Runnable listener) {
        this.listener = listener;
    }

    /** Tells whether it is known if it exists. */
    boolean isRead() {
        return read;
    }

    /** Returns what it says; null where it does not exist, or was not read yet. */
    @Nullable Said said() {
        return said;
    }

    @Override
    public JsonShape shape() {
        return JsonShape.of()
                .with("metadata", JsonShape.of("name", "resourceVersion"))
                .with("spec", JsonShape.of("features"));
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
        say(coming);
    }

    @Override
    public void changed(JsonObject object) {
        say(read(object));
    }

    @Override
    public void removed(JsonObject object) {
        say(null);
    }

    @Override
    public void problem(@Nullable String reason) {
        // What was read before still holds, as far as anybody knows.
    }

    private void say(@Nullable Said now) {
        said = now;
        read = true;
        listener.run();
    }

    private static Said read(JsonObject object) {
        String version = "";
        try {
            version = object.object("metadata").string("resourceVersion");
            JsonObject spec = object.objectOrNull("spec");
            List<Map<String, @Nullable Object>> features = new ArrayList<>();
            for (JsonObject feature :
                    spec == null ? List.<JsonObject>of() : spec.objects("features")) {
                Map<String, @Nullable Object> entry = new LinkedHashMap<>();
                entry.put("name", feature.string("name"));
                if (feature.has("value")) {
                    entry.put("value", feature.string("value"));
                }
                features.add(entry);
            }
            if (features.size() > FEATURES_MAX) {
                throw new JsonException("it has more than " + FEATURES_MAX + " features");
            }
            return new Said(version, Collections.unmodifiableList(features), "");
        } catch (JsonException e) {
            return new Said(version, List.of(), String.valueOf(e.getMessage()));
        }
    }
}
