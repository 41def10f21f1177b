package dev.vpccni.node.pod;

import dev.vpccni.cni.BranchAttachment;
import dev.vpccni.cni.CniArgs;
import dev.vpccni.cni.CniError;
import dev.vpccni.cni.CniException;
import dev.vpccni.cni.CniRequest;
import dev.vpccni.cni.CniResult;
import dev.vpccni.cni.GcAttachment;
import dev.vpccni.cni.PodAttachment;
import dev.vpccni.dataplane.PodLink;
import dev.vpccni.dataplane.PodWiring;
import dev.vpccni.ipam.ledger.Checkpoint;
import dev.vpccni.ipam.reconcile.KernelView;
import dev.vpccni.model.AttachmentKey;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.IpFamily;
import dev.vpccni.node.kernel.KernelViews;
import dev.vpccni.node.pod.AddressBook.CardGrant;
import dev.vpccni.node.pool.CardPool;
import dev.vpccni.node.pool.CardPools;
import dev.vpccni.node.pool.NoAddressException;
import dev.vpccni.node.port.BranchSource;
import dev.vpccni.node.port.Cluster;
import dev.vpccni.node.port.HostException;
import dev.vpccni.node.port.HostNetwork;
import dev.vpccni.node.port.PodNamespace;
import dev.vpccni.node.port.Tempo;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The verbs of the CNI protocol. Every failure is a {@link CniException} that says what to tell the
 * runtime. Safe for use by many threads; verbs on one attachment take turns.
 */
public final class PodNetworker {

    private final AddressBook addresses;
    private final CardPools cards;
    private final HostNetwork host;
    private final KeyedLock<AttachmentKey> attachmentLocks;
    private final KeyedLock<IpAddress> addressLocks;
    private final StaleConnections stale;
    private final PodDisconnection disconnection;
    private final BranchNetworker branches;
    private final SoleDefault sole;
    private final EndingPods ending = new EndingPods();
    private volatile BiConsumer<CniArgs, CniError> waitListener = (_, _) -> {};

    /** Creates the verbs over the addresses of {@code cards}, for pods without their own. */
    public PodNetworker(CardPools cards, HostNetwork host, Tempo tempo) {
        this(cards, host, tempo, BranchSource.NONE, IpFamily.IPV4);
    }

    /**
     * Creates the verbs over the addresses of {@code cards}.
     *
     * @param source who knows of pods with interfaces of their own
     * @param family of pods' addresses
     */
    public PodNetworker(
            CardPools cards, HostNetwork host, Tempo tempo, BranchSource source, IpFamily family) {
        this.cards = cards;
        this.host = host;
        attachmentLocks = new KeyedLock<>(tempo);
        addressLocks = new KeyedLock<>(tempo);
        stale = new StaleConnections(cards, host, addressLocks, tempo);
        disconnection = new PodDisconnection(cards, host, addressLocks, stale);
        addresses = new AddressBook(cards, tempo, stale::released);
        branches = new BranchNetworker(cards, host, source, family, tempo);
        sole = new SoleDefault(host, family);
    }

    /** Returns the addresses alone, without the kernel, for whoever wires pods itself. */
    public AddressBook addresses() {
        return addresses;
    }

    /** Returns pods' own interfaces alone, for whoever wires pods itself. */
    public BranchService branches() {
        return branches.leases();
    }

    /** Returns what ends connections of addresses that were released. */
    public StaleConnections staleConnections() {
        return stale;
    }

    /** Learns what pods without addresses of the node's there are. Called before verbs come. */
    public void learn() throws HostException, InterruptedException {
        branches.learn();
    }

    /** Returns what brings back what of pods' connections somebody removes. */
    public PodRestoration restoration() {
        return new PodRestoration(cards, host, attachmentLocks, addressLocks, branches);
    }

    /**
     * Has {@code listener} told of each pod that has waited for an address for some seconds, and
     * why there is none; it must not wait.
     */
    public void onWait(BiConsumer<CniArgs, CniError> listener) {
        waitListener = listener;
    }

    /** Has pods that {@code cluster} says are being deleted wait for no address. */
    public void follow(Cluster cluster) {
        ending.follow(cluster);
    }

    /** Tells whether an {@link #add} that comes now would have to wait for an address. */
    public boolean addWaits() {
        return branches.addWaits() || cards.mayWait();
    }

