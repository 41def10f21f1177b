package dev.vpccni.daemon;

import dev.vpccni.daemon.plugin.Afterwards;
import dev.vpccni.node.port.Tempo;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/** Time as the machine keeps it, and tasks as virtual threads. */
final class RealTempo implements Tempo {

    /** So long that the wait may as well have no end, which needs no timer: others wake it. */
    private static final Duration ENDLESS = Duration.ofMinutes(30);

    private final Instant begun = Instant.now();
    private final long begunNanos = System.nanoTime();
    private final Faults faults;

    /** Told of a task that ended by a fault, which nothing else would notice. */
    interface Faults {
        void ended(String task, Throwable fault);
    }

    RealTempo(Faults faults) {
        this.faults = faults;
    }

    @Override
    public Instant instant() {
        return begun.plusNanos(System.nanoTime() - begunNanos);
    }

    @Override
    public Instant wall() {
        return Instant.now();
    }

    @Override
    public long nanos() {
        return System.nanoTime();
    }

    @Override
    public void pause(Duration duration) throws InterruptedException {
        Afterwards.catchUp();
        Thread.sleep(duration);
    }

    @Override
    public Signal signal() {
        return new Raised();
    }

    @Override
    public void start(String name, Runnable task) {
        Thread.ofVirtual()
                .name(name)
                .uncaughtExceptionHandler((_, fault) -> faults.ended(name, fault))
                .start(task);
    }

    @Override
    public void afterwards(Runnable action) {
        Afterwards.run(action);
    }

    /** Reports a fault that ended a thread which is no task of this tempo. */
    void ended(String thread, Throwable fault) {
        faults.ended(thread, fault);
    }

    /** A semaphore of which nobody notices more than one permit. */
    private static final class Raised implements Signal {

        private final Semaphore permits = new Semaphore(0);

        @Override
        public void raise() {
            if (permits.availablePermits() == 0) {
                permits.release();
            }
        }

        @Override
        public boolean await(Duration timeout) throws InterruptedException {
            Afterwards.catchUp();
            boolean raised = true;
            if (timeout.compareTo(ENDLESS) < 0) {
                raised = permits.tryAcquire(timeout.toNanos(), TimeUnit.NANOSECONDS);
            } else {
                permits.acquire();
            }
            // Whoever raised it meanwhile changed before that what the caller looks at next.
            permits.drainPermits();
            return raised;
        }
    }
}
