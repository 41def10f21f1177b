package dev.vpccni.node.pod;

import dev.vpccni.cni.BranchAttachment;
import dev.vpccni.cni.CniError;
import dev.vpccni.cni.CniException;
import dev.vpccni.cni.CniRequest;
import dev.vpccni.cni.CniResult;
import dev.vpccni.cni.NetworkConfig;
import dev.vpccni.dataplane.BranchInterface;
import dev.vpccni.dataplane.InterfaceNames;
import dev.vpccni.dataplane.PodLink;
import dev.vpccni.dataplane.PodWiring;
import dev.vpccni.dataplane.branch.BranchEnd;
import dev.vpccni.dataplane.branch.BranchPods;
import dev.vpccni.dataplane.branch.BranchView;
import dev.vpccni.ipam.ledger.AddressUse;
import dev.vpccni.model.AttachmentKey;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.IpFamily;
import dev.vpccni.model.MacAddress;
import dev.vpccni.node.pool.CardPools;
import dev.vpccni.node.port.BranchSource;
import dev.vpccni.node.port.BranchSource.Branch;
import dev.vpccni.node.port.HostException;
import dev.vpccni.node.port.HostNetwork;
import dev.vpccni.node.port.PodNamespace;
import dev.vpccni.node.port.Tempo;
import java.time.Duration;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The verbs for pods with network interfaces of their own. Such a pod has no address of the node's,
 * so that only the kernel and a result know of it. Whoever calls has locked the attachment. Safe
 * for use by many threads; verbs on one VLAN take turns.
 */
final class BranchNetworker {

    private final CardPools cards;
    private final HostNetwork host;
    private final BranchWaits waits;
    private final IpFamily family;
    private final KeyedLock<Integer> vlanLocks;
    private final BranchMemory memory = new BranchMemory();

    /**
     * @param source who knows of pods' interfaces
     * @param family of pods' addresses
     */
    BranchNetworker(
            CardPools cards, HostNetwork host, BranchSource source, IpFamily family, Tempo tempo) {
        this.cards = cards;
        this.host = host;
        waits = new BranchWaits(cards, source, tempo);
        this.family = family;
        vlanLocks = new KeyedLock<>(tempo);
    }

    /** Learns what pods the kernel shows. Called once, before verbs come. */
    void learn() throws HostException, InterruptedException {
        memory.learn(host.branches());
    }

    /** Returns the pods' own interfaces, for whoever wires pods itself. */
    BranchService leases() {
        return new BranchLeases(waits, host, family, this::isAssigned);
    }

    /** Tells whether an ADD may have to wait for its pod's own interface. */
    boolean addWaits() {
        return waits.any();
    }

    /** Ends the wait of an ADD for its pod's own interface. */
    void dismiss(AttachmentKey key) {
        waits.dismiss(key);
    }

    /**
     * Connects a container by its pod's own interface.
     *
     * @param patience how long to wait for one that is on its way
     * @return null if the pod has none
     */
    @Nullable CniResult add(CniRequest request, PodNamespace namespace, Duration patience)
            throws CniException, InterruptedException {
        BranchWaits.Own own = own(request, patience);
        if (own == null) {
            return null;
        }
        PodWiring.OnBranch wiring = wiring(request, own.branch(), own.trunk());
        int vlan = wiring.branch().vlan();
        vlanLocks.lock(vlan);
        try {
            refuseIfTaken(wiring.link().address());
            BranchMemory.Known known = memory.of(vlan);
            boolean again =
                    known != null && known.isOf(request.key()) && known.wiring().equals(wiring);
            if (!again || !host.verify(wiring, namespace).isEmpty()) {
                host.wire(wiring, namespace);
                memory.put(request.key(), wiring);
            }
        } catch (HostException e) {
            throw Failures.of(e);
        } finally {
            vlanLocks.unlock(vlan);
        }
        return new BranchAttachment(
                        namespace.path(),
                        wiring.link().hostInterface(),
                        wiring.link().podInterface(),
                        wiring.link().address(),
                        wiring.branch().gateway(),
                        vlan)
                .toResult();
    }

