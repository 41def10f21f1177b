package dev.vpccni.node.work;

import dev.vpccni.node.explanation.Explanations;
import dev.vpccni.node.port.Ec2Exception;
import dev.vpccni.node.port.HostException;
import dev.vpccni.node.port.Tempo;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;

/**
 * Runs what may take long, each beside the others and one at a time for each {@link WorkKey}. What
 * fails is left alone for a while that grows. Safe for use by many threads.
 */
public final class Tasks {

    private final Explanations explanations;
    private final Tempo tempo;
    private final Backoff backoff;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final Set<WorkKey> busy = new HashSet<>();

    /**
     * @param retry says how long to leave alone what fails
     */
    public Tasks(Explanations explanations, Tempo tempo, Retry retry) {
        this.explanations = explanations;
        this.tempo = tempo;
        this.backoff = new Backoff(tempo, retry);
    }

    /** Something that may fail in each of the ways in which the outside fails. */
    public interface Work {
        /** Does it once; a failure is counted and explained. */
        void run() throws Ec2Exception, HostException, IOException, InterruptedException;
    }

    /** Calls {@code listener} whenever a task has ended. */
    public void onEnd(Runnable listener) {
        listeners.add(listener);
    }

    /** Tells whether somebody works on {@code key}. */
    public boolean isBusy(WorkKey key) {
        synchronized (busy) {
            return busy.contains(key);
        }
    }

    /** Returns how long {@code key} is left alone because it failed; zero if it may be tried. */
    public Duration rest(WorkKey key) {
        return backoff.rest(key);
    }

    /** Starts {@code work} that is done when it returns. */
    public void start(WorkKey key, String name, Work work) {
        start(key, key, name, work, () -> false);
    }

    /**
     * Starts {@code work}.
     *
     * @param key nobody works on it
     * @param counted what a failure is counted for
     * @param name for threads and explanations
     * @param unfinished whether there is something left to do for {@code key} after the work has
     *     ended; then it counts as failed, so that nobody tries without a pause
     */
    public void start(
            WorkKey key, WorkKey counted, String name, Work work, BooleanSupplier unfinished) {
        synchronized (busy) {
            if (!busy.add(key)) {
                throw new IllegalStateException("somebody is at it: " + key);
            }
        }
        tempo.start(
                name,
                () -> {
                    long begun = tempo.nanos();
                    try {
                        work.run();
                        if (unfinished.getAsBoolean()) {
                            failed(counted, begun, name, "it has not come to its end");
                        } else {
                            backoff.succeeded(counted);
                        }
                    } catch (Ec2Exception | HostException | IOException e) {
                        failed(counted, begun, name, String.valueOf(e.getMessage()));
                    } catch (InterruptedException _) {
                        Thread.currentThread().interrupt();
                    } finally {
                        synchronized (busy) {
                            busy.remove(key);
                        }
                        listeners.forEach(Runnable::run);
                    }
                });
    }

    private void failed(WorkKey counted, long begun, String name, String why) {
        long millis = backoff.failed(counted, begun).toMillis();
        explanations.add("try again in " + millis + " ms to " + name, why);
    }
}
