package dev.vpccni.cli;

import dev.vpccni.emulator.fabric.Egress;
import dev.vpccni.lab.LabSettings;
import dev.vpccni.lab.LabTopology;
import dev.vpccni.model.Ipv4Cidr;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code vpc-cni lab up}. */
@Command(
        name = "up",
        description = {
            "Start a lab in the background, and return when it serves.",
            "What an interrupted lab of the same name left behind is removed first."
        },
        mixinStandardHelpOptions = true)
final class LabUp implements Callable<Integer> {

    /** What nodes can run as their daemon. */
    enum Daemon {
        OURS,
        NONE
    }

    @Spec private CommandSpec spec = CommandSpec.create();

    @Mixin private LabOption lab = new LabOption();

    @Option(
            names = "--nodes",
            paramLabel = "N",
            defaultValue = "2",
            description = "How many nodes, in the zones in turn (default: ${DEFAULT-VALUE}).")
    private int nodes;

    @Option(
            names = "--instance-type",
            paramLabel = "TYPE",
            defaultValue = "c5.large",
            description = {
                "What they are, which limits their addresses; of several, joined by commas, nodes"
                        + " have one in turn (default: ${DEFAULT-VALUE})."
            })
    private String instanceType = "";

    @Option(
            names = "--subnet",
            paramLabel = "CIDR",
            description = {
                "Where nodes are; may be repeated, each in a zone of its own (default: 10.0.0.0/20"
                        + " and 10.0.16.0/20)."
            })
    private List<String> subnets = List.of();

    @Option(
            names = "--pod-subnet",
            paramLabel = "CIDR",
            description = {
                "A further subnet, in which no node is, in a zone in turn; may be repeated. With"
                        + " --env AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG=true pods are in the first of"
                        + " their node's zone; /run/vpc-cni/cluster.json on the node says so."
            })
    private List<String> podSubnets = List.of();

    @Option(
            names = "--ipv6",
            description =
                    "Give the VPC, its subnets and the nodes IPv6, and pods, too, unless --env names"
                            + " ENABLE_IPv4 or ENABLE_IPv6.")
    private boolean ipv6;

    @Option(
            names = "--cards",
            paramLabel = "N",
            description = "How many network cards each node has (default: as its type has).")
    private int cards;

    @Option(
            names = "--prefixes-free",
            paramLabel = "N",
            defaultValue = "-1",
            description = {
                "How many /28 each subnet has left when daemons start, somebody else having an"
                        + " address in every other one (default: all of them)."
            })
    private int prefixesFree;

    @Option(
            names = "--env",
            paramLabel = "NAME=VALUE",
            description =
                    "A variable for every node's daemon, such as WARM_IP_TARGET=5; may be repeated.")
    private Map<String, String> environment = new TreeMap<>();

    @Option(
            names = "--latency",
            paramLabel = "PROFILE",
            defaultValue = "instant",
            description =
                    "How late EC2 is: instant, aws-like, or such as call=300ms,device=2s (default:"
                            + " ${DEFAULT-VALUE}).")
    private String latency = "";

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "Decides identifiers, addresses and delays (default: ${DEFAULT-VALUE}).")
    private long seed;

    @Option(
            names = "--daemon",
            paramLabel = "WHICH",
            defaultValue = "ours",
            description =
                    "ours, or none: then run any other with `lab exec` (default:"
                            + " ${DEFAULT-VALUE}).")
    private Daemon daemon = Daemon.OURS;

    @Option(
            names = "--nat",
            description =
                    "Lead what is for the internet through a NAT gateway, as for nodes in private"
                            + " subnets.")
    private boolean nat;

    @Option(
            names = "--zones",
            paramLabel = "N",
            description =
                    "In how many zones, with a /20 in each; goes without --subnet (default: 2).")
    private int zones;

    @Option(
            names = "--kubernetes",
            description = {
                "Make the nodes a Kubernetes cluster, named and labelled as those of EKS, with its"
                        + " control plane on a machine of its own; `lab kubectl` asks it.",
                "Its programs are built first if they are not there yet, which takes some ten"
                        + " minutes: scripts/kubernetes/build --help. With --daemon none its nodes"
                        + " have no network for pods until somebody installs one."
            })
    private boolean kubernetes;

    @Override
    public Integer call() throws IOException, InterruptedException {
        LabSettings settings = settings();
        if (kubernetes) {
            settings = settings.withKubernetes(ClusterBuild.folder(LabCommand.home()));
        }
        lab.client().up(settings);
        System.out.println(
                "lab \""
                        + lab.name()
                        + "\" is up: "
                        + nodes
                        + (nodes == 1 ? " node, " : " nodes, ")
                        + instanceType
                        + (kubernetes ? ", Kubernetes: vpc-cni lab kubectl get nodes" : ""));
        return 0;
    }

    private List<Ipv4Cidr> nodeSubnets() {
        if (subnets.isEmpty()) {
            return zones == 0 ? LabTopology.DEFAULT.subnets() : LabTopology.zones(zones);
        }
        if (zones != 0) {
            throw new IllegalArgumentException("--zones goes without --subnet");
        }
        return cidrs(subnets);
    }

    private LabSettings settings() throws IOException {
        try {
            return new LabSettings(
                    lab.name(),
                    nodes,
                    instanceType,
                    new TreeMap<>(environment),
                    latency,
                    seed,
                    daemon == Daemon.OURS,
                    nat ? Egress.NAT_GATEWAY : Egress.INTERNET_GATEWAY,
                    new LabTopology(nodeSubnets(), cidrs(podSubnets), ipv6, cards, prefixesFree),
                    LabCommand.home());
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage(), e);
        }
    }

    private static List<Ipv4Cidr> cidrs(List<String> texts) {
        return texts.stream().map(Ipv4Cidr::parse).toList();
    }
}
