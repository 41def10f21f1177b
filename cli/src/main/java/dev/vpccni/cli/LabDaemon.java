package dev.vpccni.cli;

import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

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

    @Override
    public Integer call() throws IOException {
        String verb = action.name().toLowerCase(Locale.ROOT);
        lab.client().ask(Map.of("verb", "daemon", "action", verb, "node", node));
        return 0;
    }
}
