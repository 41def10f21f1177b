package dev.vpccni.simulation;

import static dev.vpccni.simulation.Worlds.atRest;
import static dev.vpccni.simulation.Worlds.calls;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.model.IpFamily;
import dev.vpccni.node.pool.CardPool;
import dev.vpccni.node.settings.AddressingSettings;
import dev.vpccni.node.settings.NodeSettings;
import dev.vpccni.simulation.workload.SimulatedPod;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A node with two network cards, and pods that want an address on each. */
class EveryCardTest {

    private static final String TYPE = "hpc7a.12xlarge";
    private static final int PODS = 10;

    @Test
    void eachPodHasAnAddressOnEachCardAndAllOfThemEndWithIt() {
        World world = atRest(world("10.0.0.0/22", settings(true)));
        run(world, 0, PODS);

        var _ = world.passUntil(() -> world.kubelet().running() == PODS, Duration.ofSeconds(20));

        assertThat(world.kubelet().pods())
                .allSatisfy(pod -> assertThat(cards(world, pod)).containsExactly(0, 1));
        world.kubelet().endAll();
        world.pass(60);
        assertThat(Worlds.serving(world).cards().all()).hasSize(2);
        for (CardPool pool : Worlds.serving(world).cards().all()) {
            assertThat(pool.keeper().ledger().checkpoint().grants()).isEmpty();
        }
    }

    /** What the first card has for them they hold for as long as their ADD waits, and no longer. */
    @Test
    void whereTheSecondCardHasNoRoomNobodyKeepsHalfOfWhatItWants() {
        World world = world("10.0.0.0/28", settings(true).withPool(Worlds.targets(1, 0, 0)));
        var _ = atRest(world);
        run(world, 0, PODS);
        world.pass(300);
        int running = world.kubelet().running();
        assertThat(running).as("of 11 addresses, 2 are interfaces' own").isLessThan(PODS);

        world.endPods(0, PODS);
        world.pass(200);

        assertThat(world.kubelet().pods()).isEmpty();
        for (CardPool pool : Worlds.serving(world).cards().all()) {
            assertThat(pool.keeper().ledger().checkpoint().grants()).isEmpty();
        }
    }

    @Test
    void switchedOffUnderPodsTheSecondCardStaysAsItIsAndServesAgainLater() {
        World world = atRest(world("10.0.0.0/22", settings(true)));
        run(world, 0, PODS);
        world.pass(60);
        int removed = calls(world, "DetachNetworkInterface");

        restart(world, settings(false));
        run(world, PODS, PODS + 1);
        world.endPods(0, 2);
        world.pass(300);
        assertThat(world.kubelet().running()).isEqualTo(PODS - 2);
        assertThat(calls(world, "DetachNetworkInterface")).isEqualTo(removed);

        restart(world, settings(true));
        world.pass(120);
        assertThat(world.kubelet().running()).isEqualTo(PODS - 1);
        assertThat(world.kubelet().pods())
                .allSatisfy(pod -> assertThat(cards(world, pod)).containsExactly(0, 1));
    }

    private static World world(String cidr, NodeSettings settings) {
        return new World(1, TYPE, settings, Worlds.LATENCY, cidr);
    }

    private static NodeSettings settings(boolean everyCard) {
        return NodeSettings.DEFAULT.withAddressing(
                new AddressingSettings(IpFamily.IPV4, false, 0, false, everyCard));
    }

    private static void run(World world, int from, int to) {
        for (int i = from; i < to; i++) {
            world.kubelet().run("pod-" + i, true);
        }
    }

    private static void restart(World world, NodeSettings settings) {
        world.node().daemon().kill();
        world.node().settings(settings);
        var _ = world.node().boot();
        world.pass(60);
    }

    private static Iterable<Integer> cards(World world, SimulatedPod pod) {
        return pod.addresses().stream()
                .map(world.cloud::port)
                .map(port -> port == null ? -1 : port.card())
                .toList();
    }
}
