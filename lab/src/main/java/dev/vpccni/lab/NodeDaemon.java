package dev.vpccni.lab;

import dev.vpccni.emulator.fabric.Program;
import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import dev.vpccni.lab.node.DaemonRights;
import dev.vpccni.lab.node.NodeHost;
import dev.vpccni.lab.node.NodeProgram;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;

/** The daemon's process on a node. Thread-safe. */
final class NodeDaemon {

    private static final Duration READY = Duration.ofSeconds(60);
    private static final Duration POLL = Duration.ofMillis(100);
    private static final String STATUS_REQUEST =
            "{\"cniVersion\":\"1.1.0\",\"name\":\"aws-cni\",\"type\":\"aws-cni\"}";

    private final NodeHost node;
    private final NodeProgram program;
    private final SortedMap<String, String> environment;

    /**
     * @param home where {@code bin/vpc-cni} lies
     * @param processes where the process is written down, so that a later lab can find it
     */
    NodeDaemon(NodeHost node, Path home, Path processes) {
        this.node = node;
        List<String> command = List.of(home.resolve("bin/vpc-cni").toString(), "daemon");
        this.program =
                new NodeProgram(
                        node.enter(DaemonRights.confine(command)),
                        node.files().nothing(),
                        node.files().daemonLog(),
                        processes);
        this.environment = new TreeMap<>(node.environment());
    }

    /**
     * Starts it, if it does not run.
     *
     * @param changes variables that it is told from now on instead of what it was
     * @throws IOException if it runs, and would not hear of the changes
     */
    synchronized void start(SortedMap<String, String> changes) throws IOException {
        if (isAlive()) {
            if (!changes.isEmpty()) {
                throw new IOException(
                        "the daemon of " + node.name() + " runs; stop it, and start it with these");
            }
            return;
        }
        environment.putAll(changes);
        program.start(environment);
    }

    /** Asks it to end, and waits until it has. */
    synchronized void stop() throws IOException {
        program.end(true);
    }

    /** Ends it without a word, as a crash would. */
    synchronized void kill() throws IOException {
        program.end(false);
    }

    /** Returns what it is told. */
    synchronized SortedMap<String, String> environment() {
        return Collections.unmodifiableSortedMap(new TreeMap<>(environment));
    }

    /** Tells whether it was ever started: else the node may have another one. */
    boolean wasStarted() {
        return program.wasStarted();
    }

    /** Tells whether it runs. */
    boolean isAlive() {
        return program.isAlive();
    }

    /**
     * Waits until the node's plugin says that the daemon can serve an ADD.
     *
     * @throws IOException if it ends instead, or takes too long: with its last words
     */
    void awaitReady() throws IOException {
        long deadline = System.nanoTime() + READY.toNanos();
        String reason = "it was not asked";
        while (isAlive() && System.nanoTime() < deadline) {
            Program.Ended ended = node.run("aws-cni", statusEnvironment(), STATUS_REQUEST);
            if (ended.status() == 0) {
                return;
            }
            reason = message(ended.output());
            LockSupport.parkNanos(POLL.toNanos());
        }
        throw new IOException(
                "the daemon of "
                        + node.name()
                        + (isAlive()
                                ? " is not ready: " + reason
                                : " ended: " + program.lastWords()));
    }

    private SortedMap<String, String> statusEnvironment() {
        var environment = new TreeMap<String, String>();
        environment.put("PATH", Program.PATH);
        environment.put("CNI_COMMAND", "STATUS");
        environment.put("CNI_PATH", node.path());
        return environment;
    }

    private static String message(String output) {
        try {
            return JsonObject.parse(output).string("msg", output);
        } catch (JsonException e) {
            return output;
        }
    }
}
