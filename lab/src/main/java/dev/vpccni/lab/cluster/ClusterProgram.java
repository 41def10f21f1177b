package dev.vpccni.lab.cluster;

import dev.vpccni.emulator.fabric.Program;
import dev.vpccni.lab.node.NodeHost;
import dev.vpccni.lab.node.NodeProgram;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** One of the cluster's programs on a machine of the lab. Thread-safe. */
final class ClusterProgram {

    /** Says what is still missing until a program serves; null once nothing is. */
    @FunctionalInterface
    interface Check {

        /** Looks. */
        @Nullable String complaint() throws IOException;
    }

    /** Two processors start a whole cluster. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private static final Duration POLL = Duration.ofMillis(100);

    private final String name;
    private final String machine;
    private final NodeProgram program;
    private final SortedMap<String, String> environment;
    private final Check check;

    /**
     * @param words the program's file and its arguments
     * @param searchPath its {@code PATH}
     * @param processes where its process is written down
     * @param check whether it serves
     */
    ClusterProgram(
            NodeHost host, List<String> words, String searchPath, Path processes, Check check) {
        this.name = String.valueOf(Path.of(words.getFirst()).getFileName());
        this.machine = host.name();
        this.program =
                new NodeProgram(
                        host.enterWhole(words),
                        host.files().nothing(),
                        host.files().log(name),
                        processes);
        this.environment =
                new TreeMap<>(Map.of("PATH", searchPath, "HOME", "/root", "LC_ALL", "C.UTF-8"));
        this.check = check;
    }

    /** Returns the program with {@code PATH} as this computer has it. */
    static ClusterProgram of(NodeHost host, List<String> words, Path processes, Check check) {
        return new ClusterProgram(host, words, Program.PATH, processes, check);
    }

    String name() {
        return name;
    }

    /** Starts it, if it does not run; it may not serve yet. */
    void start() throws IOException {
        program.start(environment);
    }

    /** Ends it, gently or as a crash would. */
    void end(boolean gently) throws IOException {
        program.end(gently);
    }

    boolean isAlive() {
        return program.isAlive();
    }

    /**
     * Waits until it serves.
     *
     * @throws IOException if it ends instead, or takes too long: with the end of its output
     */
    void await() throws IOException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        String complaint = check.complaint();
        while (complaint != null) {
            if (!program.isAlive()) {
                throw new IOException(who() + " ended; " + said());
            }
            if (System.nanoTime() > deadline) {
                throw new IOException(
                        who()
                                + " does not serve after "
                                + PATIENCE.toSeconds()
                                + " s: "
                                + complaint
                                + "; "
                                + said());
            }
            LockSupport.parkNanos(POLL.toNanos());
            complaint = check.complaint();
        }
    }

    private String who() {
        return name + " of " + machine;
    }

    private String said() throws IOException {
        return "the end of " + program.log() + ": " + program.lastWords();
    }
}
