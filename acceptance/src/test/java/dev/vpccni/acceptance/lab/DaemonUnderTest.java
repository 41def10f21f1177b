package dev.vpccni.acceptance.lab;

import dev.vpccni.lab.node.DaemonRights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A daemon that a test starts by itself on a node of a lab, with variables of its own. */
public final class DaemonUnderTest implements AutoCloseable {

    private static final int PATIENCE_SECONDS = 10;
    private static final AtomicInteger STARTED = new AtomicInteger();

    private final Process process;
    private final Path log;

    private DaemonUnderTest(Process process, Path log) {
        this.process = process;
        this.log = log;
    }

    /**
     * Starts a daemon.
     *
     * @param variables each {@code NAME=VALUE}, over those of the node
     */
    public static DaemonUnderTest start(LabUnderTest lab, String node, String... variables)
            throws Exception {
        return startBy(List.of(), lab, node, variables);
    }

    /**
     * Starts a daemon.
     *
     * @param starter the words of a program that starts the program after it, with the rights of
     *     the node's root
     */
    public static DaemonUnderTest startBy(
            List<String> starter, LabUnderTest lab, String node, String... variables)
            throws Exception {
        String name = "test-" + STARTED.incrementAndGet() + ".log";
        Path log = Files.createFile(LabUnderTest.log(node, name));
        var words = new ArrayList<String>();
        words.addAll(List.of("env", "--unset=HOME", "--unset=LC_ALL"));
        words.add("AWS_VPC_K8S_CNI_LOG_FILE=/var/log/aws-routed-eni/" + name);
        words.addAll(List.of(variables));
        words.add(LabUnderTest.home().resolve("bin/vpc-cni").toString());
        words.add("daemon");
        var all = new ArrayList<>(starter);
        all.addAll(DaemonRights.confine(words));
        return new DaemonUnderTest(lab.start(node, all.toArray(String[]::new)), log);
    }

    /** Returns the lines of its log that have all of {@code words}. */
    public List<String> lines(String... words) throws IOException {
        return Files.readAllLines(log).stream()
                .filter(line -> List.of(words).stream().allMatch(line::contains))
                .toList();
    }

    @Override
    public void close() throws IOException {
        try {
            ProcessHandle daemon = LabUnderTest.program(process);
            daemon.destroy();
            if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
                daemon.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
        } finally {
            Files.delete(log);
        }
    }
}
