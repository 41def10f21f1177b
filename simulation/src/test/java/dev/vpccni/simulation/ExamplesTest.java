package dev.vpccni.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.cni.CniArgs;
import dev.vpccni.cni.CniCommand;
import dev.vpccni.cni.CniException;
import dev.vpccni.cni.CniRequest;
import dev.vpccni.cni.CniVersion;
import dev.vpccni.cni.NetworkConfig;
import dev.vpccni.model.PodName;
import dev.vpccni.node.Node;
import dev.vpccni.node.settings.NodeSettings;
import dev.vpccni.node.settings.PoolSettings;
import dev.vpccni.vpc.Latency;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Steady states and what leads to them, with EC2 calls of 300 ms and devices after 2 s. */
class ExamplesTest {

    private static final Latency LATENCY =
            Latency.scenario(Duration.ofMillis(300), Duration.ofSeconds(2));

    @ParameterizedTest
    @CsvSource({
        // type, WARM_IP, MINIMUM_IP, WARM_ENI, pods, addresses by device
        "m5.large, 0, 0, 1, 0, '9'",
        "m5.large, 0, 0, 1, 1, '9 9'",
        "m5.large, 0, 0, 1, 10, '9 9 9'",
        "m5.large, 0, 10, 1, 11, '9 2'",
        "m5.large, 0, 0, 0, 9, '9 9'",
        "m5.large, 0, 0, 0, 10, '9 9'",
        "c5.large, 0, 0, 1, 1, '9 9'",
    })
    void comesToRest(String type, int warm, int minimum, int interfaces, int pods, String shape) {
        World world = world(type, warm, minimum, interfaces);

        world.runPods(0, pods);
        world.pass(180);

        assertThat(world.kubelet.running()).isEqualTo(pods);
        assertThat(shape(world)).isEqualTo(shape);
        Map<String, Integer> before = world.cloud.calls();
        world.pass(3_600);
        assertThat(shape(world)).isEqualTo(shape);
        Map<String, Integer> after = world.cloud.calls();
        after.forEach((action, count) -> {
            int more = count - before.getOrDefault(action, 0);
            assertThat(more).as(action).isLessThanOrEqualTo(action.equals("metadata") ? 60 : 0);
        });
    }

    @Test
    void givesTwoInterfacesBackWhenAllPodsHaveGone() {
        World world = world("m5.large", 0, 0, 1);
        world.runPods(0, 19);
        world.pass(120);
        assertThat(shape(world)).isEqualTo("9 9 9");

        world.kubelet.endAll();
        world.pass(29);
        assertThat(shape(world)).as("they cool down").isEqualTo("9 9 9");
        Duration took =
                world.passUntil(() -> world.cloud.interfaces().size() == 1, Duration.ofSeconds(30));

        assertThat(took).isLessThan(Duration.ofSeconds(10));
        assertThat(shape(world)).isEqualTo("9");
    }

    @Test
    void servesFromMemoryWhenEc2IsDown() {
        World world = world("m5.large", 0, 0, 1);
        world.runPods(0, 5);
        world.pass(60);
        world.node.daemon().kill();
        world.node.cloudReachable(false);

        world.node.boot();
        Duration toServe =
                world.passUntil(() -> world.node.serving() != null, Duration.ofSeconds(5));
        world.runPods(5, 15);
        Duration toRun =
                world.passUntil(() -> world.kubelet.running() == 15, Duration.ofSeconds(5));

        assertThat(toServe.plus(toRun)).isLessThan(Duration.ofMillis(500));
        assertThat(world.kubelet.failedAdds()).isZero();
    }

    @Test
    void rebuildsALostCheckpointFromTheKernelAndEc2() {
        World world = world("m5.large", 0, 0, 1);
        world.runPods(0, 12);
        world.pass(60);
        world.node.daemon().kill();
        world.baton.afterEachSwitch(() -> {});
        world.node.disk.lose();

        world.node.boot();
        world.runPods(12, 20);
        world.pass(60);

        assertThat(world.kubelet.running()).isEqualTo(20);
        assertThat(world.kubelet.pods().stream().map(pod -> pod.address)).doesNotHaveDuplicates();
        world.kubelet.endAll();
        world.pass(180);
        assertThat(shape(world)).isEqualTo("9");
    }

