package dev.vpccni.node;

import dev.vpccni.ipam.ledger.Command;
import dev.vpccni.ipam.ledger.InterfaceRole;
import dev.vpccni.ipam.policy.Demand;
import dev.vpccni.ipam.policy.PoolLimits;
import dev.vpccni.ipam.policy.WarmTarget;
import dev.vpccni.ipam.scale.Situation;
import dev.vpccni.model.InstanceType;
import dev.vpccni.node.eni.Addresses;
import dev.vpccni.node.eni.Attachments;
import dev.vpccni.node.eni.Interfaces;
import dev.vpccni.node.eni.SubnetLookup;
import dev.vpccni.node.eni.Upkeep;
import dev.vpccni.node.explanation.Explanations;
import dev.vpccni.node.instance.Current;
import dev.vpccni.node.instance.Instance;
import dev.vpccni.node.pod.PodNetworker;
import dev.vpccni.node.pool.CardPool;
import dev.vpccni.node.pool.CardPools;
import dev.vpccni.node.pool.InterfaceSources;
import dev.vpccni.node.pool.PoolChanges;
import dev.vpccni.node.pool.PoolKeeper;
import dev.vpccni.node.pool.Subnets;
import dev.vpccni.node.port.Cluster;
import dev.vpccni.node.port.Ec2;
import dev.vpccni.node.port.HostNetwork;
import dev.vpccni.node.port.Tempo;
import dev.vpccni.node.settings.NodeSettings;
import dev.vpccni.node.watch.CardObserver;
import dev.vpccni.node.work.Retry;
import dev.vpccni.node.work.Tasks;
import java.io.IOException;
import java.util.Collections;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/** What keeps the pool of one network card with the help of EC2. */
final class CardProcedures {

    private final CardPool pool;
    private final Shared shared;
    private final WarmTarget target;
    private final PoolLimits limits;
    private final boolean expectsTrunk;
    private final Tasks tasks;
    private final Interfaces interfaces;
    private final CardObserver observer;

    /** What the procedures of all cards have in common. */
    record Shared(
            NodeSettings settings,
            CardPools cards,
            Ec2 ec2,
            HostNetwork host,
            Current current,
            Attachments attachments,
            SubnetLookup subnetLookup,
            Subnets subnets,
            InterfaceSources sources,
            Cluster cluster,
            PodNetworker pods,
            Explanations explanations,
            Tempo tempo,
            Retry retry,
            RandomGenerator random) {}

    /**
     * @param interfaceLost called when an interface is gone that nobody here removed
     */
    CardProcedures(CardPool pool, InstanceType type, Shared shared, Runnable interfaceLost) {
        this.pool = pool;
        this.shared = shared;
        NodeSettings settings = shared.settings;
        target = settings.pool().target(type, settings.addressing(), pool.card());
        limits = settings.pool().limits(type, settings.addressing(), pool.card());
        expectsTrunk = settings.pool().expectsTrunk(type, pool.card());
        tasks = new Tasks(shared.explanations, shared.tempo, shared.retry);
        interfaces =
                new Interfaces(
                        shared.ec2,
                        shared.host,
                        pool.keeper(),
                        shared.attachments,
                        shared.subnetLookup,
                        shared.retry,
                        settings.kernel().interfaceMtu(),
                        this::instance);
        var upkeep =
                new Upkeep(
                        shared.ec2,
                        this::instance,
                        shared.current::groups,
                        tasks,
                        shared.explanations,
                        shared.retry,
                        shared.tempo);
        observer =
                new CardObserver(
                        pool.keeper(),
                        () -> shared.cards.ledgersBeside(pool.card()),
                        interfaces,
                        upkeep,
                        key -> shared.pods.letGo(pool, key),
                        interfaceLost,
                        this::instance,
                        shared.explanations,
                        shared.tempo);
    }

    /** Returns what holds the card's ledger against EC2 and the kernel. */
    CardObserver observer() {
        return observer;
    }

    /** Says what pods may hope for before EC2 was asked. */
    void describeBeforeEc2() {
        pool.availability()
                .situation(demand ->
                        new Situation(
                                target,
                                limits(),
                                demand,
                                shared.sources.sources(pool.card()),
                                Collections.emptySortedMap(),
                                Collections.emptySortedMap()));
    }

    /** Says what pods may hope for from now on. */
    void describe() {
        pool.availability().situation(this::situation);
    }

    private Situation situation(Demand demand) {
        return new Situation(
                target,
                limits(),
                demand,
                shared.sources.sources(pool.card()),
                shared.subnets.rooms(shared.tempo.instant()),
                observer.misplaced());
    }

    /** A place is kept for a trunk, which somebody else attaches, until it is there. */
    private PoolLimits limits() {
        boolean missing =
                expectsTrunk
                        && pool.keeper().ledger().interfaces().stream()
                                .noneMatch(held -> held.facts().role() == InterfaceRole.TRUNK);
        return missing ? limits.withReserved(1) : limits;
    }

    /** Says which blocks pods get addresses of, now that it is known what the instance can have. */
    boolean prefer(InstanceType type) throws IOException, InterruptedException {
        if (limits.kind() != pool.keeper().ledger().preferred()) {
            pool.keeper().apply(new Command.Prefer(limits.kind()));
            shared.explanations.add(
                    "go on with " + limits.kind().text(2).substring(2),
                    "a " + type.name() + " cannot have prefixes");
        }
        return true;
    }

    /**
     * Makes what keeps the pool.
     *
     * @param kernelDoubt called when pods wait on a full node
     */
    PoolKeeper poolKeeper(PoolChanges.Doubts doubts, Runnable kernelDoubt) {
        NodeSettings settings = shared.settings;
        var addresses =
                new Addresses(
                        shared.ec2,
                        settings.addressing().family(),
                        pool.keeper(),
                        shared.tempo,
                        shared.retry);
        var changes =
                new PoolChanges(
                        interfaces,
                        addresses,
                        shared.subnets,
                        pool.keeper(),
                        pool.availability(),
                        shared.explanations,
                        tasks,
                        doubts,
                        shared.tempo,
                        shared.random);
        return new PoolKeeper(
                pool.keeper(),
                changes,
                shared.subnets,
                pool.availability(),
                pool.card() == 0 ? shared.cluster : withoutPods(shared.cluster),
                settings.cluster().manageUnschedulable(),
                kernelDoubt,
                shared.explanations,
                shared.tempo);
    }

    /** A pod that is to come takes an address of the first card; few want one of each. */
    private static Cluster withoutPods(Cluster cluster) {
        return new Cluster() {
            @Override
            public View view() {
                View view = cluster.view();
                return new View(view.config(), view.schedulable(), new TreeSet<>());
            }

            @Override
            public void onChange(Runnable listener) {
                cluster.onChange(listener);
            }
        };
    }

    /** The first card is the instance as everybody knows it. */
    private Instance instance() {
        Instance instance = shared.current.instance();
        return pool.card() == 0 ? instance : instance.onCard(pool.card());
    }
}
