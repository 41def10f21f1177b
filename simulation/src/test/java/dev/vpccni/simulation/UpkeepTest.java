package dev.vpccni.simulation;

import static dev.vpccni.simulation.Worlds.atRest;
import static dev.vpccni.simulation.Worlds.calls;
import static dev.vpccni.simulation.Worlds.decisions;
import static dev.vpccni.simulation.Worlds.targets;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.model.InstanceType;
import dev.vpccni.model.InstanceTypes;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.SecurityGroupId;
import dev.vpccni.node.settings.NodeSettings;
import dev.vpccni.simulation.cloud.Faults;
import dev.vpccni.vpc.api.Ec2Request;
import dev.vpccni.vpc.api.Ec2Request.ModifyNetworkInterfaceAttribute.Change;
import dev.vpccni.vpc.api.EniDescription;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** What the node keeps as it should be on its interfaces in EC2. */
class UpkeepTest {

    private static final String INSTANCE_TAG = "node.k8s.amazonaws.com/instance_id";

    @Test
    void securityGroupsThatChangeReachExistingInterfaces() {
        World world = atRest("m5.large", targets(0, 0, 1));
        world.runPods(0, 12);
        world.pass(60);
        SecurityGroupId changed = world.cloud.newGroup("changed");

        setGroup(world, primary(world), changed);

        var _ = world.passUntil(() -> allHave(world, changed), Duration.ofSeconds(200));
        world.pass(1);
        assertThat(decisions(world))
                .filteredOn(line -> line.contains("the security groups [" + changed + "]"))
                .hasSize(2);
    }

    @Test
    void securityGroupsReachInterfacesAlsoIfEc2ThrottlesAtFirst() {
        World world = atRest("m5.large", targets(0, 0, 1));
        world.runPods(0, 12);
        world.pass(60);
        SecurityGroupId changed = world.cloud.newGroup("changed");
        setGroup(world, primary(world), changed);
        world.cloud.faults(new Faults(1000, 0, 0, 0, 0, 0));
        world.pass(400);
        assertThat(allHave(world, changed)).isFalse();

        world.cloud.faults(Faults.NONE);

        var _ = world.passUntil(() -> allHave(world, changed), Duration.ofSeconds(200));
    }

    @Test
    void whatTheRoleMayNotDoIsSaidOnceAndTriedAgainInAnHour() {
        World world = new World(1, "m5.large", NodeSettings.DEFAULT, Worlds.LATENCY);
        world.cloud.deny("CreateTags");
        var _ = atRest(world);
        world.pass(1_800);
        assertThat(decisions(world))
                .filteredOn(line -> line.contains("the node's role lacks ec2:CreateTags"))
                .hasSize(1);
        assertThat(calls(world, "CreateTags")).isEqualTo(1);
    }

    @Test
    void interfacesFoundUntaggedAreTagged() {
        World world = atRest("m5.large", targets(0, 0, 1));

        assertThat(world.cloud.interfaces())
                .allMatch(eni ->
                        world.node().instance().value().equals(eni.tags().get(INSTANCE_TAG)));
        assertThat(calls(world, "CreateTags")).as("the primary one").isEqualTo(1);
    }

    @Test
    void anInterfaceEndsWithItsInstanceAlsoIfTheDaemonDiedBeforeItCouldSaySo() {
        World world = atRest("m5.large", targets(0, 0, 0));
        world.runPods(0, 10);
        var _ =
                world.passUntil(
                        () -> calls(world, "AttachNetworkInterface") == 1, Duration.ofSeconds(5));
        world.baton.runFor(Duration.ofMillis(200));
        world.node().daemon().kill();
        world.pass(10);
        var _ = world.node().boot();

        world.pass(60);

        assertThat(world.cloud.interfaces())
                .allMatch(eni -> {
                    var attachment = eni.attachment();
                    return attachment != null && attachment.deleteOnTermination();
                });
    }

    @Test
    void anInstanceTypeThatNobodyKnewIsAskedFor() {
        World world = unknown();
        var _ = atRest(world);

        assertThat(calls(world, "DescribeInstanceTypes")).isEqualTo(1);
        world.runPods(0, 12);
        world.pass(30);
        assertThat(world.kubelet().running()).isEqualTo(12);
    }

    @Test
    void whereEvenThatMayNotBeAskedTheLeastIsAssumed() {
        World world = unknown();
        world.cloud.deny("DescribeInstanceTypes");
        var _ = atRest(world);

        world.runPods(0, 12);
        world.pass(60);

        assertThat(world.kubelet().running()).isEqualTo(2);
        assertThat(decisions(world))
                .anyMatch(line -> line.contains("lacks ec2:DescribeInstanceTypes"));
    }

    /** Returns a world with a node of a type that is newer than the daemon. */
    private static World unknown() {
        var world =
                new World(1, Worlds.LATENCY, "10.0.0.0/22", NodeSettings.DEFAULT.pool().cooldown());
        InstanceType known = Objects.requireNonNull(InstanceTypes.known().find("m5.large"));
        var _ =
                world.launch(
                        new InstanceType(
                                "m99.large",
                                known.hypervisor(),
                                known.bareMetal(),
                                known.interfacesPerCard(),
                                known.addressesPerInterface()),
                        NodeSettings.DEFAULT);
        return world;
    }

    private static InterfaceId primary(World world) {
        return world.cloud.ports(world.node().instance()).stream()
                .filter(port -> port.device() == 0)
                .findFirst()
                .orElseThrow()
                .eni();
    }

    private static void setGroup(World world, InterfaceId id, SecurityGroupId group) {
        var _ =
                world.cloud.change(
                        new Ec2Request.ModifyNetworkInterfaceAttribute(
                                id, new Change.SecurityGroups(List.of(group))));
    }

    private static boolean allHave(World world, SecurityGroupId group) {
        SortedSet<SecurityGroupId> wanted = new TreeSet<>(List.of(group));
        for (EniDescription eni : world.cloud.interfaces()) {
            if (!new TreeSet<>(eni.groups().keySet()).equals(wanted)) {
                return false;
            }
        }
        return true;
    }
}
