package dev.vpccni.daemon;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Map;

/**
 * The real plugin, run once.
 *
 * @param status its exit status
 * @param output what it printed
 */
record PluginRun(int status, String output) {

    private static final String CONFIG = "{\"cniVersion\":\"1.1.0\",\"name\":\"aws-cni\"}";

    /** Runs a verb that needs no namespace against the daemon at {@code folder}. */
    static PluginRun of(Path folder, String command) throws IOException, InterruptedException {
        return of(folder, command, "c1");
    }

    /** Runs a verb on a container. */
    static PluginRun of(Path folder, String command, String container)
            throws IOException, InterruptedException {
        return of(
                Map.of(
                        "CNI_COMMAND",
                        command,
                        "CNI_CONTAINERID",
                        container,
                        "CNI_IFNAME",
                        "eth0",
                        "CNI_PATH",
                        "/opt/cni/bin",
                        "VPC_CNI_SOCKET",
                        folder.resolve("cni.sock").toString(),
                        "VPC_CNI_SPOOL",
                        folder.resolve("spool").toString()));
    }

    /** Runs it with nothing else than {@code environment}. */
    static PluginRun of(Map<String, String> environment) throws IOException, InterruptedException {
        Path executable = Path.of("../shim/target/aws-cni").toAbsolutePath();
        var builder = new ProcessBuilder(executable.toString()).redirectErrorStream(true);
        builder.environment().clear();
        builder.environment().putAll(environment);
        Process process = builder.start();
        try (OutputStream stdin = process.getOutputStream()) {
            stdin.write(CONFIG.getBytes(UTF_8));
        }
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        return new PluginRun(process.waitFor(), output);
    }
}
