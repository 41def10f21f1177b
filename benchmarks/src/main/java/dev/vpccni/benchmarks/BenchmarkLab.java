package dev.vpccni.benchmarks;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** A lab with one node, driven through {@code bin/vpc-cni}; closing takes it down. */
final class BenchmarkLab implements AutoCloseable {

    /** The one node's name. */
    static final String NODE = "node-1";

    private static final String NAME = "vpccni-bench";

    private final Path home;
    private final String name;

    private BenchmarkLab(Path home, String name) {
        this.home = home;
        this.name = name;
    }

    /** Starts a lab of {@code bin/vpc-cni} in {@code home} and waits until it serves. */
    static BenchmarkLab up(Path home, String... options) throws IOException, InterruptedException {
        return named(home, "", options);
    }

    /** Starts one of several labs, which differ by {@code suffix}. */
    static BenchmarkLab named(Path home, String suffix, String... options)
            throws IOException, InterruptedException {
        var lab = new BenchmarkLab(home, NAME + suffix);
        lab.run(concat(List.of("up", "--nodes", "1"), options));
        return lab;
    }

    /** Returns the socket on which the plugin calls the node's daemon. */
    Path socket() {
        return Path.of("/run/vpc-cni-lab", name, "nodes", NODE, "run/aws-node/cni.sock");
    }

    /**
     * Runs a program on the node with all of root's capabilities, as a container runtime is run,
     * and returns what it prints.
     */
    String whole(String... command) throws IOException, InterruptedException {
        Path node = Path.of("/run/vpc-cni-lab", name, "nodes", NODE);
        var words = new ArrayList<>(List.of("nsenter"));
        words.add("--net=/run/netns/vpccni-" + name + "-" + NODE);
        for (String kind : List.of("mount=mnt", "pid=pid", "ipc=ipc", "uts=uts")) {
            words.add("--" + kind.replace("=", "=" + node + "/"));
        }
        words.add("--");
        words.addAll(Arrays.asList(command));
        return start(words, 0);
    }

    /** Runs a program on the node and returns what it prints. */
    String exec(String... command) throws IOException, InterruptedException {
        return run(concat(List.of("exec", NODE, "--"), command));
    }

    /** Runs a script by sh on the node and returns what it prints. */
    String script(String text) throws IOException, InterruptedException {
        return exec("sh", "-euc", text);
    }

    /** Runs {@code lab ARGUMENTS} and returns what it prints. */
    String lab(String... arguments) throws IOException, InterruptedException {
        return run(Arrays.asList(arguments));
    }

    /** Runs {@code lab ARGUMENTS}, some of which may fail, and returns what it prints. */
    String attempt(String... arguments) throws IOException, InterruptedException {
        return run(Arrays.asList(arguments), 1);
    }

    @Override
    public void close() throws IOException {
        try {
            run(List.of("down"));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private String run(List<String> arguments) throws IOException, InterruptedException {
        return run(arguments, 0);
    }

    private String run(List<String> arguments, int highestStatus)
            throws IOException, InterruptedException {
        var command = new ArrayList<String>();
        command.add(home.resolve("bin/vpc-cni").toString());
        command.add("lab");
        command.addAll(arguments);
        return start(command, highestStatus);
    }

    private String start(List<String> command, int highestStatus)
            throws IOException, InterruptedException {
        Path errors = Files.createTempFile("vpccni-bench", ".err");
        try {
            var builder = new ProcessBuilder(command).redirectError(errors.toFile());
            Map<String, String> environment = builder.environment();
            environment.keySet().retainAll(List.of("PATH", "HOME", "JAVA_HOME"));
            environment.put("VPC_CNI_LAB", name);
            Process process = builder.start();
            process.getOutputStream().close();
            String printed;
            try (InputStream output = process.getInputStream()) {
                printed = new String(output.readAllBytes(), StandardCharsets.UTF_8);
            }
            int status = process.waitFor();
            if (status > highestStatus) {
                throw new IOException(
                        String.join(" ", command)
                                + " ended with "
                                + status
                                + ": "
                                + printed
                                + Files.readString(errors));
            }
            return printed;
        } finally {
            Files.delete(errors);
        }
    }

    private static List<String> concat(List<String> first, String... rest) {
        var all = new ArrayList<>(first);
        all.addAll(Arrays.asList(rest));
        return all;
    }
}
