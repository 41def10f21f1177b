package dev.vpccni.host.filter;

import dev.vpccni.host.kernel.Thrown;
import dev.vpccni.node.port.HostException;
import dev.vpccni.node.port.HostFailure;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Runs the programs that the kernel's packet filter is told by. They inherit nothing of the
 * environment, and are ended if they take longer than {@value #DEADLINE_SECONDS} seconds, or what
 * {@link #within} says.
 */
public final class Programs {

    private static final int DEADLINE_SECONDS = 30;
    private static final String PATH =
            "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    private final List<String> prefix;
    private final int outputMax;
    private final Duration deadline;

    /**
     * @param prefix put before every command, such as {@code nsenter --net=/run/netns/blue}; empty
     *     to run programs where this process is
     */
    public Programs(List<String> prefix) {
        this(prefix, Integer.MAX_VALUE - 1, Duration.ofSeconds(DEADLINE_SECONDS));
    }

    private Programs(List<String> prefix, int outputMax, Duration deadline) {
        this.prefix = List.copyOf(prefix);
        this.outputMax = outputMax;
        this.deadline = deadline;
    }

    /**
     * Returns these programs, of which each fails if it prints more or takes longer.
     *
     * @param output bytes
     */
    public Programs within(int output, Duration time) {
        return new Programs(prefix, output, time);
    }

    /**
     * How a program ended.
     *
     * @param status 0 for success
     */
    public record Outcome(int status, String output, String complaint) {}

    /**
     * Runs a program and returns how it ended.
     *
     * @throws HostException if it cannot be started, or does not end in time
     */
    public Outcome run(String input, String... command) throws HostException, InterruptedException {
        String name = String.join(" ", command);
        var whole = new ArrayList<>(prefix);
        whole.addAll(List.of(command));
        var builder = new ProcessBuilder(whole);
        builder.environment().clear();
        builder.environment().put("PATH", PATH);
        Process process;
        try {
            process = builder.start();
        } catch (IOException e) {
            throw failure(name, "cannot be started: " + e.getMessage(), e);
        }
        try {
            return converse(name, process, input);
        } finally {
            process.destroyForcibly(); // no effect on one that has ended
        }
    }

    /**
     * Runs a program that must succeed and returns what it prints.
     *
     * @throws HostException with the program's own words if it fails
     */
    public String demand(String input, String... command)
            throws HostException, InterruptedException {
        Outcome outcome = run(input, command);
        if (outcome.status() != 0) {
            throw failure(
                    String.join(" ", command),
                    "status " + outcome.status() + ": " + outcome.complaint().strip(),
                    null);
        }
        return outcome.output();
    }

    private Outcome converse(String name, Process process, String input)
            throws HostException, InterruptedException {
        FutureTask<String> output = reading(process.getInputStream());
        FutureTask<String> complaint = reading(process.getErrorStream());
        try (OutputStream in = process.getOutputStream()) {
            in.write(input.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            // It ended without reading everything: its status says why.
        }
        if (!process.waitFor(deadline.toMillis(), TimeUnit.MILLISECONDS)) {
            throw failure(name, "not done after " + deadline.toSeconds() + " s", null);
        }
        try {
            return new Outcome(process.exitValue(), output.get(), complaint.get());
        } catch (ExecutionException e) {
            throw Thrown.by("read the output of " + name, e);
        }
    }

    /** Reads on a thread of its own, since a program that nobody listens to stops. */
    private FutureTask<String> reading(InputStream stream) {
        var task =
                new FutureTask<>(() -> {
                    try (stream) {
                        byte[] bytes = stream.readNBytes(outputMax + 1);
                        if (bytes.length > outputMax) {
                            throw new IOException("it prints more than " + outputMax + " bytes");
                        }
                        return new String(bytes, StandardCharsets.UTF_8);
                    }
                });
        Thread.ofVirtual().name("program output").start(task);
        return task;
    }

    private static HostException failure(String program, String what, @Nullable Throwable cause) {
        return new HostException(new HostFailure.Refused(program, 0), program + ": " + what, cause);
    }
}
