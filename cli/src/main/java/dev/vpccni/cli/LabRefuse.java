package dev.vpccni.cli;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code vpc-cni lab refuse}. */
@Command(
        name = "refuse",
        description = {
            "Have EC2 refuse every request of some actions from now on, such as"
                    + " AttachNetworkInterface, and no others any more; without any, none.",
            "What a node does without a right, or with credentials that have expired, is to be seen"
                    + " in its log, by `lab status`, and in the cluster's events."
        },
        mixinStandardHelpOptions = true)
final class LabRefuse implements Callable<Integer> {

    @Mixin private LabOption lab = new LabOption();

    @Option(
            names = "--code",
            paramLabel = "CODE",
            defaultValue = "UnauthorizedOperation",
            description = "The error that it answers (default: ${DEFAULT-VALUE}).")
    private String code = "";

    @Parameters(paramLabel = "ACTION", arity = "0..*", description = "EC2's name of an action.")
    private List<String> actions = List.of();

    @Override
    public Integer call() throws IOException {
        lab.client().ask(Map.of("verb", "refuse", "actions", actions, "code", code));
        return 0;
    }
}
