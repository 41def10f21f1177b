package dev.vpccni.emulator.fabric;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * A program of this computer with its arguments, such as {@code ip} or {@code nft}, run to its end
 * with an environment of its own: nothing of the caller's variables reaches it.
 *
 * @param words the program and its arguments
 * @param environment all that it finds in its environment
 * @param input what it reads from its standard input
 * @param deadline how long it may take before it is killed
 */
public record Program(
        List<String> words,
        SortedMap<String, String> environment,
        String input,
        Duration deadline) {

    /** Where system programs lie on every Linux that we know of. */
    public static final String PATH =
            "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    public Program {
        words = List.copyOf(words);
        environment = Collections.unmodifiableSortedMap(new TreeMap<>(environment));
    }

    /** Returns the program with {@code PATH} and the C locale as its environment. */
    public static Program of(List<String> words) {
        var environment = new TreeMap<>(Map.of("PATH", PATH, "LC_ALL", "C"));
        return new Program(words, environment, "", PATIENCE);
    }

    /** Returns the program with {@code PATH} and the C locale as its environment. */
    public static Program of(String... words) {
        return of(Arrays.asList(words));
    }

    /** Returns this program with other input. */
    public Program reading(String text) {
        return new Program(words, environment, text, deadline);
    }

    /** Returns this program with {@code variables} and nothing else in its environment. */
    public Program with(SortedMap<String, String> variables) {
        return new Program(words, variables, input, deadline);
    }

    /** Returns this program with another deadline. */
    public Program within(Duration time) {
        return new Program(words, environment, input, time);
    }

    /**
     * Runs the program, which must succeed.
     *
     * @return what it printed
     * @throws ProgramException if it ended with another status than 0
     * @throws IOException if it could not be started, was killed at its deadline, or the caller was
     *     interrupted
     */
    public String run() throws IOException {
        Ended ended = end();
        if (ended.status() != 0) {
            throw new ProgramException(this, ended);
        }
        return ended.output();
    }

    /**
     * Runs the program and says how it ended.
     *
     * @throws IOException if it could not be started, was killed at its deadline, or the caller was
     *     interrupted
     */
    public Ended end() throws IOException {
        var builder = new ProcessBuilder(words);
        builder.environment().clear();
        builder.environment().putAll(environment);
        Process process = builder.start();
        try {
            CompletableFuture<String> output = drain(process.getInputStream());
            CompletableFuture<String> errors = drain(process.getErrorStream());
            feed(process);
            if (!process.waitFor(deadline.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IOException(
                        String.join(" ", words) + " did not end in " + deadline.toSeconds() + " s");
            }
            return new Ended(process.exitValue(), output.join(), errors.join());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw (IOException) new InterruptedIOException(words.getFirst()).initCause(e);
        } finally {
            process.destroyForcibly();
        }
    }

    /**
     * How a program ended.
     *
     * @param status its exit status
     * @param output what it wrote to its standard output
     * @param errors what it wrote to its standard error
     */
    public record Ended(int status, String output, String errors) {}

    private void feed(Process process) throws IOException {
        try (var stdin = process.getOutputStream()) {
            stdin.write(input.getBytes(StandardCharsets.UTF_8));
        } catch (IOException brokenPipe) {
            // It ended without reading: its status says whether that was well.
            if (process.isAlive() && !input.isEmpty()) {
                throw brokenPipe;
            }
        }
    }

    private static CompletableFuture<String> drain(InputStream stream) {
        var text = new CompletableFuture<String>();
        Thread.startVirtualThread(() -> {
            try (stream) {
                text.complete(new String(stream.readAllBytes(), StandardCharsets.UTF_8));
            } catch (IOException e) {
                text.completeExceptionally(new UncheckedIOException(e));
            }
        });
        return text;
    }
}
