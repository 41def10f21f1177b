package dev.vpccni.simulation.time;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Runs straight-line blocking code deterministically: many virtual threads, of which one at a time
 * holds the baton, in an order that the seed decides and in a time that only the baton moves.
 *
 * <p>The code under simulation reaches the outside, and time itself, through ports. A simulated
 * port pauses wherever the real one would block; in between, no other thread runs, so a seed
 * reproduces a run exactly.
 *
 * <p>Not thread-safe in itself, and it need not be: whoever holds the baton is alone. Whoever calls
 * {@link #runFor} should be a virtual thread, on a scheduler of one carrier: then passing the baton
 * on takes no help of the kernel.
 */
public final class Baton {

    /** More switches than any honest run takes within one instant: a loop that never waits. */
    private static final int SWITCHES_AT_ONCE_MAX = 100_000;

    /** When every simulation begins. */
    public static final Instant ORIGIN = Instant.parse("2026-01-01T00:00:00Z");

    private final SplittableRandom random;
    private final PriorityQueue<Turn> turns = new PriorityQueue<>();
    private final Semaphore returned = new Semaphore(0);
    private final List<SimulatedProcess> processes = new ArrayList<>();
    private Runnable afterSwitch = () -> {};
    private Consumer<String> story = line -> {};
    private boolean told;
    private long now;
    private long end;
    private Duration clockStep = Duration.ZERO;
    private int switches;
    private @Nullable Throwable failure;
    private @Nullable AssertionError broken;

    /** Creates a simulation in which {@code seed} decides every tie. */
    public Baton(long seed) {
        random = new SplittableRandom(seed);
    }

    /** Returns a new process, whose tasks share this baton with those of all others. */
    public SimulatedProcess process(String name) {
        var process = new SimulatedProcess(this, name);
        processes.add(process);
        return process;
    }

    /** Returns chance that belongs to this simulation. */
    public RandomGenerator random() {
        return random.split();
    }

    /** Makes {@code check} run after every turn of a task; what it throws ends the run. */
    public void afterEachSwitch(Runnable check) {
        afterSwitch = check;
    }

    /** Tells {@code listener} all that happens, as lines, from now on. */
    public void story(Consumer<String> listener) {
        story = listener;
        told = true;
    }

    /** Adds to the story, if anybody listens. */
    public void tell(Supplier<String> line) {
        if (told) {
            story.accept("%10.3f %s".formatted(now / 1e9, line.get()));
        }
    }

    /** Moves the wall clock, as an administrator or a time server would. */
    public void stepClock(Duration by) {
        tell(() -> "the clock steps by " + by);
        clockStep = clockStep.plus(by);
    }

    /**
     * Runs until every task has ended, or until {@code duration} has passed; tasks still waiting
     * then stay so.
     *
     * @throws AssertionError if a task failed, or the check after it
     */
    public void runFor(Duration duration) {
        end = now + duration.toNanos();
        Turn first = next();
        if (first != null) {
            first.baton.release();
            returned.acquireUninterruptibly();
        }
        if (broken != null) {
            throw broken;
        }
        if (failure != null) {
            throw new AssertionError("a task failed: " + failure, failure);
        }
        now = end;
    }

    /**
     * Lets whoever is next go on, straight from one task to the other: that is half the work of
     * going back to the caller of {@link #runFor} in between.
     *
     * @return whether that is {@code own}, which has the baton still
     */
    private boolean passOn(@Nullable Turn own) {
        Turn next = isWell() ? next() : null;
        if (next == null) {
            returned.release();
        } else if (next != own) {
            next.baton.release();
        }
        return next != null && next == own;
    }

    private boolean isWell() {
        try {
            afterSwitch.run();
        } catch (AssertionError e) {
            broken = e;
        } catch (Throwable thrown) {
            failure = thrown;
        }
        return broken == null && failure == null;
    }

    private @Nullable Turn next() {
        while (!turns.isEmpty() && turns.element().at <= end) {
            Turn next = turns.remove();
            if (!next.taken) {
                next.taken = true;
                switches = next.at > now ? 0 : switches + 1;
                now = next.at;
                if (switches > SWITCHES_AT_ONCE_MAX) {
                    broken = new AssertionError("a task goes on and on without waiting");
                    return null;
                }
                return next;
            }
        }
        return null;
    }

    /** Ends every task, so that nothing is left of the simulation; nobody checks it any more. */
    public void end() {
        afterSwitch = () -> {};
        failure = null;
        broken = null;
        told = false;
        List.copyOf(processes).forEach(SimulatedProcess::kill);
        runFor(Duration.ZERO);
    }

    /** Returns nanoseconds since the simulation began. */
    public long nanos() {
        return now;
    }

    /** Returns what the wall clock shows, which may be stepped. */
    public Instant wall() {
        return ORIGIN.plusNanos(now).plus(clockStep);
    }

    void spawn(SimulatedProcess process, Runnable task) {
        Turn first = turn(Duration.ZERO);
        process.waiting.add(first);
        Thread.ofVirtual()
                .start(() -> {
                    first.baton.acquireUninterruptibly();
                    process.waiting.remove(first);
                    try {
                        process.mustLive();
                        task.run();
                    } catch (Killed _) {
                        // As meant.
                    } catch (Throwable thrown) {
                        failure = thrown;
                    } finally {
                        var _ = passOn(null);
                    }
                });
    }

    /** Queues a turn of whoever will wait for it. */
    Turn turn(Duration delay) {
        long at = now + Math.max(0, delay.toNanos());
        var turn = new Turn(at, random.nextLong());
        turns.add(turn);
        return turn;
    }

    /** Passes the baton on, and gets it back when {@code turn} comes. */
    void await(Turn turn) {
        if (!passOn(turn)) {
            turn.baton.acquireUninterruptibly();
        }
    }

    /** Makes {@code turn} come now. */
    void hasten(Turn turn) {
        if (!turn.taken && turn.at > now) {
            turns.remove(turn);
            turn.at = now;
            turns.add(turn);
        }
    }

    /** When somebody goes on. */
    static final class Turn implements Comparable<Turn> {
        private final Semaphore baton = new Semaphore(0);
        private final long tieBreak;
        private long at;
        private boolean taken;

        /** Whether a signal, and not the passing of time, brought it about. */
        boolean raised;

        private Turn(long at, long tieBreak) {
            this.at = at;
            this.tieBreak = tieBreak;
        }

        @Override
        public int compareTo(Turn other) {
            int byTime = Long.compare(at, other.at);
            return byTime != 0 ? byTime : Long.compare(tieBreak, other.tieBreak);
        }
    }
}
