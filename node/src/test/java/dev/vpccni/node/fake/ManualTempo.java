package dev.vpccni.node.fake;

import dev.vpccni.node.port.Tempo;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Time that passes when somebody waits, and then at once. Everything happens in the test's thread:
 * what was started runs when the test says so.
 */
public final class ManualTempo implements Tempo {

    /** When every test begins. */
    public static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    /** More waits than any test needs: a loop that never ends. */
    private static final int WAITS_MAX = 20_000;

    private final List<Duration> pauses = new ArrayList<>();
    private final List<String> names = new ArrayList<>();
    private final SortedMap<String, Runnable> named = new TreeMap<>();
    private final Deque<Runnable> tasks = new ArrayDeque<>();
    private final TreeMap<Long, Deque<Runnable>> events = new TreeMap<>();
    private Duration clockStep = Duration.ZERO;
    private long end = Long.MAX_VALUE;
    private long nanos;
    private int waits;
    private boolean interrupted;

    /** A procedure. */
    public interface Procedure {
        /** Does it. */
        void run() throws InterruptedException;
    }

    /** Lets {@code what} happen once {@code delay} has passed from now. */
    public void after(Duration delay, Runnable what) {
        events.computeIfAbsent(nanos + delay.toNanos(), _ -> new ArrayDeque<>()).add(what);
    }

    /** Lets time pass. */
    public void pass(Duration duration) {
        waitUntil(nanos + duration.toNanos());
    }

    /** Moves the wall clock. */
    public void stepClock(Duration by) {
        clockStep = clockStep.plus(by);
    }

    /** Runs a procedure that does not end, and interrupts it once {@code duration} has passed. */
    public void runFor(Duration duration, Procedure procedure) {
        end = nanos + duration.toNanos();
        try {
            procedure.run();
        } catch (InterruptedException _) {
            // As meant.
        } finally {
            end = Long.MAX_VALUE;
        }
    }

    /** Interrupts the wait during which {@code what} happens, after {@code delay} from now. */
    public void interruptedBy(Duration delay, Runnable what) {
        after(
                delay,
                () -> {
                    what.run();
                    interrupted = true;
                });
    }

    /** Runs what was started, one after the other, and what that starts. */
    public void runTasks() {
        while (!tasks.isEmpty()) {
            tasks.remove().run();
        }
    }

    /** Runs what was started last under {@code name}, once more if it has run before. */
    public void run(String name) {
        Runnable task = named.get(name);
        if (task == null) {
            throw new AssertionError("not started: " + name);
        }
        task.run();
    }

    /** Returns the names of all that was started. */
    public List<String> started() {
        return Collections.unmodifiableList(names);
    }

    /** Returns every pause so far. */
    public List<Duration> pauses() {
        return Collections.unmodifiableList(pauses);
    }

    @Override
    public Instant instant() {
        return START.plusNanos(nanos);
    }

    @Override
    public Instant wall() {
        return instant().plus(clockStep);
    }

    @Override
    public long nanos() {
        return nanos;
    }

    @Override
    public void pause(Duration duration) throws InterruptedException {
        pauses.add(duration);
        endIfOver(duration);
        waitUntil(nanos + duration.toNanos());
    }

    @Override
    public Signal signal() {
        return new ManualSignal();
    }

    @Override
    public void start(String name, Runnable task) {
        names.add(name);
        named.put(name, task);
        tasks.add(task);
    }

    /** Nobody waits for an answer here. */
    @Override
    public void afterwards(Runnable action) {
        action.run();
    }

    private void waitUntil(long until) {
        while (passToNextEvent(until)) {
            // Each event may bring about others.
        }
        nanos = Math.max(nanos, until);
    }

    /** Returns false if there is no event until then. */
    private boolean passToNextEvent(long until) {
        if (waits++ > WAITS_MAX) {
            throw new AssertionError("a task waits and waits");
        }
        Map.Entry<Long, Deque<Runnable>> next = events.firstEntry();
        if (next == null || next.getKey() > until) {
            return false;
        }
        nanos = Math.max(nanos, next.getKey());
        Runnable event = next.getValue().remove();
        if (next.getValue().isEmpty()) {
            events.remove(next.getKey());
        }
        event.run();
        return true;
    }

    private void endIfOver(Duration wait) throws InterruptedException {
        if (nanos + wait.toNanos() > end && (events.isEmpty() || events.firstKey() > end)) {
            nanos = Math.max(nanos, end);
            throw new InterruptedException();
        }
    }

    private final class ManualSignal implements Signal {

        private boolean raised;

        @Override
        public void raise() {
            raised = true;
        }

        @Override
        public boolean await(Duration timeout) throws InterruptedException {
            long until = nanos + timeout.toNanos();
            while (!raised) {
                endIfOver(Duration.ofNanos(Math.max(0, until - nanos)));
                boolean happened = passToNextEvent(until);
                if (interrupted) {
                    interrupted = false;
                    throw new InterruptedException();
                }
                if (!happened) {
                    nanos = Math.max(nanos, until);
                    return false;
                }
            }
            raised = false;
            return true;
        }
    }
}
