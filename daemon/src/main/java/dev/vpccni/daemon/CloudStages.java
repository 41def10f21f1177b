package dev.vpccni.daemon;

import dev.vpccni.aws.AwsEc2;
import dev.vpccni.aws.AwsSettings;
import dev.vpccni.aws.CallListener;
import dev.vpccni.aws.InstanceMetadata;
import dev.vpccni.cni.CniException;
import dev.vpccni.daemon.branch.WantedFeatures;
import dev.vpccni.daemon.egress.EgressPlugin;
import dev.vpccni.daemon.install.Installation;
import dev.vpccni.daemon.log.LibraryLogs;
import dev.vpccni.daemon.log.Log;
import dev.vpccni.dataplane.egress.EgressFamily;
import dev.vpccni.ipam.ledger.HeldInterface;
import dev.vpccni.ipam.ledger.InterfaceFacts;
import dev.vpccni.json.JsonException;
import dev.vpccni.model.Cidr;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.IpFamily;
import dev.vpccni.node.Node;
import dev.vpccni.node.instance.MetadataAsEc2;
import dev.vpccni.node.port.Ec2Exception;
import dev.vpccni.node.port.Metadata;
import dev.vpccni.node.port.MetadataException;
import dev.vpccni.node.port.Tempo;
import dev.vpccni.node.settings.KernelSettings;
import dev.vpccni.rpc.NodeFacts;
import dev.vpccni.rpc.RpcServer;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The second and third stage of the daemon: metadata and EC2, then the cluster, upstream's gRPC
 * services and the configuration for runtimes. Nothing here is needed by a pod whose address is
 * known, so everything here takes the time that it takes. Classes of the SDK and of gRPC are loaded
 * from here only.
 */
final class CloudStages implements Runnable, AutoCloseable {

    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    private static final Duration PAUSE_MAX = Duration.ofSeconds(30);
    private static final Duration READY_PAUSE_MAX = Duration.ofSeconds(1);

    /** How long the cluster is left alone while the node is not ready for pods. */
    private static final Duration CLUSTER_PATIENCE = Duration.ofSeconds(3);

    /** Upstream's plugin waits without limit, and the kubelet's runtime two minutes. */
    private static final Duration RPC_PATIENCE = Duration.ofSeconds(60);

    private final EnvironmentSettings settings;
    private final Map<String, String> environment;
    private final Node node;
    private final Tempo tempo;
    private final RandomGenerator random;
    private final Consumer<String> impossible;
    private final Stopwatch stopwatch;
    private final Log log;
    private final AtomicBoolean unaccepted = new AtomicBoolean();
    private final Tempo.Signal serving;
    private final ClusterStage cluster;
    private volatile @Nullable RpcServer rpc;

    /**
     * @param impossible hears why the settings cannot be followed on this instance
     * @param serving is raised when the last stage stands
     * @param cluster is started here, and closed together with this
     */
    CloudStages(
            EnvironmentSettings settings,
            Map<String, String> environment,
            Node node,
            Tempo tempo,
            RandomGenerator random,
            Consumer<String> impossible,
            Stopwatch stopwatch,
            Log log,
            Tempo.Signal serving,
            ClusterStage cluster) {
        this.settings = settings;
        this.environment = environment;
        this.node = node;
        this.tempo = tempo;
        this.random = random;
        this.impossible = impossible;
        this.stopwatch = stopwatch;
        this.log = log;
        this.serving = serving;
        this.cluster = cluster;
    }

    /** Something that may fail because the instance is not there yet, or not any more. */
    private interface Attempt<T extends @Nullable Object> {
        T make() throws MetadataException, IOException, InterruptedException;
    }

