package dev.vpccni.kubernetes.fake;

import dev.vpccni.node.port.Tempo;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Time that passes at once where somebody pauses, and real tasks. */
public final class SkippedPauses implements Tempo {

    private final List<Duration> pauses = new ArrayList<>();
    private long nanos;

    @Override
    public synchronized long nanos() {
        return nanos;
    }

    /** Lets time pass. */
    public synchronized void pass(Duration duration) {
        nanos += duration.toNanos();
    }

    /** Every pause so far, in order. */
    public synchronized List<Duration> pauses() {
        return List.copyOf(pauses);
    }

    @Override
    public void pause(Duration duration) throws InterruptedException {
        synchronized (this) {
            pauses.add(duration);
            nanos += duration.toNanos();
        }
        Thread.sleep(1); // Others get their turn.
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
        return new Skipped();
    }

    @Override
    public void start(String name, Runnable task) {
        var _ = Thread.ofVirtual().name(name).start(task);
    }

    @Override
    public void afterwards(Runnable action) {
        action.run();
    }

    /** Waits a moment in place of any while, for what others may raise. */
    private final class Skipped implements Signal {

        private final Semaphore raised = new Semaphore(0);

        @Override
        public void raise() {
            raised.release();
        }

        @Override
        public boolean await(Duration timeout) throws InterruptedException {
            boolean early = raised.tryAcquire(2, TimeUnit.MILLISECONDS);
            if (!early) {
                synchronized (SkippedPauses.this) {
                    pauses.add(timeout);
                    nanos += timeout.toNanos();
                }
            }
            var _ = raised.drainPermits();
            return early;
        }
    }
}
