package dev.vpccni.node.pod;

import dev.vpccni.cni.CniError;
import dev.vpccni.cni.CniException;
import dev.vpccni.cni.CniRequest;
import dev.vpccni.cni.CniResult;
import dev.vpccni.cni.GcAttachment;
import dev.vpccni.cni.PodAttachment;
import dev.vpccni.dataplane.InterfaceNames;
import dev.vpccni.dataplane.PodLink;
import dev.vpccni.dataplane.PodWiring;
import dev.vpccni.dataplane.RouteTables;
import dev.vpccni.ipam.ledger.AddressUse;
import dev.vpccni.ipam.ledger.Checkpoint;
import dev.vpccni.ipam.ledger.Command;
import dev.vpccni.ipam.ledger.HeldInterface;
import dev.vpccni.ipam.ledger.Outcome;
import dev.vpccni.ipam.reconcile.KernelView;
import dev.vpccni.model.AttachmentKey;
import dev.vpccni.model.IpAddress;
import dev.vpccni.node.kernel.KernelViews;
import dev.vpccni.node.ledger.LedgerKeeper;
import dev.vpccni.node.pool.NoAddressException;
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
import org.jspecify.annotations.Nullable;

/**
 * The verbs of the CNI protocol. Every failure is a {@link CniException} that says what to tell the
 * runtime. Safe for use by many threads; verbs on one attachment take turns.
 */
public final class PodNetworker {

    private final AddressBook addresses;
    private final LedgerKeeper keeper;
    private final HostNetwork host;
    private final KeyedLock<AttachmentKey> attachmentLocks;
    private final KeyedLock<IpAddress> addressLocks;

    /** Creates the verbs over the addresses of {@code keeper}. */
    public PodNetworker(AddressBook addresses, LedgerKeeper keeper, HostNetwork host, Tempo tempo) {
        this.addresses = addresses;
        this.keeper = keeper;
        this.host = host;
        attachmentLocks = new KeyedLock<>(tempo);
        addressLocks = new KeyedLock<>(tempo);
    }

    /** Tells whether an {@link #add} that comes now would have to wait for an address. */
    public boolean addWaits() {
        return addresses.isEmpty();
    }

