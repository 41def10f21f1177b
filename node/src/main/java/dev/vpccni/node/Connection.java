package dev.vpccni.node;

import dev.vpccni.ipam.scale.Situation;
import dev.vpccni.node.port.Ec2;
import dev.vpccni.node.port.Ec2Exception;
import dev.vpccni.node.port.HostException;
import dev.vpccni.node.port.HostNetwork;
import dev.vpccni.node.port.Metadata;
import dev.vpccni.node.port.MetadataException;
import dev.vpccni.node.port.ObservedSubnet;
import dev.vpccni.node.port.Tempo;
import dev.vpccni.node.settings.NodeSettings;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.random.RandomGenerator;

/** The second stage of a node: its pool, kept with the help of metadata and EC2. */
final class Connection {

    private final NodeSettings settings;
    private final HostNetwork host;
    private final LedgerKeeper keeper;
    private final Outlook outlook;
    private final Explanations explanations;
    private final Tempo tempo;
    private final RandomGenerator random;
    private final Retry retry;

    Connection(
            NodeSettings settings,
            HostNetwork host,
            LedgerKeeper keeper,
            Outlook outlook,
            Explanations explanations,
            Tempo tempo,
            RandomGenerator random) {
        this.settings = settings;
        this.host = host;
        this.keeper = keeper;
        this.outlook = outlook;
        this.explanations = explanations;
        this.tempo = tempo;
        this.random = random;
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
        Facts facts =
                insist("read metadata", () -> Facts.ask(metadata, settings.cloud(), explanations));
        var current = new Current(facts);
        outlook.situation(waiting ->
                new Situation(
                        settings.pool().target(facts.type()),
                        settings.pool().limits(facts.type()),
                        waiting,
                        facts.instance().identity().subnet(),
                        java.util.Collections.emptySortedMap()));
        insist(
                "set up the node",
                () -> {
                    host.setUpNode(
                            settings.kernel()
                                    .nodeSetup(facts.instance().identity(), facts.vpcCidrs()));
                    return true;
                });
        var subnets = new Subnets(ec2, tempo, retry, facts.instance(), explanations);
        outlook.obstacle(
                new Outlook.Obstacle("EC2 has not answered yet", "it is asked by itself", false));
        List<ObservedSubnet> shown = subnets.refresh(Duration.ZERO);
        Ec2Exception problem = subnets.problem();
        if (problem != null) {
            outlook.obstacle(Obstacles.of(problem, null));
        }
        current.learn(shown);
        var interfaces =
                new Interfaces(
                        ec2,
                        host,
                        keeper,
                        tempo,
                        retry,
                        settings.kernel().interfaceMtu(),
                        current::instance);
        var observer =
                new Observer(
                        ec2,
                        host,
                        keeper,
                        interfaces,
                        current::instance,
                        explanations,
                        tempo,
                        retry);
        insist(
                "compare the ledger with EC2",
                () -> {
                    observer.compare();
                    return true;
                });
        start(metadata, ec2, facts, current, subnets, interfaces, observer);
    }

    private void start(
            Metadata metadata,
            Ec2 ec2,
            Facts facts,
            Current current,
            Subnets subnets,
            Interfaces interfaces,
            Observer observer) {
        var workshop =
                new Workshop(
                        interfaces,
                        new Addresses(ec2, keeper, retry),
                        new Leaks(ec2, interfaces, keeper, current::instance, explanations),
                        subnets,
                        keeper,
                        current::groups,
                        outlook,
                        explanations,
                        tempo,
                        random,
                        new Backoff(tempo, retry));
        outlook.situation(waiting ->
                new Situation(
                        settings.pool().target(facts.type()),
                        settings.pool().limits(facts.type()),
                        waiting,
                        subnets.next(tempo.instant()),
                        subnets.rooms()));
        var watch =
                new Watch(metadata, host, keeper, observer, current, settings, explanations, tempo);
        begin(
                "observer",
                () -> {
                    observer.setUpInterfaces();
                    watch.run();
                });
        if (settings.cloud().provisioning()) {
            if (settings.cloud().cleanUpLeaks()) {
                workshop.suspectLeak();
            }
            var pool = new PoolKeeper(keeper, workshop, subnets, outlook, explanations, tempo);
            begin("pool", pool::run);
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
                outlook.obstacle(null);
                return result;
            } catch (MetadataException | Ec2Exception | HostException | IOException e) {
                String why = String.valueOf(e.getMessage());
                if (!why.equals(told)) {
                    explanations.add("try again to " + what, why);
                }
                told = why;
                outlook.obstacle(
                        e instanceof Ec2Exception refused
                                ? Obstacles.of(refused, null)
                                : new Outlook.Obstacle(
                                        "could not " + what + " yet: " + why,
                                        "it is tried again by itself; see the daemon's log",
                                        false));
            }
            retry.pause(failures);
        }
    }
}
