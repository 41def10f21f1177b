package dev.vpccni.daemon;

import dev.vpccni.node.port.Tempo;
import java.time.Duration;
import java.time.Instant;

/** The time of one daemon, as a test sets it; nobody can wait in it. */
public final class SetTempo implements Tempo {

    private final Instant begun;
    private final long begunNanos;
    private long nanos;

    /**
     * @param begun what the wall clock showed when the daemon started
     * @param nanos since the machine's start
     */
    public SetTempo(Instant begun, long nanos) {
        this.begun = begun;
        begunNanos = nanos;
        this.nanos = nanos;
    }

    /** Lets time pass, by every clock. */
    public void elapse(Duration duration) {
        nanos += duration.toNanos();
    }

    @Override
    public Instant instant() {
        return begun.plusNanos(nanos - begunNanos);
    }

    @Override
    public Instant wall() {
        return instant(); // nobody steps it here
    }

    @Override
    public long nanos() {
        return nanos;
    }

    @Override
    public void pause(Duration duration) {
        throw new UnsupportedOperationException();
    }

    @Override
    public Signal signal() {
        throw new UnsupportedOperationException();
    }

    @Override
    public void start(String name, Runnable task) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void afterwards(Runnable action) {
        throw new UnsupportedOperationException();
    }
}