    @Override
    public void run() {
        try {
            LibraryLogs.redirect(log);
            tempo.start("late cluster", this::startClusterAnyway);
            var metadata =
                    new InstanceMetadata(
                            InstanceMetadata.endpoint(environment),
                            tempo,
                            random,
                            CallListener.NONE);
            Metadata.Identity identity =
                    insist("read the instance's metadata", () -> identity(metadata));
            log.info(
                    "this is %s, a %s in %s"
                            .formatted(
                                    identity.instance(), identity.instanceType(), identity.zone()));
            @Nullable AwsEc2 ec2 = connect(metadata, identity);
            awaitReadiness();
            stopwatch.log("stage 2 of 3: metadata and EC2 are known, or not needed for now");
            cluster.want(
                    new WantedFeatures(
                            settings.node(),
                            node::connected,
                            this::interfaces,
                            cluster.port(),
                            identity.instanceType()));
            cluster.start();
            List<Cidr> cidrs = insist("read the VPC's blocks", () -> blocks(metadata));
            rpc = insist("serve upstream's clients", () -> serve(identity, cidrs));
            install(egress(identity));
            stopwatch.log("stage 3 of 3: serving upstream's clients");
            serving.raise();
            if (ec2 != null) {
                rehearse(ec2);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A node that cannot connect pods yet is to say so; one that soon can has better to do. */
    private void startClusterAnyway() {
        try {
            tempo.pause(CLUSTER_PATIENCE);
            cluster.start();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private List<InterfaceFacts> interfaces() {
        return node.ledger().ledger().interfaces().stream().map(HeldInterface::facts).toList();
    }

    @Override
    public void close() {
        RpcServer server = rpc;
        if (server != null) {
            server.close();
        }
        cluster.close();
    }

    private Metadata.Identity identity(Metadata metadata)
            throws MetadataException, InterruptedException {
        try {
            return metadata.identity();
        } catch (MetadataException e) {
            node.awaits("could not read the instance's metadata yet: " + e.getMessage());
            throw e;
        }
    }

    /** Returns what pods that get out in the other family leave the node with, if it has that. */
    private @Nullable IpAddress egress(Metadata.Identity identity) {
        EgressPlugin plugin = settings.daemon().conflist().egress();
        if (!plugin.enabled()) {
            return null;
        }
        return plugin.family() == EgressFamily.IPV4 ? identity.address() : identity.ipv6();
    }

    /** Returns the VPC's blocks of the family that pods have. */
    private List<Cidr> blocks(InstanceMetadata metadata)
            throws MetadataException, InterruptedException {
        return isIpv6() ? metadata.vpcIpv6Cidrs() : List.copyOf(metadata.vpcCidrs());
    }

    private boolean isIpv6() {
        return settings.node().addressing().family() == IpFamily.IPV6;
    }

    /** Returns EC2, or null if it is not to be asked. */
    private @Nullable AwsEc2 connect(Metadata metadata, Metadata.Identity identity) {
        if (settings.daemon().metadataOnly()) {
            log.info("EC2 is not asked, as ENABLE_IMDS_ONLY_MODE says");
            node.connect(metadata, new MetadataAsEc2(metadata), cluster.port(), impossible);
            return null;
        }
        AwsSettings aws =
                AwsSettings.from(environment, identity.region(), settings.daemon().version());
        var ec2 = new AwsEc2(aws, tempo, this::note);
        node.connect(metadata, ec2, cluster.port(), impossible);
        return ec2;
    }

    private void rehearse(AwsEc2 ec2) throws InterruptedException {
        try {
            ec2.rehearse();
        } catch (Ec2Exception e) {
            log.warn("the first interface will take longer: " + e.getMessage());
        }
    }

    /** Idle means no calls, so that a line for each is no flood. */
    private void note(String action, Duration took, String error) {
        String outcome = error.isEmpty() ? "answered" : "failed as " + error;
        switch (error) {
            case "Denied" -> cluster.denied(action);
            case "NoCredentials" -> {
                cluster.unauthenticated();
                if (unaccepted.compareAndSet(false, true)) {
                    log.warn(ClusterStage.UNACCEPTED);
                }
            }
            case "" -> {
                if (unaccepted.compareAndSet(true, false)) {
                    log.info("EC2 accepts the credentials of this node again");
                }
            }
            default -> {}
        }
        log.debug("EC2 " + action + ": " + outcome + " in " + took.toMillis() + " ms");
    }

    /** Waits until an ADD would be served: EC2 has answered, or the checkpoint knew enough. */
    private void awaitReadiness() throws InterruptedException {
        Duration pause = Duration.ofMillis(10);
        String told = "";
        while (true) {
            try {
                node.status();
                return;
            } catch (CniException e) {
                String why = e.error().message() + "; " + e.error().details();
                if (pause.equals(READY_PAUSE_MAX) && !why.equals(told)) {
                    log.warn("not ready for pods yet: " + why);
                    told = why;
                }
            }
            tempo.pause(pause);
            pause = shorter(pause.multipliedBy(2), READY_PAUSE_MAX);
        }
    }

    private RpcServer serve(Metadata.Identity identity, List<Cidr> cidrs) throws IOException {
        KernelSettings kernel = settings.node().kernel();
        var facts =
                new NodeFacts(
                        settings.daemon().version(),
                        settings.node().networkPolicyMode(),
                        settings.node().addressing().everyCard(),
                        isIpv6() ? identity.ipv6() : identity.address(),
                        identity.instance(),
                        identity.region(),
                        kernel.externalSnat(),
                        isIpv6() ? List.of() : kernel.snatExclusions());
        return RpcServer.start(
                settings.daemon().rpcSocket(),
                facts,
                node.addresses(),
                node.branches(),
                () -> cidrs,
                RPC_PATIENCE,
                new RpcLog(log, tempo));
    }

    /** The runtime takes the node as ready from the moment that the configuration is there. */
    private void install(@Nullable IpAddress egress) throws InterruptedException {
        Installation installation = settings.daemon().installation();
        Conflist conflist = settings.daemon().conflist();
        if (conflist.egress().enabled() && egress == null) {
            log.warn("pods have no way out over IPv6: the instance has no IPv6 address");
        }
        List<String> plugins =
                insist("install", () -> installation.putPlugins(tempo::wall, random));
        if (!plugins.isEmpty()) {
            log.info("put " + plugins + " into " + installation.binaryFolder());
        }
        boolean changed =
                insist(
                        "install",
                        () -> {
                            String text = text(conflist.on(egress), installation);
                            return installation.putConflist(text, tempo::wall, random);
                        });
        if (changed) {
            log.info("put the configuration into " + installation.conflistFolder());
        }
    }

    private static String text(Conflist conflist, Installation installation) throws IOException {
        String custom = installation.custom();
        try {
            return custom == null ? conflist.render() : conflist.render(custom);
        } catch (JsonException e) {
            throw new IOException(
                    installation.template()
                            + " is no configuration for runtimes: "
                            + e.getMessage(),
                    e);
        }
    }

    private <T extends @Nullable Object> T insist(String what, Attempt<T> attempt)
            throws InterruptedException {
        Duration pause = FIRST_PAUSE;
        boolean told = false;
        while (true) {
            try {
                return attempt.make();
            } catch (MetadataException | IOException e) {
                String problem = "cannot " + what + ": " + e.getMessage();
                if (told) {
                    log.debug(problem);
                } else {
                    log.warn(problem + "; pods that are known are served, and it is tried again");
                }
                told = true;
            }
            tempo.pause(pause);
            pause = shorter(pause.multipliedBy(2), PAUSE_MAX);
        }
    }

    private static Duration shorter(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }
}
