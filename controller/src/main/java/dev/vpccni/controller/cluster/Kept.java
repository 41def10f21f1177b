package dev.vpccni.controller.cluster;

import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import dev.vpccni.json.JsonShape;
import dev.vpccni.kubernetes.api.Collected;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A few facts of each object of a collection. Written by one thread, read by any.
 *
 * @param <T> the facts of one
 */
public final class Kept<T> implements Collected {

    /** More than a cluster has nodes, or pods with interfaces of their own. */
    private static final int KEPT_MAX = 100_000;

    private final String what;
    private final JsonShape shape;
    private final Reader<T> reader;
    private final Runnable listener;
    private final Consumer<String> log;
    private SortedMap<String, T> coming = new TreeMap<>();
    private volatile SortedMap<String, T> all = Collections.emptySortedMap();
    private volatile boolean read;
    private @Nullable String told;

    /**
     * Reads one object.
     *
     * @param <T> its facts
     */
    public interface Reader<T> {
        /** Returns the facts that are kept, or null if the object does not count. */
        @Nullable T read(JsonObject object) throws JsonException;
    }

    /**
     * @param what the collection is called
     * @param listener is called when something has changed; must not wait
     * @param log is told when the collection cannot be read; must not wait
     */
    public Kept(
            String what,
            JsonShape shape,
            Reader<T> reader,
            Runnable listener,
            Consumer<String> log) {
        this.what = what;
        this.shape = shape;
        this.reader = reader;
        this.listener = listener;
        this.log = log;
    }

    /** Tells whether all of them have been read once. */
    public boolean isRead() {
        return read;
    }

    /** Returns them by namespace and name, as far as they are known. */
    public SortedMap<String, T> all() {
        return all;
    }

    /** Returns the key of an object. */
    public static String key(String namespace, String name) {
        return namespace.isEmpty() ? name : namespace + "/" + name;
    }

    @Override
    public JsonShape shape() {
        return shape;
    }

    @Override
    public void begin() {
        coming = new TreeMap<>();
    }

    @Override
    public void listed(JsonObject object) {
        put(coming, object);
    }

    @Override
    public void complete() {
        SortedMap<String, T> now = coming;
        coming = new TreeMap<>();
        read = true;
        say(now);
    }

    @Override
    public void changed(JsonObject object) {
        SortedMap<String, T> next = new TreeMap<>(all);
        put(next, object);
        say(next);
    }

    @Override
    public void removed(JsonObject object) {
        SortedMap<String, T> next = new TreeMap<>(all);
        try {
            next.remove(key(object));
            say(next);
        } catch (JsonException _) {
            // Nobody knows what has gone; the next list tells.
        }
    }

    @Override
    public void problem(@Nullable String reason) {
        if (reason != null && !reason.equals(told)) {
            log.accept(what + " cannot be read, which is tried again: " + reason);
        }
        told = reason;
    }

    private void say(SortedMap<String, T> now) {
        boolean changed = !now.equals(all) || now.isEmpty();
        all = Collections.unmodifiableSortedMap(now);
        if (changed) {
            listener.run();
        }
    }

    private static String key(JsonObject object) throws JsonException {
        JsonObject metadata = object.object("metadata");
        return key(metadata.string("namespace", ""), metadata.string("name"));
    }

    private void put(SortedMap<String, T> into, JsonObject object) {
        try {
            String key = key(object);
            T facts;
            try {
                facts = reader.read(object);
            } catch (JsonException | IllegalArgumentException e) {
                log.accept(what + ": " + key + " cannot be understood: " + e.getMessage());
                facts = null;
            }
            if (facts == null) {
                into.remove(key);
            } else if (into.size() < KEPT_MAX || into.containsKey(key)) {
                into.put(key, facts);
            }
        } catch (JsonException _) {
            // An object without a name is none.
        }
    }
}
