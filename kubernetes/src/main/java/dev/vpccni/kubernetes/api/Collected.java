package dev.vpccni.kubernetes.api;

import dev.vpccni.json.JsonObject;
import dev.vpccni.json.JsonShape;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of a collection of objects. Called by one thread at a time, and must not wait. An
 * object that is not as it should be is no reason not to follow the others.
 */
public interface Collected {

    /**
     * Returns which members of each object are read; {@code metadata} with {@code resourceVersion}
     * are.
     */
    JsonShape shape();

    /** All objects follow, in place of those that were there; these stay until all have come. */
    void begin();

    /** One of all. */
    void listed(JsonObject object);

    /** All have come. */
    void complete();

    /** One has come or changed. */
    void changed(JsonObject object);

    /**
     * One has gone.
     *
     * @param object as it was last
     * @throws JsonException if it is not as such objects are
     */
    void removed(JsonObject object);

    /**
     * Why the collection cannot be followed at present.
     *
     * @param reason null once it is followed again
     */
    void problem(@Nullable String reason);

    /**
     * Like the other method.
     *
     * @param status of the answer that says so, or {@link ApiException#NONE}
     */
    default void problem(@Nullable String reason, int status) {
        problem(reason);
    }
}
