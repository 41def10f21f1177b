package dev.vpccni.lab;

import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/** The pods of a lab. Thread-safe. */
final class Pods {

    /** More at once would only wait for one another. */
    static final int MOST_AT_ONCE = 1_000;

    private final SortedMap<String, LabNode> machines;
    private final ConcurrentSkipListMap<String, Pod> running = new ConcurrentSkipListMap<>();
    private final SplittableRandom random;

    /**
     * @param seed decides the pods' identifiers
     */
    Pods(SortedMap<String, LabNode> machines, long seed) {
        this.machines = machines;
        this.random = new SplittableRandom(seed);
    }

    /**
     * How starting or stopping one pod went.
     *
     * @param millis how long it took
     * @param error null if it went well
     */
    record Outcome(Pod pod, long millis, @Nullable String error) {}

    /** What is done with one pod. */
    @FunctionalInterface
    private interface Step {
        Pod take(Pod pod) throws IOException;
    }

    /** Returns the pods that run, by name. */
    SortedMap<String, Pod> running() {
        return Collections.unmodifiableSortedMap(new TreeMap<>(running));
    }

    /**
     * Starts pods, all at once.
     *
     * @param name of the one pod, or what the names of several begin with
     */
    List<Outcome> add(LabNode machine, int count, String kubernetesNamespace, String name)
            throws IOException {
        return add(machine, count, kubernetesNamespace, name, new TreeMap<>());
    }

    /** Starts pods with annotations, all at once. */
    List<Outcome> add(
            LabNode machine,
            int count,
            String kubernetesNamespace,
            String name,
            SortedMap<String, String> annotations)
            throws IOException {
        if (count < 1 || count > MOST_AT_ONCE) {
            throw new IOException("1 to " + MOST_AT_ONCE + " pods at once, not " + count);
        }
        List<Pod> reserved = reserve(machine, count, kubernetesNamespace, name, annotations);
        List<Outcome> outcomes =
                each(
                        reserved,
                        pod -> {
                            Pod started = machine.kubelet().start(pod);
                            running.put(pod.name(), started);
                            return started;
                        });
        for (Outcome outcome : outcomes) {
            if (outcome.error() != null) {
                running.remove(outcome.pod().name());
            }
        }
        return outcomes;
    }

    /**
     * Stops pods, all at once.
     *
     * @throws IOException if there is no pod of one of these names: then none is stopped
     */
    List<Outcome> remove(List<String> names) throws IOException {
        var stopping = new ArrayList<Pod>();
        for (String name : names) {
            stopping.add(find(name));
        }
        return each(
                stopping,
                pod -> {
                    machine(pod).kubelet().stop(pod);
                    running.remove(pod.name());
                    return pod;
                });
    }

    /** Forgets the pods of a machine that went down, of which nothing is left. */
    void lost(LabNode machine) {
        running.values().removeIf(pod -> pod.node().equals(machine.name()));
    }

    /**
     * Returns the pod called {@code name}.
     *
     * @throws IOException if there is none
     */
    Pod find(String name) throws IOException {
        Pod pod = running.get(name);
        if (pod == null) {
            throw new IOException("no pod \"" + name + "\"");
        }
        return pod;
    }

    /** Returns the machine that {@code pod} runs on. */
    LabNode machine(Pod pod) {
        return Objects.requireNonNull(machines.get(pod.node()));
    }

    private synchronized List<Pod> reserve(
            LabNode machine,
            int count,
            String kubernetesNamespace,
            String name,
            SortedMap<String, String> annotations)
            throws IOException {
        var pods = new ArrayList<Pod>();
        int number = 0;
        while (pods.size() < count) {
            number++;
            String own =
                    count == 1 && number == 1 && !name.endsWith("-") ? name : name + "-" + number;
            own = own.replace("--", "-");
            if (running.containsKey(own)) {
                if (own.equals(name)) {
                    throw new IOException("pod \"" + name + "\" runs already");
                }
                continue;
            }
            var pod =
                    new Pod(
                            own,
                            kubernetesNamespace,
                            machine.name(),
                            hex(64),
                            uid(),
                            "cni-" + uid(),
                            annotations,
                            null);
            running.put(own, pod);
            pods.add(pod);
        }
        return pods;
    }

    private static List<Outcome> each(List<Pod> pods, Step step) throws IOException {
        try (var tasks = Executors.newVirtualThreadPerTaskExecutor()) {
            var pending = new ArrayList<Future<Outcome>>();
            for (Pod pod : pods) {
                pending.add(tasks.submit(() -> timed(pod, step)));
            }
            var outcomes = new ArrayList<Outcome>();
            for (Future<Outcome> outcome : pending) {
                outcomes.add(outcome.get());
            }
            return outcomes;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        }
    }

    private static Outcome timed(Pod pod, Step step) {
        long begin = System.nanoTime();
        Pod after = pod;
        String error = null;
        try {
            after = step.take(pod);
        } catch (IOException e) {
            error = String.valueOf(e.getMessage());
        }
        return new Outcome(after, (System.nanoTime() - begin) / 1_000_000, error);
    }

    private String uid() {
        String digits = hex(32);
        return String.join(
                "-",
                digits.substring(0, 8),
                digits.substring(8, 12),
                digits.substring(12, 16),
                digits.substring(16, 20),
                digits.substring(20));
    }

    private String hex(int digits) {
        var text = new StringBuilder();
        while (text.length() < digits) {
            text.append(Character.forDigit(random.nextInt(16), 16));
        }
        return text.toString();
    }
}
