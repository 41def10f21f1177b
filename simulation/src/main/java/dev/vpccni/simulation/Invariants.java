package dev.vpccni.simulation;

import dev.vpccni.ipam.ledger.AddressUse;
import dev.vpccni.ipam.ledger.Ledger;
import dev.vpccni.ipam.ledger.LedgerInvariants;
import dev.vpccni.model.Cidr;
import dev.vpccni.model.InstanceId;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.IpFamily;
import dev.vpccni.node.Node;
import dev.vpccni.node.explanation.Explanation;
import dev.vpccni.node.pool.CardPool;
import dev.vpccni.simulation.cloud.SimulatedCloud;
import dev.vpccni.simulation.host.SimulatedNode;
import dev.vpccni.simulation.host.SimulatedSandbox;
import dev.vpccni.simulation.time.Baton;
import dev.vpccni.simulation.workload.SimulatedKubelet;
import dev.vpccni.simulation.workload.SimulatedPod;
import dev.vpccni.vpc.Port;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;

/** What must hold after every step of a simulation, in the whole VPC. */
public final class Invariants {

    /** By when a node has noticed that somebody took an interface away. */
    private static final Duration NOTICED = Duration.ofSeconds(30);

    /** By when a pod that somebody disconnected is connected again. */
    private static final Duration RESTORED = Duration.ofSeconds(10);

    private final Baton baton;
    private final SimulatedCloud cloud;
    private final List<Member> members = new ArrayList<>();
    private final List<SimulatedNode> nodes = new ArrayList<>();
    private final SortedMap<InstanceId, Durable> durables = new TreeMap<>();
    private final List<String> violations = new ArrayList<>();
    private final Usage usage;
    private boolean durability = true;

    /** The ledger of a card as it was when it was checked last. */
    private record CheckedLedger(Ledger ledger, Instant at) {}

    /** A node, and what of it was checked last. */
    private static final class Member {

        final SimulatedNode node;
        final SimulatedKubelet kubelet;
        final SortedMap<Integer, CheckedLedger> ledgers = new TreeMap<>();
        final Map<String, String> names = new HashMap<>();
        final Map<IpAddress, Long> disturbed = new HashMap<>();
        final Durable durable;
        final BlocksNoticed translation;
        List<Attached> attached = List.of();
        int podsSeen = -1;
        int kernelSeen = -1;
        int diskSeen = -1;
        long interfaceLost = Long.MIN_VALUE / 2;

        Member(
                SimulatedNode node,
                SimulatedKubelet kubelet,
                Durable durable,
                BlocksNoticed translation) {
            this.node = node;
            this.durable = durable;
            this.translation = translation;
            this.kubelet = kubelet;
        }

        /** Whether an interface may be gone of which the daemon does not know yet. */
        boolean mayNotKnow(long now) {
            boolean recent = now - interfaceLost < NOTICED.toNanos();
            if (recent && node.disk().isFull()) {
                interfaceLost = now; // It cannot note what it sees.
            }
            return recent;
        }

        /** Returns what a pod is called in messages; always the same object for a sandbox. */
        String name(SimulatedPod pod, SimulatedSandbox sandbox) {
            return names.computeIfAbsent(
                    sandbox.containerId(), id -> pod.name() + " on " + node.instance() + ", " + id);
        }
    }

    /** An address of a running pod. */
    private record Attached(SimulatedSandbox sandbox, String owner, IpAddress address) {}

    /**
     * @param restNanos for how long no address may be used again
     */
    public Invariants(Baton baton, SimulatedCloud cloud, long restNanos) {
        this.baton = baton;
        this.cloud = cloud;
        usage = new Usage(restNanos);
        cloud.observer(new RequestRules(baton, cloud, nodes, durables, usage, violations));
    }

    /** Checks {@code node} and its pods too, from now on. */
    public void watch(SimulatedNode node, SimulatedKubelet kubelet) {
        var durable = new Durable(node, cloud);
        members.add(new Member(node, kubelet, durable, new BlocksNoticed(node, cloud)));
        nodes.add(node);
        durables.put(node.instance(), durable);
    }

    /** Forgives what becomes of an address that was taken away behind the nodes' back. */
    public void takenAway(IpAddress address) {
        takenAway(address.only());
    }

    /** Forgives what becomes of addresses that were taken away behind the nodes' back. */
    public void takenAway(Cidr block) {
        usage.takenAway(block);
    }

