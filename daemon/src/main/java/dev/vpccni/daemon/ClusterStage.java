package dev.vpccni.daemon;

import dev.vpccni.cni.CniArgs;
import dev.vpccni.cni.CniError;
import dev.vpccni.daemon.cluster.ClusterDuties;
import dev.vpccni.daemon.cluster.NodeReadiness;
import dev.vpccni.daemon.cluster.PodListener;
import dev.vpccni.daemon.log.Log;
import dev.vpccni.kubernetes.EventRecorder;
import dev.vpccni.kubernetes.EventSubject;
import dev.vpccni.kubernetes.KubernetesCluster;
import dev.vpccni.kubernetes.NodeFeatures;
import dev.vpccni.kubernetes.NodeReport;
import dev.vpccni.kubernetes.Operator;
import dev.vpccni.kubernetes.PodAnnotator;
import dev.vpccni.kubernetes.api.ApiAccess;
import dev.vpccni.kubernetes.api.ApiClient;
import dev.vpccni.kubernetes.api.ListWatch;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.PodName;
import dev.vpccni.node.port.BranchSource;
import dev.vpccni.node.port.Cluster;
import dev.vpccni.node.port.Tempo;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Which cluster the node is in: the one whose API server the environment names, a file that stands
 * for it, or none. Nobody waits for it, and nothing is sent before it is started.
 */
final class ClusterStage implements PodListener, AutoCloseable {

    private static final String DAEMONS = "kube-system";
    private static final String POLICY =
            "https://docs.aws.amazon.com/eks/latest/userguide/cni-iam-role.html";

    /** What to look at where EC2 does not know who asks. */
    static final String UNACCEPTED =
            "EC2 does not accept the credentials of this node: they have expired, are not known"
                    + " there, or there are none. See that the node, or the service account of its"
                    + " aws-node pod, has a role, and that the node's clock is right. The node keeps"
                    + " what it has, and goes on asking";

    private final Cluster port;
    private final Later later;
    private final Runnable begin;
    private final @Nullable Asked asked;
    private final EventSubject node;
    private final String podName;
    private final AtomicBoolean begun = new AtomicBoolean();

    /** A cluster that is asked, and told. */
    private record Asked(
            KubernetesCluster cluster,
            EventRecorder events,
            NodeReport report,
            NodeFeatures features,
            @Nullable PodAnnotator annotator) {}

    /** What is known later than who asks for it. */
    private static final class Later implements NodeReadiness {

        private volatile @Nullable NodeReadiness readiness;
        private volatile Supplier<SortedMap<String, String>> features = TreeMap::new;

        @Override
        public @Nullable String obstacle() {
            NodeReadiness known = readiness;
            return known == null ? "the daemon has just been started" : known.obstacle();
        }

        @Override
        public long addressesMax() {
            NodeReadiness known = readiness;
            return known == null ? -1 : known.addressesMax();
        }

        SortedMap<String, String> features() {
            return features.get();
        }
    }

    private ClusterStage(
            Cluster port,
            Later later,
            Runnable begin,
            @Nullable Asked asked,
            EventSubject node,
            String podName) {
        this.port = port;
        this.later = later;
        this.begin = begin;
        this.asked = asked;
        this.node = node;
        this.podName = podName;
    }

    /** Returns that of {@code environment}; reads nothing yet, and loads no client. */
    static ClusterStage of(
            EnvironmentSettings settings,
            Map<String, String> environment,
            Tempo tempo,
            RandomGenerator random,
            Log log) {
        EventSubject node = EventSubject.node(settings.daemon().nodeName());
        var later = new Later();
        Path named = settings.daemon().clusterFile();
        if (named != null) {
            var file = new ClusterFile(named);
            Runnable begin = () -> tempo.start("cluster file", () -> file.watch(tempo));
            return new ClusterStage(file, later, begin, null, node, "");
        }
        ApiAccess access = ApiAccess.from(environment);
        if (access == null || node.name().isEmpty()) {
            if (settings.node().pool().trunk()) {
                log.warn(
                        "nobody says which pods ask for interfaces of their own, as ENABLE_POD_ENI"
                                + " has it, without a cluster: all get addresses of the node's");
            }
            if (access != null) {
                log.warn(
                        "the cluster is not asked about this node: MY_NODE_NAME is not set, which"
                                + " would say what its Node is called");
            }
            return new ClusterStage(Cluster.SILENT, later, () -> {}, null, node, "");
        }
        Asked asked = asked(access, settings, node, later, tempo, random, log);
        Runnable begin =
                () -> {
                    asked.cluster.start();
                    tempo.start("events", asked.events);
                    tempo.start("node report", asked.report);
                    if (settings.node().pool().trunk()) {
                        tempo.start("features", asked.features);
                    }
                    if (asked.annotator != null) {
                        tempo.start("annotations", asked.annotator);
                    }
                };
        return new ClusterStage(
                asked.cluster,
                later,
                begin,
                asked,
                node,
                environment.getOrDefault("MY_POD_NAME", ""));
    }

