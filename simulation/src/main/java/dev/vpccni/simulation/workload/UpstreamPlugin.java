package dev.vpccni.simulation.workload;

import dev.vpccni.cni.GcAttachment;
import dev.vpccni.dataplane.InterfaceNames;
import dev.vpccni.dataplane.PodLink;
import dev.vpccni.dataplane.PodWiring;
import dev.vpccni.model.AttachmentKey;
import dev.vpccni.model.IpAddress;
import dev.vpccni.node.pod.AddressService.Lease;
import dev.vpccni.node.pool.NoAddressException;
import dev.vpccni.simulation.host.SimulatedNode;
import dev.vpccni.simulation.host.SimulatedSandbox;
import dev.vpccni.simulation.time.SimulatedProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.random.RandomGenerator;

/**
 * Upstream's own plugin: asks the daemon by gRPC, and wires the pod itself. Its DEL succeeds
 * whatever the daemon says.
 */
final class UpstreamPlugin {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final SimulatedNode node;
    private final SimulatedProcess process;
    private final RandomGenerator random;
    private final SortedSet<String> containers = new TreeSet<>();

    UpstreamPlugin(SimulatedNode node, SimulatedProcess process, RandomGenerator random) {
        this.node = node;
        this.process = process;
        this.random = random;
    }

    /** Connects a pod; false if there was no address, or no daemon. */
    boolean add(SimulatedPod pod, SimulatedSandbox sandbox) {
        containers.add(sandbox.containerId());
        List<Lease> leases =
                call(serving -> serving.assign(key(sandbox), sandbox.pod(), false, PATIENCE));
        if (leases.isEmpty()) {
            return false;
        }
        Lease lease = leases.getFirst();
        process.pause(Duration.ofMillis(5 + random.nextInt(30)));
        node.kernel()
                .wireDirectly(
                        new PodWiring.OneAddress(
                                new PodLink(
                                        InterfaceNames.host(Requests.VETH_PREFIX, sandbox.pod()),
                                        Requests.INTERFACE,
                                        lease.address(),
                                        lease.table(),
                                        Requests.MTU)),
                        sandbox);
        pod.addresses = List.of(lease.address());
        return true;
    }

    /** Disconnects a pod. */
    void del(SimulatedPod pod, SimulatedSandbox sandbox) {
        var _ = call(serving -> serving.release(key(sandbox)));
        process.pause(Duration.ofMillis(2 + random.nextInt(10)));
        IpAddress address = pod.address();
        if (address != null) {
            node.kernel().unwireDirectly(address);
        }
        containers.remove(sandbox.containerId());
    }

    /** Returns what a runtime would list for it. */
    List<GcAttachment> attachments() {
        List<GcAttachment> all = new ArrayList<>();
        containers.forEach(id -> all.add(new GcAttachment(id, Requests.INTERFACE)));
        return all;
    }

    private interface Call {
        List<Lease> make(dev.vpccni.node.pod.AddressService serving)
                throws NoAddressException, IOException, InterruptedException;
    }

    private List<Lease> call(Call call) {
        try {
            return node.ask(
                                    process,
                                    PATIENCE.plusSeconds(1),
                                    serving -> {
                                        try {
                                            return new Answer(call.make(serving.addresses()));
                                        } catch (NoAddressException | IOException _) {
                                            return new Answer(List.of());
                                        }
                                    })
                            instanceof Answer(List<Lease> leases)
                    ? leases
                    : List.of();
        } catch (dev.vpccni.cni.CniException e) {
            throw new AssertionError("gRPC knows no errors of the CNI protocol", e);
        }
    }

    /**
     * What came back.
     *
     * @param leases none if none was granted, or there was none
     */
    private record Answer(List<Lease> leases) {}

    private static AttachmentKey key(SimulatedSandbox sandbox) {
        return new AttachmentKey(Requests.NETWORK, sandbox.containerId(), Requests.INTERFACE);
    }
}
