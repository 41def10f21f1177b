package dev.vpccni.cli;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code vpc-cni lab exec}. */
@Command(
        name = "exec",
        description = {
            "Run a program on a node or in a pod, and exit as it does.",
            "It finds an environment of its own, with the node's endpoints of EC2 and metadata and"
                    + " the variables of `lab up --env`."
        },
        mixinStandardHelpOptions = true)
final class LabExec implements Callable<Integer> {

    @Mixin private LabOption lab = new LabOption();

    @Parameters(index = "0", paramLabel = "NODE|POD", description = "Where.")
    private String where = "";

    @Parameters(
            index = "1..*",
            arity = "1..*",
            paramLabel = "COMMAND",
            description = "What, after --.")
    private List<String> command = new ArrayList<>();

    @Override
    public Integer call() throws IOException, InterruptedException {
        var builder = lab.client().program(where, command).inheritIO();
        String term = System.getenv("TERM");
        builder.environment().putIfAbsent("TERM", term == null ? "dumb" : term);
        Process process = builder.start();
        // What interrupts us interrupts it, too: whoever is at the terminal means both.
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroy));
        return process.waitFor();
    }
}
