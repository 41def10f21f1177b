package dev.vpccni.node;

import dev.vpccni.node.port.Tempo;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/** What failed lately, and until when it is left alone. Safe for use by many threads. */
final class Backoff {

    private static final Duration FIRST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofMinutes(2);

    /** What nobody has tried for so long does not exist any more, or may be tried as at first. */
    private static final Duration FORGOTTEN = LONGEST.multipliedBy(5);

    private final Tempo tempo;
    private final Retry retry;
    private final Map<WorkKey, Failed> failed = new LinkedHashMap<>();

    /**
     * @param times how often in a row
     * @param until in {@link Tempo#nanos}
     */
    private record Failed(int times, long until) {}

    Backoff(Tempo tempo, Retry retry) {
        this.tempo = tempo;
        this.retry = retry;
    }

    /** Notes that {@code what} failed, and returns how long it is left alone. */
    synchronized Duration failed(WorkKey what) {
        long now = tempo.nanos();
        failed.values().removeIf(each -> now - each.until > FORGOTTEN.toNanos());
        Failed before = failed.get(what);
        int times = before == null ? 1 : before.times + 1;
        Duration rest = retry.after(times, FIRST, LONGEST);
        failed.put(what, new Failed(times, now + rest.toNanos()));
        return rest;
    }

    /** Notes that {@code what} succeeded. */
    synchronized void succeeded(WorkKey what) {
        failed.remove(what);
    }

    /** Returns how long {@code what} is still left alone; zero if it may be tried. */
    synchronized Duration rest(WorkKey what) {
        Failed before = failed.get(what);
        return before == null
                ? Duration.ZERO
                : Duration.ofNanos(Math.max(0, before.until - tempo.nanos()));
    }

    /** Returns how many failures are remembered. */
    synchronized int size() {
        return failed.size();
    }
}
