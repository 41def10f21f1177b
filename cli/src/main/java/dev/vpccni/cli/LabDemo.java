package dev.vpccni.cli;

import dev.vpccni.lab.Demo;
import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** {@code vpc-cni lab demo}. */
@Command(
        name = "demo",
        description = "Show the whole on one page: a cluster, its addresses, who reaches whom.",
        mixinStandardHelpOptions = true)
final class LabDemo implements Callable<Integer> {

    @Override
    public Integer call() throws IOException {
        new Demo(System.out, LabCommand.style(), LabCommand.home()).run();
        return 0;
    }
}
