package dev.vpccni.daemon;

import dev.vpccni.node.port.Tempo;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Time as the machine keeps it, and tasks as virtual threads. */
final class RealTempo implements Tempo {

    @Override
    public Instant instant() {
        return Instant.now();
    }

    @Override
    public long nanos() {
        return System.nanoTime();
    }

    @Override
    public void pause(Duration duration) throws InterruptedException {
        Thread.sleep(duration);
    }

    @Override
    public Signal signal() {
        return new RaisedOnce();
    }

    @Override
    public void start(String name, Runnable task) {
        Thread.ofVirtual().name(name).start(task);
    }

    /** A semaphore that never holds more than one permit that anybody would notice. */
    private static final class RaisedOnce implements Signal {

        private final Semaphore raised = new Semaphore(0);

        @Override
        public void raise() {
            if (raised.availablePermits() == 0) {
                raised.release();
            }
        }

        @Override
        public boolean await(Duration timeout) throws InterruptedException {
            boolean came = raised.tryAcquire(timeout.toNanos(), TimeUnit.NANOSECONDS);
            raised.drainPermits();
            return came;
        }
    }
}
