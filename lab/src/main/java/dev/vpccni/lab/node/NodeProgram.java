package dev.vpccni.lab.node;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** A program that stays on a node until somebody ends it. Thread-safe. */
public final class NodeProgram {

    private static final int LAST_WORDS = 3;

    /** A line may be as long as a program likes. */
    private static final int LONGEST_WORDS = 2_000;

    private final List<String> words;
    private final Path nothing;
    private final Path log;
    private final Path processes;
    private @Nullable Process process;

    /**
     * @param words that start it, on the node
     * @param nothing an empty file
     * @param log where its output goes, after what is there
     * @param processes where its process is written down, so that a later lab can find it
     */
    public NodeProgram(List<String> words, Path nothing, Path log, Path processes) {
        this.words = List.copyOf(words);
        this.nothing = nothing;
        this.log = log;
        this.processes = processes;
    }

    /**
     * Starts it, if it does not run.
     *
     * @param environment all that it finds in its environment
     */
    public synchronized void start(SortedMap<String, String> environment) throws IOException {
        if (isAlive()) {
            return;
        }
        var builder =
                new ProcessBuilder(words)
                        .redirectErrorStream(true)
                        .redirectInput(nothing.toFile())
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()));
        builder.environment().clear();
        builder.environment().putAll(environment);
        Process started = builder.start();
        process = started;
        Files.writeString(
                processes,
                Processes.identity(started.toHandle()) + "\n",
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
    }

    /**
     * Ends it, and waits until it has ended.
     *
     * @param gently whether it is asked to; else it ends without a word, as by a crash
     */
    public synchronized void end(boolean gently) throws IOException {
        Process running = process;
        if (running != null) {
            Processes.endInside(running.toHandle(), gently);
        }
    }

    /** Tells whether it was ever started. */
    public synchronized boolean wasStarted() {
        return process != null;
    }

    /** Tells whether it runs. */
    public synchronized boolean isAlive() {
        return process != null && process.isAlive();
    }

    /** Returns where its output is. */
    public Path log() {
        return log;
    }

    /** Returns the end of its output. */
    public String lastWords() throws IOException {
        if (!Files.exists(log)) {
            return "";
        }
        List<String> lines = Files.readAllLines(log);
        String last =
                String.join(
                        "; ", lines.subList(Math.max(0, lines.size() - LAST_WORDS), lines.size()));
        return last.substring(Math.max(0, last.length() - LONGEST_WORDS));
    }
}
