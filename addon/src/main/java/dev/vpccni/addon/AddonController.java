package dev.vpccni.addon;

import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import dev.vpccni.kubernetes.EventRecorder;
import dev.vpccni.kubernetes.api.ApiClient;
import dev.vpccni.kubernetes.api.ApiException;
import dev.vpccni.kubernetes.api.ApiRequests;
import dev.vpccni.kubernetes.api.ListWatch;
import dev.vpccni.node.port.Tempo;
import dev.vpccni.node.work.Retry;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Keeps what is installed in a cluster as it was installed: looks at all of it every quarter of an
 * hour, and at each object soon after somebody has changed it. What was installed is read from a
 * ConfigMap that the installation writes before anything else, so that a new release is never taken
 * for a change by somebody.
 */
public final class AddonController implements Runnable, AutoCloseable {

    /** Who changes one object often changes another one next; they are looked at together. */
    static final Duration SETTLE = Duration.ofSeconds(5);

    /** Who uninstalls removes the objects first, and only then what says that they were wanted. */
    static final Duration ABSENCE = Duration.ofSeconds(30);

    private static final Duration FIRST_PAUSE = Duration.ofSeconds(5);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);
    private static final String CONFIG = "what is installed";

    private final ApiClient client;
    private final ApiRequests requests;
    private final AddonSettings settings;
    private final Tempo tempo;
    private final RandomGenerator random;
    private final Retry retry;
    private final AddonLog log;
    private final Keeper keeper;
    private final Tempo.Signal news;
    private final Object lock = new Object();

    /** When each path is to be looked at, in {@link Tempo#nanos}; guarded by the lock. */
    private final Map<String, Long> due = new TreeMap<>();

    /** All others are nobody's business any more; guarded by the lock. */
    private final Set<String> kept = new TreeSet<>();

    private final Map<String, Integer> failures = new TreeMap<>();
    private final Map<String, ListWatch> watches = new TreeMap<>();
    private @Nullable InstalledState state;
    private boolean closed;

    /**
     * @param client is not closed by this
     * @param events null where lines are enough
     * @param lines takes what is said; must not wait
     */
    public AddonController(
            ApiClient client,
            AddonSettings settings,
            Tempo tempo,
            RandomGenerator random,
            @Nullable EventRecorder events,
            Consumer<String> lines) {
        this(client, settings, ABSENCE, tempo, random, events, lines);
    }

    private AddonController(
            ApiClient client,
            AddonSettings settings,
            Duration absence,
            Tempo tempo,
            RandomGenerator random,
            @Nullable EventRecorder events,
            Consumer<String> lines) {
        this.client = client;
        this.settings = settings;
        this.tempo = tempo;
        this.random = random;
        requests = new ApiRequests(client);
        retry = new Retry(tempo, random);
        log = new AddonLog(lines, events);
        keeper = new Keeper(requests, settings, absence, tempo, log);
        news = tempo.signal();
    }

    /**
     * Looks at everything once.
     *
     * @return how much was not as installed
     * @throws ApiException if some of it could not be looked at
     */
    public static int once(
            ApiClient client,
            AddonSettings settings,
            Tempo tempo,
            RandomGenerator random,
            Consumer<String> lines)
            throws ApiException, InterruptedException {
        var controller =
                new AddonController(client, settings, Duration.ZERO, tempo, random, null, lines);
        InstalledState installed = controller.installed();
        if (installed == null) {
            throw new ApiException(
                    ApiException.NONE,
                    "nothing is installed: there is no ConfigMap "
                            + settings.namespace()
                            + "/"
                            + settings.installed()
                            + "; the chart makes it with addon.enabled=true",
                    Duration.ZERO,
                    null);
        }
        controller.state = installed;
        int found = 0;
        for (ManagedObject object : installed.objects()) {
            found += controller.keeper.look(object, controller::isStillInstalled).found();
        }
        return found;
    }

    /** Keeps it until it is closed. */
    @Override
    public void run() {
        String config = settings.installedPath();
        keepOnly(Set.of());
        soon(config, Duration.ZERO);
        follow(config, () -> soon(config, Duration.ZERO));
        try {
            while (!isClosed()) {
                if (isDue(config)) {
                    attempt(config, CONFIG, this::readInstalled);
                }
                InstalledState now = state;
                List<ManagedObject> objects = now == null ? List.of() : now.objects();
                for (ManagedObject object : objects) {
                    if (!isClosed() && isDue(object.path())) {
                        attempt(
                                object.path(),
                                object.text(),
                                () -> keeper.look(object, this::isStillInstalled).next());
                    }
                }
                var _ = news.await(untilNext());
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        } finally {
            watches.values().forEach(ListWatch::stop);
        }
    }

    @Override
    public void close() {
        synchronized (lock) {
            closed = true;
        }
        news.raise();
    }

    /** What may fail, and says when to do it again. */
    private interface Step {
        Duration run() throws ApiException, InterruptedException;
    }

    private void attempt(String path, String what, Step step) throws InterruptedException {
        synchronized (lock) {
            due.remove(path); // What is heard meanwhile comes on top.
        }
        Duration next;
        try {
            next = step.run();
            if (failures.remove(path) != null) {
                log.once(path + " failed", what + ": can be looked at again");
            }
        } catch (ApiException e) {
            int times = failures.merge(path, 1, Integer::sum);
            log.once(path + " failed", what + ": cannot be looked at: " + e.getMessage());
            next = retry.after(times, FIRST_PAUSE, LONGEST_PAUSE);
            next = next.compareTo(e.retryAfter()) > 0 ? next : e.retryAfter();
        }
        soon(path, next);
    }

    private Duration readInstalled() throws ApiException, InterruptedException {
        InstalledState before = state;
        InstalledState now = installed();
        state = now;
        if (now == null) {
            keepOnly(Set.of());
            log.once(CONFIG, "nothing is installed, or it is being removed: nothing is kept");
        } else if (before == null || !before.version().equals(now.version())) {
            log.once(
                    CONFIG,
                    "keeps "
                            + now.objects().size()
                            + " objects as "
                            + (now.release().isEmpty() ? "installed" : now.release())
                            + " has installed them, version "
                            + now.version()
                            + (settings.report() ? "; only tells" : ""));
            followAll(now);
        }
        return settings.every();
    }

    private @Nullable InstalledState installed() throws ApiException, InterruptedException {
        JsonObject config = requests.find(settings.installedPath());
        try {
            if (config == null || config.object("metadata").has("deletionTimestamp")) {
                return null;
            }
            return InstalledState.parse(config, settings.namespace(), settings.users());
        } catch (JsonException e) {
            state = null;
            keepOnly(Set.of());
            throw new ApiException(
                    ApiException.NONE,
                    "the ConfigMap "
                            + settings.namespace()
                            + "/"
                            + settings.installed()
                            + " is not as the chart writes it ("
                            + e.getMessage()
                            + "): install again",
                    Duration.ZERO,
                    e);
        }
    }

    private boolean isStillInstalled() throws ApiException, InterruptedException {
        InstalledState known = state;
        InstalledState now = installed();
        boolean still = now != null && (known == null || known.version().equals(now.version()));
        if (!still) {
            soon(settings.installedPath(), Duration.ZERO);
        }
        return still;
    }

    private void followAll(InstalledState now) {
        var paths = new TreeSet<String>();
        now.objects().forEach(object -> paths.add(object.path()));
        keepOnly(paths);
        for (String path : paths) {
            soon(path, Duration.ZERO);
            follow(path, () -> soon(path, SETTLE));
        }
    }

    /** What is installed is looked at in any case. */
    private void keepOnly(Set<String> paths) {
        synchronized (lock) {
            kept.clear();
            kept.addAll(paths);
            kept.add(settings.installedPath());
            due.keySet().retainAll(kept);
        }
        watches.entrySet()
                .removeIf(watch -> {
                    boolean ended = !kept.contains(watch.getKey());
                    if (ended) {
                        watch.getValue().stop();
                    }
                    return ended;
                });
    }

    private void follow(String path, Runnable listener) {
        if (watches.containsKey(path)) {
            return;
        }
        int end = path.lastIndexOf('/');
        var heard = new Heard(listener, reason -> tellDeaf(path, reason));
        var watch =
                new ListWatch(
                        client,
                        path.substring(0, end),
                        "metadata.name=" + path.substring(end + 1),
                        heard,
                        ListWatch.Limits.DEFAULT,
                        tempo,
                        random);
        watches.put(path, watch);
        tempo.start("watch of " + path, watch);
    }

    private void tellDeaf(String path, @Nullable String reason) {
        log.once(
                path + " heard",
                path
                        + (reason == null
                                ? ": changes are heard again"
                                : ": changes are not heard, and found by looking: " + reason));
    }

    /** Has a path looked at after {@code wait}, or before that if it is to be anyway. */
    private void soon(String path, Duration wait) {
        synchronized (lock) {
            if (kept.contains(path)) {
                due.merge(path, tempo.nanos() + wait.toNanos(), (a, b) -> a - b < 0 ? a : b);
            }
        }
        news.raise();
    }

    private boolean isDue(String path) {
        synchronized (lock) {
            Long at = due.get(path);
            return at != null && at - tempo.nanos() <= 0;
        }
    }

    private Duration untilNext() {
        synchronized (lock) {
            long least = settings.every().toNanos();
            for (long at : due.values()) {
                least = Math.min(least, at - tempo.nanos());
            }
            return Duration.ofNanos(Math.max(1, least));
        }
    }

    private boolean isClosed() {
        synchronized (lock) {
            return closed;
        }
    }
}
