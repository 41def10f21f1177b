package dev.vpccni.cli;

import dev.vpccni.lab.Style;
import java.io.Console;
import java.io.IOException;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;

/** {@code vpc-cni lab}. */
@Command(
        name = "lab",
        description = {
            "A small VPC on this computer: nodes of network namespaces with the real daemon and the"
                    + " real plugin, EC2 and metadata emulated, packets real.",
            "It takes root, and touches nothing outside its own namespaces."
        },
        mixinStandardHelpOptions = true,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            LabUp.class,
            LabDown.class,
            LabStatus.class,
            LabSubnets.class,
            LabPods.class,
            LabExec.class,
            LabCalls.class,
            LabConnectivity.class,
            LabDaemon.class,
            LabKubectl.class,
            LabProgram.class,
            LabReboot.class,
            LabRefuse.class,
            LabImage.class,
            LabDemo.class,
            HelpCommand.class
        })
final class LabCommand {

    private static final String HOME = "vpccni.home";

    /**
     * Returns where this program is installed.
     *
     * @throws IOException if the start script did not say so
     */
    static Path home() throws IOException {
        String home = System.getProperty(HOME);
        if (home == null) {
            throw new IOException("started without bin/vpc-cni: -D" + HOME + " is missing");
        }
        return Path.of(home);
    }

    /** Returns what the terminal can show. */
    @SuppressWarnings("SystemConsoleNull") // from JDK 25 on there is none again off a terminal
    static Style style() {
        Console console = System.console();
        boolean terminal = console != null && console.isTerminal();
        return Style.of(System.getenv(), terminal, System.out.charset());
    }
}
