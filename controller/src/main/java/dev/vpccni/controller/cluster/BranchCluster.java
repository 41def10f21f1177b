package dev.vpccni.controller.cluster;

import dev.vpccni.controller.plan.GroupSet;
import dev.vpccni.controller.plan.Placement;
import dev.vpccni.controller.plan.PodWish;
import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import dev.vpccni.json.JsonShape;
import dev.vpccni.kubernetes.EniConfig;
import dev.vpccni.kubernetes.NodeFeatures;
import dev.vpccni.kubernetes.api.ApiClient;
import dev.vpccni.kubernetes.api.LabelSelector;
import dev.vpccni.kubernetes.api.ListWatch;
import dev.vpccni.node.port.Cluster.InterfaceConfig;
import dev.vpccni.node.port.Tempo;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The cluster as far as branch interfaces go: its nodes, what they want, the pods that ask, and the
 * policies that name their groups. Safe for use by many threads.
 */
public final class BranchCluster implements AutoCloseable {

    private static final String ACCOUNTS = "/api/v1/serviceaccounts";
    private static final Duration LOOK = Duration.ofSeconds(1);

    private final ApiClient client;
    private final Tempo tempo;
    private final RandomGenerator random;
    private final ListWatch.Limits limits;
    private final Consumer<BranchPod> unasked;
    private final Tempo.Signal policiesRead;
    private final Kept<BranchNode> nodes;
    private final Kept<SortedMap<String, String>> wanted;
    private final Kept<BranchPod> pods;
    private final Kept<GroupPolicy> policies;
    private final Kept<SortedMap<String, String>> accounts;
    private final Kept<InterfaceConfig> configs;
    private final List<ListWatch> watches = new CopyOnWriteArrayList<>();
    private volatile boolean closed;

    /**
     * @param listener is called when something has changed; must not wait
     * @param unasked is told of pods that a policy selects, and that ask for nothing; must not wait
     * @param log is told when something cannot be read; must not wait
     */
    public BranchCluster(
            ApiClient client,
            ListWatch.Limits limits,
            Tempo tempo,
            RandomGenerator random,
            Runnable listener,
            Consumer<BranchPod> unasked,
            Consumer<String> log) {
        this.client = client;
        this.tempo = tempo;
        this.random = random;
        this.limits = limits;
        this.unasked = unasked;
        policiesRead = tempo.signal();
        Runnable both =
                () -> {
                    policiesRead.raise();
                    listener.run();
                };
        nodes = new Kept<>("nodes", BranchNode.shape(), BranchNode::read, listener, log);
        wanted = new Kept<>("CNINodes", featureShape(), BranchCluster::features, listener, log);
        pods = new Kept<>("pods", BranchPod.shape(), this::pod, listener, log);
        policies =
                new Kept<>(
                        "SecurityGroupPolicies", GroupPolicy.shape(), GroupPolicy::read, both, log);
        accounts = new Kept<>("service accounts", accountShape(), BranchCluster::labels, both, log);
        configs =
                new Kept<>(
                        "ENIConfigs",
                        EniConfig.shape(),
                        object -> EniConfig.read(object.object("metadata").string("name"), object),
                        listener,
                        log);
    }

    /** Follows the cluster from now on, beside the caller. Called once. */
    public void start() {
        follow(BranchNode.PATH, nodes);
        follow(NodeFeatures.PATH, wanted);
        follow(GroupPolicy.PATH, policies);
        follow(ACCOUNTS, accounts);
        follow(EniConfig.PATH, configs);
        // Pods are judged by policies as they come.
        ListWatch watch = watch(BranchPod.PATH, pods);
        tempo.start(
                "watch of " + BranchPod.PATH,
                () -> {
                    if (arePoliciesRead()) {
                        watch.run();
                    }
                });
    }

    private void follow(String path, Kept<?> kept) {
        tempo.start("watch of " + path, watch(path, kept));
    }

    private ListWatch watch(String path, Kept<?> kept) {
        var watch = new ListWatch(client, path, "", kept, limits, tempo, random);
        watches.add(watch);
        return watch;
    }

