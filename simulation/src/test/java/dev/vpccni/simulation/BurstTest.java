package dev.vpccni.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.node.settings.NodeSettings;
import dev.vpccni.vpc.settings.Latency;
import java.time.Duration;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Many pods at once: as fast as EC2 allows, and none of them fails. */
class BurstTest {

    private static final Duration CALL = Duration.ofMillis(300);
    private static final Duration DEVICE = Duration.ofSeconds(2);

    /**
     * What nobody can avoid: look where an interface may be made, make it, have it attached, which
     * EC2 begins when the request arrives after half of the call's time, and wait for the device.
     */
    private static final Duration LEAST = CALL.plus(CALL).plus(CALL.dividedBy(2)).plus(DEVICE);

    @ParameterizedTest
    @CsvSource({"m5.xlarge, 50, 3", "m5.4xlarge, 100, 3"})
    void servesAllAtOnceInHardlyMoreThanTheLatencies(String type, int pods, int interfaces) {
        var world = new World(1, type, NodeSettings.DEFAULT, Latency.scenario(CALL, DEVICE));
        world.node().boot();
        world.pass(90);
        SortedMap<String, Integer> before = world.cloud.calls();

        world.runPods(0, pods);
        Duration took =
                world.passUntil(() -> world.kubelet().running() == pods, Duration.ofSeconds(60));
        world.pass(10);

        SortedMap<String, Integer> calls = difference(before, world.cloud.calls());
        System.out.printf(
                "%s: %d pods in %d ms, least %d ms (%.2f), %d failed, calls %s%n",
                type,
                pods,
                took.toMillis(),
                LEAST.toMillis(),
                (double) took.toMillis() / LEAST.toMillis(),
                world.kubelet().failedAdds(),
                calls);
        assertThat(world.kubelet().failedAdds()).isZero();
        assertThat(took).isLessThanOrEqualTo(LEAST.multipliedBy(12).dividedBy(10));
        assertThat(calls.get("CreateNetworkInterface")).isGreaterThanOrEqualTo(interfaces);
        assertThat(calls.get("DescribeSubnets")).isEqualTo(1);
    }

    /** Upstream attaches, detaches and deletes one after the other: up to minutes for each. */
    @Test
    void w06GrowthDoesNotWaitForWhatGoes() {
        World world = Worlds.atRest("m5.large", Worlds.targets(1, 0, 0));
        world.runPods(0, 18);
        world.pass(90);
        world.kubelet().endAll();
        var _ =
                world.passUntil(
                        () -> Worlds.calls(world, "DetachNetworkInterface") > 0,
                        Duration.ofMinutes(4));
        int deleted = Worlds.calls(world, "DeleteNetworkInterface");

        world.runPods(18, 36);
        Duration took =
                world.passUntil(() -> world.kubelet().running() == 18, Duration.ofSeconds(60));

        assertThat(took).as("beside the detachment").isLessThan(LEAST.plus(CALL.multipliedBy(3)));
        assertThat(deleted).isZero();
    }

    private static SortedMap<String, Integer> difference(
            SortedMap<String, Integer> before, SortedMap<String, Integer> after) {
        var difference = new TreeMap<String, Integer>();
        after.forEach((action, count) -> {
            int more = count - before.getOrDefault(action, 0);
            if (more > 0) {
                difference.put(action, more);
            }
        });
        return difference;
    }
}
