package dev.vpccni.cli;

import dev.vpccni.emulator.EmulatorCommand;
import dev.vpccni.emulator.EmulatorOptions;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code vpc-cni emulator}. */
@Command(
        name = "emulator",
        description = {
            "Serve a small VPC to programs that use AWS SDKs: EC2's Query API, and the metadata"
                    + " service of each instance at an address of its own. No packets, no root.",
            "Prints one line of JSON with its endpoints when it serves, and ends when it is"
                    + " interrupted."
        },
        mixinStandardHelpOptions = true)
final class EmulatorCli implements Callable<Integer> {

    @Spec private CommandSpec spec = CommandSpec.create();

    @Option(
            names = "--listen",
            paramLabel = "HOST:PORT",
            defaultValue = "127.0.0.1:0",
            description = "Where EC2 is served; port 0 is any (default: ${DEFAULT-VALUE}).")
    private String listen = "";

    @Option(
            names = "--latency",
            paramLabel = "PROFILE",
            defaultValue = "instant",
            description =
                    "How late everything is: instant or aws-like (default: ${DEFAULT-VALUE}).")
    private String latency = "";

    @Option(
            names = "--insufficient-code",
            paramLabel = "CODE",
            defaultValue = "classic",
            description = {
                "What is said when a subnet has too little: classic is"
                        + " InsufficientFreeAddressesInSubnet or InsufficientCidrBlocks, new is"
                        + " InvalidParameterValue (default: ${DEFAULT-VALUE})."
            })
    private String shortage = "";

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Decides identifiers, addresses and delays (default: ${DEFAULT-VALUE}).")
    private String seed = "";

    @Option(
            names = "--instances",
            paramLabel = "N",
            defaultValue = "1",
            description = "How many instances run at the start (default: ${DEFAULT-VALUE}).")
    private String instances = "";

    @Option(
            names = "--instance-type",
            paramLabel = "TYPE",
            defaultValue = "m5.large",
            description = "What they are (default: ${DEFAULT-VALUE}).")
    private String instanceType = "";

    @Override
    public Integer call() throws IOException {
        EmulatorCommand.run(options(), System.out);
        return 0;
    }

    private EmulatorOptions options() {
        try {
            return EmulatorOptions.parse(
                    List.of(
                            "--listen",
                            listen,
                            "--latency",
                            latency,
                            "--insufficient-code",
                            shortage,
                            "--seed",
                            seed,
                            "--instances",
                            instances,
                            "--instance-type",
                            instanceType));
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }
}
