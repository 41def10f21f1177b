package dev.vpccni.simulation;

import static dev.vpccni.simulation.Worlds.atRest;
import static dev.vpccni.simulation.Worlds.shape;
import static dev.vpccni.simulation.Worlds.since;
import static dev.vpccni.simulation.Worlds.targets;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pods that come and go all the time: they cost EC2 nothing, and none of them waits for it. */
class ChurnTest {

    private static final int PODS = 40;

    /** Enough for every DEL to end. */
    private static final long LEAST_REST_NANOS = 1_000_000_000;

    /** At the shorter period cooling addresses fill the instance, and pods wait for them. */
    @ParameterizedTest
    @CsvSource({"6, 15000", "12, 400"})
    void churnOfAddressesCostsEc2Nothing(int seconds, int longestMillis) {
        World world = atRest("m5.4xlarge", targets(5, 0, 0));
        Duration each = Duration.ofSeconds(seconds);
        churn(world, 60 / seconds, each); // In its first minute the pool grows.
        SortedMap<String, Integer> before = world.cloud.calls();

        Duration longest = churn(world, 300 / seconds, each);

        SortedMap<String, Integer> calls = since(before, world);
        calls.remove("metadata");
        int sum = calls.values().stream().mapToInt(Integer::intValue).sum();
        assertThat(sum).as("in five minutes: %s", calls).isLessThanOrEqualTo(10);
        assertThat(longest).isLessThan(Duration.ofMillis(longestMillis));
        assertThat(world.kubelet().failedAdds()).isZero();
    }

    @Test
    void churnOfInterfacesCostsEc2Nothing() {
        World world = atRest("m5.large", targets(0, 0, 0));
        Duration each = Duration.ofSeconds(150);
        var _ = upAndDown(world, 12, each);
        SortedMap<String, Integer> before = world.cloud.calls();

        for (int round = 0; round < 10; round++) {
            var _ = upAndDown(world, 12, each);
        }

        assertThat(changes(since(before, world))).isEmpty();
    }

    @Test
    void anIdleNodeStillGivesEverythingBack() {
        World world = atRest("m5.4xlarge", targets(5, 0, 0));
        churn(world, 10, Duration.ofSeconds(12));

        world.pass(240);

        assertThat(shape(world)).isEqualTo("5");
    }

    /** Returns how long the slowest of {@code rounds} of pods took to run. */
    private static Duration churn(World world, int rounds, Duration each) {
        Duration longest = Duration.ZERO;
        for (int round = 0; round < rounds; round++) {
            Duration took = upAndDown(world, PODS, each);
            longest = took.compareTo(longest) > 0 ? took : longest;
        }
        return longest;
    }

    private static Duration upAndDown(World world, int pods, Duration each) {
        long start = world.baton.nanos();
        world.runPods(0, pods);
        Duration took =
                world.passUntil(() -> world.kubelet().running() == pods, Duration.ofSeconds(40));
        Duration half = each.dividedBy(2);
        rest(world, start + half.toNanos());
        world.kubelet().endAll();
        rest(world, start + each.toNanos());
        assertThat(world.kubelet().pods()).isEmpty();
        return took;
    }

    private static void rest(World world, long until) {
        long left = until - world.baton.nanos();
        world.baton.runFor(Duration.ofNanos(Math.max(LEAST_REST_NANOS, left)));
    }

    private static SortedMap<String, Integer> changes(SortedMap<String, Integer> calls) {
        var changes = new TreeMap<>(calls);
        changes.keySet().removeIf(call -> call.startsWith("Describe") || call.equals("metadata"));
        return changes;
    }
}
