package dev.vpccni.kubernetes.fake;

import dev.vpccni.json.Json;
import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import dev.vpccni.kubernetes.fake.FakeApiServer.Heard;
import dev.vpccni.kubernetes.fake.FakeApiServer.Reply;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Objects that are created, changed, applied and deleted, with their versions and the owners of
 * their fields. Safe for use by many threads.
 */
public final class FakeObjects {

    private static final String APPLY = "application/apply-patch+yaml";

    private final FakeApiServer server;
    private final Map<String, FieldOwners> owners = new TreeMap<>();
    private final List<String> written = new ArrayList<>();
    private int seconds;
    private long uids;

    /** Takes over what {@code server} is told to change. */
    public FakeObjects(FakeApiServer server) {
        this.server = server;
        server.writes(this::handle);
    }

    /** Has somebody create an object, or write it whole. */
    public synchronized void write(String collection, String text, String manager)
            throws JsonException {
        Map<String, Object> object = copy(text);
        String name = name(object);
        Map<String, Object> before = server.find(collection, name);
        update(collection, before == null ? Map.of() : before, object, manager);
    }

    /** Has somebody edit an object. */
    public synchronized void edit(
            String collection, String name, String manager, Consumer<Map<String, Object>> change)
            throws JsonException {
        Map<String, Object> before = server.find(collection, name);
        Map<String, Object> after = copy(Json.compact(before));
        change.accept(after);
        update(collection, before, after, manager);
    }

    /** Deletes an object. */
    public synchronized void delete(String collection, String name) {
        Map<String, Object> object = server.find(collection, name);
        if (object != null) {
            server.delete(collection, object);
            owners.remove(collection + "/" + name);
        }
    }

    /** Every request that has changed something, as its method and path. */
    public synchronized List<String> written() {
        return List.copyOf(written);
    }

    /** Answers a request that changes something. */
    public synchronized Reply handle(Heard request) {
        try {
            return switch (request.method()) {
                case "PATCH" -> patch(request);
                case "POST" -> create(request);
                case "PUT" -> replace(request);
                case "DELETE" -> remove(request);
                default -> new Reply(405, "{}");
            };
        } catch (JsonException e) {
            return refused(400, String.valueOf(e.getMessage()));
        }
    }

    private Reply patch(Heard request) throws JsonException {
        int end = request.path().lastIndexOf('/');
        String collection = request.path().substring(0, end);
        String name = request.path().substring(end + 1);
        Map<String, Object> live = server.find(collection, name);
        Map<String, Object> part = copy(request.body());
        String manager = request.query().getOrDefault("fieldManager", "unknown");
        if (live == null) {
            return refused(404, request.path() + " not found");
        }
        JsonObject conditions = JsonObject.of(part, "").objectOrNull("metadata");
        String version = conditions == null ? "" : conditions.string("resourceVersion", "");
        if (!version.isEmpty() && !version.equals(metadata(live).get("resourceVersion"))) {
            return refused(409, "the object has been modified");
        }
        String uid = conditions == null ? "" : conditions.string("uid", "");
        if (!uid.isEmpty() && !uid.equals(metadata(live).get("uid"))) {
            return refused(409, "the uid in the precondition is another one's");
        }
        if (!request.type().equals(APPLY)) {
            Map<String, Object> after = copy(Json.compact(live));
            merge(after, part);
            update(collection, live, after, manager);
            written.add("PATCH " + request.path());
            return found(collection, name);
        }
        FieldOwners changed = owners(collection, name).copy();
        Map<String, Object> after =
                changed.applied(copy(Json.compact(live)), part, manager, time());
        metadata(after).put("managedFields", changed.managedFields());
        if (request.query().containsKey("dryRun")) {
            return new Reply(200, Json.compact(after));
        }
        written.add("APPLY " + request.path());
        owners.put(collection + "/" + name, changed);
        count(live, after);
        server.put(collection, after);
        return found(collection, name);
    }

    private Reply replace(Heard request) throws JsonException {
        int end = request.path().lastIndexOf('/');
        String collection = request.path().substring(0, end);
        Map<String, Object> live = server.find(collection, request.path().substring(end + 1));
        Map<String, Object> object = copy(request.body());
        if (live == null) {
            return refused(404, request.path() + " not found");
        }
        if (!metadata(live)
                .get("resourceVersion")
                .equals(metadata(object).get("resourceVersion"))) {
            return refused(409, "the object has been modified");
        }
        update(collection, live, object, request.query().getOrDefault("fieldManager", "unknown"));
        written.add("PUT " + request.path());
        return found(collection, name(object));
    }

    private Reply create(Heard request) throws JsonException {
        Map<String, Object> object = copy(request.body());
        if (server.find(request.path(), name(object)) != null) {
            return refused(409, name(object) + " already exists");
        }
        written.add("POST " + request.path());
        update(
                request.path(),
                Map.of(),
                object,
                request.query().getOrDefault("fieldManager", "unknown"));
        return new Reply(201, Json.compact(server.find(request.path(), name(object))));
    }

    private Reply remove(Heard request) {
        int end = request.path().lastIndexOf('/');
        String collection = request.path().substring(0, end);
        if (server.find(collection, request.path().substring(end + 1)) == null) {
            return refused(404, request.path() + " not found");
        }
        written.add("DELETE " + request.path());
        delete(collection, request.path().substring(end + 1));
        return new Reply(200, "{}");
    }

    private void update(
            String collection, Map<?, ?> before, Map<String, Object> after, String manager) {
        FieldOwners of = owners(collection, name(after));
        of.updated(before, after, manager, time());
        metadata(after).putIfAbsent("uid", "uid-" + ++uids);
        metadata(after).put("managedFields", of.managedFields());
        count(before, after);
        server.put(collection, after);
    }

    /** Each other specification is another generation. */
    private static void count(Map<?, ?> before, Map<String, Object> after) {
        Object old = before.get("metadata") instanceof Map<?, ?> had ? had.get("generation") : null;
        long generation = old instanceof Long number ? number : 0;
        if (!Objects.equals(before.get("spec"), after.get("spec"))) {
            generation++;
        }
        metadata(after).put("generation", generation);
    }

    private Reply found(String collection, String name) {
        return new Reply(200, Json.compact(server.find(collection, name)));
    }

    private FieldOwners owners(String collection, String name) {
        return owners.computeIfAbsent(collection + "/" + name, _ -> new FieldOwners());
    }

    private String time() {
        return "2026-01-01T00:%02d:%02dZ".formatted(++seconds / 60, seconds % 60);
    }

    @SuppressWarnings("unchecked") // parsed texts
    private static void merge(Map<String, Object> into, Map<String, Object> part) {
        part.forEach((name, value) -> {
            if (value == null) {
                into.remove(name);
            } else if (value instanceof Map<?, ?> inner && into.get(name) instanceof Map<?, ?> of) {
                merge((Map<String, Object>) of, (Map<String, Object>) inner);
            } else {
                into.put(name, value);
            }
        });
    }

    private static Reply refused(int status, String message) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("kind", "Status");
        body.put("code", status);
        body.put("message", message);
        return new Reply(status, Json.compact(body));
    }

    @SuppressWarnings("unchecked") // a parsed text
    private static Map<String, Object> copy(String text) throws JsonException {
        return (Map<String, Object>) Json.parse(text);
    }

    @SuppressWarnings("unchecked") // a parsed text
    private static Map<String, Object> metadata(Map<String, Object> object) {
        return (Map<String, Object>) object.get("metadata");
    }

    private static String name(Map<String, Object> object) {
        return (String) metadata(object).get("name");
    }
}
