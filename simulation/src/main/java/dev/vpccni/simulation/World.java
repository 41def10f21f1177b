package dev.vpccni.simulation;

import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.node.settings.NodeSettings;
import dev.vpccni.vpc.Latency;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/** One node in a VPC of its own, checked after every step. */
public final class World {

    private static final Duration STEP = Duration.ofMillis(10);

    public final Baton baton;
    public final SimulatedCloud cloud;
    public final SimulatedNode node;
    public final SimulatedKubelet kubelet;
    public final Invariants invariants;

    /** Makes a world in a /22, with the daemon not yet started. */
    public World(long seed, String type, NodeSettings settings, Latency latency) {
        this(seed, type, settings, latency, "10.0.0.0/22");
    }

    /** Makes a world in a block of the caller's choice. */
    public World(long seed, String type, NodeSettings settings, Latency latency, String cidr) {
        baton = new Baton(seed);
        cloud = new SimulatedCloud(baton, latency, Ipv4Cidr.parse(cidr));
        node = new SimulatedNode(baton, cloud, type, settings);
        kubelet = new SimulatedKubelet(baton, node);
        invariants =
                new Invariants(baton, cloud, node, kubelet, settings.pool().cooldown().toNanos());
        baton.afterEachSwitch(invariants::check);
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

    /** Starts pods called {@code from} to {@code to}, the latter excluded. */
    public void runPods(int from, int to) {
        for (int i = from; i < to; i++) {
            kubelet.run("pod-" + i);
        }
    }

    /** Ends pods called {@code from} to {@code to}, the latter excluded. */
    public void endPods(int from, int to) {
        for (int i = from; i < to; i++) {
            kubelet.end("pod-" + i);
        }
    }
}
