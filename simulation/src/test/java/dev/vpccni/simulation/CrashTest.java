package dev.vpccni.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.node.settings.NodeSettings;
import dev.vpccni.simulation.time.SimulatedProcess;
import dev.vpccni.vpc.settings.Latency;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The daemon dies between any two steps, and nobody notices but those who had to wait. */
class CrashTest {

    private static final NodeSettings SETTINGS =
            NodeSettings.DEFAULT.withPool(NodeSettings.DEFAULT.pool().withTargets(2, 0, 0));

    @Test
    void diesAtEachStepOfASmallLife() {
        int deaths = 0;
        int at = 1;
        while (dies(at)) {
            deaths++;
            // Early steps each; later ones repeat themselves.
            at += at < 150 ? 1 : 7;
        }
        assertThat(deaths).isGreaterThan(150);
    }

    /** Lives through growth and shrinkage; false if the life is over before step {@code at}. */
    private static boolean dies(int at) {
        var world =
                new World(
                        at,
                        "t3.small",
                        SETTINGS,
                        Latency.scenario(Duration.ofMillis(300), Duration.ofSeconds(2)));
        SimulatedProcess first = world.node().boot();
        first.killAtCrossing(at);
        world.baton.process("supervisor").start("restart", () -> supervise(world, first));
        world.runPods(0, 5);
        world.pass(30);
        world.endPods(0, 3);
        world.pass(150);
        assertThat(world.kubelet().running()).as("killed at %s", at).isEqualTo(2);
        world.kubelet().endAll();
        world.pass(320);
        assertThat(world.kubelet().pods()).as("killed at %s", at).isEmpty();
        assertThat(world.shape().values().stream().mapToInt(Integer::intValue).sum())
                .as("killed at %s:%n%s", at, world.invariants.decisions())
                .isEqualTo(2);
        assertThat(world.cloud.interfaces())
                .as("killed at %s:%n%s", at, world.invariants.decisions())
                .hasSize(world.shape().size());
        return first.isDead();
    }

    private static void supervise(World world, SimulatedProcess first) {
        SimulatedProcess self = world.baton.process("kill switch");
        while (!first.isDead()) {
            self.pause(Duration.ofMillis(500));
        }
        world.node().boot();
    }
}
