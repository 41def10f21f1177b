package dev.vpccni.cli;

import dev.vpccni.addon.examination.ClusterExamination;
import dev.vpccni.addon.examination.DaemonFound;
import dev.vpccni.daemon.DaemonPlan;
import dev.vpccni.daemon.Main;
import dev.vpccni.doctor.Diagnosis;
import dev.vpccni.doctor.cluster.ClusterDoctor;
import dev.vpccni.doctor.cluster.seen.NetworkPlan;
import dev.vpccni.doctor.cluster.seen.SeenPermission;
import dev.vpccni.doctor.snapshot.Fact;
import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code vpc-cni doctor cluster}. */
@Command(
        name = "cluster",
        description = {
            "Say what in a cluster keeps pods from their network, and what mends it, before it is"
                    + " installed or upgraded. It changes nothing.",
            "KUBECONFIG names the cluster. Exits with 0 if nothing is wrong, 1 if something is, 2"
                    + " if the cluster could not be looked at."
        },
        mixinStandardHelpOptions = true)
final class DoctorClusterCli implements Callable<Integer> {

    private static final int WRONG = 1;
    private static final int NOT_LOOKED = 2;

    @Spec private @Nullable CommandSpec spec;

    @Mixin private OutputOption output = new OutputOption();

    @Option(
            names = "--namespace",
            defaultValue = "kube-system",
            description = "Where the daemon is, or will be (default: ${DEFAULT-VALUE}).")
    private String namespace = "";

    @Option(
            names = "--daemonset",
            paramLabel = "NAME",
            defaultValue = "aws-node",
            description = "What it is called (default: ${DEFAULT-VALUE}).")
    private String daemonSet = "";

    @Mixin private KubeconfigOption cluster = new KubeconfigOption();

    @Option(
            names = "--ec2",
            description =
                    "Ask EC2, too, whether whoever runs this may do what the settings need: in a"
                            + " pod of the daemon.")
    private boolean ec2;

    @Option(
            names = "--list",
            description = "Print what is checked, as docs/doctor-cluster.md has it.")
    private boolean list;

    @Override
    public Integer call() throws JsonException, InterruptedException {
        if (list) {
            System.out.print(ClusterDoctor.page());
            System.out.flush();
            return 0;
        }
        try {
            Diagnosis diagnosis = look();
            output.print(JsonObject.of(diagnosis.tree(), ""), _ -> diagnosis.text());
            return diagnosis.isWrong() ? WRONG : 0;
        } catch (IOException e) {
            String line = "vpc-cni: cannot look at the cluster: " + e.getMessage();
            if (spec == null) {
                System.err.println(line);
            } else {
                spec.commandLine().getErr().println(line);
            }
            return NOT_LOOKED;
        }
    }

    private Diagnosis look() throws IOException, InterruptedException {
        Map<String, String> environment = cluster.environment();
        try (var examination =
                ClusterExamination.of(environment, Main.VERSION, namespace, daemonSet)) {
            examination.reach();
            Fact<DaemonFound> daemon = examination.daemon();
            var unknown = new ArrayList<String>();
            Fact<List<SeenPermission>> permissions =
                    ec2
                            ? DaemonPlan.of(environment).permissions(unknown)
                            : new Fact.Unseen<>("only with --ec2, in a pod of the daemon");
            NetworkPlan plan = plan(daemon, unknown);
            return ClusterDoctor.examine(examination.read(plan, daemon, permissions));
        }
    }

    private NetworkPlan plan(Fact<DaemonFound> daemon, List<String> unknown) {
        DaemonFound found = daemon.or(DaemonFound.NONE);
        if (daemon instanceof Fact.Unseen<DaemonFound>(String why)) {
            unknown.add("the settings, for which those of none are taken: " + why);
        }
        found.elsewhere()
                .forEach(name -> unknown.add("the value of " + name + ": it is kept elsewhere"));
        String source =
                found.present()
                        ? "DaemonSet " + namespace + "/" + daemonSet
                        : "settings of a cluster without any";
        return DaemonPlan.of(found.environment())
                .network(source, namespace, daemonSet, found.account(), unknown);
    }
}
