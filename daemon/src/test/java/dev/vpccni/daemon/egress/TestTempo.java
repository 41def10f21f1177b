package dev.vpccni.daemon.egress;

import dev.vpccni.node.port.Tempo;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** The machine's time, or one that passes by pauses alone. */
final class TestTempo implements Tempo {

    private final AtomicLong passed = new AtomicLong();
    private final boolean real;

    /**
     * @param real whether it is the machine's
     */
    TestTempo(boolean real) {
        this.real = real;
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
    public long nanos() {
        return real ? System.nanoTime() : passed.get();
    }

    @Override
    public void pause(Duration duration) {
        passed.addAndGet(duration.toNanos());
        LockSupport.parkNanos(real ? duration.toNanos() : 1);
    }

    @Override
    public Signal signal() {
        throw new UnsupportedOperationException("nobody waits for one here");
    }

    @Override
    public void start(String name, Runnable task) {
        throw new UnsupportedOperationException("nothing is started here");
    }

    @Override
    public void afterwards(Runnable action) {
        action.run();
    }
}
