package dev.vpccni.acceptance.lab;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * A daemon as {@code bin/vpc-cni} starts it, with nothing but what a container of upstream's
 * manifest has in its environment, and no cloud to reach: it never gets past its first stage.
 */
public final class LoneDaemon implements AutoCloseable {

    private static final long PATIENCE_SECONDS = 60;
    private static final Path PLUGIN = LabUnderTest.home().resolve("dist/node/opt/cni/bin/aws-cni");

    private final Path folder;
    private final Path said;
    private final Process process;

    private LoneDaemon(Path folder, Path said, Process process) {
        this.folder = folder;
        this.said = said;
        this.process = process;
    }

    /** Starts a daemon that has its files in {@code folder}. */
    public static LoneDaemon start(Path folder, Map<String, String> variables) throws IOException {
        Path said = Files.createTempFile(folder, "said", ".txt");
        Path program = LabUnderTest.home().resolve("bin/vpc-cni");
        var builder =
                new ProcessBuilder(program.toString(), "daemon")
                        .directory(folder.toFile())
                        .redirectErrorStream(true)
                        .redirectOutput(said.toFile());
        builder.environment().clear();
        builder.environment().put("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
        builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
        builder.environment().put("VPC_CNI_RUN_FOLDER", folder.toString());
        builder.environment().put("AWS_VPC_K8S_CNI_LOG_FILE", folder + "/ipamd.log");
        builder.environment().put("AWS_EC2_METADATA_SERVICE_ENDPOINT", "http://127.0.0.1:9");
        builder.environment().put("AWS_ENDPOINT_URL_EC2", "http://127.0.0.1:9");
        builder.environment().putAll(variables);
        return new LoneDaemon(folder, said, builder.start());
    }

    /** Waits until the plugin is served; ends it where it is not. */
    public LoneDaemon awaitServing() throws Exception {
        try {
            connect();
            return this;
        } catch (Exception | AssertionError e) {
            close();
            throw e;
        }
    }

    private void connect() throws Exception {
        var socket = UnixDomainSocketAddress.of(folder.resolve("cni.sock"));
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        boolean serves = false;
        while (!serves) {
            try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
                serves = channel.connect(socket);
            } catch (IOException e) {
                assertThat(process.isAlive()).as("it ended: " + said()).isTrue();
                assertThat(System.nanoTime()).as("no socket").isLessThan(deadline);
                TimeUnit.MILLISECONDS.sleep(20);
            }
        }
    }

    /** Runs the plugin against it. */
    public Ended plugin(String command, String input) throws Exception {
        SortedMap<String, String> variables = new TreeMap<>(Plugin.variables(command));
        variables.put("VPC_CNI_SOCKET", folder.resolve("cni.sock").toString());
        variables.put("VPC_CNI_SPOOL", folder.resolve("spool").toString());
        var builder = new ProcessBuilder(PLUGIN.toString());
        builder.environment().clear();
        builder.environment().putAll(variables);
        return Ended.of(builder, input);
    }

    /** Sends SIGTERM. */
    public void terminate() {
        process.destroy();
    }

    /** Waits until it has ended, and returns its status. */
    public int awaitEnd() throws Exception {
        assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS))
                .as("it goes on, having said: " + said())
                .isTrue();
        return process.exitValue();
    }

    /** Returns what it printed, on whichever stream. */
    public String said() throws IOException {
        return Files.readString(said, UTF_8);
    }

    @Override
    public void close() {
        process.destroyForcibly().onExit().join();
    }
}
