package dev.vpccni.simulation;

import static dev.vpccni.simulation.Worlds.atRest;
import static dev.vpccni.simulation.Worlds.calls;
import static dev.vpccni.simulation.Worlds.shape;
import static dev.vpccni.simulation.Worlds.targets;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.model.InterfaceId;
import dev.vpccni.node.settings.CloudSettings;
import dev.vpccni.node.settings.NodeSettings;
import dev.vpccni.simulation.cloud.Faults;
import dev.vpccni.vpc.api.Ec2Request;
import dev.vpccni.vpc.api.EniDescription;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Interfaces that were made and lost. */
class LeaksTest {

    private static final String INSTANCE_TAG = "node.k8s.amazonaws.com/instance_id";
    private static final String CREATED_TAG = "node.k8s.amazonaws.com/createdAt";
    private static final String CLUSTER_TAG = "cluster.k8s.amazonaws.com/name";

    @Test
    void aCreationWhoseAnswerWasLostBeforeEc2ThrottledIsFound() {
        World world = atRest("m5.large", targets(0, 0, 0));
        world.cloud.faults(new Faults(0, 0, 0, 1000, 0, 0));
        world.runPods(0, 12);
        var _ =
                world.passUntil(
                        () -> calls(world, "CreateNetworkInterface") == 1, Duration.ofSeconds(5));
        world.baton.runFor(Duration.ofMillis(300));
        world.cloud.faults(new Faults(1000, 0, 0, 0, 0, 0));
        world.pass(90);
        world.cloud.faults(Faults.NONE);

        world.pass(300);

        assertThat(world.kubelet().running()).isEqualTo(12);
        assertThat(world.cloud.interfaces()).hasSize(2).allMatch(eni -> eni.attachment() != null);
    }

    @Test
    void anAttachmentThatIsRefusedLeavesNoInterface() {
        World world = atRest("m5.large", targets(0, 0, 0));
        world.cloud.deny("AttachNetworkInterface");
        world.runPods(0, 12);

        world.pass(120);

        assertThat(calls(world, "CreateNetworkInterface")).isPositive();
        assertThat(world.cloud.interfaces()).hasSize(1);
    }

    @Test
    void aDetachmentThatIsRefusedLeavesTheInterfaceInService() {
        World world = atRest("m5.large", targets(0, 0, 0));
        world.runPods(0, 12);
        world.pass(60);
        world.cloud.deny("DetachNetworkInterface");
        world.kubelet().endAll();
        world.pass(300);
        assertThat(calls(world, "DetachNetworkInterface")).isBetween(1, 10);
        int created = calls(world, "CreateNetworkInterface");

        world.runPods(20, 37);
        var _ = world.passUntil(() -> world.kubelet().running() == 17, Duration.ofSeconds(2));

        assertThat(calls(world, "CreateNetworkInterface")).isEqualTo(created);
        assertThat(shape(world)).isEqualTo("9 9");
    }

    @Test
    void interfacesOfInstancesThatAreGoneAreDeletedWithinAnHour() {
        World world = atRest("m5.large", targets(0, 0, 0));
        InterfaceId gone = leave(world, "aws-K8S-i-0123456789abcdef0", old(world), "");
        InterfaceId young =
                leave(
                        world,
                        "aws-K8S-i-0123456789abcdef1",
                        world.cloud.now().plusSeconds(3_500),
                        "");
        InterfaceId others = leave(world, "somebody else's", old(world), "");
        InterfaceId undated = leave(world, "aws-K8S-i-0123456789abcdef2", null, "");

        world.pass(3_610);

        assertThat(ids(world)).doesNotContain(gone).contains(young, others, undated);
        world.pass(3_610);
        assertThat(ids(world)).as("it was marked an hour ago").doesNotContain(undated, young);
        assertThat(ids(world)).contains(others);
        assertThat(world.cloud.interfaces()).hasSize(2);
    }

    @Test
    void interfacesOfAnotherClusterAreLeftAlone() {
        World world = atRest(inCluster("blue"));
        InterfaceId blue = leave(world, "aws-K8S-i-0123456789abcdef0", old(world), "blue");
        InterfaceId green = leave(world, "aws-K8S-i-0123456789abcdef1", old(world), "green");

        world.pass(3_610);

        assertThat(ids(world)).doesNotContain(blue).contains(green);
    }

    @Test
    void whereLeaksAreNotCleanedUpTheyAreLeftAlone() {
        var cloud = new CloudSettings("", new TreeMap<>(), true, true, true, false);
        World world = atRest(new World(1, "m5.large", settings(cloud), Worlds.LATENCY));
        InterfaceId gone = leave(world, "aws-K8S-i-0123456789abcdef0", old(world), "");
        InterfaceId own = leave(world, "aws-K8S-" + world.node().instance(), old(world), "");

        world.pass(7_200);

        assertThat(ids(world)).contains(gone, own);
    }

    @Test
    void aFleetThatStartsTogetherDoesNotLookTogether() {
        var world =
                new World(1, Worlds.LATENCY, "10.0.0.0/22", NodeSettings.DEFAULT.pool().cooldown());
        List<String> sweeps = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            var _ = world.launch("m5.large", NodeSettings.DEFAULT);
        }
        world.baton.story(line -> {
            if (line.contains("name=status, values=[available]")) {
                sweeps.add(line.substring(0, 10).strip());
            }
        });
        world.members()
                .forEach(member -> {
                    var _ = member.node().boot();
                });

        world.pass(3_600);

        assertThat(sweeps).hasSize(10);
        List<Integer> minutes =
                sweeps.stream().map(at -> (int) (Double.parseDouble(at) / 60)).distinct().toList();
        assertThat(minutes).hasSizeGreaterThan(6);
    }

    private static World inCluster(String name) {
        var cloud = new CloudSettings(name, new TreeMap<>(), true, true, true, true);
        return new World(1, "m5.large", settings(cloud), Worlds.LATENCY);
    }

    private static NodeSettings settings(CloudSettings cloud) {
        return NodeSettings.DEFAULT.withCloud(cloud);
    }

    private static Instant old(World world) {
        return world.cloud.now().minusSeconds(600);
    }

    /** Makes an interface that hangs on nothing, as a node that is gone would leave it. */
    private static InterfaceId leave(
            World world, String description, @Nullable Instant created, String cluster) {
        SortedMap<String, String> tags = new TreeMap<>();
        tags.put(INSTANCE_TAG, "i-0123456789abcdef0");
        if (created != null) {
            // With an offset, as upstream writes it.
            tags.put(CREATED_TAG, created.toString().replace("Z", "+00:00"));
        }
        if (!cluster.isEmpty()) {
            tags.put(CLUSTER_TAG, cluster);
        }
        return world.cloud
                .change(
                        new Ec2Request.CreateNetworkInterface(
                                "", world.cloud.subnet(), description, List.of(), tags, 0))
                .reply()
                .eni()
                .id();
    }

    private static List<InterfaceId> ids(World world) {
        return world.cloud.interfaces().stream().map(EniDescription::id).toList();
    }
}
