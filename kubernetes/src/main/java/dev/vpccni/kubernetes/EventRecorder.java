package dev.vpccni.kubernetes;

import dev.vpccni.json.Json;
import dev.vpccni.kubernetes.api.ApiClient;
import dev.vpccni.kubernetes.api.ApiException;
import dev.vpccni.node.port.Tempo;
import dev.vpccni.node.work.Retry;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Tells people of what goes wrong, by events on the objects that it concerns. Of what happens again
 * and again there is one event in five minutes, which says how often and since when. Whoever tells
 * of something never waits: what cannot be sent yet is kept, the latest of each kind, in little
 * memory. Safe for use by many threads.
 *
 * @see <a
 *     href="https://kubernetes.io/docs/reference/kubernetes-api/cluster-resources/event-v1/">Event
 *     v1 in events.k8s.io, whose limits of length these are</a>
 */
public final class EventRecorder implements Runnable, AutoCloseable {

    /** How long the same is not told again. */
    static final Duration QUIET = Duration.ofMinutes(5);

    /** So many different things are kept; beyond that the one that was told of first is dropped. */
    static final int KEPT_MAX = 256;

    /** Events at once, and how long until there may be one more. */
    static final int BURST = 25;

    private static final Duration REFILL = Duration.ofSeconds(10);
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);
    private static final Duration IDLE = Duration.ofHours(1);
    private static final int NOTE_MAX = 1024;
    private static final int WORD_MAX = 128;
    private static final DateTimeFormatter MICROSECONDS =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);
    private static final DateTimeFormatter SECONDS =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss'Z'", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);

    private final ApiClient client;
    private final String controller;
    private final String instance;
    private final Tempo tempo;
    private final RandomGenerator random;
    private final Retry retry;
    private final Consumer<String> log;
    private final Tempo.Signal news;
    private final Map<Kind, Told> kept = new LinkedHashMap<>();
    private int tokens = BURST;
    private long refilled;
    private boolean closed;

    /** What counts as the same. */
    private record Kind(EventSubject subject, String reason, String action) {}

    /** What is to be told, or was. */
    private static final class Told {
        private final Instant first;
        private String note = "";
        private long times;
        private int untold;
        private boolean sent;
        private long sentAt;

        Told(Instant first) {
            this.first = first;
        }
    }

    /** An event that is about to be sent. */
    private record Due(Kind kind, String note, int untold) {}

    /**
     * @param instance which daemon reports, such as {@code aws-node-ip-10-0-0-1}
     * @param log is told once when events cannot be sent; must not wait
     */
    public EventRecorder(
            ApiClient client,
            String instance,
            Tempo tempo,
            RandomGenerator random,
            Consumer<String> log) {
        this(client, "aws-node", instance, tempo, random, log);
    }

    /**
     * @param controller what kind of program reports, such as {@code aws-node}
     * @param instance which of them
     * @param log is told once when events cannot be sent; must not wait
     */
    public EventRecorder(
            ApiClient client,
            String controller,
            String instance,
            Tempo tempo,
            RandomGenerator random,
            Consumer<String> log) {
        this.client = client;
        this.controller = controller;
        this.instance = cut(instance, WORD_MAX);
        this.tempo = tempo;
        this.random = random;
        this.log = log;
        retry = new Retry(tempo, random);
        news = tempo.signal();
        refilled = tempo.nanos();
    }

    /**
     * Tells of something that somebody should see to.
     *
     * @param reason one word, by which events are sorted
     * @param action what was attempted
     * @param note what is wrong, and what would help
     */
    public void warn(EventSubject subject, String reason, String action, String note) {
        var kind = new Kind(subject, cut(reason, WORD_MAX), cut(action, WORD_MAX));
        synchronized (kept) {
            Told told = kept.computeIfAbsent(kind, _ -> new Told(tempo.wall()));
            told.note = note;
            told.times++;
            told.untold++;
            if (kept.size() > KEPT_MAX) {
                kept.remove(kept.keySet().iterator().next());
            }
        }
        news.raise();
    }

    /** Sends events until it is closed. */
    @Override
    public void run() {
        int failures = 0;
        long notBefore = tempo.nanos();
        try {
            while (!isClosed()) {
                long wait = notBefore - tempo.nanos();
                Due due = wait > 0 ? null : due();
                if (due == null) {
                    var _ = news.await(wait > 0 ? Duration.ofNanos(wait) : untilDue());
                    continue;
                }
                try {
                    client.send(
                            "POST",
                            "/apis/events.k8s.io/v1/namespaces/"
                                    + due.kind.subject.eventNamespace()
                                    + "/events",
                            "application/json",
                            text(due));
                    noteSent(due);
                    failures = 0;
                } catch (ApiException e) {
                    failures++;
                    if (failures == 1) {
                        log.accept("events cannot be sent, and are kept: " + e.getMessage());
                    }
                    Duration pause = retry.after(failures, FIRST_PAUSE, LONGEST_PAUSE);
                    Duration asked = e.retryAfter();
                    pause = pause.compareTo(asked) > 0 ? pause : asked;
                    notBefore = tempo.nanos() + pause.toNanos();
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        synchronized (kept) {
            closed = true;
        }
        news.raise();
    }

    private boolean isClosed() {
        synchronized (kept) {
            return closed;
        }
    }

    private @Nullable Due due() {
        synchronized (kept) {
            long now = tempo.nanos();
            long fresh = (now - refilled) / REFILL.toNanos();
            tokens = (int) Math.min(BURST, tokens + fresh);
            refilled = tokens == BURST ? now : refilled + fresh * REFILL.toNanos();
            if (tokens == 0) {
                return null;
            }
            for (Map.Entry<Kind, Told> entry : kept.entrySet()) {
                Told told = entry.getValue();
                if (told.untold > 0 && rest(told, now) <= 0) {
                    return new Due(entry.getKey(), note(told), told.untold);
                }
            }
            return null;
        }
    }

    private static long rest(Told told, long now) {
        return told.sent ? told.sentAt + QUIET.toNanos() - now : 0;
    }

    private static String note(Told told) {
        return told.times == 1
                ? told.note
                : cut(told.note, NOTE_MAX - 60)
                        + " ("
                        + told.times
                        + " times since "
                        + SECONDS.format(told.first)
                        + ")";
    }

    private Duration untilDue() {
        synchronized (kept) {
            long now = tempo.nanos();
            long least = IDLE.toNanos();
            for (Told told : kept.values()) {
                if (told.untold > 0) {
                    long rest = tokens == 0 ? REFILL.toNanos() : rest(told, now);
                    least = Math.min(least, Math.max(1, rest));
                }
            }
            return Duration.ofNanos(least);
        }
    }

    private void noteSent(Due due) {
        synchronized (kept) {
            tokens--;
            Told told = kept.get(due.kind);
            if (told != null) {
                told.untold -= due.untold;
                told.sent = true;
                told.sentAt = tempo.nanos();
            }
        }
    }

    private String text(Due due) {
        EventSubject subject = due.kind.subject;
        Map<String, @Nullable Object> metadata = new LinkedHashMap<>();
        metadata.put("name", cut(subject.name(), 230) + "." + Long.toHexString(random.nextLong()));
        metadata.put("namespace", subject.eventNamespace());
        Map<String, @Nullable Object> regarding = new LinkedHashMap<>();
        regarding.put("apiVersion", subject.apiVersion());
        regarding.put("kind", subject.kind());
        if (!subject.namespace().isEmpty()) {
            regarding.put("namespace", subject.namespace());
        }
        regarding.put("name", subject.name());
        if (!subject.uid().isEmpty()) {
            regarding.put("uid", subject.uid());
        }
        Map<String, @Nullable Object> event = new LinkedHashMap<>();
        event.put("apiVersion", "events.k8s.io/v1");
        event.put("kind", "Event");
        event.put("metadata", metadata);
        event.put("eventTime", MICROSECONDS.format(tempo.wall()));
        event.put("reportingController", controller);
        event.put("reportingInstance", instance);
        event.put("action", due.kind.action);
        event.put("reason", due.kind.reason);
        event.put("regarding", regarding);
        event.put("note", cut(due.note, NOTE_MAX));
        event.put("type", "Warning");
        return Json.compact(event);
    }

    private static String cut(String text, int most) {
        return text.length() <= most ? text : text.substring(0, most - 1) + "…";
    }
}