    private BranchWaits.@Nullable Own own(CniRequest request, Duration patience)
            throws CniException, InterruptedException {
        try {
            return waits.await(request.key(), request.args().pod(), request.args().uid(), patience);
        } catch (BranchSource.PendingException e) {
            throw new CniException(
                    new CniError.TryAgainLater(String.valueOf(e.getMessage()), e.remedy()), e);
        }
    }

    private PodWiring.OnBranch wiring(CniRequest request, Branch branch, MacAddress trunk)
            throws CniException {
        IpAddress address = branch.address(family);
        IpAddress router = address == null ? null : branch.router(address);
        if (address == null || router == null) {
            throw unusable(branch, "it has no address or no subnet of " + family, null);
        }
        boolean strict = request.config().enforcingMode() == NetworkConfig.EnforcingMode.STRICT;
        String prefix = strict ? InterfaceNames.STRICT_PREFIX : request.config().vethPrefix();
        try {
            var own = new BranchInterface(branch.vlan(), branch.mac(), trunk, router);
            return new PodWiring.OnBranch(
                    new PodLink(
                            InterfaceNames.host(prefix, request.args().pod()),
                            request.interfaceName(),
                            address,
                            own.table(),
                            request.config().mtu()),
                    own,
                    strict ? BranchInterface.Mode.STRICT : BranchInterface.Mode.STANDARD);
        } catch (IllegalArgumentException e) {
            throw unusable(branch, String.valueOf(e.getMessage()), e);
        }
    }

    private static CniException unusable(Branch branch, String why, @Nullable Exception cause) {
        var error =
                new CniError.Failed(
                        "the pod's own interface " + branch.id() + " cannot be used: " + why,
                        "see to the controller that has made it, and let it make another one");
        return cause == null ? new CniException(error) : new CniException(error, cause);
    }

    private void refuseIfTaken(IpAddress address) throws CniException {
        if (isAssigned(address)) {
            throw Failures.of(
                    new CniError.Failed(
                            "the address "
                                    + address
                                    + " of the pod's own interface is another"
                                    + " pod's",
                            "let the controller make another interface"));
        }
    }

    private boolean isAssigned(IpAddress address) {
        return cards.all().stream()
                .anyMatch(
                        pool -> pool.keeper().ledger().use(address) instanceof AddressUse.Assigned);
    }

    /** Disconnects the container that {@code previous} tells of. */
    void del(CniRequest request, BranchAttachment previous)
            throws HostException, InterruptedException {
        int vlan = previous.vlan();
        vlanLocks.lock(vlan);
        try {
            BranchMemory.Known known = memory.of(vlan);
            boolean same =
                    known != null && known.hasLink(previous.hostInterface(), previous.address());
            boolean own = known != null && same && known.isOf(request.key());
            if (known != null && same && !own && known.key() != null) {
                return; // connected again meanwhile, in every respect the same
            }
            MacAddress mac = known != null && own ? known.wiring().branch().mac() : null;
            IpAddress address = isAssigned(previous.address()) ? null : previous.address();
            unwire(new BranchEnd(previous.hostInterface(), address, vlan, mac), request);
            if (known != null && same && (own || !request.namespacePath().isEmpty())) {
                memory.forget(known);
            }
        } finally {
            vlanLocks.unlock(vlan);
        }
    }

    /** Where the namespace is gone, only what is dead is this container's. */
    private void unwire(BranchEnd end, CniRequest request)
            throws HostException, InterruptedException {
        host.unwire(end, request.namespacePath().isEmpty());
    }

    /**
     * Disconnects a container of which there is no result: what is remembered of it, or else what
     * the kernel has of a pod of its name whose host interface is gone.
     */
    void del(CniRequest request) throws HostException, InterruptedException {
        if (!memory.any()) {
            return;
        }
        for (BranchMemory.Known known : memory.matching(k -> k.isOf(request.key()))) {
            undo(known, request.namespacePath().isEmpty());
        }
        String suffix = InterfaceNames.host("", request.args().pod());
        removeDead(end -> InterfaceNames.suffix(end.hostInterface()).equals(suffix));
    }

