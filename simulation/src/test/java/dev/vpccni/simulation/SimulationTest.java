package dev.vpccni.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.node.settings.NodeSettings;
import dev.vpccni.node.settings.PoolSettings;
import dev.vpccni.vpc.Latency;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Hours of a node's life in which whatever can go wrong does, each decided by one number.
 *
 * <p>{@code -Dvpccni.simulation.seeds=N} runs that many; {@code -Dvpccni.simulation.seed=S} runs
 * just one.
 */
class SimulationTest {

    private static final List<String> TYPES = List.of("t3.small", "c5.large", "m5.xlarge");
    private static final int PODS_MAX = 70;

    static LongStream seeds() {
        Long only = Long.getLong("vpccni.simulation.seed");
        return only != null
                ? LongStream.of(only)
                : LongStream.range(0, Long.getLong("vpccni.simulation.seeds", 60));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void keepsEveryPromise(long seed) {
        try {
            new Life(seed).live();
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError(
                    "mvn -pl simulation -am test -Dtest=SimulationTest"
                            + " -Dsurefire.failIfNoSpecifiedTests=false"
                            + " -Dvpccni.simulation.seed="
                            + seed
                            + " repeats: "
                            + e.getMessage(),
                    e);
        }
    }

    /** One run: trouble, then rest, then the end of all pods. */
    private static final class Life {

        private final RandomGenerator random;
        private final World world;
        private final boolean clockSteps;
        private int started;

        Life(long seed) {
            random = new SplittableRandom(seed);
            world =
                    new World(
                            seed,
                            TYPES.get(random.nextInt(TYPES.size())),
                            NodeSettings.DEFAULT.withPool(pool()),
                            latency());
            clockSteps = random.nextInt(5) == 0;
        }

        void live() {
            world.node.boot();
            world.passUntil(this::connected, Duration.ofMinutes(1));
            world.pass(180);
            SortedMap<Integer, Integer> began = world.invariants.shape();
            trouble();
            world.cloud.faults(Faults.NONE);
            world.node.disk.full(false);
            world.node.daemon().killAtCrossing(Integer.MAX_VALUE);
            bootIfDead();
            world.pass(300);
            everyPodThatFitsRuns();
            isCalm();
            world.kubelet.endAll();
            world.pass(400);
            isCalm();
            assertThat(world.kubelet.pods()).isEmpty();
            SortedMap<Integer, Integer> ended = world.invariants.shape();
            assertThat(sum(ended))
                    .as(
                            "%s, while EC2 began with %s; decisions:\n%s",
                            ended, began, world.invariants.decisions())
                    .isEqualTo(sum(began));
            assertThat(world.cloud.interfaces()).hasSameSizeAs(ended.keySet());
        }

        private static int sum(SortedMap<Integer, Integer> shape) {
            return shape.values().stream().mapToInt(Integer::intValue).sum();
        }

        private boolean connected() {
            var serving = world.node.serving();
            return serving != null && serving.connected();
        }

        private void trouble() {
            world.cloud.faults(random.nextBoolean() ? Faults.SOME : Faults.NONE);
            int events = 5 + random.nextInt(25);
            for (int i = 0; i < events; i++) {
                event();
                world.baton.runFor(Duration.ofMillis(random.nextInt(20_000)));
            }
        }

        private void event() {
            switch (random.nextInt(10)) {
                case 0, 1, 2, 3 -> runSome();
                case 4, 5, 6 -> endSome();
                case 7 -> crash();
                case 8 -> world.node.disk.full(random.nextInt(3) == 0);
                default -> {
                    if (clockSteps) {
                        world.invariants.forgiveRest();
                        world.baton.stepClock(Duration.ofSeconds(random.nextInt(-90, 90)));
                    } else {
                        bootIfDead();
                    }
                }
            }
        }

        private void runSome() {
            int more = Math.min(1 + random.nextInt(30), PODS_MAX - world.kubelet.pods().size());
            world.runPods(started, started + Math.max(0, more));
            started += Math.max(0, more);
        }

        private void endSome() {
            List<String> names = world.kubelet.pods().stream().map(pod -> pod.name).toList();
            names.stream().filter(_ -> random.nextInt(3) == 0).forEach(world.kubelet::end);
        }

        /** At once, or between any two steps to come. */
        private void crash() {
            bootIfDead();
            SimulatedProcess daemon = world.node.daemon();
            if (random.nextBoolean()) {
                daemon.kill();
                world.baton.runFor(Duration.ofMillis(random.nextInt(5_000)));
                bootIfDead();
            } else {
                daemon.killAtCrossing(daemon.crossings() + 1 + random.nextInt(60));
            }
        }

        private void bootIfDead() {
            if (world.node.daemon().isDead()) {
                world.node.boot();
            }
        }

        private void everyPodThatFitsRuns() {
            int room = world.node.type.maxPods() - 2;
            int wanted = world.kubelet.pods().size();
            assertThat(world.kubelet.running())
                    .as("of %s pods; decisions:\n%s", wanted, world.invariants.decisions())
                    .isEqualTo(Math.min(room, wanted));
        }

        private void isCalm() {
            SortedMap<String, Integer> before = world.cloud.calls();
            world.pass(600);
            SortedMap<String, Integer> after = world.cloud.calls();
            assertThat(Invariants.changes(after))
                    .as(
                            "changes after %s: %s; decisions:\n%s",
                            before, after, world.invariants.decisions())
                    .isEqualTo(Invariants.changes(before));
        }

        private PoolSettings pool() {
            return switch (random.nextInt(4)) {
                case 0 -> PoolSettings.DEFAULT.withTargets(0, 0, 0);
                case 1 ->
                        PoolSettings.DEFAULT.withTargets(
                                1 + random.nextInt(10), random.nextInt(20), 1);
                case 2 -> PoolSettings.DEFAULT.withTargets(0, 5 + random.nextInt(20), 1);
                default -> PoolSettings.DEFAULT;
            };
        }

        private Latency latency() {
            return switch (random.nextInt(3)) {
                case 0 -> Latency.scenario(Duration.ofMillis(300), Duration.ofSeconds(2));
                case 1 -> Latency.AWS_LIKE;
                default -> Latency.AWS_LIKE.withDescribe(Duration.ofSeconds(2));
            };
        }
    }
}
