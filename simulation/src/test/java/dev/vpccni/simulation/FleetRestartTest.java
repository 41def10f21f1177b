package dev.vpccni.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.model.IpFamily;
import dev.vpccni.node.settings.AddressingSettings;
import dev.vpccni.node.settings.NodeSettings;
import dev.vpccni.node.settings.PoolSettings;
import dev.vpccni.simulation.World.Member;
import java.time.Duration;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every daemon of a cluster restarts at once, and EC2 takes no more requests than it says. */
class FleetRestartTest {

    private static final int PODS = 3;

    /** So many that each node needs what it has not. */
    private static final int MORE = 20;

    /** Two requests each bring what is missing; as many are for looking, and the rest is spare. */
    private static final int REQUESTS_OF_NODE = 10;

    /** The plugin gives up after a minute. */
    private static final Duration PATIENCE = Duration.ofSeconds(59);

    @ParameterizedTest(name = "{0} nodes, prefixes: {1}")
    @CsvSource({"50, false", "50, true"})
    void everyPodIsServedAndNobodyAsksWithoutPause(int nodes, boolean prefixes) {
        NodeSettings settings = settings(prefixes);
        var world = new World(1, Worlds.LATENCY, "10.0.0.0/18", settings.pool().cooldown());
        world.cloud.limitRequests();
        for (int i = 0; i < nodes; i++) {
            var _ = world.launch("m5.large", settings).node().boot();
        }
        world.pass(120);
        run(world, 0, PODS);
        var _ = world.passUntil(() -> running(world) == nodes * PODS, PATIENCE);
        world.pass(120);
        SortedMap<String, Integer> before = new TreeMap<>(world.cloud.calls());
        int throttled = world.cloud.throttled();

        for (Member member : world.members()) {
            member.node().daemon().kill();
            var _ = member.node().boot();
        }
        run(world, PODS, PODS + MORE);

        Duration took = world.passUntil(() -> running(world) == nodes * (PODS + MORE), PATIENCE);
        world.pass(60);
        SortedMap<String, Integer> made = Worlds.since(before, world);
        made.remove("metadata");
        System.out.printf(
                "%d daemons at once, prefixes: %s: all pods after %d ms, %s, %d throttled%n",
                nodes, prefixes, took.toMillis(), made, world.cloud.throttled() - throttled);
        assertThat(made.values().stream().mapToInt(Integer::intValue).sum())
                .as("requests: %s", made)
                .isLessThanOrEqualTo(nodes * REQUESTS_OF_NODE);
    }

    private static NodeSettings settings(boolean prefixes) {
        NodeSettings usual = NodeSettings.DEFAULT.withPool(PoolSettings.DEFAULT);
        return prefixes
                ? usual.withAddressing(new AddressingSettings(IpFamily.IPV4, true, 1, false, false))
                : usual;
    }

    private static void run(World world, int from, int to) {
        for (Member member : world.members()) {
            for (int i = from; i < to; i++) {
                member.kubelet().run("pod-" + i);
            }
        }
    }

    private static int running(World world) {
        return world.members().stream().mapToInt(member -> member.kubelet().running()).sum();
    }
}
