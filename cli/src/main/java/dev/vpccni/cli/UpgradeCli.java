package dev.vpccni.cli;

import dev.vpccni.addon.AddonSettings;
import dev.vpccni.addon.upgrade.UpgradeProgram;
import dev.vpccni.addon.upgrade.UpgradeSettings;
import dev.vpccni.daemon.Main;
import java.io.IOException;
import java.time.Duration;
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

/** {@code vpc-cni upgrade}. */
@Command(
        name = "upgrade",
        description = {
            "Give the daemons of a cluster another image: one node's first, where a pod is started"
                    + " to see that pods come up, and then the others'.",
            "Where the canary's daemon or that pod is not ready in time, the former image is put"
                    + " back. Where a later node's is not, it stops: the same command goes on, and"
                    + " --back goes back, also after a crash.",
            "Exits with 0 at its end, 1 if it stopped, which lines explain."
        },
        mixinStandardHelpOptions = true)
final class UpgradeCli implements Callable<Integer> {

    @Spec private @Nullable CommandSpec spec;

    @Mixin private KubeconfigOption cluster = new KubeconfigOption();

    @Option(names = "--image", description = "The image that daemons are to have.")
    private String image = "";

    @Option(
            names = "--canary",
            paramLabel = "NODE",
            description = "The node that has it first (default: the first one that is ready).")
    private String canary = "";

    @Option(
            names = "--max-unavailable",
            paramLabel = "COUNT",
            defaultValue = "1",
            description = "Nodes without a daemon at once (default: ${DEFAULT-VALUE}).")
    private int unavailable = 1;

    @Option(
            names = "--patience",
            paramLabel = "SECONDS",
            defaultValue = "300",
            description =
                    "How long a daemon or the canary's pod may take to be ready (default:"
                            + " ${DEFAULT-VALUE}).")
    private int patience = 300;

    @Option(
            names = "--hold",
            paramLabel = "SECONDS",
            defaultValue = "15",
            description = "How long the canary has to stay ready (default: ${DEFAULT-VALUE}).")
    private int hold = 15;

    @Option(
            names = "--probe-image",
            paramLabel = "IMAGE",
            description = "Of the pod that tries the canary (default: the new image).")
    private String probeImage = "";

    @Option(
            names = "--probe-command",
            paramLabel = "WORD",
            split = ",",
            description = "What that pod runs (default: /bin/sleep,600).")
    private List<String> probeCommand = new ArrayList<>();

    @Option(
            names = "--namespace",
            defaultValue = "kube-system",
            description = "Where the DaemonSet is (default: ${DEFAULT-VALUE}).")
    private String namespace = "";

    @Option(
            names = "--daemonset",
            paramLabel = "NAME",
            defaultValue = "aws-node",
            description = "What it is called (default: ${DEFAULT-VALUE}).")
    private String daemonSet = "";

    @Option(names = "--back", description = "Put the former image back on all nodes.")
    private boolean back;

    @Option(names = "--dry-run", description = "Say what would be done.")
    private boolean dryRun;

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (spec != null && image.isEmpty() != back) {
            throw new ParameterException(spec.commandLine(), "either --image or --back");
        }
        if (spec != null && (unavailable < 1 || patience < 1 || hold < 0)) {
            throw new ParameterException(
                    spec.commandLine(), "--max-unavailable and --patience: 1 or more");
        }
        var settings =
                new UpgradeSettings(
                        namespace,
                        daemonSet,
                        image,
                        canary,
                        unavailable,
                        Duration.ofSeconds(patience),
                        Duration.ofSeconds(hold),
                        AddonSettings.DEFAULT.installed(),
                        probeImage,
                        probeCommand.isEmpty() ? UpgradeSettings.SLEEP : probeCommand);
        var verb = back ? UpgradeProgram.Verb.BACK : UpgradeProgram.Verb.RUN;
        boolean done =
                UpgradeProgram.run(
                        cluster.environment(),
                        Main.VERSION,
                        settings,
                        dryRun ? UpgradeProgram.Verb.PLAN : verb,
                        System.out::println);
        return done ? 0 : 1;
    }
}