    /**
     * Connects a container. The same request again finds the same address.
     *
     * @param patience how long to wait for an address
     */
    public CniResult add(CniRequest request, PodNamespace namespace, Duration patience)
            throws CniException, InterruptedException {
        if (request.config().everyCard() && !cards.every()) {
            throw Failures.of(
                    new CniError.Failed(
                            "the pod asks for an address on each network card, and only the first"
                                    + " one serves pods",
                            "set ENABLE_MULTI_NIC=true, or remove the annotation"
                                    + " k8s.amazonaws.com/nicConfig from the pod"));
        }
        AttachmentKey key = request.key();
        attachmentLocks.lock(key);
        try {
            CniResult onBranch = branches.add(request, namespace, patience);
            if (onBranch != null) {
                return onBranch;
            }
            sole.require(request, namespace);
            List<CardGrant> granted = grant(request, patience);
            PodWiring wiring = PodConnections.wiring(request, granted);
            List<IpAddress> own = wiring.links().stream().map(PodLink::address).toList();
            // In the order of the cards; who has several was granted them, and nobody else was.
            addressLocks.lockAll(own);
            try {
                boolean again = granted.stream().allMatch(one -> one.granted().again());
                connect(wiring, namespace, again);
            } catch (HostException e) {
                AddressBook.giveBack(granted, e);
                throw Failures.of(e);
            } finally {
                own.forEach(addressLocks::unlock);
            }
            int device = granted.getFirst().granted().home().device();
            return PodConnections.attachment(wiring, namespace.path(), device).toResult();
        } finally {
            attachmentLocks.unlock(key);
        }
    }

    /** A pod that is connected as it should be is not cut off to be connected again. */
    private void connect(PodWiring wiring, PodNamespace namespace, boolean again)
            throws HostException, InterruptedException {
        if (!again || !host.verify(wiring, namespace).isEmpty()) {
            host.wire(wiring, namespace);
        }
    }

    /**
     * Disconnects a container. Needs neither EC2 nor the container's namespace, and succeeds for
     * one that is not connected.
     */
    public void del(CniRequest request) throws CniException, InterruptedException {
        AttachmentKey key = request.key();
        BranchAttachment branch = PodConnections.branch(request);
        dismiss(key);
        attachmentLocks.lock(key);
        try {
            SortedSet<IpAddress> undone = new TreeSet<>();
            for (CardPool pool : cards.all()) {
                Checkpoint.Grant grant = pool.keeper().ledger().grant(key);
                if (grant != null) {
                    disconnection.undo(pool, grant);
                    undone.add(grant.address());
                }
            }
            PodAttachment previous = PodConnections.previous(request);
            if (branch != null) {
                branches.del(request, branch);
            } else if (previous != null) {
                disconnection.undo(previous, undone);
            } else if (undone.isEmpty()) {
                branches.del(request);
            }
        } catch (HostException e) {
            throw Failures.of(e);
        } catch (IOException e) {
            throw Failures.of(e);
        } finally {
            attachmentLocks.unlock(key);
        }
    }

    /**
     * Returns the first address of a container, as it was granted, or as the result in {@code
     * request} says; null if it has none that is known.
     */
    public @Nullable IpAddress address(CniRequest request) {
        for (CardPool pool : cards.all()) {
            Checkpoint.Grant grant = pool.keeper().ledger().grant(request.key());
            if (grant != null) {
                return grant.address();
            }
        }
        CniResult previous = request.config().previous();
        return previous == null || previous.ips().isEmpty()
                ? null
                : previous.ips().getFirst().value();
    }

    /** Ends the wait of an ADD, if it waits just now; it fails then. */
    public void dismiss(AttachmentKey key) {
        cards.dismiss(key);
        branches.dismiss(key);
    }

    /** Verifies that a container is connected as its result says. */
    public void check(CniRequest request, PodNamespace namespace)
            throws CniException, InterruptedException {
        BranchAttachment branch = PodConnections.branch(request);
        PodAttachment previous = PodConnections.previous(request);
        if (previous == null) {
            throw Failures.of(
                    new CniError.InvalidConfiguration(
                            "prevResult", "absent or not ours", "the result of the ADD"));
        }
        AttachmentKey key = request.key();
        attachmentLocks.lock(key);
        try {
            List<String> differences = new ArrayList<>();
            if (branch != null) {
                differences.addAll(branches.check(request, branch, namespace));
            } else {
                differences.addAll(differences(key, previous));
                PodWiring wiring = PodConnections.wiring(request, previous);
                differences.addAll(host.verify(wiring, namespace));
            }
            if (!differences.isEmpty()) {
                throw Failures.of(new CniError.NotAsExpected(differences));
            }
        } catch (HostException e) {
            throw Failures.of(e);
        } finally {
            attachmentLocks.unlock(key);
        }
    }

