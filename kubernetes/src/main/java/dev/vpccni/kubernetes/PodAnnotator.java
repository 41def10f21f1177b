package dev.vpccni.kubernetes;

import dev.vpccni.json.Json;
import dev.vpccni.kubernetes.api.ApiClient;
import dev.vpccni.kubernetes.api.ApiException;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.PodName;
import dev.vpccni.node.port.Tempo;
import dev.vpccni.node.work.Retry;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Writes pods' addresses to their annotation {@code vpc.amazonaws.com/pod-ips}, and empties it when
 * an address is taken back (ipamd.md 6.4 and 6.5). Whoever tells of an address never waits. Of each
 * pod what was told last is kept until it is written or the pod is gone; another pod of its name is
 * left alone. Safe for use by many threads.
 *
 * @see <a href="https://kubernetes.io/docs/reference/using-api/api-concepts/#patch-and-apply">
 *     Kubernetes API concepts: patch</a>
 */
public final class PodAnnotator implements Runnable, AutoCloseable {

    /** So many pods are kept; more than a node has, come and go as they may. */
    static final int KEPT_MAX = 2_048;

    private static final Need NEED = new Need("patch", "", "pods", "ANNOTATE_POD_IP");
    private static final String ANNOTATION = "vpc.amazonaws.com/pod-ips";
    private static final String POINTER = "/metadata/annotations/vpc.amazonaws.com~1pod-ips";

