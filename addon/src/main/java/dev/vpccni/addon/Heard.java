package dev.vpccni.addon;

import dev.vpccni.json.Json;
import dev.vpccni.json.JsonObject;
import dev.vpccni.json.JsonShape;
import dev.vpccni.kubernetes.api.Collected;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Hears that an object has changed in any way but its status, and keeps little of it. */
final class Heard implements Collected {

    /** Of what has a specification, the server counts changes to it. */
    private static final JsonShape SHAPE =
            JsonShape.of("data", "rules", "roleRef", "subjects", "secrets")
                    .with(
                            "metadata",
                            JsonShape.of(
                                    "resourceVersion",
                                    "uid",
                                    "generation",
                                    "labels",
                                    "annotations",
                                    "deletionTimestamp"));

    private final Runnable listener;
    private final Consumer<@Nullable String> problems;
    private String known = "";
    private boolean listed;

    /**
     * @param listener is told of each change, the first sight not being one; must not wait
     * @param problems is told why nothing is heard, and null when something is again
     */
    Heard(Runnable listener, Consumer<@Nullable String> problems) {
        this.listener = listener;
        this.problems = problems;
    }

    @Override
    public JsonShape shape() {
        return SHAPE;
    }

    @Override
    public void begin() {
        listed = false;
    }

    @Override
    public void listed(JsonObject object) {
        listed = true;
        changed(object);
    }

    @Override
    public void complete() {
        if (!listed) {
            note("gone");
        }
    }

    @Override
    public void changed(JsonObject object) {
        Map<String, @Nullable Object> members = new LinkedHashMap<>(object.members());
        if (members.get("metadata") instanceof Map<?, ?> metadata) {
            Map<String, @Nullable Object> rest = new LinkedHashMap<>();
            metadata.forEach((name, value) -> {
                if (!name.equals("resourceVersion")) {
                    rest.put((String) name, value);
                }
            });
            members.put("metadata", rest);
        }
        note(Json.compact(members));
    }

    @Override
    public void removed(JsonObject object) {
        note("gone");
    }

    @Override
    public void problem(@Nullable String reason) {
        problems.accept(reason);
    }

    private void note(String now) {
        if (!known.isEmpty() && !known.equals(now)) {
            listener.run();
        }
        known = now;
    }
}
