package dev.vpccni.daemon.plugin;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What is ready to be done, and how many threads are at it. A few threads that do one thing after
 * the other are sooner done than one for each, but whatever one of them waits for, the next would
 * wait for too: so what none of them comes to in time is passed on.
 *
 * <p>Safe for use by many threads.
 */
final class Workers {

    private final int most;
    private final Duration late;
    private final Consumer<Runnable> elsewhere;
    private final Deque<Ready> queue = new ArrayDeque<>();
    private int working;
    private boolean stuck;
    private boolean ended;

    private record Ready(Runnable work, long sinceNanos) {}

    /**
     * @param most how many may work at once
     * @param late how long work is kept for one of them
     * @param elsewhere takes work that nobody came to; does not wait
     */
    Workers(int most, Duration late, Consumer<Runnable> elsewhere) {
        this.most = most;
        this.late = late;
        this.elsewhere = elsewhere;
    }

    /** Adds work. */
    void add(Runnable work, long nowNanos) {
        synchronized (this) {
            if (!stuck && !ended) {
                queue.add(new Ready(work, nowNanos));
                return;
            }
        }
        elsewhere.accept(work);
    }

    /** Tells whether there would be a {@link #first}. */
    synchronized boolean hasFirst() {
        return !queue.isEmpty() && working < most;
    }

    /** Returns work for a thread that has none, which then asks for the {@link #next}; or null. */
    synchronized @Nullable Runnable first() {
        if (!hasFirst()) {
            return null;
        }
        working++;
        return queue.remove().work;
    }

    /** Returns more work for a thread that is done with what it had; null if that was all. */
    synchronized @Nullable Runnable next() {
        stuck = false;
        Ready next = queue.poll();
        if (next == null) {
            working--;
            return null;
        }
        return next.work;
    }

    /** Passes on what nobody came to. */
    void lookAround(long nowNanos) {
        if (untilLate(nowNanos, 1) > 0) {
            return;
        }
        List<Runnable> passedOn = new ArrayList<>();
        synchronized (this) {
            stuck = working == most;
            while (stuck && !queue.isEmpty()) {
                passedOn.add(queue.remove().work);
            }
        }
        passedOn.forEach(elsewhere);
    }

    /** Passes on what there is, and from now on whatever comes: threads begin no more work. */
    void passOn() {
        List<Runnable> passedOn;
        synchronized (this) {
            ended = true;
            passedOn = queue.stream().map(Ready::work).toList();
            queue.clear();
        }
        passedOn.forEach(elsewhere);
    }

    /** Returns in how many nanoseconds to {@link #lookAround}, or {@code otherwise}. */
    synchronized long untilLate(long nowNanos, long otherwise) {
        Ready first = queue.peek();
        return first == null ? otherwise : first.sinceNanos + late.toNanos() - nowNanos;
    }
}
