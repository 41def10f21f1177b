package dev.vpccni.node.work;

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
     * @param noted when the last of these was noted, in {@link Tempo#nanos}
     * @param until in {@link Tempo#nanos}
     */
    private record Failed(int times, long noted, long until) {}

    Backoff(Tempo tempo, Retry retry) {
        this.tempo = tempo;
        this.retry = retry;
    }

    /**
     * Notes that {@code what} failed, and returns how long it is left alone. What was at work when
     * it failed the last time has met the same trouble, and is not counted once more: a dozen
     * interfaces that are begun at once fail at once.
     *
     * @param begun when the work began, in {@link Tempo#nanos}
     */
    synchronized Duration failed(WorkKey what, long begun) {
        long now = tempo.nanos();
        failed.values().removeIf(each -> now - each.until > FORGOTTEN.toNanos());
        Failed before = failed.get(what);
        int times = 1;
        long noted = now;
        if (before != null) {
            boolean same = begun - before.noted < 0;
            times = same ? before.times : before.times + 1;
            noted = same ? before.noted : now;
        }
        Duration rest = retry.after(times, FIRST, LONGEST);
        failed.put(what, new Failed(times, noted, now + rest.toNanos()));
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