    /** Tells whether {@link #takenAway} was said of it. */
    public boolean isTakenAway(IpAddress address) {
        return usage.isTakenAway(address);
    }

    /** Forgives what becomes of pods whose interface was taken away, until the node can know. */
    public void interfaceLost(SimulatedNode node) {
        for (Member member : members) {
            if (member.node == node) {
                member.interfaceLost = baton.nanos();
            }
        }
    }

    /** Stops to ask the disk for each pod, as when somebody loses the file. */
    public void forgiveLostDisk() {
        durability = false;
    }

    /**
     * Checks everything that may have changed.
     *
     * @throws AssertionError naming each thing that is wrong, with the latest decisions
     */
    public void check() {
        boolean portsChanged = portsChanged();
        for (Member member : members) {
            var _ = member.mayNotKnow(baton.nanos());
            checkPods(member, portsChanged);
            checkRestored(member);
            checkLedger(member);
            String off = member.translation.look(baton.nanos());
            if (off != null) {
                violations.add(off);
            }
        }
        for (Member member : members) {
            violations.addAll(member.kubelet.surprises());
        }
        if (!violations.isEmpty()) {
            throw new AssertionError(
                    String.join("\n", violations)
                            + "\nat "
                            + baton.nanos() / 1_000_000
                            + " ms after\n"
                            + decisions());
        }
    }

    /** Returns the latest decisions of each node, as lines. */
    public String decisions() {
        var text = new StringBuilder();
        for (Member member : members) {
            text.append(member.node.instance()).append('\n');
            for (Explanation e : member.node.explanations()) {
                text.append("  ").append(e.at()).append(' ').append(e.what());
                text.append(": ").append(e.why()).append('\n');
            }
        }
        return text.toString();
    }

    private int portsSeen = -1;

    private boolean portsChanged() {
        int version = cloud.version();
        boolean changed = version != portsSeen;
        portsSeen = version;
        return changed;
    }

    /** Checks what may be otherwise since the last look; a look after each turn has to be cheap. */
    private void checkPods(Member member, boolean portsChanged) {
        int podsNow = member.kubelet.version();
        boolean pods = podsNow != member.podsSeen;
        member.podsSeen = podsNow;
        int kernelNow = member.node.kernel().version();
        boolean kernel = kernelNow != member.kernelSeen;
        member.kernelSeen = kernelNow;
        int diskNow = member.node.disk().writes();
        boolean disk = diskNow != member.diskSeen;
        member.diskSeen = diskNow;
        if (portsChanged) {
            checkLimits(member.node);
        }
        if (kernel) {
            for (IpAddress address : member.node.kernel().cutOff()) {
                violations.add("the connections of a pod that is there are ended: " + address);
            }
        }
        if (disk) {
            violations.addAll(member.durable.look());
        }
        if (pods) {
            lookAtPods(member);
        }
        if (pods || kernel || portsChanged) {
            member.attached.forEach(attached -> checkConnected(member, attached));
        }
        if (pods || portsChanged) {
            member.kubelet.pods().forEach(pod -> checkCards(member, pod));
        }
        if (pods || disk) {
            member.attached.forEach(attached -> checkDurable(member, attached));
        }
    }

    private void lookAtPods(Member member) {
        List<Attached> all = new ArrayList<>();
        Map<IpAddress, String> owners = new HashMap<>();
        for (SimulatedPod pod : member.kubelet.pods()) {
            SimulatedSandbox sandbox = pod.sandbox();
            if (pod.running() && sandbox != null) {
                String owner = member.name(pod, sandbox);
                for (IpAddress address : pod.addresses()) {
                    String other = owners.put(address, owner);
                    if (other != null && !usage.isTakenAway(address)) {
                        violations.add(address + " belongs to " + other + " and " + owner);
                    }
                    all.add(new Attached(sandbox, owner, address));
                }
            }
        }
        member.attached = all;
        violations.addAll(usage.note(member.node.instance(), owners, baton.nanos()));
    }

    private void checkCards(Member member, SimulatedPod pod) {
        List<IpAddress> addresses = pod.addresses();
        SimulatedSandbox sandbox = pod.sandbox();
        if (addresses.size() < 2 || !pod.running() || sandbox == null) {
            return;
        }
        if (addresses.stream().noneMatch(usage::isTakenAway)) {
            long cards =
                    addresses.stream()
                            .map(cloud::port)
                            .filter(Objects::nonNull)
                            .mapToInt(Port::card)
                            .distinct()
                            .count();
            if (cards != addresses.size()) {
                String owner = member.name(pod, sandbox);
                violations.add(owner + " has " + addresses + " on " + cards + " network cards");
            }
        }
    }

