package dev.vpccni.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code vpc-cni lab down}. */
@Command(
        name = "down",
        description = "Take a lab down, or remove what an interrupted one left behind.",
        mixinStandardHelpOptions = true)
final class LabDown implements Callable<Integer> {

    @Mixin private LabOption lab = new LabOption();

    @Override
    public Integer call() throws IOException {
        lab.client().down();
        return 0;
    }
}
