package dev.vpccni.node.sentinel;

import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/**
 * How often each thing was brought back lately, and until when it is left alone: somebody who
 * removes it again and again is not fought for ever. Not thread-safe.
 */
public final class Restraint {

    /** So often a thing is brought back without a pause. */
    public static final int PATIENCE = 5;

    static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);

    /** A thing that stayed for so long after its pause is brought back at once again. */
    static final Duration QUIET = Duration.ofMinutes(2);

    private final Map<String, History> histories = new TreeMap<>();
    private final Duration firstPause;
    private final Duration longestPause;
    private final Duration quiet;

    /** Begins without any history, for what others remove from the kernel. */
    Restraint() {
        this(FIRST_PAUSE, LONGEST_PAUSE, QUIET);
    }

    /**
     * Begins without any history.
     *
     * @param firstPause after {@value #PATIENCE} times in a row; each further one is twice as long
     * @param longestPause how long a thing is left alone at most
     * @param quiet what stays for so long after its pause is brought back at once again
     */
    public Restraint(Duration firstPause, Duration longestPause, Duration quiet) {
        this.firstPause = firstPause;
        this.longestPause = longestPause;
        this.quiet = quiet;
    }

    /**
     * How it went with one thing.
     *
     * @param times how often it was brought back, one time soon after the other
     * @param first when that began, in nanoseconds
     * @param until when its pause ends
     */
    private record History(int times, long first, long until) {}

    /**
     * Returns how long a thing is left alone; zero if it may be brought back.
     *
     * @param now in nanoseconds of a clock that never runs backwards
     */
    public Duration rest(String thing, long now) {
        History known = histories.get(thing);
        return known == null || known.until <= now
                ? Duration.ZERO
                : Duration.ofNanos(known.until - now);
    }

    /**
     * Notes that a thing was brought back, or that this failed.
     *
     * @return the fight that this has come to, if any
     */
    public Fight note(String thing, long now) {
        histories.values().removeIf(known -> now - known.until > quiet.toNanos());
        History known = histories.get(thing);
        int times = known == null ? 1 : known.times + 1;
        long first = known == null ? now : known.first;
        Duration pause = pauseAfter(times);
        histories.put(thing, new History(times, first, now + pause.toNanos()));
        return new Fight(times, Duration.ofNanos(now - first), pause);
    }

    /**
     * What is known of somebody who removes a thing again and again.
     *
     * @param times how often it was brought back
     * @param within since the first of these
     * @param pause for how long it is left alone now; zero if that is not yet a fight
     */
    public record Fight(int times, Duration within, Duration pause) {

        /** Tells whether somebody seems to mean it. */
        public boolean goesOn() {
            return pause.isPositive();
        }
    }

    private Duration pauseAfter(int times) {
        if (times <= PATIENCE) {
            return Duration.ZERO;
        }
        Duration pause = firstPause.multipliedBy(1L << Math.min(times - PATIENCE - 1, 20));
        return pause.compareTo(longestPause) < 0 ? pause : longestPause;
    }
}
