package dev.vpccni.cli;

import dev.vpccni.controller.BranchProgram;
import dev.vpccni.controller.BranchSettings;
import dev.vpccni.controller.plan.BranchRules;
import dev.vpccni.daemon.Main;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code vpc-cni branch-controller}. */
@Command(
        name = "branch-controller",
        description = {
            "Give pods interfaces of their own, with security groups of their own, on a cluster"
                    + " that has no managed controller for it.",
            "Nodes that want it get a trunk interface; a pod whose first container has the limit"
                    + " vpc.amazonaws.com/pod-eni gets a branch of it, with the groups of each"
                    + " SecurityGroupPolicy that selects it, and is told of it by an annotation."
                    + " The one of several that has the Lease acts. It is installed by"
                    + " branchController.enabled=true.",
            "KUBECONFIG names the cluster, or a pod's service account."
        },
        mixinStandardHelpOptions = true)
final class BranchControllerCli implements Callable<Integer> {

    @Spec private @Nullable CommandSpec spec;

    @Mixin private KubeconfigOption kubeconfig = new KubeconfigOption();

    @Option(
            names = "--cluster-name",
            required = true,
            description =
                    "The cluster's name, which interfaces are tagged with: what has another one's"
                            + " is left alone.")
    private String cluster = "";

    @Option(
            names = "--region",
            description =
                    "Of the cluster's instances (default: AWS_REGION, or that of the instance that"
                            + " this runs on).")
    private String region = "";

    @Option(
            names = "--namespace",
            defaultValue = "kube-system",
            description = "Of the Lease (default: ${DEFAULT-VALUE}).")
    private String namespace = "";

    @Option(
            names = "--lease",
            defaultValue = "vpc-cni-branch-controller",
            description = "Its name (default: ${DEFAULT-VALUE}).")
    private String lease = "";

    @Option(
            names = "--cooldown",
            paramLabel = "SECONDS",
            defaultValue = "60",
            description =
                    "How long an interface and its VLAN rest after their pod, at least 30 (default:"
                            + " ${DEFAULT-VALUE}).")
    private int cooldown;

    @Option(
            names = "--warm",
            paramLabel = "COUNT",
            defaultValue = "1",
            description =
                    "How many interfaces wait on a node for the next pods, of each set of groups"
                            + " that pods there have (default: ${DEFAULT-VALUE}).")
    private int warm;

    @Override
    public Integer call() throws IOException, InterruptedException {
        BranchProgram.run(
                kubeconfig.environment(), Main.VERSION, settings(), BranchControllerCli::tell);
        return 0;
    }

    private BranchSettings settings() {
        try {
            var rules =
                    new BranchRules(Duration.ofSeconds(cooldown), warm, BranchRules.DEFAULT.keep());
            return new BranchSettings(cluster, region, namespace, lease, rules);
        } catch (IllegalArgumentException e) {
            if (spec == null) {
                throw e;
            }
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private static void tell(String line) {
        System.out.println(Instant.now().truncatedTo(ChronoUnit.MILLIS) + " " + line);
        System.out.flush();
    }
}
