package dev.vpccni.benchmarks.soak;

import dev.vpccni.benchmarks.daemon.PluginCall;
import dev.vpccni.benchmarks.daemon.PluginDescriptors;
import dev.vpccni.linux.Descriptor;
import dev.vpccni.linux.namespace.NamespaceThread;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;

/** Callers of one node's plugin socket who lie about the pod, or go away in the middle. */
final class ForgedCalls implements AutoCloseable {

    private static final int PAUSE_MAX_MILLIS = 500;
    private static final int STAY_MAX_MILLIS = 40;
    private static final long UNDO_EVERY_MILLIS = 200;

    /** How long a runtime may have to repeat a DEL: the daemon is away for seconds. */
    private static final Duration UNDO_MAX = Duration.ofSeconds(90);

    private final String node;
    private final Path socket;
    private final Path nodeNamespace;
    private final SplittableRandom random;
    private final Violations violations;
    private final NamespaceThread thread;
    private final SortedMap<String, Integer> counts = new TreeMap<>();
    private int turns;

    ForgedCalls(SoakLab lab, String node, SplittableRandom random, Violations violations)
            throws IOException {
        this.node = node;
        this.random = random;
        this.violations = violations;
        socket = SoakLab.socket(node, "cni.sock");
        nodeNamespace = lab.namespace(node);
        thread = NamespaceThread.start("forged-" + node);
    }

    /** Returns how many calls there were, by kind and outcome. */
    synchronized SortedMap<String, Integer> counts() {
        return new TreeMap<>(counts);
    }

    /** Makes one call. */
    void step() throws IOException {
        turns++;
        String pod = "forged-" + turns;
        switch (random.nextInt(5)) {
            case 0 -> withFiles(pod);
            case 1 -> withNodeNamespace(pod);
            case 2 -> withOneDescriptor(pod);
            default -> hangUp(pod);
        }
        Repeated.pause(random.nextInt(PAUSE_MAX_MILLIS));
    }

    @Override
    public void close() {
        thread.close();
    }

    private void withFiles(String pod) throws IOException {
        try (Descriptor file = Descriptor.open(Path.of("/etc/hostname"));
                Descriptor other = Descriptor.open(Path.of("/etc/passwd"))) {
            mustBeRefused("files", pod, file, other);
        }
    }

    private void withNodeNamespace(String pod) throws IOException {
        try (PluginDescriptors own = PluginDescriptors.of(thread, Descriptor.open(nodeNamespace))) {
            mustBeRefused("the node's namespace", pod, own.namespace(), own.route());
        }
    }

    private void withOneDescriptor(String pod) throws IOException {
        try (PluginDescriptors own = PluginDescriptors.create(thread)) {
            mustBeRefused("one descriptor", pod, own.namespace());
        }
    }

    private void mustBeRefused(String kind, String pod, Descriptor... descriptors) {
        try (PluginCall call = PluginCall.send(socket, "ADD", pod, descriptors)) {
            int status = call.status();
            count(kind + ", answered " + status);
            violations.require(status != 0, node + ": an ADD with " + kind + " was served");
        } catch (IOException e) {
            count(kind + ", not answered");
        }
    }

    /** As a runtime that is killed, and takes the pod down when it has come back. */
    private void hangUp(String pod) throws IOException {
        try (PluginDescriptors own = PluginDescriptors.create(thread)) {
            try {
                PluginCall call = PluginCall.send(socket, "ADD", pod, own.namespace(), own.route());
                Repeated.pause(random.nextInt(STAY_MAX_MILLIS));
                call.close();
            } catch (IOException e) {
                count("hung up, the daemon was away");
                return;
            }
            undo(pod);
        }
    }

    private void undo(String pod) {
        long end = System.nanoTime() + UNDO_MAX.toNanos();
        while (end - System.nanoTime() > 0) {
            try (PluginCall call = PluginCall.send(socket, "DEL", pod)) {
                if (call.status() == 0) {
                    count("hung up, taken down after");
                    return;
                }
                count("hung up, DEL failed");
            } catch (IOException e) {
                // There is no daemon now, or it has just been killed.
            }
            Repeated.pause(UNDO_EVERY_MILLIS);
        }
        violations.add(node + ": no DEL of " + pod + " succeeded within " + UNDO_MAX);
    }

    private synchronized void count(String what) {
        counts.merge(what, 1, Integer::sum);
    }
}