    private boolean arePoliciesRead() {
        try {
            while (!closed && !(policies.isRead() && accounts.isRead())) {
                boolean _ = policiesRead.await(LOOK);
            }
            return !closed;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Tells whether everything has been read once, so that what is missing is gone. */
    public boolean isKnown() {
        return nodes.isRead()
                && wanted.isRead()
                && pods.isRead()
                && policies.isRead()
                && accounts.isRead();
    }

    /** Returns the nodes that are instances of EC2, by name, with what is said of each. */
    public SortedMap<String, NodeView> views() {
        SortedMap<String, GroupPolicy> known = policies.all();
        SortedMap<String, SortedMap<String, String>> labels = accounts.all();
        SortedMap<String, SortedMap<String, PodWish>> wishes = new TreeMap<>();
        for (BranchPod pod : pods.all().values()) {
            wishes.computeIfAbsent(pod.node(), _ -> new TreeMap<>())
                    .put(pod.uid(), wish(pod, GroupPolicy.of(known, labels, pod)));
        }
        SortedMap<String, NodeView> views = new TreeMap<>();
        SortedMap<String, SortedMap<String, String>> features = wanted.all();
        for (BranchNode node : nodes.all().values()) {
            SortedMap<String, String> said = features.get(node.name());
            views.put(
                    node.name(),
                    new NodeView(
                            node,
                            said != null,
                            said != null && said.containsKey(NodeFeatures.SECURITY_GROUPS),
                            placement(said),
                            wishes.getOrDefault(node.name(), new TreeMap<>())));
        }
        return views;
    }

    private static PodWish wish(BranchPod pod, GroupSet groups) {
        return new PodWish(pod.uid(), pod.pod(), pod.version(), groups, pod.told(), pod.vlan());
    }

    private Placement placement(@Nullable SortedMap<String, String> features) {
        String name = features == null ? null : features.get(NodeFeatures.CUSTOM_NETWORKING);
        if (name == null) {
            return new Placement.OfPrimary();
        }
        return switch (configs.all().get(name)) {
            case null -> new Placement.Unknown("there is no ENIConfig " + name);
            case InterfaceConfig.Known(_, var subnet, var groups) ->
                    new Placement.Configured(subnet, groups);
            case InterfaceConfig.Several _ ->
                    new Placement.Unknown(
                            "the ENIConfig "
                                    + name
                                    + " names several subnets, and branch interfaces are made in"
                                    + " one: set its spec.subnet");
            case InterfaceConfig.Unknown(String reason) -> new Placement.Unknown(reason);
        };
    }

    /** Returns the uids of all pods that ask for interfaces of their own. */
    public Set<String> living() {
        Set<String> uids = new TreeSet<>();
        pods.all().values().forEach(pod -> uids.add(pod.uid()));
        return uids;
    }

    @Override
    public void close() {
        closed = true;
        policiesRead.raise();
        watches.forEach(ListWatch::stop);
    }

    /** Those that ask for nothing are not kept, however many there are. */
    private @Nullable BranchPod pod(JsonObject object) throws JsonException {
        BranchPod pod = BranchPod.read(object);
        if (pod == null || pod.hosts()) {
            return null;
        }
        if (!pod.asks()) {
            if (!GroupPolicy.of(policies.all(), accounts.all(), pod).isEmpty()) {
                unasked.accept(pod);
            }
            return null;
        }
        return pod.node().isEmpty() ? null : pod;
    }

    private static JsonShape featureShape() {
        return JsonShape.of()
                .with("metadata", JsonShape.of("name", "resourceVersion"))
                .with("spec", JsonShape.of("features"));
    }

    private static SortedMap<String, String> features(JsonObject object) throws JsonException {
        SortedMap<String, String> features = new TreeMap<>();
        JsonObject spec = object.objectOrNull("spec");
        for (JsonObject feature : spec == null ? List.<JsonObject>of() : spec.objects("features")) {
            features.put(feature.string("name"), feature.string("value", ""));
        }
        return features;
    }

    private static JsonShape accountShape() {
        return JsonShape.of()
                .with("metadata", JsonShape.of("namespace", "name", "resourceVersion", "labels"));
    }

    private static SortedMap<String, String> labels(JsonObject object) throws JsonException {
        return LabelSelector.labels(object.object("metadata").objectOrNull("labels"));
    }
}
