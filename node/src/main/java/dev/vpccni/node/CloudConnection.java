package dev.vpccni.node;

import dev.vpccni.model.InstanceType;
import dev.vpccni.model.InstanceTypes;
import dev.vpccni.model.IpFamily;
import dev.vpccni.node.eni.Attachments;
import dev.vpccni.node.eni.Leaks;
import dev.vpccni.node.eni.SubnetLookup;
import dev.vpccni.node.explanation.Explanations;
import dev.vpccni.node.instance.Current;
import dev.vpccni.node.instance.Facts;
import dev.vpccni.node.kernel.NodePreparation;
import dev.vpccni.node.pod.PodNetworker;
import dev.vpccni.node.pool.AddressAvailability;
import dev.vpccni.node.pool.CardPool;
import dev.vpccni.node.pool.CardPools;
import dev.vpccni.node.pool.Ec2Problems;
import dev.vpccni.node.pool.InterfaceSources;
import dev.vpccni.node.pool.PoolChanges;
import dev.vpccni.node.pool.Subnets;
import dev.vpccni.node.port.Cluster;
import dev.vpccni.node.port.Ec2;
import dev.vpccni.node.port.Ec2Exception;
import dev.vpccni.node.port.Ec2Failure;
import dev.vpccni.node.port.HostException;
import dev.vpccni.node.port.HostNetwork;
import dev.vpccni.node.port.Metadata;
import dev.vpccni.node.port.MetadataException;
import dev.vpccni.node.port.ObservedInterface;
import dev.vpccni.node.port.Tempo;
import dev.vpccni.node.settings.AddressingSettings;
import dev.vpccni.node.settings.NodeSettings;
import dev.vpccni.node.watch.LinkWatch;
import dev.vpccni.node.watch.Observer;
import dev.vpccni.node.watch.Watch;
import dev.vpccni.node.work.Retry;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

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
    private final CardPools cards;
    private final NodePools pools;
    private final PodNetworker pods;
    private final Explanations explanations;
    private final Tempo tempo;
    private final RandomGenerator random;
    private final Cluster cluster;
    private final Consumer<String> impossible;
    private final Retry retry;

    /**
     * @param impossible hears why there cannot be a pool as the settings want it
     */
    CloudConnection(
            NodeSettings settings,
            HostNetwork host,
            NodePreparation preparation,
            CardPools cards,
            NodePools pools,
            PodNetworker pods,
            Explanations explanations,
            Tempo tempo,
            RandomGenerator random,
            Cluster cluster,
            Consumer<String> impossible) {
        this.settings = settings;
        this.host = host;
        this.preparation = preparation;
        this.cards = cards;
        this.pools = pools;
        this.pods = pods;
        this.explanations = explanations;
        this.tempo = tempo;
        this.random = random;
        this.cluster = cluster;
        this.impossible = impossible;
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

    /**
     * Connects, however long that takes, and starts what keeps the node from then on; unless that
     * is impossible.
     */
    void open(Metadata metadata, Ec2 ec2) throws InterruptedException {
        Facts facts = insist("read metadata", () -> facts(metadata));
        var current = new Current(facts);
        InstanceType type = insist("learn what the instance can have", () -> type(facts, ec2));
        if (settings.addressing().lacks(type)) {
            impossible.accept(
                    "ENABLE_IPv6 asks for IPv6 prefixes, which EC2 gives to instances of Nitro only,"
                            + " and a "
                            + type.name()
                            + " is none: unset it, or use another instance type");
            return;
        }
        var subnets = new Subnets(ec2, tempo, retry, current, explanations);
        var attachments = new Attachments(ec2, tempo, retry, current::instance);
        var leaks =
                new Leaks(
                        ec2,
                        attachments,
                        cards::ledgers,
                        current::instance,
                        explanations,
                        tempo,
                        retry);
        var shared =
                new CardProcedures.Shared(
                        settings,
                        cards,
                        ec2,
                        host,
                        current,
                        attachments,
                        new SubnetLookup(ec2, metadata, current, retry, tempo),
                        subnets,
                        new InterfaceSources(settings.addressing(), subnets, current, cluster),
                        cluster,
                        pods,
                        explanations,
                        tempo,
                        retry,
                        random);
        var first = new CardProcedures(cards.first(), type, shared, leaks::suspect);
        insist("note which addresses it has", () -> first.prefer(type));
        first.describeBeforeEc2();
        insist(
                "set up the node",
                () -> {
                    preparation.apply(
                            settings.nodeSetup(facts.instance().identity(), facts.vpcCidrs()));
                    return true;
                });
        problem(
                new AddressAvailability.Problem(
                        "EC2 has not answered yet", "it is asked by itself", false));
        var _ = subnets.refresh(Duration.ZERO);
        Ec2Exception problem = subnets.problem();
        if (problem != null) {
            problem(Ec2Problems.of(problem, null));
        }
        var procedures = new ArrayList<>(List.of(first));
        if (cards.every()) {
            insist("learn which network cards serve pods", () -> know(type, ec2, current));
            for (CardPool pool : cards.further()) {
                var further = new CardProcedures(pool, type, shared, leaks::suspect);
                insist("note which addresses it has", () -> further.prefer(type));
                procedures.add(further);
            }
        }
        var observer =
                new Observer(
                        ec2,
                        host,
                        procedures.stream().map(CardProcedures::observer).toList(),
                        current::instance,
                        tempo,
                        retry);
        insist("compare the ledger with EC2", () -> observer.compare(facts.blocks()));
        procedures.forEach(CardProcedures::describe);
        var watch =
                new Watch(
                        metadata,
                        preparation,
                        cards,
                        observer,
                        current,
                        settings,
                        explanations,
                        tempo,
                        retry);
        subnets.onExclusion(watch::askEc2);
        watch(observer, watch);
        if (settings.cloud().provisioning()) {
            keepPools(procedures, watch, leaks);
        } else {
            problem(NOTHING_IS_ASKED_FOR);
        }
    }

    /**
     * Finds out which cards have pools: all that the instance has, but for one that only carries an
     * EFA without addresses, unless pods have addresses there.
     */
    private boolean know(InstanceType type, Ec2 ec2, Current current)
            throws Ec2Exception, IOException, InterruptedException {
        int count = type.interfacesPerCard().size();
        List<ObservedInterface> shown =
                count == 1 ? List.of() : Observer.attached(ec2, current.instance(), retry);
        var kept = new ArrayList<CardPool>();
        var missing = new ArrayList<>(IntStream.range(0, count).boxed().toList());
        for (CardPool pool : cards.all()) {
            boolean used = !pool.keeper().ledger().checkpoint().grants().isEmpty();
            boolean there = pool.card() < count;
            if (there && (used || serves(pool.card(), shown, current))) {
                kept.add(pool);
            }
            missing.removeIf(card -> card == pool.card());
        }
        missing.removeIf(card -> !serves(card, shown, current));
        kept.addAll(pools.fresh(missing));
        cards.complete(kept);
        explanations.add(
                "keep addresses on network cards "
                        + cards.all().stream().map(CardPool::card).toList(),
                "the instance is a " + type.name() + " with " + count);
        return true;
    }

    private static boolean serves(int card, List<ObservedInterface> shown, Current current) {
        boolean efaOnly = false;
        boolean managed = card == 0;
        for (ObservedInterface one : shown) {
            ObservedInterface.Attachment attachment = one.attachment();
            if (attachment != null && attachment.card() == card) {
                efaOnly |= one.type().equals("efa-only");
                managed |= current.instance().manages(one);
            }
        }
        return managed || !efaOnly;
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

    private void keepPools(List<CardProcedures> procedures, Watch watch, Leaks leaks) {
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
        if (cleansUpLeaks()) {
            leaks.suspect();
            begin("leaks", leaks::run);
        }
        for (CardProcedures card : procedures) {
            begin("pool", card.poolKeeper(doubts, watch::lookClosely)::run);
        }
    }

    private void problem(AddressAvailability.@Nullable Problem found) {
        cards.all().forEach(pool -> pool.availability().problem(found));
    }

    /** Upstream does not either where pods have IPv6 addresses, and grants no right to. */
    private boolean cleansUpLeaks() {
        return settings.cloud().cleanUpLeaks() && settings.addressing().family() == IpFamily.IPV4;
    }

    private Facts facts(Metadata metadata) throws MetadataException, InterruptedException {
        return Facts.ask(metadata, settings.cloud(), settings.addressing());
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
            return new InstanceType(name, AddressingSettings.NITRO, false, List.of(2), 2);
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
                problem(null);
                return result;
            } catch (MetadataException | Ec2Exception | HostException | IOException e) {
                String why = String.valueOf(e.getMessage());
                if (!why.equals(told)) {
                    explanations.add("try again to " + what, why);
                }
                told = why;
                problem(
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
