package dev.vpccni.benchmarks;

import dev.vpccni.lab.LabClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Scripts by sh on a node of a lab. */
public final class NodeScript {

    private NodeScript() {}

    /**
     * Runs a script and returns what it prints, on either of its outputs.
     *
     * @throws IOException if a command of it fails: with what it printed
     */
    public static String run(LabClient lab, String node, String script)
            throws IOException, InterruptedException {
        Process process =
                lab.program(node, List.of("sh", "-euc", script)).redirectErrorStream(true).start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException("on " + node + ", " + script + ": " + said);
        }
        return said;
    }
}
