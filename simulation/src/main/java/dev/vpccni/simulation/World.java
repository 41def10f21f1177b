package dev.vpccni.simulation;

import dev.vpccni.model.InstanceType;
import dev.vpccni.model.InstanceTypes;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.node.settings.NodeSettings;
import dev.vpccni.simulation.cloud.SimulatedCloud;
import dev.vpccni.simulation.host.SimulatedNode;
import dev.vpccni.simulation.time.Baton;
import dev.vpccni.simulation.workload.SimulatedKubelet;
import dev.vpccni.vpc.settings.Latency;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.function.BooleanSupplier;

/** Nodes in a VPC of their own, checked after every step. */
public final class World {

    private static final Duration STEP = Duration.ofMillis(10);

    public final Baton baton;
    public final SimulatedCloud cloud;
    public final Invariants invariants;
    private final List<Member> members = new ArrayList<>();

    /** A node with its kubelet. */
    public record Member(SimulatedNode node, SimulatedKubelet kubelet) {}

    /** Makes a VPC in a block of the caller's choice, without any node. */
    public World(long seed, Latency latency, String cidr, Duration cooldown) {
        baton = new Baton(seed);
        cloud = new SimulatedCloud(baton, latency, Ipv4Cidr.parse(cidr));
        invariants = new Invariants(baton, cloud, cooldown.toNanos());
        baton.afterEachSwitch(invariants::check);
    }

    /** Makes a world with one node in a /22, with the daemon not yet started. */
    public World(long seed, String type, NodeSettings settings, Latency latency) {
        this(seed, type, settings, latency, "10.0.0.0/22");
    }

    /** Makes a world with one node in a block of the caller's choice. */
    public World(long seed, String type, NodeSettings settings, Latency latency, String cidr) {
        this(seed, latency, cidr, settings.pool().cooldown());
        var _ = launch(type, settings);
    }

    /** Adds a node of the type of that name, with the daemon not yet started. */
    public Member launch(String type, NodeSettings settings) {
        return launch(Objects.requireNonNull(InstanceTypes.known().find(type), type), settings);
    }

    /** Adds a node, with the daemon not yet started. */
    public Member launch(InstanceType type, NodeSettings settings) {
        var node = new SimulatedNode(baton, cloud, type, settings);
        var member = new Member(node, new SimulatedKubelet(baton, node));
        members.add(member);
        invariants.watch(node, member.kubelet);
        return member;
    }

    /** Returns every node. */
    public List<Member> members() {
        return Collections.unmodifiableList(members);
    }

    /** Returns the first node. */
    public SimulatedNode node() {
        return members.getFirst().node;
    }

    /** Returns the first node's kubelet. */
    public SimulatedKubelet kubelet() {
        return members.getFirst().kubelet;
    }

    /**
     * Returns how many addresses each interface of the first node's first card has for pods, by
     * device.
     */
    public SortedMap<Integer, Integer> shape() {
        return invariants.shape(node());
    }

    /** Lets {@code seconds} pass. */
    public void pass(int seconds) {
        baton.runFor(Duration.ofSeconds(seconds));
    }

    /**
     * Lets time pass until {@code condition} holds.
     *
     * @return how long it took, to 10 ms
     * @throws AssertionError if it takes longer than {@code most}
     */
    public Duration passUntil(BooleanSupplier condition, Duration most) {
        long start = baton.nanos();
        while (!condition.getAsBoolean()) {
            if (baton.nanos() - start > most.toNanos()) {
                throw new AssertionError("not within " + most + ":\n" + invariants.decisions());
            }
            baton.runFor(STEP);
        }
        return Duration.ofNanos(baton.nanos() - start);
    }

    /** Starts pods called {@code from} to {@code to}, the latter excluded, on the first node. */
    public void runPods(int from, int to) {
        for (int i = from; i < to; i++) {
            kubelet().run("pod-" + i);
        }
    }

    /** Ends pods called {@code from} to {@code to}, the latter excluded. */
    public void endPods(int from, int to) {
        for (int i = from; i < to; i++) {
            kubelet().end("pod-" + i);
        }
    }

    /** Tells whether a subnet has nothing left of what a node wants of it. */
    boolean isAnySubnetShort() {
        boolean prefixes =
                members.stream().anyMatch(m -> m.node().settings().addressing().prefixDelegation());
        return cloud.roles().all().keySet().stream()
                .anyMatch(s ->
                        cloud.space().addresses(s) == 0
                                || (prefixes && !cloud.space().hasPrefix(s)));
    }
}