    /** What names of objects are made of: no other text becomes part of a path. */
    private static final Pattern NAME = Pattern.compile("[a-z0-9]([-a-z0-9.]*[a-z0-9])?");

    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);
    private static final Duration LONGEST_REST = Duration.ofMinutes(5);
    private static final Duration IDLE = Duration.ofHours(1);

    /** The server itself makes a patch again where others write the pod at the same time. */
    private static final int CONFLICTS_MAX = 5;

    private final ApiClient client;
    private final Function<PodName, String> identifiers;
    private final Tempo tempo;
    private final Retry retry;
    private final Complaint complaint;
    private final Consumer<String> log;
    private final Tempo.Signal news;
    private final Map<Pod, Wanted> kept = new LinkedHashMap<>();
    private boolean overflown;
    private boolean closed;

    /** One pod, and no other of that name. */
    private record Pod(PodName name, String uid) {}

    /**
     * What a pod's annotation is to be.
     *
     * @param value may be empty
     * @param former what it must be now; null for whatever it is
     */
    private record Wanted(String value, @Nullable String former, int failures, long notBefore) {}

    private record Due(Pod pod, Wanted wanted) {}

    /**
     * @param identifiers the identifier of a pod whose runtime does not say it; empty if it is not
     *     known
     */
    public PodAnnotator(
            ApiClient client,
            Function<PodName, String> identifiers,
            Tempo tempo,
            RandomGenerator random,
            Consumer<String> log,
            Operator operator) {
        this.client = client;
        this.identifiers = identifiers;
        this.tempo = tempo;
        this.log = log;
        retry = new Retry(tempo, random);
        complaint = new Complaint("annotate its pods", NEED, log, operator);
        news = tempo.signal();
    }

    /**
     * Notes that a pod has an address now.
     *
     * @param uid its identifier, or empty
     */
    public void connected(PodName name, String uid, IpAddress address) {
        Pod pod = pod(name, uid);
        if (pod != null) {
            synchronized (kept) {
                put(pod, new Wanted(address.toString(), null, 0, tempo.nanos()));
            }
            news.raise();
        }
    }

    /**
     * Notes that an address was taken from a pod. If it is told to have another one since, it keeps
     * that.
     */
    public void released(PodName name, String uid, IpAddress address) {
        Pod pod = pod(name, uid);
        if (pod != null) {
            String former = address.toString();
            synchronized (kept) {
                Wanted before = kept.get(pod);
                if (before == null || before.value.isEmpty()) {
                    put(pod, new Wanted("", former, 0, tempo.nanos()));
                } else if (before.value.equals(former)) {
                    // It may have been written, or what was there before it may be there still.
                    put(pod, new Wanted("", null, 0, tempo.nanos()));
                }
            }
            news.raise();
        }
    }

    private @Nullable Pod pod(PodName name, String uid) {
        if (!NAME.matcher(name.namespace()).matches() || !NAME.matcher(name.name()).matches()) {
            return null;
        }
        String known = uid.isEmpty() ? identifiers.apply(name) : uid;
        return known.isEmpty() ? null : new Pod(name, known);
    }

    private void put(Pod pod, Wanted wanted) {
        kept.remove(pod);
        kept.put(pod, wanted);
        if (kept.size() > KEPT_MAX) {
            Pod first = kept.keySet().iterator().next();
            kept.remove(first);
            if (!overflown) {
                log.accept(
                        "more than "
                                + KEPT_MAX
                                + " pods wait to be annotated: "
                                + first.name
                                + " and further ones will not be");
            }
            overflown = true;
        }
    }

    /** Writes annotations until it is closed. */
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
                    write(due);
                    complaint.works();
                    failures = 0;
                    done(due);
                } catch (ApiException e) {
                    if (isOver(e, due.wanted)) {
                        done(due);
                        continue;
                    }
                    failures++;
                    if (failures == 1) {
                        complaint.failed(e.status(), String.valueOf(e.getMessage()));
                    }
                    putBack(due);
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

    /** The pod is gone, is another one, or has another annotation by now. */
    private static boolean isOver(ApiException e, Wanted wanted) {
        return switch (e.status()) {
            case 400, 404, 405, 410, 413, 415, 422 -> true;
            case 409 -> wanted.failures + 1 >= CONFLICTS_MAX;
            default -> false;
        };
    }

    private void write(Due due) throws ApiException, InterruptedException {
        PodName name = due.pod.name;
        String path = "/api/v1/namespaces/" + name.namespace() + "/pods/" + name.name();
        String former = due.wanted.former;
        if (former == null) {
            Map<String, @Nullable Object> metadata = new LinkedHashMap<>();
            metadata.put("uid", due.pod.uid); // The server refuses to change it.
            metadata.put("annotations", Map.of(ANNOTATION, due.wanted.value));
            client.send(
                    "PATCH",
                    path,
                    "application/merge-patch+json",
                    Json.compact(Map.of("metadata", metadata)));
        } else {
            client.send(
                    "PATCH",
                    path,
                    "application/json-patch+json",
                    Json.compact(
                            List.of(
                                    step("test", "/metadata/uid", due.pod.uid),
                                    step("test", POINTER, former),
                                    step("replace", POINTER, due.wanted.value))));
        }
    }

    private static Map<String, Object> step(String operation, String path, String value) {
        Map<String, Object> step = new LinkedHashMap<>();
        step.put("op", operation);
        step.put("path", path);
        step.put("value", value);
        return step;
    }

    private boolean isClosed() {
        synchronized (kept) {
            return closed;
        }
    }

    private @Nullable Due due() {
        synchronized (kept) {
            long now = tempo.nanos();
            for (Map.Entry<Pod, Wanted> entry : kept.entrySet()) {
                if (entry.getValue().notBefore - now <= 0) {
                    return new Due(entry.getKey(), entry.getValue());
                }
            }
            return null;
        }
    }

    private Duration untilDue() {
        synchronized (kept) {
            long now = tempo.nanos();
            long least = IDLE.toNanos();
            for (Wanted wanted : kept.values()) {
                least = Math.min(least, Math.max(1, wanted.notBefore - now));
            }
            return Duration.ofNanos(least);
        }
    }

    /** What was told meanwhile stays. */
    private void done(Due due) {
        synchronized (kept) {
            kept.remove(due.pod, due.wanted);
            overflown &= !kept.isEmpty();
        }
    }

    /** Others come first: what is wrong may be this pod alone. */
    private void putBack(Due due) {
        synchronized (kept) {
            if (kept.remove(due.pod, due.wanted)) {
                int failures = due.wanted.failures + 1;
                Duration rest = retry.after(failures, FIRST_PAUSE, LONGEST_REST);
                kept.put(
                        due.pod,
                        new Wanted(
                                due.wanted.value,
                                due.wanted.former,
                                failures,
                                tempo.nanos() + rest.toNanos()));
            }
        }
    }
}
