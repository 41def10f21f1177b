package dev.vpccni.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/** A network namespace of a test; it goes with everything in it when closed. */
public final class TestNamespace implements AutoCloseable {

    private static final AtomicInteger COUNT = new AtomicInteger();

    private final String name;

    /** Makes a namespace whose name nobody else has, with its loopback link up. */
    public TestNamespace(String purpose) {
        name =
                "vpccni-test-"
                        + ProcessHandle.current().pid()
                        + "-"
                        + COUNT.incrementAndGet()
                        + "-"
                        + purpose;
        Shell.demand("ip netns add " + name);
        ip("link set lo up");
    }

    String name() {
        return name;
    }

    public Path path() {
        return Path.of("/run/netns", name);
    }

    /** Runs a program inside, which must succeed. */
    public String run(String command) {
        return Shell.demand("ip netns exec " + name + " " + command);
    }

    /** Runs a program inside, whose words may hold spaces. */
    void run(List<String> command) {
        var whole = new ArrayList<>(List.of("ip", "netns", "exec", name));
        whole.addAll(command);
        Shell.Outcome outcome = Shell.run(whole);
        assertThat(outcome.status()).as("%s: %s", command, outcome.output()).isZero();
    }

    /** Runs a program inside. */
    Shell.Outcome attempt(String command) {
        return Shell.run("ip netns exec " + name + " " + command);
    }

    /**
     * Runs ip(8) inside, without the space that it ends lines with. What changed while it looked it
     * is asked for again.
     */
    public String ip(String arguments) {
        String printed = Shell.demand("ip -n " + name + " " + arguments);
        for (int i = 0; i < 10 && printed.contains("Dump was interrupted"); i++) {
            printed = Shell.demand("ip -n " + name + " " + arguments);
        }
        return printed.lines()
                // ip(8) says so of a namespace that goes while its name is looked for.
                .filter(line -> !line.equals("Error: Peer netns reference is invalid."))
                .map(line -> line.stripTrailing().replace(" proto unspec", ""))
                .collect(Collectors.joining("\n"));
    }

    /** Returns how many lines {@code ip} prints. */
    long count(String arguments) {
        return ip(arguments).lines().count();
    }

    @Override
    public void close() {
        Shell.run("ip netns del " + name);
    }
}
