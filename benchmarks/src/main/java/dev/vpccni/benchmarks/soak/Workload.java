package dev.vpccni.benchmarks.soak;

import dev.vpccni.benchmarks.soak.SoakLab.Outcome;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** Pods of one node that come and go at random; one thread at a time. */
final class Workload {

    private static final int PODS_MAX = 24;
    private static final int AT_ONCE_MAX = 6;
    private static final int PAUSE_MAX_MILLIS = 1_500;

    private final SoakLab lab;
    private final String node;
    private final String name;
    private final SplittableRandom random;
    private final Disturbances disturbances;
    private final Violations violations;
    private final List<String> running = new ArrayList<>();
    private int turns;
    private int added;
    private int failed;
    private int removed;

    /**
     * @param name what the names of its pods begin with
     */
    Workload(
            SoakLab lab,
            String node,
            String name,
            SplittableRandom random,
            Disturbances disturbances,
            Violations violations) {
        this.lab = lab;
        this.node = node;
        this.name = name;
        this.random = random;
        this.disturbances = disturbances;
        this.violations = violations;
    }

    int added() {
        return added;
    }

    /** Returns how many pods came to nothing while something was wrong. */
    int failed() {
        return failed;
    }

    int removed() {
        return removed;
    }

    /** Starts some pods or stops some. */
    void step() throws IOException {
        int count = 1 + random.nextInt(AT_ONCE_MAX);
        boolean grow = random.nextInt(2) == 0;
        if (running.size() < count || (grow && running.size() + count <= PODS_MAX)) {
            start(count);
        } else {
            var leaving = new ArrayList<String>();
            for (int i = 0; i < count; i++) {
                leaving.add(running.remove(random.nextInt(running.size())));
            }
            stop(leaving);
        }
        Repeated.pause(random.nextInt(PAUSE_MAX_MILLIS));
    }

    /** Stops all that are left. */
    void stopAll() throws IOException {
        if (!running.isEmpty()) {
            stop(List.copyOf(running));
            running.clear();
        }
    }

    private void start(int count) throws IOException {
        turns++;
        long begin = System.nanoTime();
        List<Outcome> outcomes = lab.add(node, count, name + "-" + turns);
        for (Outcome pod : outcomes) {
            if (pod.error().isEmpty()) {
                added++;
                running.add(pod.name());
            } else {
                failed++;
                violations.require(
                        disturbances.disturbedSince(begin),
                        node + ": " + pod.name() + " failed undisturbed: " + pod.error());
                violations.require(
                        !pod.error().contains("(del)"),
                        node + ": " + pod.name() + " was not undone: " + pod.error());
            }
        }
    }

    private void stop(List<String> names) throws IOException {
        for (Outcome pod : lab.remove(names)) {
            removed++;
            violations.require(
                    pod.error().isEmpty(), node + ": DEL of " + pod.name() + ": " + pod.error());
        }
    }
}
