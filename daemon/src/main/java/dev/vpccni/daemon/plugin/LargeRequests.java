package dev.vpccni.daemon.plugin;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * Lets one large request at a time be read and understood, in the order in which they came, so that
 * many at once do not fill the heap. Others stay where they are, in their sockets. One thread uses
 * it; any thread may say that a request has {@linkplain #done become light}.
 */
final class LargeRequests {

    private final long pauseNanos;
    private final Deque<Arrival> waiting = new ArrayDeque<>();
    private @Nullable Arrival reading;
    private long advancedNanos;
    private volatile boolean taken;

    /**
     * @param pause how long the one that is read may send nothing
     */
    LargeRequests(Duration pause) {
        pauseNanos = pause.toNanos();
    }

    /** Puts {@code arrival} at the end of those that wait. */
    void enter(Arrival arrival) {
        waiting.add(arrival);
    }

    /** Returns the one that may be read from now on, or null if there is none. */
    @Nullable Arrival next(long nowNanos) {
        if (taken || waiting.isEmpty()) {
            return null;
        }
        taken = true;
        advancedNanos = nowNanos;
        reading = waiting.remove();
        return reading;
    }

    /** Tells whether {@code arrival} is the one that is read. */
    boolean isReading(Arrival arrival) {
        return arrival.equals(reading);
    }

    /** Notes that something of the one that is read has come. */
    void advanced(long nowNanos) {
        advancedNanos = nowNanos;
    }

    /** Notes that the one that is read is complete; nobody else is read until {@link #done}. */
    void complete() {
        reading = null;
    }

    /** Says that the request that was complete takes little memory by now. */
    void done() {
        taken = false;
    }

    /** Forgets one that is given up. */
    void leave(Arrival arrival) {
        if (isReading(arrival)) {
            reading = null;
            taken = false;
        } else {
            waiting.remove(arrival);
        }
    }

    /** Returns the one that is read if it has sent nothing for too long. */
    @Nullable Arrival stalled(long nowNanos) {
        return untilStalled(nowNanos, 1) <= 0 ? reading : null;
    }

    /** Returns in how many nanoseconds the one that is read is given up, or {@code otherwise}. */
    long untilStalled(long nowNanos, long otherwise) {
        return reading == null ? otherwise : advancedNanos + pauseNanos - nowNanos;
    }
}
