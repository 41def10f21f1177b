package dev.vpccni.cli;

import java.io.PrintWriter;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParameterException;

/**
 * {@code vpc-cni}: everything that is not the node's daemon.
 *
 * <p>Exits with 0 if all went well, 1 if something failed, which one line on standard error names,
 * and 2 if the command line was wrong.
 */
@Command(
        name = "vpc-cni",
        description = "The Amazon VPC CNI for Kubernetes, and a VPC on this computer to try it in.",
        mixinStandardHelpOptions = true,
        version = "vpc-cni " + dev.vpccni.daemon.Main.VERSION,
        synopsisSubcommandLabel = "COMMAND",
        subcommands = {
            LabCommand.class,
            EmulatorCli.class,
            DaemonCli.class,
            InitCli.class,
            ConformanceCli.class,
            DoctorCli.class,
            ShadowCli.class,
            AddonCli.class,
            BranchControllerCli.class,
            UpgradeCli.class
        })
public final class Main {

    private static final String LOGGING = "logback.configurationFile";

    private Main() {}

    /** Runs the command that {@code arguments} name, and ends this process. */
    public static void main(String[] arguments) {
        if (System.getProperty(LOGGING) == null) {
            System.setProperty(LOGGING, "vpccni-console.xml");
        }
        System.exit(commandLine().execute(arguments));
    }

    /** Returns the whole command line, for use within a process. */
    static CommandLine commandLine() {
        return new CommandLine(new Main())
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setParameterExceptionHandler(Main::explain)
                .setExecutionExceptionHandler((failure, command, _) -> {
                    PrintWriter err = command.getErr();
                    err.println("vpc-cni: " + message(failure));
                    return command.getCommandSpec().exitCodeOnExecutionException();
                });
    }

    private static int explain(ParameterException wrong, String[] arguments) {
        CommandLine command = wrong.getCommandLine();
        PrintWriter err = command.getErr();
        err.println("vpc-cni: " + wrong.getMessage());
        err.println("`" + command.getCommandSpec().qualifiedName() + " --help` says what there is");
        return command.getCommandSpec().exitCodeOnInvalidInput();
    }

    private static String message(Exception failure) {
        String message = failure.getMessage();
        return message == null ? failure.getClass().getSimpleName() : message.strip();
    }
}