    private static Asked asked(
            ApiAccess access,
            EnvironmentSettings settings,
            EventSubject node,
            Later later,
            Tempo tempo,
            RandomGenerator random,
            Log log) {
        var client = new ApiClient(access, "vpc-cni/" + settings.daemon().version());
        var events = new EventRecorder(client, "aws-node-" + node.name(), tempo, random, log::warn);
        Operator operator = (reason, action, note) -> events.warn(node, reason, action, note);
        var cluster =
                new KubernetesCluster(
                        client,
                        node.name(),
                        settings.node().cluster(),
                        settings.node().addressing().customNetworking(),
                        settings.node().pool().trunk(),
                        ListWatch.Limits.DEFAULT,
                        tempo,
                        random,
                        log::warn,
                        operator);
        ClusterDuties duties = settings.daemon().duties();
        var report =
                new NodeReport(
                        client,
                        cluster,
                        node.name(),
                        new NodeReport.Writes(duties.condition(), duties.startupTaint()),
                        later::obstacle,
                        later::addressesMax,
                        tempo,
                        random,
                        log::warn,
                        operator);
        var features =
                new NodeFeatures(
                        client,
                        node.name(),
                        later::features,
                        ListWatch.Limits.DEFAULT,
                        tempo,
                        random,
                        log::warn,
                        operator);
        PodAnnotator annotator =
                duties.annotatesPods()
                        ? new PodAnnotator(
                                client, cluster::identifier, tempo, random, log::warn, operator)
                        : null;
        return new Asked(cluster, events, report, features, annotator);
    }

    /** Returns what the cluster says; nothing before it is started. */
    Cluster port() {
        return port;
    }

    /** Returns which pods have interfaces of their own, as far as the cluster says. */
    BranchSource branches() {
        return asked == null ? BranchSource.NONE : asked.cluster.branches();
    }

    /** Has the cluster told of the node, once it is started. */
    void tell(NodeReadiness readiness) {
        later.readiness = readiness;
    }

    /** Has the cluster told which features the node wants of the controller of trunks. */
    void want(Supplier<SortedMap<String, String>> features) {
        later.features = features;
    }

    /**
     * Follows the cluster from now on, and tells it of what was told before. Called again, it does
     * nothing.
     */
    void start() {
        if (begun.compareAndSet(false, true)) {
            begin.run();
        }
    }

    @Override
    public void connected(CniArgs args, IpAddress address) {
        if (asked != null && asked.annotator != null) {
            asked.annotator.connected(args.pod(), args.uid(), address);
        }
    }

    @Override
    public void released(CniArgs args, IpAddress address) {
        if (asked != null && asked.annotator != null) {
            asked.annotator.released(args.pod(), args.uid(), address);
        }
    }

    /** Tells of a pod that there was no address for. */
    @Override
    public void refused(CniArgs args, CniError error) {
        PodName pod = args.pod();
        boolean named = !pod.name().isEmpty() && !pod.namespace().isEmpty();
        if (asked != null && named && error instanceof CniError.TryAgainLater) {
            String note = error.message() + ". " + error.details();
            asked.events.warn(
                    EventSubject.pod(pod, args.uid()), "NoAddress", "AssignAddress", note);
            asked.events.warn(node, "NoAddress", "AssignAddress", "for " + pod + ": " + note);
        }
    }

    /**
     * Tells of a request that the node's role does not allow.
     *
     * @param action of EC2
     */
    void denied(String action) {
        if (asked != null) {
            String note =
                    "the node's role lacks ec2:"
                            + action
                            + ": attach AmazonEKS_CNI_Policy, see "
                            + POLICY;
            tellOperator(asked, "MissingIAMPermissions", "ec2:" + action, note);
        }
    }

    /** Tells that EC2 takes no request as this node's: one event, whatever was asked. */
    void unauthenticated() {
        if (asked != null) {
            tellOperator(asked, "NoCredentials", "AskEc2", UNACCEPTED);
        }
    }

    /** An event on the Node, and on the daemon's own pod, if it knows its name. */
    private void tellOperator(Asked asked, String reason, String action, String note) {
        asked.events.warn(node, reason, action, note);
        if (!podName.isEmpty()) {
            var own = EventSubject.pod(new PodName(DAEMONS, podName), "");
            asked.events.warn(own, reason, action, note);
        }
    }

    @Override
    public void close() {
        if (asked != null) {
            asked.report.close();
            asked.features.close();
            if (asked.annotator != null) {
                asked.annotator.close();
            }
            asked.events.close();
            asked.cluster.close();
        }
    }
}