    private void undo(BranchMemory.Known known, boolean onlyDead)
            throws HostException, InterruptedException {
        PodWiring.OnBranch wiring = known.wiring();
        int vlan = wiring.branch().vlan();
        vlanLocks.lock(vlan);
        try {
            if (known.equals(memory.of(vlan))) {
                host.unwire(
                        new BranchEnd(
                                wiring.link().hostInterface(),
                                wiring.link().address(),
                                vlan,
                                wiring.branch().mac()),
                        onlyDead);
                memory.forget(known);
            }
        } finally {
            vlanLocks.unlock(vlan);
        }
    }

    private int removeDead(Predicate<BranchEnd> wanted) throws HostException, InterruptedException {
        BranchView seen = host.branches();
        int removed = 0;
        for (BranchEnd end : BranchPods.ends(seen)) {
            boolean dead = !seen.links().containsKey(end.hostInterface());
            if (dead && wanted.test(end)) {
                vlanLocks.lock(end.vlan());
                try {
                    host.unwire(end, true);
                } finally {
                    vlanLocks.unlock(end.vlan());
                }
                removed++;
            }
        }
        return removed;
    }

    /** Verifies that a container is connected as its result says; returns what is off. */
    List<String> check(CniRequest request, BranchAttachment previous, PodNamespace namespace)
            throws CniException, HostException, InterruptedException {
        IpAddress gateway = previous.gateway();
        if (gateway == null) {
            return List.of("the result has no gateway");
        }
        BranchMemory.Known known = memory.of(previous.vlan());
        BranchInterface remembered =
                known != null && known.hasLink(previous.hostInterface(), previous.address())
                        ? known.wiring().branch()
                        : null;
        var unknown = new MacAddress(0);
        try {
            var branch =
                    new BranchInterface(
                            previous.vlan(),
                            remembered == null ? unknown : remembered.mac(),
                            remembered == null ? unknown : remembered.trunk(),
                            gateway);
            boolean strict = previous.hostInterface().startsWith(InterfaceNames.STRICT_PREFIX);
            var wiring =
                    new PodWiring.OnBranch(
                            new PodLink(
                                    previous.hostInterface(),
                                    previous.podInterface(),
                                    previous.address(),
                                    branch.table(),
                                    request.config().mtu()),
                            branch,
                            strict ? BranchInterface.Mode.STRICT : BranchInterface.Mode.STANDARD);
            return host.verify(wiring, namespace);
        } catch (IllegalArgumentException e) {
            throw new CniException(
                    new CniError.InvalidConfiguration(
                            "prevResult", String.valueOf(e.getMessage()), "the result of the ADD"),
                    e);
        }
    }

    /**
     * Lets go of every pod that is in no list of the runtime's, as far as attachments are known,
     * and of what is left of pods whose host interfaces are gone.
     *
     * @param stale which attachments are to be let go of
     * @return how many there were
     */
    int gc(Predicate<? super AttachmentKey> stale) throws HostException, InterruptedException {
        int count = 0;
        for (BranchMemory.Known known :
                memory.matching(k -> k.key() != null && stale.test(k.key()))) {
            undo(known, false);
            count++;
        }
        return memory.any() ? count + removeDead(_ -> true) : count;
    }

    /** Returns the addresses of pods that the node lacks something to reach. */
    SortedSet<IpAddress> lacking() throws HostException, InterruptedException {
        List<PodWiring.OnBranch> pods =
                memory.matching(_ -> true).stream().map(BranchMemory.Known::wiring).toList();
        return pods.isEmpty()
                ? new TreeSet<>()
                : new TreeSet<>(host.missingOfBranches(pods).keySet());
    }

    private List<BranchMemory.Known> of(IpAddress address) {
        return memory.matching(known -> known.wiring().link().address().equals(address));
    }

    /**
     * Brings back what is missing of one pod.
     *
     * @return what that was, each in one phrase, or null if a verb is at it
     */
    @Nullable List<String> restore(IpAddress address) throws HostException, InterruptedException {
        for (BranchMemory.Known known : of(address)) {
            int vlan = known.wiring().branch().vlan();
            if (vlanLocks.isLocked(vlan)) {
                return null;
            }
            vlanLocks.lock(vlan);
            try {
                return known.equals(memory.of(vlan)) ? host.restore(known.wiring()) : List.of();
            } finally {
                vlanLocks.unlock(vlan);
            }
        }
        return List.of();
    }
}
