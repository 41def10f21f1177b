package dev.vpccni.cli;

import java.io.IOException;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code vpc-cni lab program}. */
@Command(
        name = "program",
        description = {
            "Start, stop or kill a program of the lab's cluster.",
            "Nodes have containerd, kubelet and kube-proxy; the machine \"control\" has etcd,"
                    + " kube-apiserver, kube-controller-manager and kube-scheduler. `lab status -o"
                    + " json` lists those that run."
        },
        mixinStandardHelpOptions = true)
final class LabProgram implements Callable<Integer> {

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
            description =
                    "start (and wait until it serves), stop (asks it to end), or kill (as a crash"
                            + " would).")
    private Action action = Action.START;

    @Parameters(index = "1", paramLabel = "MACHINE", description = "Where, such as node-1.")
    private String machine = "";

    @Parameters(index = "2", paramLabel = "PROGRAM", description = "Which, such as kubelet.")
    private String program = "";

    @Override
    public Integer call() throws IOException {
        String verb = action.name().toLowerCase(Locale.ROOT);
        lab.client()
                .ask(
                        Map.of(
                                "verb", "program", "action", verb, "machine", machine, "program",
                                program));
        return 0;
    }
}
