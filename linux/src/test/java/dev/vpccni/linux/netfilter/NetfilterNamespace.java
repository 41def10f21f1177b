package dev.vpccni.linux.netfilter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.linux.namespace.NamespaceThread;
import dev.vpccni.linux.namespace.NetworkNamespace;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A network namespace of a test's own, and the programs that one has for packet filters. */
final class NetfilterNamespace implements AutoCloseable {

    private static final AtomicInteger NUMBER = new AtomicInteger();
    private static final int PATIENCE_SECONDS = 20;

    private final String name =
            "vpccni-test-filter-" + ProcessHandle.current().pid() + "-" + NUMBER.incrementAndGet();
    private final Path path = Path.of("/run/netns", name);
    private final NamespaceThread thread;

    NetfilterNamespace() throws IOException {
        NetworkNamespace.create(path);
        thread = NamespaceThread.start(name);
    }

    /** Runs a task inside. */
    <T extends @Nullable Object> T inside(NamespaceThread.Task<T> task) throws IOException {
        return thread.inside(path, task);
    }

    /** Runs a program inside, which must succeed, and returns what it prints. */
    String run(String... words) throws IOException, InterruptedException {
        return feed("", words);
    }

    /** Runs a program inside that reads {@code input}. */
    String feed(String input, String... words) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of("nsenter", "--net=" + path));
        command.addAll(List.of(words));
        var builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().clear();
        builder.environment().put("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
        Process process = builder.start();
        try (var in = process.getOutputStream()) {
            in.write(input.getBytes(StandardCharsets.UTF_8));
        }
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as("%s: %s", command, output).isZero();
        return output;
    }

    @Override
    public void close() throws IOException {
        thread.close();
        NetworkNamespace.remove(path);
    }
}
