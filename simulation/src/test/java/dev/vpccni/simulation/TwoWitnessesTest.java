package dev.vpccni.simulation;

import static dev.vpccni.simulation.Worlds.targets;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.node.settings.NodeSettings;
import dev.vpccni.simulation.cloud.Faults;
import dev.vpccni.vpc.settings.Latency;
import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What EC2 showed a moment ago is not what is: nothing that was given back comes into service on
 * the word of a Describe that lags. Whether a pod's address lies on the instance is asked after
 * every step.
 */
class TwoWitnessesTest {

    private static final Latency LAGGING =
            Latency.scenario(Duration.ofMillis(300), Duration.ofSeconds(2))
                    .withDescribe(Duration.ofSeconds(8));

    @ParameterizedTest
    @ValueSource(ints = {0, 50, 100, 150, 200, 250, 300, 350, 500, 1000, 2000, 4000})
    void aCrashNearARelease(int millis) {
        World world = world(targets(1, 0, 0));
        world.runPods(0, 8);
        world.pass(30);
        world.kubelet().endAll();
        var _ =
                world.passUntil(
                        () -> Worlds.calls(world, "UnassignPrivateIpAddresses") == 1,
                        Duration.ofMinutes(4));
        world.baton.runFor(Duration.ofMillis(millis));
        world.node().daemon().kill();
        var _ = world.node().boot();

        world.runPods(10, 18);
        world.pass(60);

        assertThat(world.kubelet().running()).isEqualTo(8);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aDetachmentWhoseAnswerWasLost(boolean crash) {
        World world = world(targets(0, 0, 0));
        world.runPods(0, 12);
        world.pass(60);
        world.kubelet().endAll();
        world.pass(100);
        world.cloud.faults(new Faults(0, 0, 0, 1000, 0, 0));
        var _ =
                world.passUntil(
                        () -> Worlds.calls(world, "DetachNetworkInterface") == 1,
                        Duration.ofMinutes(4));
        world.baton.runFor(Duration.ofMillis(400));
        if (crash) {
            world.node().daemon().kill();
            var _ = world.node().boot();
        }
        world.cloud.faults(Faults.NONE);

        world.runPods(20, 38);
        world.pass(90);

        assertThat(world.kubelet().running()).isEqualTo(18);
    }

    private static World world(dev.vpccni.node.settings.PoolSettings pool) {
        var world = new World(1, "m5.large", NodeSettings.DEFAULT.withPool(pool), LAGGING);
        return Worlds.atRest(world);
    }
}
