package dev.vpccni.controller;

import dev.vpccni.controller.cluster.BranchCluster;
import dev.vpccni.controller.cluster.BranchNode;
import dev.vpccni.controller.cluster.NodeView;
import dev.vpccni.controller.plan.BranchRules;
import dev.vpccni.controller.plan.PodWish;
import dev.vpccni.kubernetes.EventRecorder;
import dev.vpccni.kubernetes.EventSubject;
import dev.vpccni.kubernetes.api.ApiClient;
import dev.vpccni.model.BranchLimits;
import dev.vpccni.model.InstanceType;
import dev.vpccni.model.InstanceTypes;
import dev.vpccni.node.port.Tempo;
import dev.vpccni.node.port.TrunkEc2;
import java.time.Duration;
import java.time.Instant;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * Gives the nodes of a cluster trunks, and their pods branch interfaces, as long as it leads: one
 * worker for each node, and a look now and then for what nodes have left. One thread runs it.
 */
final class BranchController implements Runnable {

    /** The manager of the fields that it writes. */
    static final String MANAGER = "vpc-cni-branch-controller";

    private static final Duration LOOK = Duration.ofSeconds(2);
    private static final Duration SWEEP = Duration.ofMinutes(5);

    private final ApiClient client;
    private final BranchCluster cluster;
    private final String clusterName;
    private final TrunkEc2 ec2;
    private final BranchRules rules;
    private final BooleanSupplier leads;
    private final Tempo tempo;
    private final RandomGenerator random;
    private final Tempo.Signal news;
    private final EventRecorder events;
    private final Consumer<String> log;
    private final SortedMap<String, NodeWorker> workers = new TreeMap<>();
    private Orphans orphans;
    private Instant nextSweep = Instant.MIN;

    /**
     * @param clusterName which interfaces are tagged with, so that clusters of an account leave
     *     each other's
     * @param ec2 is asked only while this process may act
     * @param leads tells whether it may now
     * @param news is raised when something has changed
     * @param log is told in lines what is done, and what is wrong; must not wait
     */
    BranchController(
            ApiClient client,
            BranchCluster cluster,
            String clusterName,
            TrunkEc2 ec2,
            BranchRules rules,
            BooleanSupplier leads,
            Tempo tempo,
            RandomGenerator random,
            Tempo.Signal news,
            EventRecorder events,
            Consumer<String> log) {
        this.client = client;
        this.cluster = cluster;
        this.clusterName = clusterName;
        this.ec2 = new FencedEc2(ec2, leads);
        this.rules = rules;
        this.leads = leads;
        this.tempo = tempo;
        this.random = random;
        this.news = news;
        this.events = events;
        this.log = log;
        orphans = new Orphans(this.ec2, clusterName, tempo, log);
    }

    @Override
    public void run() {
        try {
            while (true) {
                round();
                boolean _ = news.await(LOOK);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    private void round() throws InterruptedException {
        if (!leads.getAsBoolean()) {
            // Another one may act: what was known here may be wrong by then.
            workers.values().forEach(NodeWorker::close);
            workers.clear();
            orphans = new Orphans(ec2, clusterName, tempo, log);
            nextSweep = tempo.instant().plus(SWEEP);
            return;
        }
        if (!cluster.isKnown()) {
            return;
        }
        SortedMap<String, NodeView> views = cluster.views();
        workers.entrySet()
                .removeIf(worker -> {
                    NodeView view = views.get(worker.getKey());
                    boolean gone = view == null || !worker.getValue().isOf(view.node());
                    if (gone) {
                        worker.getValue().close();
                    }
                    return gone;
                });
        views.values().forEach(this::see);
        sweep(views);
    }

    private void see(NodeView view) {
        BranchNode node = view.node();
        NodeWorker worker = workers.get(node.name());
        if (worker != null) {
            worker.see(view);
            return;
        }
        int limit = BranchLimits.known().of(node.instanceType());
        InstanceType type = InstanceTypes.known().find(node.instanceType());
        if (limit == 0 || type == null) {
            return;
        }
        var trunkNode = new TrunkNode(node.name(), node.uid(), node.instance(), type, limit);
        Reporter reporter = reporter(node.name());
        var made =
                new NodeWorker(
                        client,
                        view,
                        limit,
                        mayAct -> keeper(trunkNode, mayAct, reporter),
                        leads,
                        tempo,
                        reporter);
        workers.put(node.name(), made);
        tempo.start("branches of " + node.name(), made);
    }

    private TrunkKeeper keeper(TrunkNode node, BooleanSupplier mayAct, Reporter reporter) {
        var fenced = new FencedEc2(ec2, mayAct);
        return new TrunkKeeper(
                new NodeEc2(node, clusterName, fenced, random),
                node.limit(),
                fenced,
                new ApiPodBook(client, mayAct),
                rules,
                tempo,
                reporter);
    }

    private void sweep(SortedMap<String, NodeView> views) throws InterruptedException {
        if (tempo.instant().isBefore(nextSweep)) {
            return;
        }
        nextSweep = tempo.instant().plus(SWEEP);
        Set<String> instances = new TreeSet<>();
        views.values().forEach(view -> instances.add(view.node().instance().value()));
        orphans.look(instances, cluster.living());
    }

    private Reporter reporter(String node) {
        return new Reporter() {
            @Override
            public void line(String line) {
                log.accept(node + ": " + line);
            }

            @Override
            public void waits(PodWish pod, String why) {
                events.warn(
                        EventSubject.pod(pod.pod(), pod.uid()),
                        "BranchInterfaceMissing",
                        "Give it a branch interface",
                        why);
            }
        };
    }
}
