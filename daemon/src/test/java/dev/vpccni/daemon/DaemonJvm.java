package dev.vpccni.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;

/** A daemon in a JVM of its own, with hardly anything in its environment and no cloud to reach. */
final class DaemonJvm implements AutoCloseable {

    private static final long PATIENCE_SECONDS = 60;

    private final Path folder;
    private final Path said;
    private final Process process;

    private DaemonJvm(Path folder, Path said, Process process) {
        this.folder = folder;
        this.said = said;
        this.process = process;
    }

    /** Starts the daemon itself; its files are in {@code folder}. */
    static DaemonJvm start(Path folder) throws IOException {
        return start(folder, Map.of(), Main.class);
    }

    /**
     * Starts a class with a main method.
     *
     * @param variables besides those that every daemon of a test has
     */
    static DaemonJvm start(
            Path folder, Map<String, String> variables, Class<?> main, String... arguments)
            throws IOException {
        String classes =
                System.getProperty(
                        "surefire.test.class.path", System.getProperty("java.class.path"));
        var words =
                new ArrayList<>(
                        List.of(
                                // What it makes is to be private whatever the umask.
                                "/bin/sh",
                                "-c",
                                "umask 000; exec \"$0\" \"$@\"",
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "--enable-native-access=ALL-UNNAMED",
                                "-cp",
                                classes,
                                main.getName()));
        words.addAll(List.of(arguments));
        Path said = Files.createTempFile(folder, "said", ".txt");
        ProcessBuilder builder =
                new ProcessBuilder(words).redirectErrorStream(true).redirectOutput(said.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment(folder));
        builder.environment().putAll(variables);
        return new DaemonJvm(folder, said, builder.start());
    }

    private static Map<String, String> environment(Path folder) {
        Map<String, String> environment = new TreeMap<>();
        environment.put("VPC_CNI_RUN_FOLDER", folder.toString());
        environment.put("AWS_VPC_K8S_CNI_LOG_FILE", folder.resolve("ipamd.log").toString());
        environment.put("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://127.0.0.1:9");
        environment.put("AWS_ENDPOINT_URL_EC2", "http://127.0.0.1:9");
        return environment;
    }

    /** Waits until it serves the plugin; ends it where it does not. */
    DaemonJvm awaitServing() throws Exception {
        boolean serves = false;
        try {
            await("the plugin's socket", () -> Files.exists(socket()));
            serves = true;
        } finally {
            if (!serves) {
                kill();
            }
        }
        return this;
    }

    /** Waits until {@code condition} holds, for as long as the process lives. */
    void await(String what, Callable<Boolean> condition) throws Exception {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!condition.call()) {
            assertThat(process.isAlive())
                    .as("it ended instead of " + what + ": " + said())
                    .isTrue();
            assertThat(System.nanoTime()).as("waited in vain for " + what).isLessThan(deadline);
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    /** Sends SIGTERM. */
    void terminate() {
        process.destroy();
    }

    /** Waits until it has ended and returns its status. */
    int awaitEnd() throws InterruptedException, IOException {
        assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS))
                .as("it goes on, having said: " + said())
                .isTrue();
        return process.exitValue();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    long pid() {
        return process.pid();
    }

    Path socket() {
        return folder.resolve("cni.sock");
    }

    /** Returns what it printed, on whichever stream. */
    String said() throws IOException {
        return Files.readString(said);
    }

    /** Returns its log; empty where there is none yet. */
    String log() throws IOException {
        Path log = folder.resolve("ipamd.log");
        return Files.exists(log) ? Files.readString(log) : "";
    }

    /** Sends SIGKILL, and waits until it has ended. */
    void kill() {
        process.destroyForcibly().onExit().join();
    }

    @Override
    public void close() {
        kill();
    }
}
