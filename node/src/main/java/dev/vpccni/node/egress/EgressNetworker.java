package dev.vpccni.node.egress;

import dev.vpccni.cni.CniError;
import dev.vpccni.cni.CniException;
import dev.vpccni.cni.CniRequest;
import dev.vpccni.cni.CniResult;
import dev.vpccni.cni.EgressConfig;
import dev.vpccni.cni.GcAttachment;
import dev.vpccni.dataplane.egress.EgressFamily;
import dev.vpccni.dataplane.egress.EgressWiring;
import dev.vpccni.model.IpAddress;
import dev.vpccni.node.pod.Failures;
import dev.vpccni.node.pod.KeyedLock;
import dev.vpccni.node.port.EgressAddresses;
import dev.vpccni.node.port.EgressAddresses.Owner;
import dev.vpccni.node.port.EgressAddresses.Pool;
import dev.vpccni.node.port.EgressAddresses.Reservation;
import dev.vpccni.node.port.EgressHost;
import dev.vpccni.node.port.HostException;
import dev.vpccni.node.port.PodNamespace;
import dev.vpccni.node.port.Tempo;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import org.jspecify.annotations.Nullable;

/**
 * The verbs of {@code egress-cni}, chained behind {@code aws-cni}: a container gets a second
 * interface, whose address means something on its node only and whose traffic leaves with the
 * node's. Every failure is a {@link CniException} that says what to tell the runtime. Safe for use
 * by many threads; verbs on one container take turns.
 *
 * <p>A request of another plugin is a bug of the caller.
 */
public final class EgressNetworker {

    private final EgressAddresses addresses;
    private final EgressHost host;
    private final EgressCollector collector;
    private final KeyedLock<String> containers;
    private final Set<EgressFamily> separated = new ConcurrentSkipListSet<>();

    /** Creates the verbs with nothing under way. */
    public EgressNetworker(EgressAddresses addresses, EgressHost host, Tempo tempo) {
        this.addresses = addresses;
        this.host = host;
        containers = new KeyedLock<>(tempo);
        collector = new EgressCollector(addresses, host, containers);
    }

    /**
     * Connects a container, or passes the result on as it came where egress is switched off. The
     * same request again finds the same address.
     *
     * @return the result of the plugin before, with two interfaces more
     */
    public Map<String, @Nullable Object> add(CniRequest request, PodNamespace namespace)
            throws CniException, InterruptedException {
        Egress egress = Egress.of(request);
        Map<String, @Nullable Object> asItCame =
                egress.config().answer(request.config().version(), List.of());
        IpAddress nodeAddress = egress.config().nodeAddress();
        Pool pool = egress.pool();
        if (nodeAddress == null || pool == null) {
            return asItCame;
        }
        containers.lock(request.containerId());
        try {
            separate(pool.range().family());
            Reservation reservation = reserve(pool, egress.owner());
            EgressWiring wiring = egress.wiring(pool, reservation.address(), nodeAddress);
            EgressHost.Pair pair = connect(wiring, namespace, pool, reservation);
            return egress.config()
                    .answer(request.config().version(), interfaces(wiring, pair, namespace));
        } catch (HostException e) {
            throw Failures.of(e);
        } catch (IOException e) {
            throw Egress.failure(e);
        } finally {
            containers.unlock(request.containerId());
        }
    }

    /**
     * Disconnects a container, whether it is connected or not, and also where egress was switched
     * off since. The packet filter and the route go first, so that whoever gets the address next
     * finds nothing of this one. Needs nothing of the container.
     */
    public void del(CniRequest request) throws CniException, InterruptedException {
        Egress egress = Egress.of(request);
        Pool pool = egress.pool();
        if (pool == null || !undoes(request)) {
            return;
        }
        containers.lock(request.containerId());
        try {
            IpAddress address = addresses.find(pool, egress.owner());
            if (address == null && otherInterface(pool, egress.owner()) != null) {
                return; // What there is, is that one's.
            }
            host.disconnect(
                    pool.range().family(), request.config().name(), request.containerId(), address);
            if (address != null) {
                addresses.release(pool, address);
            }
        } catch (HostException e) {
            throw Failures.of(e);
        } catch (IOException e) {
            throw Egress.failure(e);
        } finally {
            containers.unlock(request.containerId());
        }
    }

    /**
     * Tells whether a DEL has anything to undo: not so where egress is switched off, unless the
     * container was connected before it was.
     */
    public static boolean undoes(CniRequest request) {
        Egress egress = Egress.of(request);
        return egress.config().isEnabled() || egress.isInResult(request);
    }

    /** Verifies that a container is connected as its result says. */
    public void check(CniRequest request, PodNamespace namespace)
            throws CniException, InterruptedException {
        Egress egress = Egress.of(request);
        IpAddress nodeAddress = egress.config().nodeAddress();
        Pool pool = egress.pool();
        if (nodeAddress == null || pool == null) {
            return;
        }
        List<String> differences = new ArrayList<>();
        if (!egress.isInResult(request)) {
            differences.add("the result has no " + pool.range().family().podInterface());
        }
        containers.lock(request.containerId());
        try {
            IpAddress address = addresses.find(pool, egress.owner());
            if (address == null) {
                differences.add("no address is recorded in " + pool.folder());
            } else {
                differences.addAll(
                        host.verify(egress.wiring(pool, address, nodeAddress), namespace));
            }
        } catch (HostException e) {
            throw Failures.of(e);
        } catch (IOException e) {
            throw Egress.failure(e);
        } finally {
            containers.unlock(request.containerId());
        }
        if (!differences.isEmpty()) {
            throw Failures.of(new CniError.NotAsExpected(differences));
        }
    }

