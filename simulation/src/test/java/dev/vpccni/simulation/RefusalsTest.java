package dev.vpccni.simulation;

import static dev.vpccni.simulation.Worlds.add;
import static dev.vpccni.simulation.Worlds.atRest;
import static dev.vpccni.simulation.Worlds.sandbox;
import static dev.vpccni.simulation.Worlds.targets;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.cni.CniResult;
import dev.vpccni.node.settings.NodeSettings;
import dev.vpccni.simulation.cloud.Outage;
import dev.vpccni.simulation.workload.SimulatedPod;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** When an ADD is told that there is no address, and when it waits for one. */
class RefusalsTest {

    private static final Duration SOON = Duration.ofSeconds(5);

    @Test
    void thePodTooManyHearsOfItSoonWithReasonAndRemedy() {
        World world = full();

        Worlds.Answer<CniResult> added = add(world, sandbox("too-many"));

        assertThat(added.took()).isLessThan(SOON);
        assertThat(added.text())
                .contains("c5.large", "27 pod addresses", "3 interfaces with 9 each", "--max-pods");
    }

    @Test
    void aPodWaitsForAnAddressThatCoolsDown() {
        World world = full();
        end(world, 1);
        world.pass(5);

        Worlds.Answer<CniResult> added = add(world, sandbox("patient"));

        assertThat(added.refusal()).isNull();
        assertThat(added.took()).isBetween(Duration.ofSeconds(20), Duration.ofSeconds(27));
    }

    @Test
    void onlyAsManyWaitAsAddressesCoolDown() {
        World world = full();
        end(world, 1);
        world.pass(5);
        world.runPods(100, 101);
        world.pass(1);

        Worlds.Answer<CniResult> added = add(world, sandbox("second"));

        assertThat(added.refusal()).isNotNull();
        // It waits as long as it may be the one who gets it.
        assertThat(added.took()).isLessThan(Duration.ofSeconds(32));
        assertThat(world.kubelet().running()).isEqualTo(27);
    }

    @Test
    void whereTheRoleLacksAPermissionThePodHearsOfItSoon() {
        World world = atRest("c5.large", targets(1, 0, 0));
        world.cloud.outage(Outage.DENIED);
        world.runPods(0, 1);
        world.pass(10);

        Worlds.Answer<CniResult> added = add(world, sandbox("denied"));

        assertThat(added.took()).isLessThan(SOON);
        assertThat(added.text()).contains("ec2:AssignPrivateIpAddresses");
    }

    @Test
    void aPodRunsSoonAfterThePermissionIsGranted() {
        World world = atRest("c5.large", targets(1, 0, 0));
        world.cloud.outage(Outage.DENIED);
        world.runPods(0, 5);
        world.pass(600);
        assertThat(world.kubelet().running()).isEqualTo(1);

        world.cloud.outage(Outage.NONE);

        var _ = world.passUntil(() -> world.kubelet().running() == 5, Duration.ofMinutes(3));
    }

    @Test
    void aPodWaitsWhileEc2IsAway() {
        World world = atRest("c5.large", targets(1, 0, 0));
        world.cloud.outage(Outage.UNREACHABLE);
        world.runPods(0, 1);
        world.pass(10);

        Worlds.Answer<CniResult> added = add(world, sandbox("patient"));

        assertThat(added.took()).isGreaterThan(Duration.ofSeconds(55));
        assertThat(added.text()).contains("no route");
    }

    /** A dozen interfaces are begun at once, and fail at once: that is one failure, not twelve. */
    @Test
    void manyPodsRunSoonAfterEc2IsBack() {
        World world = atRest("m5.24xlarge", targets(2, 0, 0));
        world.cloud.outage(Outage.UNREACHABLE);
        world.runPods(0, 600);
        world.pass(20);

        world.cloud.outage(Outage.NONE);

        var _ = world.passUntil(() -> world.kubelet().running() == 600, Duration.ofSeconds(20));
        assertThat(world.kubelet().failedAdds()).isZero();
    }

    @Test
    void aPodWaitsInAFullSubnetWhichOthersMayEmpty() {
        var settings = NodeSettings.DEFAULT.withPool(targets(1, 0, 0));
        var world = new World(1, "c5.large", settings, Worlds.LATENCY, "10.0.0.0/28");
        var _ = atRest(world);
        world.runPods(0, 9);
        world.pass(30);
        assertThat(world.kubelet().running()).isEqualTo(9);

        Worlds.Answer<CniResult> added = add(world, sandbox("patient"));

        assertThat(added.took()).isGreaterThan(Duration.ofSeconds(55));
        assertThat(added.text()).contains("subnet");
    }

    private static World full() {
        World world = atRest("c5.large", targets(0, 0, 1));
        world.runPods(0, 27);
        world.pass(60);
        assertThat(world.kubelet().running()).isEqualTo(27);
        return world;
    }

    private static void end(World world, int count) {
        List<String> names = world.kubelet().pods().stream().map(SimulatedPod::name).toList();
        names.subList(0, count).forEach(world.kubelet()::end);
    }
}