    /**
     * Connects a container. The same request again finds the same address.
     *
     * @param patience how long to wait for an address
     */
    public CniResult add(CniRequest request, PodNamespace namespace, Duration patience)
            throws CniException, InterruptedException {
        if (request.config().everyCard()) {
            throw Failures.of(
                    new CniError.Failed(
                            "the pod asks for an address on each network card",
                            "remove the annotation k8s.amazonaws.com/nicConfig from the pod"));
        }
        AttachmentKey key = request.key();
        attachmentLocks.lock(key);
        try {
            Outcome.Granted granted = grant(request, patience);
            PodLink link = link(request, AddressBook.lease(granted));
            addressLocks.lock(link.address());
            try {
                connect(new PodWiring.OneAddress(link), namespace, granted.again());
            } catch (HostException e) {
                if (!granted.again()) {
                    giveBack(key, e);
                }
                throw Failures.of(e);
            } finally {
                addressLocks.unlock(link.address());
            }
            return attachment(link, namespace.path(), granted).toResult();
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
        keeper.dismiss(key::equals);
        attachmentLocks.lock(key);
        try {
            Checkpoint.Grant grant = keeper.ledger().grant(key);
            PodAttachment previous = previous(request);
            if (grant != null) {
                undo(grant);
            } else if (previous != null && previous.vlan() == 0) {
                for (PodAttachment.Link link : previous.links()) {
                    undo(link);
                }
            }
        } catch (HostException e) {
            throw Failures.of(e);
        } catch (IOException e) {
            throw Failures.of(e);
        } finally {
            attachmentLocks.unlock(key);
        }
    }

    /** Ends the wait of an ADD for an address, if it waits just now; it fails then. */
    public void dismiss(AttachmentKey key) {
        keeper.dismiss(key::equals);
    }

    /** Verifies that a container is connected as its result says. */
    public void check(CniRequest request, PodNamespace namespace)
            throws CniException, InterruptedException {
        PodAttachment previous = previous(request);
        if (previous == null) {
            throw Failures.of(
                    new CniError.InvalidConfiguration(
                            "prevResult", "absent or not ours", "the result of the ADD"));
        }
        PodAttachment.Link first = previous.links().getFirst();
        AttachmentKey key = request.key();
        attachmentLocks.lock(key);
        try {
            Checkpoint.Grant grant = keeper.ledger().grant(key);
            List<String> differences = new ArrayList<>();
            if (grant == null) {
                differences.add("no address is granted to " + key);
            } else if (!grant.address().equals(first.address())) {
                differences.add("granted is " + grant.address() + ", not " + first.address());
            }
            differences.addAll(host.verify(wiring(request, previous), namespace));
            if (!differences.isEmpty()) {
                throw Failures.of(new CniError.NotAsExpected(differences));
            }
        } catch (HostException e) {
            throw Failures.of(e);
        } finally {
            attachmentLocks.unlock(key);
        }
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
        int collected = 0;
        for (Checkpoint.Grant grant : keeper.ledger().checkpoint().grants()) {
            AttachmentKey key = grant.key();
            boolean ours = key.networkName().equals(request.config().name());
            var attachment = new GcAttachment(key.containerId(), key.interfaceName());
            // A runtime adds nothing beside a GC. If it does, what is being added is in no list.
            if (ours && !attachmentLocks.isLocked(key) && !valid.contains(attachment)) {
                collect(grant);
                collected++;
            }
        }
        return collected;
    }

    private void collect(Checkpoint.Grant stale) throws CniException, InterruptedException {
        AttachmentKey key = stale.key();
        attachmentLocks.lock(key);
        try {
            if (stale.equals(keeper.ledger().grant(key))) {
                undo(stale);
            }
        } catch (HostException e) {
            throw Failures.of(e);
        } catch (IOException e) {
            throw Failures.of(e);
        } finally {
            attachmentLocks.unlock(key);
        }
    }

    private Outcome.Granted grant(CniRequest request, Duration patience)
            throws CniException, InterruptedException {
        try {
            return addresses.grant(request.key(), request.args().pod(), patience);
        } catch (NoAddressException e) {
            throw Failures.of(e);
        } catch (IOException e) {
            throw Failures.of(e);
        }
    }

    /**
     * Lets go of a grant whose pod the kernel has not shown for a while, as the DEL would that
     * never came; unless somebody is at it, or the pod is there after all.
     *
     * @return whether it is let go of
     * @throws HostException if the kernel refuses; then the grant stands
     * @throws IOException if the end of the grant could not be made durable
     */
    public boolean letGo(AttachmentKey key)
            throws HostException, IOException, InterruptedException {
        if (attachmentLocks.isLocked(key)) {
            return false;
        }
        attachmentLocks.lock(key);
        try {
            Checkpoint.Grant grant = keeper.ledger().grant(key);
            if (grant == null) {
                return false;
            }
            KernelView kernel = KernelViews.of(host.observe(), keeper.ledger());
            if (kernel.live().contains(grant.address()) || kernel.connected().contains(key)) {
                return false;
            }
            undo(grant);
            return true;
        } finally {
            attachmentLocks.unlock(key);
        }
    }

    /** The kernel first: as long as it leads to a pod, nobody else may have the address. */
    private void undo(Checkpoint.Grant grant)
            throws HostException, IOException, InterruptedException {
        IpAddress address = grant.address();
        addressLocks.lock(address);
        try {
            HeldInterface home = keeper.ledger().home(address);
            int table = home == null ? tableInKernel(address) : home.facts().table();
            host.unwire(address, table, null);
            keeper.apply(new Command.Release(grant.key()));
        } finally {
            addressLocks.unlock(address);
        }
    }

    /**
     * Undoes what the ledger has no grant of, unless the address is another pod's by now. Whoever
     * is granted it meanwhile is connected after this.
     */
    private void undo(PodAttachment.Link previous)
            throws HostException, IOException, InterruptedException {
        IpAddress address = previous.address();
        addressLocks.lock(address);
        try {
            AddressUse use = keeper.ledger().use(address);
            if (use instanceof AddressUse.Assigned) {
                return;
            }
            host.unwire(address, previous.table(), previous.hostInterface());
            if (use instanceof AddressUse.Held) {
                keeper.apply(new Command.Unhold(address));
            }
        } finally {
            addressLocks.unlock(address);
        }
    }

    private int tableInKernel(IpAddress address) throws HostException, InterruptedException {
        return host.observe().podRules().getOrDefault(address, RouteTables.MAIN);
    }

    /** Takes back what a pod was granted that could not be wired. */
    private void giveBack(AttachmentKey key, HostException reason) throws InterruptedException {
        try {
            keeper.apply(new Command.Release(key));
        } catch (IOException e) {
            // The grant stays until the DEL that follows each failed ADD.
            reason.addSuppressed(e);
        }
    }

    private static @Nullable PodAttachment previous(CniRequest request) {
        CniResult result = request.config().previous();
        return result == null ? null : PodAttachment.find(result, request.interfaceName());
    }

    private static PodLink link(CniRequest request, AddressService.Lease lease) {
        return new PodLink(
                InterfaceNames.host(request.config().vethPrefix(), request.args().pod()),
                request.interfaceName(),
                lease.address(),
                lease.table(),
                request.config().mtu());
    }

    private static PodWiring wiring(CniRequest request, PodAttachment previous) {
        List<PodLink> links =
                previous.links().stream()
                        .map(link ->
                                new PodLink(
                                        link.hostInterface(),
                                        link.podInterface(),
                                        link.address(),
                                        link.table(),
                                        request.config().mtu()))
                        .toList();
        return links.size() == 1
                ? new PodWiring.OneAddress(links.getFirst())
                : new PodWiring.AddressPerCard(links);
    }

    private static PodAttachment attachment(PodLink link, String sandbox, Outcome.Granted granted) {
        return new PodAttachment(
                sandbox,
                List.of(
                        new PodAttachment.Link(
                                link.hostInterface(),
                                link.podInterface(),
                                granted.grant().address(),
                                link.table())),
                granted.home().device(),
                0);
    }
}