    private List<String> differences(AttachmentKey key, PodAttachment previous) {
        List<IpAddress> granted = new ArrayList<>();
        for (CardPool pool : cards.all()) {
            Checkpoint.Grant grant = pool.keeper().ledger().grant(key);
            if (grant != null) {
                granted.add(grant.address());
            }
        }
        List<IpAddress> told = previous.links().stream().map(PodAttachment.Link::address).toList();
        List<String> differences = new ArrayList<>();
        if (granted.isEmpty()) {
            differences.add("no address is granted to " + key);
        } else if (!granted.equals(told)) {
            differences.add("granted is " + text(granted) + ", not " + text(told));
        }
        return differences;
    }

    private static String text(List<IpAddress> addresses) {
        return addresses.stream().map(IpAddress::toString).collect(Collectors.joining(" and "));
    }

    /**
     * Lets go of every attachment to the network that the runtime does not list as valid, and that
     * no verb is about just now.
     *
     * @see <a href="https://www.cni.dev/docs/spec/#lifecycle--ordering">CNI: a runtime is executing
     *     either GC, or ADD and DEL</a>
     * @return how many there were
     */
    public int gc(CniRequest request) throws CniException, InterruptedException {
        List<GcAttachment> listed = request.config().validAttachments();
        if (listed == null) {
            throw Failures.of(
                    new CniError.InvalidConfiguration(
                            "cni.dev/valid-attachments", "absent", "a list, empty or not"));
        }
        SortedSet<GcAttachment> valid = new TreeSet<>(listed);
        SortedSet<AttachmentKey> stale = new TreeSet<>();
        String network = request.config().name();
        for (CardPool pool : cards.all()) {
            for (Checkpoint.Grant grant : pool.keeper().ledger().checkpoint().grants()) {
                if (isStale(grant.key(), network, valid)) {
                    collect(pool, grant);
                    stale.add(grant.key());
                }
            }
        }
        try {
            return stale.size() + branches.gc(key -> isStale(key, network, valid));
        } catch (HostException e) {
            throw Failures.of(e);
        }
    }

    /** A runtime adds nothing beside a GC. If it does, what is being added is in no list. */
    private boolean isStale(AttachmentKey key, String network, SortedSet<GcAttachment> valid) {
        return key.networkName().equals(network)
                && !attachmentLocks.isLocked(key)
                && !valid.contains(new GcAttachment(key.containerId(), key.interfaceName()));
    }

    private void collect(CardPool pool, Checkpoint.Grant stale)
            throws CniException, InterruptedException {
        AttachmentKey key = stale.key();
        attachmentLocks.lock(key);
        try {
            if (stale.equals(pool.keeper().ledger().grant(key))) {
                disconnection.undo(pool, stale);
            }
        } catch (HostException e) {
            throw Failures.of(e);
        } catch (IOException e) {
            throw Failures.of(e);
        } finally {
            attachmentLocks.unlock(key);
        }
    }

    private List<CardGrant> grant(CniRequest request, Duration patience)
            throws CniException, InterruptedException {
        CniArgs args = request.args();
        try (EndingPods.Waiting waiting = ending.enter(args)) {
            try {
                return addresses.grant(
                        new AddressBook.Wanted(
                                request.key(),
                                args.pod(),
                                request.config().everyCard(),
                                patience,
                                waiting.dismissal(),
                                why ->
                                        waiting.tellOnce(() ->
                                                waitListener.accept(
                                                        args, Failures.of(why).error()))));
            } catch (NoAddressException e) {
                throw waiting.dismissal().isOver() ? Failures.ofEnding(args.pod()) : Failures.of(e);
            }
        } catch (IOException e) {
            throw Failures.of(e);
        }
    }

    /**
     * Lets go of a grant whose pod the kernel has not shown for a while, as the DEL would that
     * never came; unless somebody is at it, or the pod is there after all.
     *
     * @param pool of the card that it is a grant of
     * @return whether it is let go of
     * @throws HostException if the kernel refuses; then the grant stands
     * @throws IOException if the end of the grant could not be made durable
     */
    public boolean letGo(CardPool pool, AttachmentKey key)
            throws HostException, IOException, InterruptedException {
        if (attachmentLocks.isLocked(key)) {
            return false;
        }
        attachmentLocks.lock(key);
        try {
            Checkpoint.Grant grant = pool.keeper().ledger().grant(key);
            if (grant == null) {
                return false;
            }
            KernelView kernel = KernelViews.of(host.observe(), pool.keeper().ledger());
            if (kernel.live().contains(grant.address()) || kernel.connected().contains(key)) {
                return false;
            }
            disconnection.undo(pool, grant);
            return true;
        } finally {
            attachmentLocks.unlock(key);
        }
    }
}
