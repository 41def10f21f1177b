package dev.vpccni.simulation;

import static dev.vpccni.simulation.Worlds.atRest;
import static dev.vpccni.simulation.Worlds.calls;
import static dev.vpccni.simulation.Worlds.decisions;
import static dev.vpccni.simulation.Worlds.targets;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.model.SubnetId;
import dev.vpccni.node.settings.NodeSettings;
import dev.vpccni.node.settings.PoolSettings;
import dev.vpccni.simulation.workload.SimulatedPod;
import dev.vpccni.vpc.Port;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Subnets that tags admit or exclude, and somebody changes the tags of while nodes live. */
class SubnetTagsTest {

    private static final Ipv4Cidr LARGE = Ipv4Cidr.parse("100.64.0.0/24");

    @Test
    void whatTagsAdmitIsUsedWhereTheNodesOwnSubnetIsFull() {
        World world = world("10.0.0.0/28", targets(1, 0, 0));
        SubnetId large = admitted(world);

        world.runPods(0, 14);
        var _ = world.passUntil(() -> world.kubelet().running() == 14, Duration.ofSeconds(15));

        assertThat(subnets(world)).contains(large);
    }

    @Test
    void whatIsExcludedWhileTheNodeLivesGetsNoFurtherInterfaceAndDrains() {
        World world = world("10.0.0.0/22", targets(1, 0, 0));
        world.runPods(0, 12);
        world.pass(90);
        assertThat(subnets(world)).hasSize(2).containsOnly(world.cloud.subnet());

        SubnetId other = admitted(world);
        world.cloud.roles().set(world.cloud.subnet(), "0");
        world.runPods(12, 20);
        var _ = world.passUntil(() -> world.kubelet().running() == 20, Duration.ofSeconds(30));
        assertThat(subnets(world)).as("for the two pods too many").hasSize(3).contains(other);

        endAllOn(world, 1);
        world.pass(300);
        assertThat(subnets(world)).containsExactlyInAnyOrder(world.cloud.subnet(), other);
        endAllOn(world, 0);
        world.pass(300);
        assertThat(world.shape().get(0)).as("addresses of the primary interface").isZero();
        assertThat(world.kubelet().running()).isEqualTo(2);
    }

    /** An operator who corrects a tag need not restart the daemon. */
    @Test
    void podsThatNoSubnetAdmitsRunSoonAfterOneDoes() {
        World world = new World(1, "m5.large", settings(targets(1, 0, 0)), Worlds.LATENCY);
        world.cloud.roles().set(world.cloud.subnet(), "0");
        world = atRest(world);
        world.runPods(0, 5);
        world.pass(300);
        assertThat(world.kubelet().running()).isZero();
        assertThat(calls(world, "CreateNetworkInterface")).isZero();
        assertThat(decisions(world)).anyMatch(line -> line.contains("kubernetes.io/role/cni=1"));

        SubnetId subnet = admitted(world);

        World waiting = world;
        var _ = world.passUntil(() -> waiting.kubelet().running() == 5, Duration.ofSeconds(40));
        assertThat(subnets(world)).containsExactlyInAnyOrder(world.cloud.subnet(), subnet);
    }

    /** At rest nobody asks for long, but somebody does. */
    @Test
    void anIdleNodeLeavesAnExcludedSubnetWithinTheHour() {
        World world = world("10.0.0.0/22", targets(0, 0, 1));
        world.runPods(0, 1);
        world.pass(90);
        assertThat(subnets(world)).hasSize(2);

        world.cloud.roles().set(world.cloud.subnet(), "0");
        world.pass(4_500);

        assertThat(subnets(world)).as("its primary interface").hasSize(1);
        assertThat(world.kubelet().running()).isEqualTo(1);
    }

    private static World world(String cidr, PoolSettings pool) {
        return atRest(new World(1, "m5.large", settings(pool), Worlds.LATENCY, cidr));
    }

    private static NodeSettings settings(PoolSettings pool) {
        return NodeSettings.DEFAULT.withPool(pool);
    }

    private static SubnetId admitted(World world) {
        SubnetId subnet = world.cloud.newSubnet(LARGE);
        world.cloud.roles().set(subnet, "1");
        return subnet;
    }

    private static void endAllOn(World world, int device) {
        for (SimulatedPod pod : world.kubelet().pods()) {
            Port port = world.cloud.port(Objects.requireNonNull(pod.address()));
            if (port != null && port.device() == device) {
                world.kubelet().end(pod.name());
            }
        }
    }

    /** Returns where each interface of the node lies. */
    private static List<SubnetId> subnets(World world) {
        return world.cloud.ports(world.node().instance()).stream().map(Port::subnet).toList();
    }
}
