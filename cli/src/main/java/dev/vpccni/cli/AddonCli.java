package dev.vpccni.cli;

import dev.vpccni.addon.AddonProgram;
import dev.vpccni.addon.AddonSettings;
import dev.vpccni.addon.UsersVariables;
import dev.vpccni.daemon.Main;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code vpc-cni addon}. */
@Command(
        name = "addon",
        description = {
            "Keep what is installed in a cluster as the chart has installed it: every 15 minutes,"
                    + " and 5 s after somebody has changed something.",
            "It applies the fields that were installed, on the server and as the manager"
                    + " vpc-cni-addon; all others are their writers'. Each field that is brought"
                    + " back is a line and an event, with who has written it. It is itself installed"
                    + " by addon.enabled=true, which writes the ConfigMap that it reads.",
            "KUBECONFIG names the cluster, or a pod's service account. With --once it exits with 0"
                    + " if all is as installed or is so again, 1 if something is not, and 2 if it"
                    + " could not look."
        },
        mixinStandardHelpOptions = true)
final class AddonCli implements Callable<Integer> {

    @Spec private @Nullable CommandSpec spec;

    @Mixin private KubeconfigOption cluster = new KubeconfigOption();

    @Option(names = "--report", description = "Change nothing, and say what differs.")
    private boolean report;

    @Option(names = "--once", description = "Look once, and end.")
    private boolean once;

    @Option(
            names = "--namespace",
            defaultValue = "kube-system",
            description = "Where it is installed (default: ${DEFAULT-VALUE}).")
    private String namespace = "";

    @Option(
            names = "--installed",
            paramLabel = "NAME",
            defaultValue = "aws-node-installed",
            description = "The ConfigMap that says what is installed (default: ${DEFAULT-VALUE}).")
    private String installed = "";

    @Option(
            names = "--leave",
            paramLabel = "NAME",
            split = ",",
            description =
                    "Variables of containers that are users', with a * at the end for all that"
                            + " begin so (default: WARM_*,MINIMUM_IP_TARGET).")
    private List<String> leave = new ArrayList<>();

    @Option(
            names = "--every",
            paramLabel = "MINUTES",
            defaultValue = "15",
            description = "How often to look at everything (default: ${DEFAULT-VALUE}).")
    private int minutes = 15;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (spec != null && (minutes < 1 || minutes > Duration.ofDays(1).toMinutes())) {
            throw new ParameterException(spec.commandLine(), "--every: from 1 to 1440 minutes");
        }
        var settings =
                new AddonSettings(
                        namespace,
                        installed,
                        report,
                        Duration.ofMinutes(minutes),
                        leave.isEmpty() ? UsersVariables.DEFAULT : new UsersVariables(leave));
        if (once) {
            return AddonProgram.once(
                    cluster.environment(), Main.VERSION, settings, System.out::println);
        }
        AddonProgram.run(cluster.environment(), Main.VERSION, settings, AddonCli::tell);
        return 0;
    }

    private static void tell(String line) {
        System.out.println(Instant.now().truncatedTo(ChronoUnit.MILLIS) + " " + line);
        System.out.flush();
    }
}
