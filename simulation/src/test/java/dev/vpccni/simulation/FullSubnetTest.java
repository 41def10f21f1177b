package dev.vpccni.simulation;

import static dev.vpccni.simulation.Worlds.atRest;
import static dev.vpccni.simulation.Worlds.calls;
import static dev.vpccni.simulation.Worlds.targets;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.node.settings.CloudSettings;
import dev.vpccni.node.settings.NodeSettings;
import dev.vpccni.vpc.api.Answer;
import dev.vpccni.vpc.api.Ec2Reply;
import dev.vpccni.vpc.api.Ec2Request;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** A subnet without an address left, which others empty again. */
class FullSubnetTest {

    private static final String SMALL = "10.0.0.0/27";

    /** Subnets that cannot be described: nobody says when there is room again. */
    private static final CloudSettings UNDESCRIBED =
            new CloudSettings("", new TreeMap<>(), true, false, true, true);

    private final List<Ec2Reply.InterfaceCreated> others = new ArrayList<>();

    @Test
    void podsRunSoonAfterThereIsRoomWhereSubnetsCanBeDescribed() {
        World world = full(CloudSettings.DEFAULT);
        world.pass(600);
        int changes = world.cloud.changes();
        world.pass(600);
        assertThat(world.cloud.changes()).as("it looks, and does not try").isEqualTo(changes);

        empty(world);

        var _ = world.passUntil(() -> world.kubelet().running() == 9, Duration.ofSeconds(40));
    }

    @Test
    void podsRunSoonAfterThereIsRoomWhereSubnetsCannotBeDescribed() {
        World world = full(UNDESCRIBED);
        world.pass(600);
        int changes = world.cloud.changes();
        world.pass(600);
        assertThat(world.cloud.changes() - changes).isBetween(4, 30);
        assertThat(calls(world, "DescribeSubnets")).isZero();

        empty(world);

        var _ = world.passUntil(() -> world.kubelet().running() == 9, Duration.ofSeconds(135));
    }

    @Test
    void aClockThatStepsBackProlongsNoPause() {
        World world = full(UNDESCRIBED);
        world.pass(300);
        world.baton.stepClock(Duration.ofDays(-1));

        empty(world);

        var _ = world.passUntil(() -> world.kubelet().running() == 9, Duration.ofSeconds(135));
    }

    /** Upstream asks forty times, for 49 and for one in turns. */
    @Test
    void example62TakesWhatASubnetHasLeftInFewRequests() {
        assertThat(requestsForTheLastTwenty(CloudSettings.DEFAULT)).isEqualTo(1);
        assertThat(requestsForTheLastTwenty(UNDESCRIBED)).as("halved and again").isLessThan(20);
    }

    private int requestsForTheLastTwenty(CloudSettings cloud) {
        var settings = NodeSettings.DEFAULT.withPool(targets(0, 0, 1)).withCloud(cloud);
        var world = new World(1, "p3dn.24xlarge", settings, Worlds.LATENCY, SMALL);
        fill(world, 20);
        assertThat(free(world)).isZero();
        return calls(world, "AssignPrivateIpAddresses");
    }

    @Test
    void whatIsLeftIsUsedToTheLastAddress() {
        for (var cloud : List.of(CloudSettings.DEFAULT, UNDESCRIBED)) {
            World world = world(cloud);
            fill(world, 3);
            world.runPods(0, 5);
            world.pass(30);

            assertThat(world.kubelet().running()).isEqualTo(3);
            assertThat(free(world)).isZero();
        }
    }

    /** Returns a world in which nine pods wait, and somebody else has the whole subnet. */
    private World full(CloudSettings cloud) {
        World world = world(cloud);
        fill(world, 0);
        world.runPods(0, 9);
        world.pass(60);
        assertThat(world.kubelet().running()).isZero();
        return world;
    }

    private static World world(CloudSettings cloud) {
        var settings = NodeSettings.DEFAULT.withPool(targets(0, 0, 0)).withCloud(cloud);
        var world = new World(1, "m5.large", settings, Worlds.LATENCY, SMALL);
        // What the pool takes at once goes back when somebody else needs it.
        return world;
    }

    /** Takes every address but {@code left}, and only then starts the node's daemon. */
    private void fill(World world, int left) {
        while (free(world) > left) {
            int count = Math.min(10, free(world) - left) - 1;
            Answer<Ec2Reply.InterfaceCreated> made =
                    world.cloud.change(
                            new Ec2Request.CreateNetworkInterface(
                                    "",
                                    world.cloud.subnet(),
                                    "somebody else's",
                                    List.of(),
                                    new TreeMap<>(),
                                    count));
            others.add(made.reply());
        }
        var _ = atRest(world);
    }

    private void empty(World world) {
        for (Ec2Reply.InterfaceCreated other : others) {
            var _ = world.cloud.change(new Ec2Request.DeleteNetworkInterface(other.eni().id()));
        }
    }

    private static int free(World world) {
        return world.cloud.space().addresses(world.cloud.subnet());
    }
}