    /**
     * Forgives that a pod is not connected because somebody disturbed the kernel, until its daemon
     * has had time to hear of it.
     */
    void disturbed(SimulatedNode node, IpAddress address) {
        for (Member member : members) {
            if (member.node == node) {
                member.disturbed.put(address, baton.nanos() + RESTORED.toNanos());
            }
        }
    }

    /** Of a card that serves no more nobody knows the pods' addresses. */
    private static boolean isGranted(Node serving, IpAddress address) {
        return serving.cards().all().stream()
                .anyMatch(
                        pool -> pool.keeper().ledger().use(address) instanceof AddressUse.Assigned);
    }

    /** Looks again at pods whose time is over; it is not while nobody can restore them. */
    private void checkRestored(Member member) {
        if (member.disturbed.isEmpty()) {
            return;
        }
        Node serving = member.node.serving();
        Node able =
                serving == null || !serving.connected() || member.node.kernel().refuses()
                        ? null
                        : serving;
        long later = baton.nanos() + RESTORED.toNanos();
        member.disturbed.replaceAll(
                (address, deadline) -> able != null && isGranted(able, address) ? deadline : later);
        if (member.disturbed.values().removeIf(deadline -> deadline < baton.nanos())) {
            member.attached.forEach(attached -> checkConnected(member, attached));
        }
    }

    private void checkConnected(Member member, Attached attached) {
        IpAddress address = attached.address;
        if (member.disturbed.containsKey(address)) {
            return;
        }
        String off = member.node.kernel().disconnected(attached.sandbox, address);
        if (off != null && member.mayNotKnow(baton.nanos())) {
            takenAway(address);
        }
        if (off != null && !usage.isTakenAway(address)) {
            violations.add(attached.owner + ": " + off);
        }
    }

    private void checkDurable(Member member, Attached attached) {
        String container = attached.sandbox.containerId();
        if (durability
                && !member.durable.isGranted(container, attached.address)
                && !usage.isTakenAway(attached.address)) {
            violations.add(
                    attached.owner
                            + " was told "
                            + attached.address
                            + ", and the disk does not say so");
        }
    }

    private void checkLimits(SimulatedNode node) {
        List<Port> ports = cloud.ports(node.instance());
        List<Integer> most = node.type().interfacesPerCard();
        for (int card = 0; card < most.size(); card++) {
            int on = card;
            long count = ports.stream().filter(port -> port.card() == on).count();
            if (count > most.get(card)) {
                violations.add(
                        count + " interfaces on card " + card + " of a " + node.type().name());
            }
        }
        for (Port port : ports) {
            for (IpFamily family : IpFamily.values()) {
                int slots = port.held().slots(family);
                if (slots > node.type().addressesPerInterface()) {
                    violations.add(
                            slots + " addresses and prefixes of " + family + " on " + port.eni());
                }
            }
        }
    }

    private void checkLedger(Member member) {
        Node serving = member.node.serving();
        if (serving == null) {
            member.ledgers.clear();
            return;
        }
        serving.cards().all().forEach(pool -> checkLedger(member, pool));
    }

    private void checkLedger(Member member, CardPool pool) {
        Ledger ledger = pool.keeper().ledger();
        CheckedLedger before = member.ledgers.get(pool.card());
        if (before == null || ledger != before.ledger) {
            Instant now = member.node.daemon().instant();
            violations.addAll(
                    before == null
                            ? LedgerInvariants.violations(ledger)
                            : LedgerInvariants.violations(before.ledger, ledger, before.at, now));
            member.ledgers.put(pool.card(), new CheckedLedger(ledger, now));
        }
    }

    /** Returns how many addresses each interface of a node's first card has for pods, by device. */
    public SortedMap<Integer, Integer> shape(SimulatedNode node) {
        List<Port> ports = new ArrayList<>(cloud.ports(node.instance()));
        ports.removeIf(port -> port.card() > 0);
        ports.sort(Comparator.comparingInt(Port::device));
        SortedMap<Integer, Integer> shape = new TreeMap<>();
        ports.forEach(port -> shape.put(port.device(), port.addresses().size() - 1));
        return shape;
    }
}
