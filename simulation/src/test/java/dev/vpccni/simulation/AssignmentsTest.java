package dev.vpccni.simulation;

import static dev.vpccni.simulation.Worlds.atRest;
import static dev.vpccni.simulation.Worlds.calls;
import static dev.vpccni.simulation.Worlds.serving;
import static dev.vpccni.simulation.Worlds.shape;
import static dev.vpccni.simulation.Worlds.targets;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.node.settings.NodeSettings;
import dev.vpccni.simulation.cloud.Faults;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Addresses on their way to and from EC2, and what comes between. */
class AssignmentsTest {

    private static final Faults ANSWERS_LOST = new Faults(0, 0, 0, 1000, 0, 0);

    @Test
    void aDiskThatIsFullWhileAnAssignmentEndsWedgesNothing() {
        World world = atRest("m5.large", targets(1, 0, 0));
        world.runPods(0, 8);
        world.baton.runFor(Duration.ofMillis(50));
        world.node().disk().full(true);
        world.pass(3);
        world.node().disk().full(false);

        world.pass(60);

        assertThat(world.kubelet().running()).isEqualTo(8);
        assertThat(
                        serving(world)
                                .ledger()
                                .ledger()
                                .counts(world.node().daemon().instant())
                                .arriving())
                .isZero();
    }

    @Test
    void anAssignmentWhoseAnswerWasLostIsLookedForAndNotAskedForTwice() {
        World world = atRest("m5.large", targets(1, 0, 0));
        world.cloud.faults(ANSWERS_LOST);
        world.runPods(0, 4);
        world.baton.runFor(Duration.ofMillis(400));
        world.cloud.faults(Faults.NONE);

        world.pass(30);

        assertThat(world.kubelet().running()).isEqualTo(4);
        assertThat(shape(world)).as("asked for twice, they would be more").isEqualTo("5");
    }

    @Test
    void anAssignmentIsLookedForAfterACrash() {
        World world = atRest("m5.large", targets(1, 0, 0));
        world.runPods(0, 4);
        world.baton.runFor(Duration.ofMillis(250)); // The request has arrived, the answer has not.
        world.node().daemon().kill();
        var _ = world.node().boot();

        world.pass(60);

        assertThat(world.kubelet().running()).isEqualTo(4);
        assertThat(shape(world)).as("asked for twice, they would be more").isEqualTo("5");
    }

    @Test
    void anAddressThatEc2GivesAgainServesAtOnce() {
        // Five addresses for hosts beside the node's own; EC2 can only give the same ones again.
        var settings = NodeSettings.DEFAULT.withPool(targets(0, 1, 0));
        World world = atRest(new World(1, "m5.large", settings, Worlds.LATENCY, "10.0.0.0/28"));
        world.runPods(0, 9);
        world.pass(10);
        assertThat(world.kubelet().running()).isEqualTo(9);
        world.kubelet().endAll();
        var _ = world.passUntil(() -> shape(world).equals("1"), Duration.ofMinutes(4));
        int unassigned = calls(world, "UnassignPrivateIpAddresses");

        world.runPods(10, 19);
        var _ = world.passUntil(() -> world.kubelet().running() == 9, Duration.ofSeconds(2));

        world.pass(60);
        assertThat(calls(world, "UnassignPrivateIpAddresses")).isEqualTo(unassigned);
    }

    @Test
    void aReleaseWhoseAnswerWasLostIsAskedForAgainAndEnds() {
        World world = atRest("m5.large", targets(1, 0, 0));
        world.runPods(0, 6);
        world.pass(10);
        world.kubelet().endAll();
        world.pass(100);
        world.cloud.faults(ANSWERS_LOST);
        world.pass(60);
        world.cloud.faults(Faults.NONE);

        world.pass(180);

        assertThat(shape(world)).isEqualTo("1");
        assertThat(calls(world, "UnassignPrivateIpAddresses")).isLessThan(15);
    }
}
