package dev.vpccni.node.port;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/**
 * Time as it passes, and tasks that wait in it. {@link #instant()} begins with what the wall clock
 * shows when the process starts, and elapses from then on: nobody steps it, so that whatever rests
 * or waits does so for as long as it should. {@link #wall} is what people and EC2 take the time
 * for, and may be stepped. {@link #nanos} never runs backwards, and goes on from one process to the
 * next.
 *
 * <p>Everything that makes a procedure wait goes through here or through another port, so that a
 * simulation decides every interleaving. Between two calls of ports a procedure holds no lock that
 * another task may want across such a call.
 */
public interface Tempo extends InstantSource {

    /** Returns what the wall clock shows. */
    Instant wall();

    /** Returns monotonic nanoseconds from an origin that stays the same until the next boot. */
    long nanos();

    /**
     * Returns once {@code duration} has passed.
     *
     * @throws InterruptedException if the task is told to end
     */
    void pause(Duration duration) throws InterruptedException;

    /** Returns a new signal that nobody has raised. */
    Signal signal();

    /**
     * Starts {@code task} beside the caller.
     *
     * @param name what logs and thread dumps call it
     */
    void start(String name, Runnable task);

    /**
     * Runs {@code action} once the caller has answered whoever it works for, or at once if it works
     * for nobody. It is not put off any longer when the caller waits by this tempo.
     *
     * @param action must not wait
     */
    void afterwards(Runnable action);

    /** Something that one task waits for and others bring about. */
    interface Signal {

        /** Lets the waiting task go on, or the next one that waits. */
        void raise();

        /**
         * Waits until the signal is raised, and lowers it again.
         *
         * @return false if {@code timeout} passed first
         * @throws InterruptedException if the task is told to end
         */
        boolean await(Duration timeout) throws InterruptedException;
    }
}
