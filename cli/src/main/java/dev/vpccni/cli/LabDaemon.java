package dev.vpccni.cli;

import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code vpc-cni lab daemon}. */
@Command(
        name = "daemon",
        description = "Start, stop or kill the daemon of a node.",
        mixinStandardHelpOptions = true)
final class LabDaemon implements Callable<Integer> {

    /** What can be done with it. */
    enum Action {
        START,
        STOP,
        KILL
    }

    @Mixin private LabOption lab = new LabOption();

    @Parameters(
            index = "0",
            paramLabel = "ACTION",
            description = "start, stop (asks it to end), or kill (as a crash would).")
    private Action action = Action.START;

    @Parameters(index = "1", paramLabel = "NODE", description = "Whose.")
    private String node = "";

    @Option(
            names = "--env",
            paramLabel = "NAME=VALUE",
            description = {
                "With start: a variable that it is told from now on, such as"
                        + " ENABLE_PREFIX_DELEGATION=true; may be repeated."
            })
    private Map<String, String> environment = new TreeMap<>();

    @Spec private CommandSpec spec = CommandSpec.create();

    @Override
    public Integer call() throws IOException {
        if (action != Action.START && !environment.isEmpty()) {
            throw new ParameterException(spec.commandLine(), "--env goes with start only");
        }
        String verb = action.name().toLowerCase(Locale.ROOT);
        lab.client()
                .ask(
                        Map.of(
                                "verb",
                                "daemon",
                                "action",
                                verb,
                                "node",
                                node,
                                "environment",
                                environment));
        return 0;
    }
}
