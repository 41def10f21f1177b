package dev.vpccni.simulation;

import static dev.vpccni.simulation.Worlds.add;
import static dev.vpccni.simulation.Worlds.atRest;
import static dev.vpccni.simulation.Worlds.sandbox;
import static dev.vpccni.simulation.Worlds.shape;
import static dev.vpccni.simulation.Worlds.targets;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.cni.CniResult;
import dev.vpccni.node.Node;
import dev.vpccni.node.settings.NodeSettings;
import dev.vpccni.simulation.workload.SimulatedPod;
import dev.vpccni.vpc.api.Answer;
import dev.vpccni.vpc.api.Ec2Reply;
import dev.vpccni.vpc.api.Ec2Request;
import dev.vpccni.vpc.api.WantedBlocks;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Steady states and what leads to them, with EC2 calls of 300 ms and devices after 2 s. */
class ExamplesTest {

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
        World world = atRest(type, targets(warm, minimum, interfaces));

        world.runPods(0, pods);
        world.pass(180);

        assertThat(world.kubelet().running()).isEqualTo(pods);
        assertThat(shape(world)).isEqualTo(shape);
        Map<String, Integer> before = world.cloud.calls();
        world.pass(3_600);
        assertThat(shape(world)).isEqualTo(shape);
        Map<String, Integer> after = world.cloud.calls();
        after.forEach((action, count) -> {
            int more = count - before.getOrDefault(action, 0);
            int most =
                    switch (action) {
                        case "metadata" -> 60;
                        // The hour's look for lost ones, and at tags of subnets.
                        case "DescribeNetworkInterfaces", "DescribeSubnets" -> 1;
                        default -> 0;
                    };
            assertThat(more).as(action).isLessThanOrEqualTo(most);
        });
    }

    @Test
    void example53KeepsAnInterfaceForTheTrunkUntilItIsThere() {
        World world = atRest("m5.large", targets(0, 0, 1).withTrunk());
        world.runPods(0, 10);
        world.pass(90);
        assertThat(shape(world)).isEqualTo("9 9");

        world.runPods(10, 20);
        world.pass(90);
        assertThat(world.kubelet().running()).isEqualTo(18);
        assertThat(Worlds.add(world, sandbox("late")).text())
                .contains("2 interfaces with 9 each, and 1 kept for a trunk");
        attachTrunk(world);
        world.pass(300);

        assertThat(shape(world)).as("the trunk gives no addresses").isEqualTo("9 9");
        assertThat(world.cloud.ports(world.node().instance())).hasSize(3);
    }

    @Test
    void whereThereCanBeNoTrunkNoInterfaceIsKeptForIt() {
        World world = atRest("t3.small", targets(0, 0, 1).withTrunk());
        world.runPods(0, 9);
        world.pass(90);

        assertThat(world.kubelet().running()).isEqualTo(9);
    }

    /** Upstream learns of it by the refusal of a request that was one too many. */
    @Test
    void example64AnAddressThatSomebodyGaveServesAPod() {
        World world = atRest("m5.large", targets(1, 0, 0));
        var eni = world.cloud.ports(world.node().instance()).getFirst().eni();
        var _ =
                world.cloud.change(
                        new Ec2Request.AssignPrivateIpAddresses(
                                eni, WantedBlocks.anyAddresses(8), false));

        world.runPods(0, 27);
        var _ = world.passUntil(() -> world.kubelet().running() == 27, Duration.ofSeconds(90));

        assertThat(shape(world)).isEqualTo("9 9 9");
    }

    private static void attachTrunk(World world) {
        Answer<Ec2Reply.InterfaceCreated> made =
                world.cloud.change(
                        new Ec2Request.CreateNetworkInterface(
                                "",
                                world.cloud.subnet(),
                                "trunk",
                                "aws-k8s-trunk-eni",
                                List.of(),
                                new TreeMap<>(),
                                null,
                                WantedBlocks.NONE,
                                WantedBlocks.NONE));
        var _ =
                world.cloud.change(
                        new Ec2Request.AttachNetworkInterface(
                                made.reply().eni().id(), world.node().instance(), 0, 2));
    }

    @Test
    void givesTwoInterfacesBackWhenAllPodsHaveGone() {
        World world = atRest("m5.large", targets(0, 0, 1));
        world.runPods(0, 19);
        world.pass(120);
        assertThat(shape(world)).isEqualTo("9 9 9");

        world.kubelet().endAll();
        world.pass(120);
        assertThat(shape(world)).as("they were busy two minutes ago").isEqualTo("9 9 9");
        var _ = world.passUntil(() -> world.cloud.interfaces().size() == 1, Duration.ofSeconds(45));

        assertThat(shape(world)).isEqualTo("9");
    }

    @Test
    void servesFromMemoryWhenEc2IsDown() {
        World world = atRest("m5.large", targets(0, 0, 1));
        world.runPods(0, 5);
        world.pass(60);
        world.node().daemon().kill();
        world.node().cloudReachable(false);

        var _ = world.node().boot();
        Duration toServe =
                world.passUntil(() -> world.node().serving() != null, Duration.ofSeconds(5));
        world.runPods(5, 15);
        Duration toRun =
                world.passUntil(() -> world.kubelet().running() == 15, Duration.ofSeconds(5));

        assertThat(toServe.plus(toRun)).isLessThan(Duration.ofMillis(500));
        assertThat(world.kubelet().failedAdds()).isZero();
    }

    @Test
    void rebuildsALostCheckpointFromTheKernelAndEc2() {
        World world = atRest("m5.large", targets(0, 0, 1));
        world.runPods(0, 12);
        world.pass(60);
        world.node().daemon().kill();
        world.invariants.forgiveLostDisk();
        world.node().disk().lose();

        var _ = world.node().boot();
        world.runPods(12, 20);
        world.pass(60);

        assertThat(world.kubelet().running()).isEqualTo(20);
        assertThat(world.kubelet().pods().stream().map(SimulatedPod::address))
                .doesNotHaveDuplicates();
        world.kubelet().endAll();
        world.pass(240);
        assertThat(shape(world)).isEqualTo("9");
    }

    @Test
    void saysThatTheDiskIsFullAndGoesOnLater() {
        World world = atRest("m5.large", targets(0, 0, 1));
        world.node().disk().full(true);
        world.runPods(0, 3);
        world.pass(20);
        assertThat(world.kubelet().running()).isZero();

        world.node().disk().full(false);
        world.pass(30);

        assertThat(world.kubelet().running()).isEqualTo(3);
    }

    @Test
    void saysThatTheDiskIsFullWhereThereAreNoAddressesYet() {
        var world = new World(1, "m5.large", NodeSettings.DEFAULT, Worlds.LATENCY);
        var _ = world.node().boot();
        var _ =
                world.passUntil(
                        () -> {
                            Node node = world.node().serving();
                            return node != null && !node.ledger().ledger().interfaces().isEmpty();
                        },
                        Duration.ofSeconds(60));
        world.node().disk().full(true);
        world.pass(5);

        Worlds.Answer<CniResult> added = add(world, sandbox("pod"));

        assertThat(added.text()).contains("No space left on device", "disk");
    }
}
