package dev.vpccni.emulator.fabric;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
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

    /** What folders of programs' input and output are called at first, then the process. */
    private static final String TEMPORARY = "vpccni-program-";

    /** More than any program that is run here has to say. */
    public static final long OUTPUT_MAX = 16 << 20;

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** How often to look how much a program has written. */
    private static final Duration LOOK = Duration.ofSeconds(1);

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
     * Runs the program and says how it ended. Its input and output are files: to read a pipe would
     * keep one of the few threads that all virtual threads share, and many programs at once would
     * stop everything else in this process.
     *
     * @throws IOException if it could not be started, was killed at its deadline or because it
     *     wrote more than {@link #OUTPUT_MAX}, or the caller was interrupted
     */
    public Ended end() throws IOException {
        Path folder = Files.createTempDirectory(temporaryOf(ProcessHandle.current().pid()));
        Path in = folder.resolve("in");
        Path out = folder.resolve("out");
        Path errors = folder.resolve("errors");
        try {
            Files.writeString(in, input);
            var builder =
                    new ProcessBuilder(words)
                            .redirectInput(in.toFile())
                            .redirectOutput(out.toFile())
                            .redirectError(errors.toFile());
            builder.environment().clear();
            builder.environment().putAll(environment);
            int status = status(builder.start(), out, errors);
            return new Ended(status, text(out), text(errors));
        } finally {
            remove(folder);
        }
    }

    /** Removes what processes left behind that were killed while they ran programs. */
    public static void removeLeftOvers() throws IOException {
        Path folder = Path.of(System.getProperty("java.io.tmpdir"));
        try (DirectoryStream<Path> all = Files.newDirectoryStream(folder, TEMPORARY + "*")) {
            for (Path each : all) {
                String pid =
                        each.toFile().getName().substring(TEMPORARY.length()).replaceAll("-.*", "");
                if (pid.matches("\\d{1,10}") && !isAlive(Long.parseLong(pid))) {
                    remove(each);
                }
            }
        }
    }

    private static boolean isAlive(long pid) {
        return ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false);
    }

    private static void remove(Path folder) throws IOException {
        for (String file : List.of("in", "out", "errors", "")) {
            Files.deleteIfExists(folder.resolve(file));
        }
    }

    private static String temporaryOf(long pid) {
        return TEMPORARY + pid + "-";
    }

    private int status(Process process, Path out, Path errors) throws IOException {
        long end = System.nanoTime() + deadline.toNanos();
        try {
            long left = deadline.toNanos();
            while (!process.waitFor(Math.min(left, LOOK.toNanos()), TimeUnit.NANOSECONDS)) {
                left = end - System.nanoTime();
                if (left <= 0) {
                    throw new IOException(
                            name() + " did not end in " + deadline.toSeconds() + " s");
                }
                if (Files.size(out) + Files.size(errors) > OUTPUT_MAX) {
                    throw new IOException(name() + " wrote more than " + OUTPUT_MAX + " bytes");
                }
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw (IOException) new InterruptedIOException(words.getFirst()).initCause(e);
        } finally {
            process.destroyForcibly();
        }
    }

    private static String text(Path file) throws IOException {
        return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    }

    private String name() {
        return String.join(" ", words);
    }

    /**
     * How a program ended.
     *
     * @param status its exit status
     * @param output what it wrote to its standard output
     * @param errors what it wrote to its standard error
     */
    public record Ended(int status, String output, String errors) {}
}
