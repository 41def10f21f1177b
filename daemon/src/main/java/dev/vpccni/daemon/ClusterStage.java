package dev.vpccni.daemon;

import dev.vpccni.cni.CniArgs;
import dev.vpccni.cni.CniError;
import dev.vpccni.daemon.log.Log;
import dev.vpccni.kubernetes.EventRecorder;
import dev.vpccni.kubernetes.EventSubject;
import dev.vpccni.kubernetes.KubernetesCluster;
import dev.vpccni.kubernetes.NodeFeatures;
import dev.vpccni.kubernetes.api.ApiAccess;
import dev.vpccni.kubernetes.api.ApiClient;
import dev.vpccni.kubernetes.api.ListWatch;
import dev.vpccni.model.PodName;
import dev.vpccni.node.port.BranchSource;
import dev.vpccni.node.port.Cluster;
import dev.vpccni.node.port.Tempo;
import java.nio.file.Path;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Which cluster the node is in: the one whose API server the environment names, a file that stands
 * for it, or none. Nobody waits for it, and nothing is sent before it is started.
 */
final class ClusterStage implements AutoCloseable {

    private static final String DAEMONS = "kube-system";
    private static final String POLICY =
            "https://docs.aws.amazon.com/eks/latest/userguide/cni-iam-role.html";

    private final Cluster port;
    private final BranchSource branches;
    private final Wishes wishes;
    private final Runnable begin;
    private final Runnable end;
    private final @Nullable EventRecorder events;
    private final EventSubject node;
    private final String podName;

    private ClusterStage(
            Cluster port,
            BranchSource branches,
            Wishes wishes,
            Runnable begin,
            Runnable end,
            @Nullable EventRecorder events,
            EventSubject node,
            String podName) {
        this.port = port;
        this.branches = branches;
        this.wishes = wishes;
        this.begin = begin;
        this.end = end;
        this.events = events;
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
        Path named = settings.daemon().clusterFile();
        if (named != null) {
            var file = new ClusterFile(named);
            Runnable begin = () -> tempo.start("cluster file", () -> file.watch(tempo));
            return without(file, begin, node);
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
            return without(Cluster.SILENT, () -> {}, node);
        }
        var client = new ApiClient(access, "vpc-cni/" + settings.daemon().version());
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
                        log::warn);
        var events = new EventRecorder(client, "aws-node-" + node.name(), tempo, random, log::warn);
        var wishes = new Wishes();
        var features =
                new NodeFeatures(
                        client,
                        node.name(),
                        wishes,
                        ListWatch.Limits.DEFAULT,
                        tempo,
                        random,
                        log::warn);
        Runnable begin =
                () -> {
                    cluster.start();
                    if (settings.node().pool().trunk()) {
                        tempo.start("features", features);
                    }
                    tempo.start("events", events);
                };
        Runnable end =
                () -> {
                    events.close();
                    features.close();
                    cluster.close();
                };
        return new ClusterStage(
                cluster,
                cluster.branches(),
                wishes,
                begin,
                end,
                events,
                node,
                environment.getOrDefault("MY_POD_NAME", ""));
    }

    private static ClusterStage without(Cluster port, Runnable begin, EventSubject node) {
        return new ClusterStage(
                port, BranchSource.NONE, new Wishes(), begin, () -> {}, null, node, "");
    }

    /** What is known later than who asks for it. */
    private static final class Wishes implements Supplier<SortedMap<String, String>> {

        private volatile Supplier<SortedMap<String, String>> source = TreeMap::new;

        @Override
        public SortedMap<String, String> get() {
            return source.get();
        }
    }

    /** Returns which pods have interfaces of their own, as far as the cluster says. */
    BranchSource branches() {
        return branches;
    }

    /** Has the cluster told which features the node wants of the controller of trunks. */
    void want(Supplier<SortedMap<String, String>> features) {
        wishes.source = features;
    }

    /** Returns what the cluster says; nothing before it is started. */
    Cluster port() {
        return port;
    }

    /** Follows the cluster from now on, and tells it of what was told before. Called once. */
    void start() {
        begin.run();
    }

    /** Tells of a pod that there was no address for. */
    void refused(CniArgs args, CniError error) {
        PodName pod = args.pod();
        boolean named = !pod.name().isEmpty() && !pod.namespace().isEmpty();
        if (events != null && named && error instanceof CniError.TryAgainLater) {
            String note = error.message() + ". " + error.details();
            events.warn(EventSubject.pod(pod, args.uid()), "NoAddress", "AssignAddress", note);
            events.warn(node, "NoAddress", "AssignAddress", "for " + pod + ": " + note);
        }
    }

    /**
     * Tells of a request that the node's role does not allow.
     *
     * @param action of EC2
     */
    void denied(String action) {
        if (events != null) {
            String note =
                    "the node's role lacks ec2:"
                            + action
                            + ": attach AmazonEKS_CNI_Policy, see "
                            + POLICY;
            events.warn(node, "MissingIAMPermissions", "ec2:" + action, note);
            if (!podName.isEmpty()) {
                var own = EventSubject.pod(new PodName(DAEMONS, podName), "");
                events.warn(own, "MissingIAMPermissions", "ec2:" + action, note);
            }
        }
    }

    @Override
    public void close() {
        end.run();
    }
}