    /**
     * Lets go of every container of the network that the runtime does not list as valid, and that
     * no verb is about just now.
     */
    public void gc(CniRequest request) throws CniException, InterruptedException {
        List<GcAttachment> valid = request.config().validAttachments();
        if (valid == null) {
            throw Failures.of(
                    new CniError.InvalidConfiguration(
                            "cni.dev/valid-attachments", "absent", "a list, empty or not"));
        }
        Egress egress = Egress.of(request);
        Pool pool = egress.pool();
        if (pool != null) {
            collector.collect(pool, request.config().name(), valid, egress.config().isEnabled());
        }
    }

    /**
     * Returns if an ADD would be served.
     *
     * @throws CniException if the packet filter cannot be changed
     */
    public void status(CniRequest request) throws CniException, InterruptedException {
        Egress egress = Egress.of(request);
        Pool pool = egress.pool();
        if (!egress.config().isEnabled() || pool == null) {
            return;
        }
        try {
            separate(pool.range().family());
        } catch (HostException e) {
            throw Failures.of(
                    new CniError.NotAvailable(
                            "the node cannot take pods out over "
                                    + pool.range().family().addresses()
                                    + ": "
                                    + e.getMessage(),
                            "it is tried again each time; see the daemon's log"));
        }
    }

    /**
     * Keeps containers from each other's addresses, once: the daemon does at its start, and no
     * container is connected before it is done.
     */
    public void separate(EgressFamily family) throws HostException, InterruptedException {
        if (!separated.contains(family)) {
            host.separate(family);
            separated.add(family);
        }
    }

    private Reservation reserve(Pool pool, Owner owner)
            throws CniException, HostException, IOException, InterruptedException {
        Reservation reservation = addresses.reserve(pool, owner, host.routed(pool.range()));
        if (reservation == null) {
            throw Failures.of(
                    new CniError.TryAgainLater(
                            "no address left for egress: all "
                                    + pool.range().size()
                                    + " of "
                                    + pool.range()
                                    + " are in use",
                            "GC gives back those of containers that are gone; they are recorded in "
                                    + pool.folder()));
        }
        String other = reservation.again() ? null : otherInterface(pool, owner);
        if (other != null) {
            addresses.release(pool, reservation.address());
            throw Failures.of(
                    new CniError.Failed(
                            "the container gets out by its interface " + other + " already",
                            "leave egress-cni out of the container's further networks"));
        }
        return reservation;
    }

    /** Returns another interface of the same container that has an address. */
    private @Nullable String otherInterface(Pool pool, Owner owner)
            throws IOException, InterruptedException {
        for (Owner each : addresses.all(pool).values()) {
            if (each.containerId().equals(owner.containerId()) && !each.equals(owner)) {
                return each.interfaceName();
            }
        }
        return null;
    }

    private EgressHost.Pair connect(
            EgressWiring wiring, PodNamespace namespace, Pool pool, Reservation reservation)
            throws HostException, InterruptedException {
        try {
            return host.connect(wiring, namespace);
        } catch (HostException e) {
            if (!reservation.again()) {
                giveBack(pool, reservation.address(), e);
            }
            throw e;
        }
    }

    /** What cannot be given back stays until the DEL that follows each failed ADD. */
    private void giveBack(Pool pool, IpAddress address, HostException reason)
            throws InterruptedException {
        try {
            addresses.release(pool, address);
        } catch (IOException e) {
            reason.addSuppressed(e);
        }
    }

    private static List<CniResult.Interface> interfaces(
            EgressWiring wiring, EgressHost.Pair pair, PodNamespace namespace) {
        return List.of(
                new CniResult.Interface(pair.hostInterface(), pair.hostMac().toString(), ""),
                new CniResult.Interface(
                        wiring.family().podInterface(),
                        pair.podMac().toString(),
                        namespace.path()));
    }

    /** A request, and what it says of egress. */
    private record Egress(EgressConfig config, @Nullable Pool pool, Owner owner, CniRequest of) {

        static Egress of(CniRequest request) {
            EgressConfig config = request.config().egress();
            if (config == null) {
                throw new IllegalArgumentException("a request of another plugin");
            }
            return new Egress(
                    config,
                    EgressPools.of(config, request.config().name()),
                    new Owner(request.containerId(), request.interfaceName()),
                    request);
        }

        EgressWiring wiring(Pool known, IpAddress address, IpAddress nodeAddress) {
            return new EgressWiring(
                    of.config().name(),
                    of.containerId(),
                    known.range(),
                    address,
                    nodeAddress,
                    EgressPools.ports(config.sourcePorts()),
                    of.config().mtu());
        }

        boolean isInResult(CniRequest request) {
            CniResult result = request.config().previous();
            return result != null
                    && pool != null
                    && result.interfaces().stream()
                            .anyMatch(
                                    one -> one.name().equals(pool.range().family().podInterface()));
        }

        static CniException failure(IOException cause) {
            return new CniException(
                    new CniError.IoFailure(
                            "recording the egress address", String.valueOf(cause.getMessage())),
                    cause);
        }
    }
}
