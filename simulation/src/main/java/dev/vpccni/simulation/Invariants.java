package dev.vpccni.simulation;

import dev.vpccni.ipam.ledger.Checkpoint;
import dev.vpccni.ipam.ledger.Ledger;
import dev.vpccni.ipam.ledger.LedgerInvariants;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.node.Node;
import dev.vpccni.vpc.Port;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What must hold after every step of a simulation. */
public final class Invariants {

    private final Baton baton;
    private final SimulatedCloud cloud;
    private final SimulatedNode node;
    private final SimulatedKubelet kubelet;
    private final SortedMap<Ipv4Address, Long> lastUse = new TreeMap<>();
    private final SortedMap<Ipv4Address, String> owners = new TreeMap<>();
    private @Nullable Ledger checked;
    private long restNanos;

    /**
     * @param restNanos for how long no address may be used again
     */
    public Invariants(
            Baton baton,
            SimulatedCloud cloud,
            SimulatedNode node,
            SimulatedKubelet kubelet,
            long restNanos) {
        this.baton = baton;
        this.cloud = cloud;
        this.node = node;
        this.kubelet = kubelet;
        this.restNanos = restNanos;
    }

    /** Stops to check how long an address rests, as when the clock is stepped. */
    public void forgiveRest() {
        restNanos = 0;
    }

    /**
     * Checks everything.
     *
     * @throws AssertionError naming each thing that is wrong, with the latest decisions
     */
    public void check() {
        List<String> violations = new ArrayList<>();
        List<Port> ports = cloud.ports(node.instance);
        checkPods(ports, violations);
        checkLimits(ports, violations);
        checkLedger(violations);
        if (!violations.isEmpty()) {
            throw new AssertionError(
                    String.join("\n", violations)
                            + "\nat "
                            + baton.nanos() / 1_000_000
                            + " ms after\n"
                            + decisions());
        }
    }

    /** Returns the latest decisions, as lines. */
    public String decisions() {
        var text = new StringBuilder();
        node.explanations()
                .forEach(e ->
                        text.append("  ")
                                .append(e.at())
                                .append(' ')
                                .append(e.what())
                                .append(": ")
                                .append(e.why())
                                .append('\n'));
        return text.toString();
    }

    private void checkPods(List<Port> ports, List<String> violations) {
        SortedMap<Ipv4Address, String> seen = new TreeMap<>();
        SortedSet<String> durable = durableKeys();
        for (SimulatedKubelet.Pod pod : kubelet.pods()) {
            Ipv4Address address = pod.address;
            SimulatedSandbox sandbox = pod.sandbox;
            if (!pod.running() || address == null || sandbox == null) {
                continue;
            }
            String other = seen.put(address, pod.name);
            if (other != null) {
                violations.add(address + " belongs to " + other + " and " + pod.name);
            }
            String off = node.kernel.disconnected(sandbox, address, ports);
            if (off != null) {
                violations.add(pod.name + ": " + off);
            }
            if (!durable.contains(sandbox.containerId + " " + address)) {
                violations.add(
                        pod.name + " was told " + address + ", and the disk does not say so");
            }
        }
        checkRest(seen, violations);
    }

    /** An address used by one pod must have rested before another has it. */
    private void checkRest(SortedMap<Ipv4Address, String> seen, List<String> violations) {
        seen.forEach((address, pod) -> {
            String before = owners.get(address);
            Long ended = lastUse.get(address);
            boolean changed = before != null && !before.equals(pod);
            if (changed && ended != null && baton.nanos() - ended < restNanos) {
                violations.add(address + " went from " + before + " to " + pod + " without a rest");
            }
            owners.put(address, pod);
            lastUse.put(address, baton.nanos());
        });
    }

    private SortedSet<String> durableKeys() {
        SortedSet<String> keys = new TreeSet<>();
        for (Checkpoint.Grant grant : node.disk.durable().grants()) {
            keys.add(grant.key().containerId() + " " + grant.address());
        }
        return keys;
    }

    private void checkLimits(List<Port> ports, List<String> violations) {
        if (ports.size() > node.type.maxInterfaces()) {
            violations.add(ports.size() + " interfaces on a " + node.type.name());
        }
        for (Port port : ports) {
            if (port.addresses().size() > node.type.addressesPerInterface()) {
                violations.add(port.addresses().size() + " addresses on " + port.eni());
            }
        }
    }

    private void checkLedger(List<String> violations) {
        Node serving = node.serving();
        if (serving == null) {
            checked = null;
            return;
        }
        Ledger ledger = serving.ledger().ledger();
        if (ledger != checked) {
            violations.addAll(LedgerInvariants.violations(ledger));
            checked = ledger;
        }
    }

    /** Returns how many addresses each interface of the instance has for pods, by device. */
    public SortedMap<Integer, Integer> shape() {
        SortedMap<Integer, Integer> shape = new TreeMap<>();
        for (Port port : cloud.ports(node.instance)) {
            shape.put(port.device(), port.addresses().size() - 1);
        }
        return shape;
    }

    /** Returns the calls that change something in EC2, by action. */
    public static int changes(Map<String, Integer> calls) {
        return calls.entrySet().stream()
                .filter(call -> !call.getKey().startsWith("Describe"))
                .filter(call -> !call.getKey().equals("metadata"))
                .mapToInt(Map.Entry::getValue)
                .sum();
    }
}
