package dev.vpccni.node;

import dev.vpccni.cni.CniError;
import dev.vpccni.cni.CniException;
import dev.vpccni.ipam.ledger.Command;
import dev.vpccni.ipam.ledger.HeldInterface;
import dev.vpccni.ipam.ledger.InterfaceRole;
import dev.vpccni.ipam.ledger.Ledger;
import dev.vpccni.model.BlockKind;
import dev.vpccni.node.egress.EgressNetworker;
import dev.vpccni.node.explanation.Explanation;
import dev.vpccni.node.explanation.Explanations;
import dev.vpccni.node.kernel.NodePreparation;
import dev.vpccni.node.ledger.LedgerKeeper;
import dev.vpccni.node.ledger.Restoration;
import dev.vpccni.node.pod.AddressBook;
import dev.vpccni.node.pod.AddressService;
import dev.vpccni.node.pod.Failures;
import dev.vpccni.node.pod.PodNetworker;
import dev.vpccni.node.pool.AddressAvailability;
import dev.vpccni.node.pool.NoAddressException;
import dev.vpccni.node.port.Cluster;
import dev.vpccni.node.port.Ec2;
import dev.vpccni.node.port.HostException;
import dev.vpccni.node.port.HostNetwork;
import dev.vpccni.node.port.LedgerStore;
import dev.vpccni.node.port.Metadata;
import dev.vpccni.node.port.Spool;
import dev.vpccni.node.port.Tempo;
import dev.vpccni.node.settings.AddressingSettings;
import dev.vpccni.node.settings.NodeSettings;
import java.io.IOException;
import java.time.Instant;
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
    private final LedgerKeeper keeper;
    private final AddressAvailability availability;
    private final AddressBook addresses;
    private final PodNetworker pods;
    private final NodePreparation preparation;
    private volatile boolean connected;

    private Node(
            NodeSettings settings,
            HostNetwork host,
            Tempo tempo,
            RandomGenerator random,
            Explanations explanations,
            LedgerKeeper keeper) {
        this.settings = settings;
        this.host = host;
        this.tempo = tempo;
        this.random = random;
        this.explanations = explanations;
        this.keeper = keeper;
        availability = new AddressAvailability(keeper, tempo);
        addresses = new AddressBook(keeper, availability);
        pods = new PodNetworker(addresses, keeper, host, tempo);
        preparation = new NodePreparation(host);
    }

    /**
     * Starts the first stage: the ledger as the checkpoint and the kernel have it, and after the
     * DEL requests that were put aside. Verbs may come as soon as this returns.
     *
     * @param listener is told each decision; it must not block
     * @throws IOException if the disk cannot be read
     * @throws HostException if the kernel does not say what it holds
     */
    public static Node start(
            NodeSettings settings,
            LedgerStore store,
            Spool spool,
            HostNetwork host,
            Tempo tempo,
            RandomGenerator random,
            Consumer<Explanation> listener)
            throws IOException, HostException, InterruptedException {
        var explanations = new Explanations(tempo::wall, listener);
        Restoration.Restored restored =
                Restoration.restore(
                        store,
                        host,
                        settings.pool().cooldown(),
                        preferred(settings.addressing()),
                        explanations,
                        tempo.instant());
        Ledger ledger = withheld(restored.ledger(), settings.addressing(), tempo.instant());
        var keeper = new LedgerKeeper(ledger, restored.written(), store, tempo);
        tempo.start("ledger", keeper::run);
        var node = new Node(settings, host, tempo, random, explanations, keeper);
        node.replay(spool);
        return node;
    }

    /** With custom networking the primary interface gives pods nothing, from the first ADD on. */
    private static Ledger withheld(Ledger restored, AddressingSettings addressing, Instant now) {
        Ledger ledger = restored;
        for (HeldInterface held : restored.interfaces()) {
            if (addressing.customNetworking() && held.facts().role() == InterfaceRole.PRIMARY) {
                var unusable = new Command.Describe(held.facts().withUsable(false));
                ledger = ledger.apply(unusable, now).ledger();
            }
        }
        return ledger;
    }

    /** Which blocks the node gives as long as nobody knows what its instance can have. */
    private static BlockKind preferred(AddressingSettings addressing) {
        return addressing.prefixDelegation() ? BlockKind.PREFIX : BlockKind.ADDRESS;
    }

    /**
     * Starts the second stage beside the caller: asks metadata and EC2, for as long as it takes,
     * and keeps the pool from then on. Called once.
     *
     * @param cluster what the cluster's objects say
     */
    public void connect(Metadata metadata, Ec2 ec2, Cluster cluster) {
        tempo.start(
                "cloud",
                () -> {
                    try {
                        new CloudConnection(
                                        settings,
                                        host,
                                        preparation,
                                        keeper,
                                        pods,
                                        availability,
                                        explanations,
                                        tempo,
                                        random,
                                        cluster)
                                .open(metadata, ec2);
                        connected = true;
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
        availability.problem(
                new AddressAvailability.Problem(
                        reason, "it is tried again by itself; see the daemon's log", false));
    }

    /** Returns the verbs of the CNI protocol. */
    public PodNetworker pods() {
        return pods;
    }

    /** Returns the addresses, for upstream's clients. */
    public AddressService addresses() {
        return addresses;
    }

    /** Returns the ledger's keeper; {@link LedgerKeeper#ledger} is who has what. */
    public LedgerKeeper ledger() {
        return keeper;
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
        boolean servesFromMemory = !keeper.ledger().interfaces().isEmpty();
        if (!connected && !servesFromMemory) {
            NoAddressException why = availability.refusal();
            throw Failures.of(
                    new CniError.NotAvailable(String.valueOf(why.getMessage()), why.remedy()));
        }
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
