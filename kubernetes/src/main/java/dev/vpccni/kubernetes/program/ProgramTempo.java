package dev.vpccni.kubernetes.program;

import dev.vpccni.node.port.Tempo;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Time as the machine keeps it, and tasks as virtual threads. */
public final class ProgramTempo implements Tempo {

    /** EX_SOFTWARE of sysexits.h. */
    private static final int FAULT = 70;

    private final Instant begun = Instant.now();
    private final long begunNanos = System.nanoTime();
    private final Consumer<String> log;
    private final Runnable end;

    /**
     * @param log is told of a task that ended by a fault
     * @param end is run after that: a program that goes on without one of its tasks does half of
     *     what it is there for, and nobody sees it
     */
    public ProgramTempo(Consumer<String> log, Runnable end) {
        this.log = log;
        this.end = end;
    }

    /**
     * Returns that of a program which runs until it is told to end: a fault ends it, with status
     * 70, and who has started it starts it again.
     *
     * @param log is told of the fault before
     */
    public static ProgramTempo ofProcess(Consumer<String> log) {
        return new ProgramTempo(log, () -> Runtime.getRuntime().halt(FAULT));
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
                .uncaughtExceptionHandler((_, fault) -> {
                    log.accept("the task \"" + name + "\" ended by " + fault);
                    end.run();
                })
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
