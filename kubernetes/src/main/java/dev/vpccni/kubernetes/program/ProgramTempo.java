package dev.vpccni.kubernetes.program;

import dev.vpccni.node.port.Tempo;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Time as the machine keeps it, and tasks as virtual threads. */
public final class ProgramTempo implements Tempo {

    private final Instant begun = Instant.now();
    private final long begunNanos = System.nanoTime();
    private final Consumer<String> faults;

    /**
     * @param faults is told of a task that ended by a fault
     */
    public ProgramTempo(Consumer<String> faults) {
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
                .uncaughtExceptionHandler((_, fault) -> faults.accept(name + " ended by " + fault))
                .start(task);
    }

    @Override
    public void afterwards(Runnable action) {
        action.run();
    }

    private static final class Raised implements Signal {

        private final Semaphore permits = new Semaphore(0);

        @Override
        public void raise() {
            permits.release();
        }

        @Override
        public boolean await(Duration timeout) throws InterruptedException {
            boolean raised = permits.tryAcquire(timeout.toNanos(), TimeUnit.NANOSECONDS);
            // Whoever raised it meanwhile changed before that what the caller looks at next.
            var _ = permits.drainPermits();
            return raised;
        }
    }
}
