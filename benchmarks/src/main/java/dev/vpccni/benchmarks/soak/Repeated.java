package dev.vpccni.benchmarks.soak;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** A thread that takes a step again and again until it is ended; a step that throws ends it. */
final class Repeated {

    /** Longer than any step: an ADD waits for a minute, and kills and starts come on top. */
    private static final Duration STEP_MAX = Duration.ofMinutes(4);

    private final Thread thread;
    private final Violations violations;
    private volatile boolean ended;

    /** Something that is done again and again. */
    @FunctionalInterface
    interface Step {
        void take() throws IOException, InterruptedException;
    }

    private Repeated(String name, Violations violations, Step step) {
        this.violations = violations;
        thread = Thread.ofPlatform().name(name).daemon().unstarted(() -> run(step));
    }

    static Repeated start(String name, Violations violations, Step step) {
        var repeated = new Repeated(name, violations, step);
        repeated.thread.start();
        return repeated;
    }

    /** Waits, within a step. */
    static void pause(long millis) {
        LockSupport.parkNanos(Duration.ofMillis(millis).toNanos());
    }

    /** Waits until the step is done that is being taken, and takes no more. */
    void end() throws InterruptedException {
        ended = true;
        if (!thread.join(STEP_MAX)) {
            violations.add(thread.getName() + " does not end");
        }
    }

    private void run(Step step) {
        try {
            while (!ended) {
                step.take();
            }
        } catch (IOException | InterruptedException | RuntimeException e) {
            violations.add(thread.getName() + ": " + e);
        }
    }
}
