package dev.vpccni.cli;

import dev.vpccni.lab.LabClient;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Which lab is meant. */
final class LabOption {

    @Spec(Spec.Target.MIXEE)
    private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--lab",
            paramLabel = "NAME",
            defaultValue = "${env:VPC_CNI_LAB:-lab}",
            description =
                    "Which of several labs on this computer; also by the variable VPC_CNI_LAB"
                            + " (default: ${DEFAULT-VALUE}).")
    private String name = "";

    String name() {
        return name;
    }

    /** Returns what drives that lab. */
    LabClient client() {
        try {
            return new LabClient(name);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }
}
