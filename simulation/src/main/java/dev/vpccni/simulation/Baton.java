package dev.vpccni.simulation;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.concurrent.Semaphore;
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
 * <p>Not thread-safe in itself, and it need not be: whoever holds the baton is alone.
 */
public final class Baton {

    /** More switches than any honest run takes; a loop that never waits is found by it. */
    private static final int SWITCHES_MAX = 1_000_000;

    /** When every simulation begins. */
    static final Instant ORIGIN = Instant.parse("2026-01-01T00:00:00Z");

    private final SplittableRandom random;
    private final PriorityQueue<Turn> turns = new PriorityQueue<>(Turn.SOONEST);
    private final Semaphore returned = new Semaphore(0);
    private Runnable afterSwitch = () -> {};
    private long now;
    private Duration clockStep = Duration.ZERO;
    private int switches;
    private @Nullable Throwable failure;

    /** Creates a simulation in which {@code seed} decides every tie. */
    public Baton(long seed) {
        random = new SplittableRandom(seed);
    }

    /** Returns a new process, whose tasks share this baton with those of all others. */
    public SimulatedProcess process(String name) {
        return new SimulatedProcess(this, name);
    }

    /** Returns chance that belongs to this simulation. */
    public RandomGenerator random() {
        return random.split();
    }

    /** Makes {@code check} run after every turn of a task; what it throws ends the run. */
    public void afterEachSwitch(Runnable check) {
        afterSwitch = check;
    }

    /** Moves the wall clock, as an administrator or a time server would. */
    public void stepClock(Duration by) {
        clockStep = clockStep.plus(by);
    }

    /**
     * Runs until every task has ended, or until {@code duration} has passed; tasks still waiting
     * then stay so.
     *
     * @throws AssertionError if a task failed, or the check after it
     */
    public void runFor(Duration duration) {
        long end = now + duration.toNanos();
        while (!turns.isEmpty() && turns.element().at <= end) {
            Turn next = turns.remove();
            if (next.taken) {
                continue;
            }
            next.taken = true;
            now = next.at;
            next.baton.release();
            returned.acquireUninterruptibly();
            if (++switches > SWITCHES_MAX) {
                throw new AssertionError("a task goes on and on without waiting");
            }
            afterSwitch.run();
            if (failure != null) {
                throw new AssertionError("a task failed: " + failure, failure);
            }
        }
        now = end;
    }

    /** Returns nanoseconds since the simulation began. */
    public long nanos() {
        return now;
    }

    Instant instant() {
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
                        returned.release();
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
        returned.release();
        turn.baton.acquireUninterruptibly();
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
    static final class Turn {
        private static final Comparator<Turn> SOONEST =
                Comparator.<Turn>comparingLong(turn -> turn.at)
                        .thenComparingLong(turn -> turn.tieBreak);

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
    }
}
