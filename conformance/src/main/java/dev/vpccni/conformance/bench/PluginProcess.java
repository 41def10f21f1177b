package dev.vpccni.conformance.bench;

import dev.vpccni.conformance.judge.PluginCall;
import dev.vpccni.conformance.judge.PluginCall.End;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One run of a plugin, with files for its input and output: what it leaves running cannot keep us
 * waiting for the end of a pipe.
 */
final class PluginProcess {

    /** The longest result is that of a pod with many interfaces; this is a thousand times that. */
    static final int OUTPUT_MAX = 1 << 20;

    /** How often to look how much it has written. */
    private static final Duration LOOK = Duration.ofMillis(50);

    private final List<String> words;
    private final PluginRequest request;
    private final Path folder;
    private @Nullable Process started;
    private boolean ended;

    /**
     * @param words the program and its arguments
     * @param folder an empty one, which is the process's own
     */
    PluginProcess(List<String> words, PluginRequest request, Path folder) {
        this.words = List.copyOf(words);
        this.request = request;
        this.folder = folder;
    }

    /**
     * Runs it to its end.
     *
     * @param deadline after which it is killed, with all that it started
     * @param meant whether being killed then is what is wanted
     */
    PluginCall run(Duration deadline, boolean meant) throws IOException {
        Path in = Files.writeString(folder.resolve("in"), request.input());
        Path out = folder.resolve("out");
        Path errors = folder.resolve("errors");
        var builder =
                new ProcessBuilder(words)
                        .redirectInput(in.toFile())
                        .redirectOutput(out.toFile())
                        .redirectError(errors.toFile());
        builder.environment().clear();
        builder.environment().putAll(request.environment());
        Process process = start(builder);
        try {
            End end = await(process, out, errors, System.nanoTime() + deadline.toNanos(), meant);
            return new PluginCall(
                    request.verb(),
                    request.version(),
                    end,
                    end == End.EXITED ? process.exitValue() : -1,
                    text(out),
                    text(errors));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw (IOException) new InterruptedIOException(words.getFirst()).initCause(e);
        } finally {
            kill(process);
        }
    }

    /**
     * Kills it, or has it killed unless it has not begun, when it does not; another thread runs it.
     */
    synchronized void end() {
        ended = true;
        if (started != null) {
            kill(started);
        }
    }

    private synchronized Process start(ProcessBuilder builder) throws IOException {
        if (ended) {
            throw new InterruptedIOException(words.getFirst());
        }
        Process process = builder.start();
        started = process;
        return process;
    }

    private static End await(Process process, Path out, Path errors, long end, boolean meant)
            throws IOException, InterruptedException {
        long left = end - System.nanoTime();
        while (!process.waitFor(Math.min(left, LOOK.toNanos()), TimeUnit.NANOSECONDS)) {
            left = end - System.nanoTime();
            if (left <= 0) {
                kill(process);
                process.waitFor();
                return meant ? End.KILLED : End.DEADLINE;
            }
            if (isTooMuch(out, errors)) {
                kill(process);
                process.waitFor();
                return End.TOO_MUCH;
            }
        }
        return isTooMuch(out, errors) ? End.TOO_MUCH : End.EXITED;
    }

    /** With what it started, which is found only as long as it lives. */
    private static void kill(Process process) {
        List<ProcessHandle> started = process.descendants().toList();
        process.destroyForcibly();
        started.forEach(ProcessHandle::destroyForcibly);
    }

    private static boolean isTooMuch(Path out, Path errors) throws IOException {
        return Files.size(out) > OUTPUT_MAX || Files.size(errors) > OUTPUT_MAX;
    }

    private static String text(Path file) throws IOException {
        try (InputStream stream = Files.newInputStream(file)) {
            return new String(stream.readNBytes(OUTPUT_MAX), StandardCharsets.UTF_8);
        }
    }
}
