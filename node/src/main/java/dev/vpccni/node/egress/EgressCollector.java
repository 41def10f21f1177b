package dev.vpccni.node.egress;

import dev.vpccni.cni.CniError;
import dev.vpccni.cni.CniException;
import dev.vpccni.cni.GcAttachment;
import dev.vpccni.model.IpAddress;
import dev.vpccni.node.pod.Failures;
import dev.vpccni.node.pod.KeyedLock;
import dev.vpccni.node.port.EgressAddresses;
import dev.vpccni.node.port.EgressAddresses.Owner;
import dev.vpccni.node.port.EgressAddresses.Pool;
import dev.vpccni.node.port.EgressHost;
import dev.vpccni.node.port.HostException;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

/** Lets go of containers that the runtime does not know any more. */
final class EgressCollector {

    private final EgressAddresses addresses;
    private final EgressHost host;
    private final KeyedLock<String> containers;

    EgressCollector(EgressAddresses addresses, EgressHost host, KeyedLock<String> containers) {
        this.addresses = addresses;
        this.host = host;
        this.containers = containers;
    }

    /**
     * Lets go of all but {@code valid}: by the records first, and then, since those may be lost, by
     * what the packet filter says.
     *
     * @param always whether to ask the packet filter also where nothing was recorded
     */
    void collect(Pool pool, String network, List<GcAttachment> valid, boolean always)
            throws CniException, InterruptedException {
        try {
            SortedSet<String> kept = new TreeSet<>();
            valid.forEach(each -> kept.add(each.containerId()));
            Map<IpAddress, Owner> records = addresses.all(pool);
            for (Map.Entry<IpAddress, Owner> record : records.entrySet()) {
                String container = record.getValue().containerId();
                // A runtime adds nothing beside a GC. If it does, what it adds is in no list.
                if (containers.isLocked(container)) {
                    kept.add(container);
                } else if (!isValid(record.getValue(), valid)) {
                    collect(pool, network, record, kept);
                }
            }
            if (always || !records.isEmpty()) {
                host.sweep(pool.range().family(), network, kept);
            }
        } catch (HostException e) {
            throw Failures.of(e);
        } catch (IOException e) {
            throw new CniException(
                    new CniError.IoFailure(
                            "reading the egress addresses", String.valueOf(e.getMessage())),
                    e);
        }
    }

    private void collect(
            Pool pool, String network, Map.Entry<IpAddress, Owner> record, SortedSet<String> kept)
            throws HostException, IOException, InterruptedException {
        IpAddress address = record.getKey();
        String container = record.getValue().containerId();
        containers.lock(container);
        try {
            if (!record.getValue().equals(addresses.all(pool).get(address))) {
                return;
            }
            // What a container has on the node is that of whichever of its interfaces is valid.
            if (!container.isEmpty() && !kept.contains(container)) {
                host.disconnect(pool.range().family(), network, container, address);
            }
            addresses.release(pool, address);
        } finally {
            containers.unlock(container);
        }
    }

    /** Old releases recorded no interface. */
    private static boolean isValid(Owner owner, List<GcAttachment> valid) {
        return valid.stream()
                .anyMatch(each ->
                        each.containerId().equals(owner.containerId())
                                && (owner.interfaceName().isEmpty()
                                        || each.interfaceName().equals(owner.interfaceName())));
    }
}
