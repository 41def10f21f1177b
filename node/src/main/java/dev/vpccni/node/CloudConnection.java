package dev.vpccni.node;

import dev.vpccni.ipam.ledger.Command;
import dev.vpccni.ipam.policy.Demand;
import dev.vpccni.ipam.policy.PoolLimits;
import dev.vpccni.ipam.policy.WarmTarget;
import dev.vpccni.ipam.scale.Situation;
import dev.vpccni.model.InstanceType;
import dev.vpccni.model.InstanceTypes;
import dev.vpccni.node.eni.Addresses;
import dev.vpccni.node.eni.Attachments;
import dev.vpccni.node.eni.Interfaces;
import dev.vpccni.node.eni.Leaks;
import dev.vpccni.node.eni.SubnetLookup;
import dev.vpccni.node.eni.Upkeep;
import dev.vpccni.node.explanation.Explanations;
import dev.vpccni.node.instance.Current;
import dev.vpccni.node.instance.Facts;
import dev.vpccni.node.kernel.NodePreparation;
import dev.vpccni.node.ledger.LedgerKeeper;
import dev.vpccni.node.pod.PodNetworker;
import dev.vpccni.node.pool.AddressAvailability;
import dev.vpccni.node.pool.Ec2Problems;
import dev.vpccni.node.pool.InterfaceSources;
import dev.vpccni.node.pool.PoolChanges;
import dev.vpccni.node.pool.PoolKeeper;
import dev.vpccni.node.pool.Subnets;
import dev.vpccni.node.port.Cluster;
import dev.vpccni.node.port.Ec2;
import dev.vpccni.node.port.Ec2Exception;
import dev.vpccni.node.port.Ec2Failure;
import dev.vpccni.node.port.HostException;
import dev.vpccni.node.port.HostNetwork;
import dev.vpccni.node.port.Metadata;
import dev.vpccni.node.port.MetadataException;
import dev.vpccni.node.port.ObservedSubnet;
import dev.vpccni.node.port.Tempo;
import dev.vpccni.node.settings.NodeSettings;
import dev.vpccni.node.watch.LinkWatch;
import dev.vpccni.node.watch.Observer;
import dev.vpccni.node.watch.Watch;
import dev.vpccni.node.work.Retry;
import dev.vpccni.node.work.Tasks;
import java.io.IOException;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.random.RandomGenerator;

/** The second stage of a node: its pool, kept with the help of metadata and EC2. */
final class CloudConnection {

    /** Others may give the node addresses at any time, but no pod makes them come. */
    private static final AddressAvailability.Problem NOTHING_IS_ASKED_FOR =
            new AddressAvailability.Problem(
                    "the node asks for no addresses, as DISABLE_NETWORK_RESOURCE_PROVISIONING or"
                            + " ENABLE_IMDS_ONLY_MODE says",
                    "give its interfaces more addresses, or unset the variable",
                    true);

    private final NodeSettings settings;
    private final HostNetwork host;
    private final NodePreparation preparation;
    private final LedgerKeeper keeper;
    private final PodNetworker pods;
    private final AddressAvailability availability;
    private final Explanations explanations;
    private final Tempo tempo;
    private final RandomGenerator random;
    private final Cluster cluster;
    private final Retry retry;

    CloudConnection(
            NodeSettings settings,
            HostNetwork host,
            NodePreparation preparation,
            LedgerKeeper keeper,
            PodNetworker pods,
            AddressAvailability availability,
            Explanations explanations,
            Tempo tempo,
            RandomGenerator random,
            Cluster cluster) {
        this.settings = settings;
        this.host = host;
        this.preparation = preparation;
        this.keeper = keeper;
        this.pods = pods;
        this.availability = availability;
        this.explanations = explanations;
        this.tempo = tempo;
        this.random = random;
        this.cluster = cluster;
        retry = new Retry(tempo, random);
    }

    /** One attempt at something of the start. */
    private interface Attempt<T> {
        T make()
                throws MetadataException,
                        Ec2Exception,
                        HostException,
                        IOException,
                        InterruptedException;
    }

    /** Connects, however long that takes, and starts what keeps the node from then on. */
    void open(Metadata metadata, Ec2 ec2) throws InterruptedException {
        Facts facts = insist("read metadata", () -> facts(metadata));
        var current = new Current(facts);
        InstanceType type = insist("learn what the instance can have", () -> type(facts, ec2));
        WarmTarget target = settings.pool().target(type, settings.addressing());
        PoolLimits limits = settings.pool().limits(type, settings.addressing());
        insist("note which addresses it has", () -> prefer(limits, type));
        var subnets = new Subnets(ec2, tempo, retry, facts.instance(), explanations);
        var sources = new InterfaceSources(settings.addressing(), subnets, current, cluster);
        availability.situation(demand ->
                new Situation(
                        target,
                        limits,
                        demand,
                        sources.sources(0),
                        Collections.emptySortedMap(),
                        Collections.emptySortedMap()));
        insist(
                "set up the node",
                () -> {
                    preparation.apply(
                            settings.kernel()
                                    .nodeSetup(facts.instance().identity(), facts.vpcCidrs()));
                    return true;
                });
        availability.problem(
                new AddressAvailability.Problem(
                        "EC2 has not answered yet", "it is asked by itself", false));
        List<ObservedSubnet> shown = subnets.refresh(Duration.ZERO);
        Ec2Exception problem = subnets.problem();
        if (problem != null) {
            availability.problem(Ec2Problems.of(problem, null));
        }
        current.learn(shown);
        var tasks = new Tasks(explanations, tempo, retry);
        var attachments = new Attachments(ec2, tempo, retry, current::instance);
        var interfaces =
                new Interfaces(
                        ec2,
                        host,
                        keeper,
                        attachments,
                        new SubnetLookup(ec2, metadata, current, retry, tempo),
                        retry,
                        settings.kernel().interfaceMtu(),
                        current::instance);
        var upkeep =
                new Upkeep(
                        ec2, current::instance, current::groups, tasks, explanations, retry, tempo);
        var leaks =
                new Leaks(ec2, attachments, keeper, current::instance, explanations, tempo, retry);
        var observer =
                new Observer(
                        ec2,
                        host,
                        keeper,
                        interfaces,
                        upkeep,
                        pods::letGo,
                        leaks::suspect,
                        current::instance,
                        explanations,
                        tempo,
                        retry);
        insist("compare the ledger with EC2", () -> observer.compare(facts.blocks()));
        availability.situation(
                demand -> situation(target, limits, demand, sources, subnets, observer));
        var watch =
                new Watch(
                        metadata,
                        preparation,
                        keeper,
                        observer,
                        current,
                        settings,
                        explanations,
                        tempo,
                        retry);
        watch(observer, watch);
        if (settings.cloud().provisioning()) {
            var addresses =
                    new Addresses(ec2, settings.addressing().family(), keeper, tempo, retry);
            keepPool(subnets, interfaces, addresses, tasks, watch, leaks);
        } else {
            availability.problem(NOTHING_IS_ASKED_FOR);
        }
    }

