package dev.vpccni.kubernetes.api;

import dev.vpccni.json.Json;
import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import dev.vpccni.json.JsonShape;
import dev.vpccni.json.JsonStream;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Single requests for objects, each sent once and answered within {@link ApiClient#PATIENCE}. Safe
 * for use by many threads.
 *
 * @see <a href="https://kubernetes.io/docs/reference/using-api/server-side-apply/">Server-Side
 *     Apply</a>
 */
public final class ApiRequests {

    private static final int NOT_FOUND = 404;
    private static final int CHUNK = 500;

    /** More than the API server of any cluster keeps. */
    private static final int CHUNKS_MAX = 400;

    private static final JsonShape OF_LIST =
            JsonShape.of().with("metadata", JsonShape.of("continue"));

    private final ApiClient client;

    /**
     * @param client stays its owner's to close
     */
    public ApiRequests(ApiClient client) {
        this.client = client;
    }

    /**
     * Returns an object.
     *
     * @throws ApiException if it is not there, or cannot be read
     */
    public JsonObject get(String path) throws ApiException, InterruptedException {
        return answer("GET", path, "", "");
    }

    /**
     * Returns an object, or null if there is none.
     *
     * @throws ApiException if nobody knows
     */
    public @Nullable JsonObject find(String path) throws ApiException, InterruptedException {
        try {
            return get(path);
        } catch (ApiException e) {
            if (e.status() == NOT_FOUND) {
                return null;
            }
            throw e;
        }
    }

    /**
     * Hands on the objects of a collection, as the server has them in its memory.
     *
     * @param query further terms, such as {@code &labelSelector=a%3Db}; may be empty
     * @param element what is kept of each
     * @throws ApiException if they cannot be read, or one of them is not as such objects are
     */
    public void list(String path, String query, JsonShape element, JsonStream.Sink sink)
            throws ApiException, InterruptedException {
        String from = "&resourceVersion=0";
        for (int chunk = 0; chunk < CHUNKS_MAX; chunk++) {
            ApiBody body = client.get(path + "?limit=" + CHUNK + from + query);
            body.expectWithin(ListWatch.Limits.DEFAULT.list());
            try (var text = new JsonStream(body)) {
                String next =
                        text.list("items", element, OF_LIST, sink)
                                .object("metadata")
                                .string("continue", "");
                if (next.isEmpty()) {
                    return;
                }
                from = "&continue=" + ApiClient.query(next);
            } catch (JsonException | IOException e) {
                throw unreadable(path, e);
            }
        }
        throw ApiException.of("the list of " + path + " has no end", null);
    }

    /**
     * Applies {@code object} on the server, in the place of whoever else has written its fields.
     *
     * @param manager as whose fields they count from then on
     * @param dryRun to be answered as if, and to change nothing
     * @return the object as it is then
     * @throws ApiException if it is refused, with 409 if it has a version that is not the present
     *     one
     */
    public JsonObject apply(
            String path, Map<String, @Nullable Object> object, String manager, boolean dryRun)
            throws ApiException, InterruptedException {
        String query =
                "?force=true&fieldManager="
                        + ApiClient.query(manager)
                        + (dryRun ? "&dryRun=All" : "");
        return answer("PATCH", path + query, "application/apply-patch+yaml", Json.compact(object));
    }

    /**
     * Changes the members of an object that {@code change} has; null removes one.
     *
     * @throws ApiException if it is refused, with 409 if {@code change} has a version that is not
     *     the present one
     */
    public JsonObject merge(String path, Map<String, @Nullable Object> change, String manager)
            throws ApiException, InterruptedException {
        return answer(
                "PATCH",
                path + "?fieldManager=" + ApiClient.query(manager),
                "application/merge-patch+json",
                Json.compact(change));
    }

    /**
     * Creates an object, or asks something of the server that it answers with one.
     *
     * @param path of the collection
     * @throws ApiException if it is refused, with 409 if there is one of this name
     */
    public JsonObject create(String path, Map<String, @Nullable Object> object, String manager)
            throws ApiException, InterruptedException {
        return answer(
                "POST",
                path + "?fieldManager=" + ApiClient.query(manager),
                "application/json",
                Json.compact(object));
    }

    /**
     * Deletes the very object; one that is gone is no failure.
     *
     * @param uid of it, or empty for whichever has this name
     * @throws ApiException if it is refused, with 409 if another one has its name
     */
    public void delete(String path, String uid) throws ApiException, InterruptedException {
        Map<String, @Nullable Object> options = new LinkedHashMap<>();
        options.put("apiVersion", "v1");
        options.put("kind", "DeleteOptions");
        if (!uid.isEmpty()) {
            Map<String, @Nullable Object> preconditions = new LinkedHashMap<>();
            preconditions.put("uid", uid);
            options.put("preconditions", preconditions);
        }
        try {
            client.send("DELETE", path, "application/json", Json.compact(options));
        } catch (ApiException e) {
            if (e.status() != NOT_FOUND) {
                throw e;
            }
        }
    }

    private JsonObject answer(String method, String path, String type, String content)
            throws ApiException, InterruptedException {
        try (var text = new JsonStream(client.exchange(method, path, type, content))) {
            JsonObject object = text.next(JsonShape.ALL);
            if (object == null) {
                throw new JsonException("the answer is empty");
            }
            return object;
        } catch (JsonException | IOException e) {
            throw unreadable(path, e);
        }
    }

    private static ApiException unreadable(String path, Exception e) {
        String where = path.replaceFirst("\\?.*", "");
        return new ApiException(
                ApiException.NONE,
                "the API server's answer for " + where + " cannot be read: " + e.getMessage(),
                Duration.ZERO,
                e);
    }
}
