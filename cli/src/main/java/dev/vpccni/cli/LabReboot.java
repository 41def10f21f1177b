package dev.vpccni.cli;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code vpc-cni lab reboot}. */
@Command(
        name = "reboot",
        description = {
            "Take the power from a node, and start it again; return when what ran on it serves.",
            "Its files and its network interfaces are there again, and nothing else: no process, no"
                    + " pod's namespace, no rule or route, and an empty /run. In a cluster its"
                    + " kubelet starts its pods anew; pods of `lab pods add` are gone."
        },
        mixinStandardHelpOptions = true)
final class LabReboot implements Callable<Integer> {

    @Mixin private LabOption lab = new LabOption();

    @Parameters(index = "0", paramLabel = "NODE", description = "Which, such as node-1.")
    private String node = "";

    @Override
    public Integer call() throws IOException {
        lab.client().ask(Map.of("verb", "reboot", "node", node));
        return 0;
    }
}