    private Situation situation(
            WarmTarget target,
            PoolLimits limits,
            Demand demand,
            InterfaceSources sources,
            Subnets subnets,
            Observer observer) {
        var now = tempo.instant();
        return new Situation(
                target,
                limits,
                demand,
                sources.sources(0),
                subnets.rooms(now),
                observer.misplaced());
    }

    private void watch(Observer observer, Watch watch) {
        begin(
                "observer",
                () -> {
                    observer.setUpInterfaces();
                    watch.linksChanged(); // What changed before anybody listened.
                    watch.run();
                });
        begin("links", new LinkWatch(host, watch::linksChanged, explanations, tempo)::run);
    }

    private void keepPool(
            Subnets subnets,
            Interfaces interfaces,
            Addresses addresses,
            Tasks tasks,
            Watch watch,
            Leaks leaks) {
        var doubts =
                new PoolChanges.Doubts() {
                    @Override
                    public void attachments() {
                        watch.askEc2();
                    }

                    @Override
                    public void lostInterfaces() {
                        leaks.suspect();
                    }
                };
        var changes =
                new PoolChanges(
                        interfaces,
                        addresses,
                        subnets,
                        keeper,
                        availability,
                        explanations,
                        tasks,
                        doubts,
                        tempo,
                        random);
        if (settings.cloud().cleanUpLeaks()) {
            leaks.suspect();
            begin("leaks", leaks::run);
        }
        var pool =
                new PoolKeeper(
                        keeper,
                        changes,
                        subnets,
                        availability,
                        cluster,
                        settings.cluster().manageUnschedulable(),
                        watch::lookClosely,
                        explanations,
                        tempo);
        begin("pool", pool::run);
    }

    private Facts facts(Metadata metadata) throws MetadataException, InterruptedException {
        return Facts.ask(metadata, settings.cloud(), settings.addressing());
    }

    /** Says which blocks pods get addresses of, now that it is known what the instance can have. */
    private boolean prefer(PoolLimits limits, InstanceType type)
            throws IOException, InterruptedException {
        if (limits.kind() != keeper.ledger().preferred()) {
            keeper.apply(new Command.Prefer(limits.kind()));
            explanations.add(
                    "go on with " + limits.kind().text(2).substring(2),
                    "a " + type.name() + " cannot have prefixes");
        }
        return true;
    }

    /** Asks EC2 only for what was not known when this was built. */
    private InstanceType type(Facts facts, Ec2 ec2) throws Ec2Exception, InterruptedException {
        String name = facts.instance().identity().instanceType();
        InstanceType known = InstanceTypes.known().find(name);
        if (known != null) {
            return known;
        }
        try {
            return retry.repeatable(() -> ec2.instanceType(name));
        } catch (Ec2Exception e) {
            if (!(e.failure() instanceof Ec2Failure.Denied(String permission))) {
                throw e;
            }
            explanations.add(
                    "assume 2 interfaces with 2 addresses each",
                    "the limits of "
                            + name
                            + " are not known here, the node's role lacks "
                            + permission
                            + ", and no type has fewer");
            return new InstanceType(name, "unknown", false, List.of(2), 2);
        }
    }

    /** A loop that ends with the daemon. */
    private interface Loop {
        void run() throws InterruptedException;
    }

    private void begin(String name, Loop loop) {
        tempo.start(
                name,
                () -> {
                    try {
                        loop.run();
                    } catch (InterruptedException _) {
                        Thread.currentThread().interrupt();
                    }
                });
    }

    private <T> T insist(String what, Attempt<T> attempt) throws InterruptedException {
        String told = "";
        for (int failures = 1; ; failures++) {
            try {
                T result = attempt.make();
                availability.problem(null);
                return result;
            } catch (MetadataException | Ec2Exception | HostException | IOException e) {
                String why = String.valueOf(e.getMessage());
                if (!why.equals(told)) {
                    explanations.add("try again to " + what, why);
                }
                told = why;
                availability.problem(
                        e instanceof Ec2Exception refused
                                ? Ec2Problems.of(refused, null)
                                : new AddressAvailability.Problem(
                                        "could not " + what + " yet: " + why,
                                        "it is tried again by itself; see the daemon's log",
                                        false));
            }
            retry.pause(failures);
        }
    }
}