    @Test
    void refusesThePodTooManyWithReasonAndRemedy() throws Exception {
        World world = world("c5.large", 0, 0, 1);
        world.runPods(0, 27);
        world.pass(60);
        assertThat(world.kubelet.running()).isEqualTo(27);

        List<CniException> refusals = new java.util.ArrayList<>();
        SimulatedProcess runtime = world.baton.process("runtime");
        runtime.start("28th", () -> add28th(world, runtime, refusals));
        world.pass(60);

        assertThat(refusals)
                .singleElement()
                .satisfies(refusal -> {
                    assertThat(refusal.error().code()).isEqualTo(11);
                    assertThat(refusal.error().message())
                            .contains("c5.large", "27 pod addresses", "3 interfaces with 9 each");
                    assertThat(refusal.error().details()).contains("max-pods");
                });
    }

    @Test
    void saysThatTheDiskIsFullAndGoesOnLater() {
        World world = world("m5.large", 0, 0, 1);
        world.node.disk.full(true);
        world.runPods(0, 3);
        world.pass(20);
        assertThat(world.kubelet.running()).isZero();

        world.node.disk.full(false);
        world.pass(30);

        assertThat(world.kubelet.running()).isEqualTo(3);
    }

    @Test
    void saysThatTheDiskIsFullWhereThereAreNoAddressesYet() {
        var pool = PoolSettings.DEFAULT.withTargets(0, 0, 1);
        var world = new World(1, "m5.large", NodeSettings.DEFAULT.withPool(pool), LATENCY);
        world.node.boot();
        world.passUntil(
                () -> {
                    Node node = world.node.serving();
                    return node != null && !node.ledger().ledger().interfaces().isEmpty();
                },
                Duration.ofSeconds(60));
        world.node.disk.full(true);
        world.pass(5);
        List<CniException> refusals = new java.util.ArrayList<>();
        SimulatedProcess runtime = world.baton.process("runtime");
        runtime.start("add", () -> add28th(world, runtime, refusals));
        world.pass(20);

        assertThat(refusals)
                .singleElement()
                .satisfies(refusal -> {
                    assertThat(refusal.error().message()).contains("checkpoint cannot be written");
                    assertThat(refusal.error().details()).contains("make room");
                });
    }

    private static void add28th(
            World world, SimulatedProcess runtime, List<CniException> refusals) {
        var sandbox = new SimulatedSandbox(new PodName("default", "too-many"), "c-28");
        var request =
                new CniRequest(
                        CniCommand.ADD,
                        sandbox.containerId,
                        sandbox.path(),
                        "eth0",
                        new CniArgs(sandbox.pod, sandbox.containerId, ""),
                        new NetworkConfig(
                                CniVersion.V1_1_0,
                                "aws-cni",
                                "eni",
                                9001,
                                NetworkConfig.EnforcingMode.STRICT,
                                false,
                                null,
                                null));
        long start = runtime.nanos();
        try {
            world.node.ask(
                    runtime,
                    Duration.ofSeconds(60),
                    node -> node.pods().add(request, sandbox, Duration.ofSeconds(10)));
        } catch (CniException e) {
            assertThat(runtime.nanos() - start).isGreaterThanOrEqualTo(10_000_000_000L);
            refusals.add(e);
        }
    }

    private static World world(String type, int warm, int minimum, int interfaces) {
        PoolSettings pool = PoolSettings.DEFAULT.withTargets(warm, minimum, interfaces);
        var world = new World(1, type, NodeSettings.DEFAULT.withPool(pool), LATENCY);
        world.node.boot();
        world.pass(60);
        return world;
    }

    private static String shape(World world) {
        return String.join(
                " ",
                world.invariants.shape().values().stream()
                        .filter(addresses -> addresses > 0)
                        .map(String::valueOf)
                        .toList());
    }
}
