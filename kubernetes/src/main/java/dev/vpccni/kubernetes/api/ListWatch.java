package dev.vpccni.kubernetes.api;

import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import dev.vpccni.json.JsonShape;
import dev.vpccni.json.JsonStream;
import dev.vpccni.node.port.Tempo;
import dev.vpccni.node.work.Retry;
import java.io.IOException;
import java.time.Duration;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Follows a collection of objects: all of them once, and then each change, for as long as it runs.
 * What breaks off is taken up where it was, after a pause that grows and varies; all objects are
 * read again only where the server does not know any more what has changed.
 *
 * @see <a href="https://kubernetes.io/docs/reference/using-api/api-concepts/">Kubernetes API
 *     concepts: efficient detection of changes, retrieving large results in chunks</a>
 */
public final class ListWatch implements Runnable {

    /** Of a server that keeps all of it in memory, which answers whole; others send chunks. */
    private static final int CHUNK = 500;

    /** More than any collection that a node follows has. */
    private static final int CHUNKS_MAX = 200;

    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

    /** What has worked for so long may break off for a reason of its own. */
    private static final Duration STEADY = Duration.ofSeconds(30);

    /** How long the server is asked to keep a watch open, at least; it varies by as much again. */
    private static final int WATCH_SECONDS = 300;

    private static final JsonShape OF_LIST =
            JsonShape.of().with("metadata", JsonShape.of("resourceVersion", "continue"));

    /**
     * Waits.
     *
     * @param list how long a part of the list may take to come
     * @param silence how long a watch may bring nothing; a server sends a bookmark each minute
     */
    public record Limits(Duration list, Duration silence) {
        /** What suits a network that loses packets now and then. */
        public static final Limits DEFAULT =
                new Limits(Duration.ofSeconds(60), Duration.ofSeconds(150));
    }

    private final ApiClient client;
    private final String path;
    private final String selector;
    private final Collected collected;
    private final Limits limits;
    private final Tempo tempo;
    private final RandomGenerator random;
    private final Retry retry;
    private final Tempo.Signal stop;
    private final Object lock = new Object();
    private final JsonShape element;
    private final JsonShape event;
    private String version = "";
    private long watching;
    private boolean told;
    private boolean stopped;
    private @Nullable ApiBody open;

    /**
     * @param path of the collection, such as {@code /api/v1/pods}
     * @param selector of fields, such as {@code spec.nodeName=node-1}
     */
    public ListWatch(
            ApiClient client,
            String path,
            String selector,
            Collected collected,
            Limits limits,
            Tempo tempo,
            RandomGenerator random) {
        this.client = client;
        this.path = path;
        this.selector = selector;
        this.collected = collected;
        this.limits = limits;
        this.tempo = tempo;
        this.random = random;
        retry = new Retry(tempo, random);
        stop = tempo.signal();
        element = collected.shape();
        event = JsonShape.of("type").with("object", objectOrStatus(element));
    }

    /** An event's object is one of the collection, or says what is wrong. */
    private static JsonShape objectOrStatus(JsonShape element) {
        return element.with("code", JsonShape.ALL).with("message", JsonShape.ALL);
    }

    @Override
    public void run() {
        int failures = 0;
        try {
            while (!isStopped()) {
                watching = 0;
                Duration rest = Duration.ZERO;
                String problem = null;
                int status = ApiException.NONE;
                try {
                    if (version.isEmpty()) {
                        list();
                    }
                    watch();
                } catch (ApiException e) {
                    if (e.status() == ApiException.GONE) {
                        version = "";
                    }
                    rest = e.retryAfter();
                    status = e.status();
                    problem = String.valueOf(e.getMessage());
                } catch (JsonException e) {
                    version = "";
                    problem = "the API server sends what cannot be understood: " + e.getMessage();
                } catch (IOException e) {
                    problem = String.valueOf(e.getMessage());
                }
                boolean steady = watching != 0 && tempo.nanos() - watching >= STEADY.toNanos();
                failures = steady ? 1 : failures + 1;
                pause(failures, rest, steady ? null : problem, status);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /** Ends the following, soon. */
    public void stop() {
        ApiBody body;
        synchronized (lock) {
            stopped = true;
            body = open;
        }
        if (body != null) {
            body.close();
        }
        stop.raise();
    }

    /** A watch that a server ends after its time is no problem. */
    private void pause(int failures, Duration rest, @Nullable String problem, int status)
            throws InterruptedException {
        if (isStopped()) {
            return;
        }
        if (problem != null) {
            told = true;
            collected.problem(problem, status);
        }
        Duration pause = retry.after(failures, FIRST_PAUSE, LONGEST_PAUSE);
        var _ = stop.await(pause.compareTo(rest) > 0 ? pause : rest);
    }

    private void list() throws ApiException, JsonException, IOException, InterruptedException {
        String from = "&resourceVersion=0";
        collected.begin();
        for (int chunk = 0; chunk < CHUNKS_MAX; chunk++) {
            String query = "?limit=" + CHUNK + from + selection();
            try (var text = new JsonStream(opened(client.get(path + query), limits.list))) {
                JsonObject list = text.list("items", element, OF_LIST, collected::listed);
                JsonObject metadata = list.object("metadata");
                String next = metadata.string("continue", "");
                if (next.isEmpty()) {
                    version = metadata.string("resourceVersion");
                    collected.complete();
                    return;
                }
                from = "&continue=" + ApiClient.query(next);
            } finally {
                close();
            }
        }
        throw new JsonException("the list of " + path + " has no end");
    }

    private void watch() throws ApiException, JsonException, IOException, InterruptedException {
        String query =
                "?watch=true&allowWatchBookmarks=true&resourceVersion="
                        + ApiClient.query(version)
                        + "&timeoutSeconds="
                        + (WATCH_SECONDS + random.nextInt(WATCH_SECONDS))
                        + selection();
        ApiBody body = opened(client.get(path + query), limits.silence);
        try (var text = new JsonStream(body)) {
            watching = tempo.nanos();
            if (told) {
                told = false;
                collected.problem(null, ApiException.NONE);
            }
            JsonObject next = text.next(event);
            while (next != null) {
                note(next);
                body.expectWithin(limits.silence);
                next = text.next(event);
            }
        } finally {
            close();
        }
    }

    private void note(JsonObject event) throws ApiException, JsonException {
        String type = event.string("type");
        JsonObject object = event.object("object");
        switch (type) {
            case "ADDED", "MODIFIED" -> collected.changed(object);
            case "DELETED" -> collected.removed(object);
            case "BOOKMARK" -> {
                // Its version is all that it says.
            }
            case "ERROR" -> throw refused(object);
            default -> throw new JsonException("there is no event of type " + type);
        }
        version = object.object("metadata").string("resourceVersion");
    }

    private static ApiException refused(JsonObject status) throws JsonException {
        int code = (int) status.integer("code", 0);
        String message = status.string("message", "");
        return new ApiException(
                code, "the API server ends the watch: " + message, Duration.ZERO, null);
    }

    private String selection() {
        return selector.isEmpty() ? "" : "&fieldSelector=" + ApiClient.query(selector);
    }

    private ApiBody opened(ApiBody body, Duration patience) {
        body.expectWithin(patience);
        boolean late;
        synchronized (lock) {
            open = body;
            late = stopped;
        }
        if (late) {
            body.close();
        }
        return body;
    }

    private void close() {
        synchronized (lock) {
            open = null;
        }
    }

    private boolean isStopped() {
        synchronized (lock) {
            return stopped;
        }
    }
}
