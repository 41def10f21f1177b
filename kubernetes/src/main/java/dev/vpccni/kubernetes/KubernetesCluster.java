package dev.vpccni.kubernetes;

import dev.vpccni.kubernetes.api.ApiClient;
import dev.vpccni.kubernetes.api.Collected;
import dev.vpccni.kubernetes.api.ListWatch;
import dev.vpccni.model.PodName;
import dev.vpccni.node.port.BranchSource;
import dev.vpccni.node.port.Cluster;
import dev.vpccni.node.port.Tempo;
import dev.vpccni.node.settings.ClusterSettings;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What the API server says about the node: its own object, its own pods, and with custom networking
 * the one ENIConfig that it names. Nobody waits for it: as long as it says nothing, the node takes
 * pods, none is expected, and the ENIConfig is unknown; when it is away, what it said last holds.
 */
public final class KubernetesCluster implements Cluster, AutoCloseable {

    private static final String FOLLOW = "get, list, watch";
    private static final Need NODES = new Need(FOLLOW, "", "nodes", "every node");
    private static final Need PODS = new Need(FOLLOW, "", "pods", "every node");
    private static final Need CUSTOM =
            new Need(
                    FOLLOW,
                    "crd.k8s.amazonaws.com",
                    "eniconfigs",
                    "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG");

    private final ApiClient client;
    private final String nodeName;
    private final boolean customNetworking;
    private final ListWatch.Limits limits;
    private final Tempo tempo;
    private final RandomGenerator random;
    private final Consumer<String> log;
    private final Operator operator;
    private final NodeObject node;
    private final PodObjects pods;
    private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
    private final List<Runnable> nodeListeners = new CopyOnWriteArrayList<>();
    private final Object lock = new Object();
    private final List<ListWatch> watches = new CopyOnWriteArrayList<>();
    private final ClusterBranches branches;
    private @Nullable ConfigObject config;
    private @Nullable ListWatch configWatch;
    private final Combined<Known> known;
    private boolean closed;

    /**
     * What listeners are told of.
     *
     * @param endings another number whenever a pod has begun to end
     */
    private record Known(View view, int endings) {}

    /**
     * @param client is closed together with this
     * @param customNetworking whether the node's ENIConfig is wanted
     * @param ownInterfaces whether it is wanted which pods have interfaces of their own
     * @param log is told in a line when something cannot be read, and when it can again; must not
     *     wait
     * @param operator is told of what the cluster lacks for that
     */
    public KubernetesCluster(
            ApiClient client,
            String nodeName,
            ClusterSettings settings,
            boolean customNetworking,
            boolean ownInterfaces,
            ListWatch.Limits limits,
            Tempo tempo,
            RandomGenerator random,
            Consumer<String> log,
            Operator operator) {
        this.client = client;
        this.nodeName = nodeName;
        this.customNetworking = customNetworking;
        this.limits = limits;
        this.tempo = tempo;
        this.random = random;
        this.log = log;
        this.operator = operator;
        node = new NodeObject(nodeName, settings, this::nodeChanged);
        pods = new PodObjects(ownInterfaces, this::podsChanged);
        branches = new ClusterBranches(pods);
        known = new Combined<>(this::current);
    }

    /** Follows the objects from now on, beside the caller. Called once. */
    public void start() {
        follow("/api/v1/nodes", "metadata.name=" + nodeName, "its Node", NODES, node);
        // The server finds a node's pods without a look at all others' by this selector only.
        follow(
                "/api/v1/pods",
                "spec.nodeName=" + nodeName + ",status.phase!=Succeeded,status.phase!=Failed",
                "its pods",
                PODS,
                pods);
    }

    @Override
    public View view() {
        return known.value().view;
    }

    @Override
    public boolean isEnding(PodName pod, String uid) {
        return pods.isEnding(pod, uid);
    }

    @Override
    public void onChange(Runnable listener) {
        listeners.add(listener);
    }

    /** Returns what the Node says. */
    NodeObject.Said node() {
        return node.said();
    }

    /** Calls {@code listener}, which must not wait, whenever {@link #node} has changed. */
    void onNodeChange(Runnable listener) {
        nodeListeners.add(listener);
    }

    /** Returns the identifier of the node's pod of that name; empty if it is not known. */
    public String identifier(PodName pod) {
        PodObjects.Kept kept = pods.find(pod);
        return kept == null ? "" : kept.uid();
    }

    /** Returns which pods have interfaces of their own, if that is wanted. */
    public BranchSource branches() {
        return branches;
    }

    /** Ends all requests. What was said last stays. */
    @Override
    public void close() {
        synchronized (lock) {
            closed = true;
        }
        watches.forEach(ListWatch::stop);
        client.close();
    }

    private ListWatch follow(
            String path, String selector, String what, Need need, Collected collected) {
        var watch =
                new ListWatch(
                        client,
                        path,
                        selector,
                        new Told(collected, new Complaint("read " + what, need, log, operator)),
                        limits,
                        tempo,
                        random);
        watches.add(watch);
        tempo.start("watch of " + what, watch);
        return watch;
    }

    /** A Node that names another ENIConfig has that one read; until then it is unknown. */
    private void nodeChanged() {
        if (customNetworking) {
            String named = node.said().config();
            ListWatch old = null;
            synchronized (lock) {
                boolean same = config != null && config.name().equals(named);
                if (!same && !closed) {
                    old = configWatch;
                    config = named == null ? null : new ConfigObject(named, this::configChanged);
                    configWatch =
                            config == null
                                    ? null
                                    : follow(
                                            EniConfig.PATH,
                                            "metadata.name=" + named,
                                            "the ENIConfig " + named,
                                            CUSTOM,
                                            config);
                }
            }
            if (old != null) {
                watches.remove(old);
                old.stop();
            }
        }
        changed();
        nodeListeners.forEach(Runnable::run);
    }

    /** What the server said is told where it is of no use; that it said nothing, by the watch. */
    private void configChanged() {
        ConfigObject named;
        synchronized (lock) {
            named = config;
        }
        if (named != null
                && !named.trouble().isEmpty()
                && named.said() instanceof InterfaceConfig.Unknown(String reason)) {
            String note = "no further interface is made for the node's pods: " + reason;
            log.accept(note);
            operator.tell(named.trouble(), "make interfaces", note);
        }
        changed();
    }

    private void podsChanged() {
        branches.changed();
        changed();
    }

    private void changed() {
        if (known.refresh()) {
            listeners.forEach(Runnable::run);
        }
    }

    private Known current() {
        NodeObject.Said said = node.said();
        ConfigObject named;
        synchronized (lock) {
            named = config;
        }
        InterfaceConfig found =
                customNetworking
                        ? (named == null
                                ? new InterfaceConfig.Unknown(said.unknown())
                                : named.said())
                        : new InterfaceConfig.Unknown("nobody asked for the node's ENIConfig");
        return new Known(new View(found, said.schedulable(), pods.awaiting()), pods.endings());
    }
}
