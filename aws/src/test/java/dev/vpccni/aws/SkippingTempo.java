package dev.vpccni.aws;

import dev.vpccni.node.port.Tempo;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/** Time that passes only while somebody pauses, and then at once. */
final class SkippingTempo implements Tempo {

    private final List<Duration> pauses = new ArrayList<>();
    private long nanos;

    @Override
    public synchronized long nanos() {
        return nanos;
    }

    @Override
    public synchronized void pause(Duration duration) {
        pauses.add(duration);
        nanos += duration.toNanos();
    }

    synchronized void pass(Duration duration) {
        nanos += duration.toNanos();
    }

    /** Every pause so far, in order. */
    synchronized List<Duration> pauses() {
        return List.copyOf(pauses);
    }

    @Override
    public Instant instant() {
        return Instant.EPOCH.plusNanos(nanos());
    }

    @Override
    public Instant wall() {
        return instant();
    }

    @Override
    public Signal signal() {
        throw new UnsupportedOperationException("an adapter of the cloud waits for nobody");
    }

    @Override
    public void start(String name, Runnable task) {
        throw new UnsupportedOperationException("an adapter of the cloud starts nothing");
    }

    @Override
    public void afterwards(Runnable action) {
        throw new UnsupportedOperationException("an adapter of the cloud changes no ledger");
    }
}
