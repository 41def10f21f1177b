package dev.vpccni.node;

import dev.vpccni.cni.CniError;
import dev.vpccni.cni.CniException;
import dev.vpccni.ipam.policy.PoolLimits;
import dev.vpccni.node.egress.EgressNetworker;
import dev.vpccni.node.explanation.Explanation;
import dev.vpccni.node.explanation.Explanations;
import dev.vpccni.node.kernel.NodePreparation;
import dev.vpccni.node.ledger.LedgerKeeper;
import dev.vpccni.node.pod.AddressService;
import dev.vpccni.node.pod.BranchService;
import dev.vpccni.node.pod.Failures;
import dev.vpccni.node.pod.PodNetworker;
import dev.vpccni.node.pool.AddressAvailability;
import dev.vpccni.node.pool.CardPool;
import dev.vpccni.node.pool.CardPools;
import dev.vpccni.node.pool.NoAddressException;
import dev.vpccni.node.port.BranchSource;
import dev.vpccni.node.port.Cluster;
import dev.vpccni.node.port.Ec2;
import dev.vpccni.node.port.HostException;
import dev.vpccni.node.port.HostNetwork;
import dev.vpccni.node.port.LedgerStores;
import dev.vpccni.node.port.Metadata;
import dev.vpccni.node.port.Spool;
import dev.vpccni.node.port.Tempo;
import dev.vpccni.node.sentinel.Sentinel;
import dev.vpccni.node.settings.NodeSettings;
import java.io.IOException;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * A node's procedures, in stages: {@link #start} needs the disk and the kernel only, and from then
 * on verbs are served; {@link #connect} adds EC2 and metadata.
 */
public final class Node {

    private final NodeSettings settings;
    private final HostNetwork host;
    private final Tempo tempo;
    private final RandomGenerator random;
    private final Explanations explanations;
    private final CardPools cards;
    private final NodePools pools;
    private final PodNetworker pods;
    private final NodePreparation preparation;
    private volatile boolean connected;

    private Node(
            NodeSettings settings,
            HostNetwork host,
            Tempo tempo,
            RandomGenerator random,
            Explanations explanations,
            CardPools cards,
            NodePools pools,
            BranchSource branches) {
        this.settings = settings;
        this.host = host;
        this.tempo = tempo;
        this.random = random;
        this.explanations = explanations;
        this.cards = cards;
        this.pools = pools;
        BranchSource asked = settings.pool().trunk() ? branches : BranchSource.NONE;
        pods = new PodNetworker(cards, host, tempo, asked, settings.addressing().family());
        preparation = new NodePreparation(host);
    }

    /**
     * Starts the first stage: the ledger as the checkpoint and the kernel have it, and after the
     * DEL requests that were put aside. Verbs may come as soon as this returns.
     *
     * @param stores the checkpoints of the network cards
     * @param listener is told each decision; it must not block
     * @throws IOException if the disk cannot be read
     * @throws HostException if the kernel does not say what it holds
     */
    public static Node start(
            NodeSettings settings,
            LedgerStores stores,
            Spool spool,
            HostNetwork host,
            Tempo tempo,
            RandomGenerator random,
            Consumer<Explanation> listener)
            throws IOException, HostException, InterruptedException {
        return start(settings, stores, spool, host, tempo, random, BranchSource.NONE, listener);
    }

    /**
     * Starts the first stage as the other method does.
     *
     * @param branches who knows of pods with interfaces of their own; asked with {@code
     *     ENABLE_POD_ENI} only
     */
    public static Node start(
            NodeSettings settings,
            LedgerStores stores,
            Spool spool,
            HostNetwork host,
            Tempo tempo,
            RandomGenerator random,
            BranchSource branches,
            Consumer<Explanation> listener)
            throws IOException, HostException, InterruptedException {
        var explanations = new Explanations(tempo::wall, listener);
        var pools = new NodePools(settings, stores, tempo);
        CardPools cards = pools.restored(host, explanations);
        var node = new Node(settings, host, tempo, random, explanations, cards, pools, branches);
        node.pods.learn();
        node.replay(spool);
        return node;
    }

    /**
     * Starts the second stage beside the caller: asks metadata and EC2, for as long as it takes,
     * and keeps the pool from then on. Called once.
     *
     * @param cluster what the cluster's objects say
     * @param impossible hears why the settings cannot be followed on this instance, as no retry
     *     changes; nothing is kept then
     */
    public void connect(Metadata metadata, Ec2 ec2, Cluster cluster, Consumer<String> impossible) {
        guard();
        pods.follow(cluster);
        tempo.start(
                "cloud",
                () -> {
                    try {
                        new CloudConnection(
                                        settings,
                                        host,
                                        preparation,
                                        cards,
                                        pools,
                                        pods,
                                        explanations,
                                        tempo,
                                        random,
                                        cluster,
                                        impossible)
                                .open(metadata, ec2);
                        connected = true;
                    } catch (InterruptedException _) {
                        Thread.currentThread().interrupt();
                    }
                });
    }

    /** Keeps what is in the kernel there, which takes neither metadata nor EC2. */
    private void guard() {
        var sentinel =
                new Sentinel(
                        host,
                        preparation,
                        cards,
                        pods.restoration(),
                        settings.kernel().interfaceMtu(),
                        explanations,
                        tempo);
        start("sentinel", sentinel::run);
        start("stale connections", () -> pods.staleConnections().run(explanations));
    }

    /** Something that works until it is interrupted. */
    private interface Endless {
        void run() throws InterruptedException;
    }

    private void start(String name, Endless work) {
        tempo.start(
                name,
                () -> {
                    try {
                        work.run();
                    } catch (InterruptedException _) {
                        Thread.currentThread().interrupt();
                    }
                });
    }

    /**
     * Says why {@link #connect} was not called yet, so that whoever is refused an address hears of
     * it.
     */
    public void awaits(String reason) {
        var problem =
                new AddressAvailability.Problem(
                        reason, "it is tried again by itself; see the daemon's log", false);
        cards.all().forEach(pool -> pool.availability().problem(problem));
    }

    /** Returns the verbs of the CNI protocol. */
    public PodNetworker pods() {
        return pods;
    }

    /** Returns the addresses, for upstream's clients. */
    public AddressService addresses() {
        return pods.addresses();
    }

    /** Returns pods' own interfaces, for upstream's clients. */
    public BranchService branches() {
        return pods.branches();
    }

    /**
     * Returns the keeper of the first network card's ledger; {@link LedgerKeeper#ledger} is who has
     * what.
     */
    public LedgerKeeper ledger() {
        return cards.first().keeper();
    }

    /** Returns the pools of all network cards that serve pods. */
    public CardPools cards() {
        return cards;
    }

    /** Returns the latest decisions. */
    public Explanations explanations() {
        return explanations;
    }

    /** Tells whether EC2 has been compared with the ledger since the start. */
    public boolean connected() {
        return connected;
    }

    /**
     * Answers STATUS. A node whose addresses are all in use is well: what it lacks is room, and
     * taking it out of service would cost the pods that it has.
     *
     * @throws CniException if an ADD could not be served
     */
    public void status() throws CniException {
        String problem = preparation.problem();
        if (problem != null) {
            throw Failures.of(
                    new CniError.NotAvailable(
                            "the node's network cannot be set up: " + problem,
                            "it is tried again by itself; see the daemon's log"));
        }
        boolean servesFromMemory = !ledger().ledger().interfaces().isEmpty();
        if (!connected && !servesFromMemory) {
            NoAddressException why = cards.first().availability().refusal();
            throw Failures.of(
                    new CniError.NotAvailable(String.valueOf(why.getMessage()), why.remedy()));
        }
    }

    /**
     * Returns how many pods the node can give addresses to at most, on all cards that serve pods;
     * negative while that is not known, or is for others to say.
     */
    public long addressesMax() {
        long sum = 0;
        for (CardPool pool : cards.all()) {
            PoolLimits limits = pool.availability().limits();
            if (limits == null) {
                return -1;
            }
            sum += limits.addressesMax();
        }
        return sum;
    }

    /** What holds no address of the VPC has time, unless there is nothing to do anyway. */
    private static void forgetIfIdle(Spool spool, Spool.Entry entry) throws IOException {
        if (!EgressNetworker.undoes(entry.request())) {
            spool.remove(entry);
        }
    }

    /** Whatever lies in the spool, the node starts. */
    private void replay(Spool spool) throws InterruptedException {
        try {
            for (Spool.Entry entry : spool.list()) {
                if (entry.request().config().egress() != null) {
                    forgetIfIdle(spool, entry);
                    continue;
                }
                try {
                    pods.del(entry.request());
                    spool.remove(entry);
                } catch (CniException | RuntimeException e) {
                    explanations.add(
                            "leave " + entry.name() + " for later", String.valueOf(e.getMessage()));
                }
            }
        } catch (IOException e) {
            explanations.add("leave spooled requests alone", String.valueOf(e.getMessage()));
        }
    }
}
