package dev.vpccni.simulation;

import static dev.vpccni.simulation.Worlds.atRest;
import static dev.vpccni.simulation.Worlds.calls;
import static dev.vpccni.simulation.Worlds.decisions;
import static dev.vpccni.simulation.Worlds.shape;
import static dev.vpccni.simulation.Worlds.targets;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.vpc.Port;
import dev.vpccni.vpc.api.Ec2Reply;
import dev.vpccni.vpc.api.Ec2Request;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Somebody else changes the node's interfaces, in EC2 or in its kernel. */
class OtherActorsTest {

    @Test
    void anInterfaceOfSomebodyElseStopsNoGrowth() {
        World world = atRest("t3.medium", targets(1, 0, 0));
        var _ = attach(world, 1);

        world.runPods(0, 15);

        var _ = world.passUntil(() -> world.kubelet().running() == 15, Duration.ofSeconds(60));
        assertThat(calls(world, "CreateNetworkInterface"))
                .as("somebody else's counts, and one may have been refused its place")
                .isLessThanOrEqualTo(3);
        assertThat(shape(world)).isEqualTo("5 5 5");
    }

    @Test
    void anInterfaceOfSomebodyElseServesPodsToo() {
        World world = atRest("m5.large", targets(1, 0, 0));
        InterfaceId other = attach(world, 1);
        world.pass(30);

        assertThat(decisions(world))
                .anyMatch(line -> line.contains(other + " was attached by somebody else"))
                .anyMatch(line -> line.startsWith("serve pods from " + other));
        world.runPods(0, 18);
        world.pass(30);
        assertThat(shape(world)).isEqualTo("9 9 1");
    }

    @Test
    void aBlockThatTheVpcGetsIsTranslatedByWithinFiveMinutesHoweverManyInterfacesThereAre() {
        World world = atRest("m5.4xlarge", targets(0, 200, 0));
        world.pass(120);
        assertThat(world.shape()).as("interfaces").hasSizeGreaterThan(3);

        for (int i = 0; i < 3; i++) {
            world.cloud.widen();
            var _ =
                    world.passUntil(
                            () -> world.node().kernel().untranslated().equals(world.cloud.blocks()),
                            Duration.ofSeconds(302));
            world.pass(100);
        }
    }

    @Test
    void anInterfaceThatIsTakenAwayServesNobodyFromThenOnAndItsPodsAreNamed() {
        World world = atRest("m5.large", targets(1, 0, 0));
        world.runPods(0, 12);
        world.pass(30);
        Port second = port(world, 1);

        second.addresses().forEach(world.invariants::takenAway);
        world.invariants.interfaceLost(world.node());
        world.cloud.forceAway(second.eni());
        world.pass(10);
        world.runPods(12, 15);
        world.pass(60);

        assertThat(decisions(world))
                .anyMatch(line ->
                        line.contains("no link for interface " + second.eni())
                                && line.contains("cut off with it: default/pod-"));
        assertThat(world.kubelet().running()).isEqualTo(15);
        world.pass(240);
        assertThat(world.cloud.interfaces())
                .as("what hangs on nothing was ours, and is deleted")
                .noneMatch(eni -> eni.id().equals(second.eni()));
    }

    @Test
    void anInterfaceWhoseLinkIsGoneServesNobodyUntilTheLinkIsBack() {
        World world = atRest("m5.large", targets(0, 0, 1));
        world.runPods(0, 12);
        world.pass(30);
        Port second = port(world, 1);

        world.invariants.interfaceLost(world.node());
        world.node().kernel().unlink(second.mac());
        world.pass(10);

        assertThat(decisions(world))
                .anyMatch(line -> line.contains("no link for interface " + second.eni()));

        world.node().kernel().relink(second.mac());
        world.pass(30);
        assertThat(decisions(world))
                .last()
                .asString()
                .startsWith("serve pods from " + second.eni());
    }

    @Test
    void addressesThatSomebodyElseAssignedServePodsToo() {
        World world = atRest("m5.large", targets(1, 0, 0));
        var _ =
                world.cloud.change(
                        new Ec2Request.AssignPrivateIpAddresses(port(world, 0).eni(), 3));

        world.pass(600);

        assertThat(decisions(world))
                .as("four are three more than are wanted")
                .anyMatch(line -> line.startsWith("give 3 addresses of "));
        assertThat(shape(world)).isEqualTo("1");
    }

    /** Three pods lose their addresses, and one that waits is served by the one that comes. */
    @Test
    void anAddressThatSomebodyElseGaveAFullNodeServesAPodThatWaits() {
        World world = atRest("t3.medium", targets(1, 0, 0));
        world.runPods(0, 18);
        var _ = world.passUntil(() -> world.kubelet().running() == 15, Duration.ofMinutes(1));
        Port third = port(world, 2);
        List<Ipv4Address> taken = third.addresses().subList(1, 4);
        taken.forEach(world.invariants::takenAway);
        var _ = world.cloud.change(new Ec2Request.UnassignPrivateIpAddresses(third.eni(), taken));
        world.pass(5);
        var _ = world.cloud.change(new Ec2Request.AssignPrivateIpAddresses(third.eni(), 1));

        var _ = world.passUntil(() -> world.kubelet().running() == 16, Duration.ofMinutes(3));
    }

    private static InterfaceId attach(World world, int device) {
        Ec2Reply.InterfaceCreated made =
                world.cloud
                        .change(
                                new Ec2Request.CreateNetworkInterface(
                                        "",
                                        world.cloud.subnet(),
                                        "somebody else's",
                                        List.of(),
                                        new TreeMap<>(),
                                        0))
                        .reply();
        var _ =
                world.cloud.change(
                        new Ec2Request.AttachNetworkInterface(
                                made.eni().id(), world.node().instance(), 0, device));
        return made.eni().id();
    }

    private static Port port(World world, int device) {
        return world.cloud.ports(world.node().instance()).stream()
                .filter(port -> port.device() == device)
                .findFirst()
                .orElseThrow();
    }
}
