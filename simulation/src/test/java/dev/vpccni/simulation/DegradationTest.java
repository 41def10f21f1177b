package dev.vpccni.simulation;

import static dev.vpccni.simulation.Worlds.atRest;
import static dev.vpccni.simulation.Worlds.decisions;
import static dev.vpccni.simulation.Worlds.since;
import static dev.vpccni.simulation.Worlds.targets;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.model.IpFamily;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.node.settings.AddressingSettings;
import dev.vpccni.node.settings.NodeSettings;
import dev.vpccni.simulation.cloud.Outage;
import java.time.Duration;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is left when something that the node needs is not there, and that all of it comes back. */
class DegradationTest {

    private static final Duration SOON = Duration.ofMinutes(6);

    /** What grows, shrinks or looks: each by itself. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "AssignPrivateIpAddresses",
                "UnassignPrivateIpAddresses",
                "CreateNetworkInterface",
                "AttachNetworkInterface",
                "DetachNetworkInterface",
                "DescribeSubnets",
                "DescribeNetworkInterfaces",
            })
    void aDeniedCallIsNamedAndAllElseGoesOn(String action) {
        World world = atRest("m5.large", targets(3, 0, 0));
        world.runPods(0, 12);
        world.pass(90);
        world.cloud.deny(action);
        SortedMap<String, Integer> before = new TreeMap<>(world.cloud.calls());
        world.runPods(12, 20);
        world.pass(120);
        world.endPods(0, 19);
        world.pass(400);
        world.node().daemon().kill();
        var _ = world.node().boot();
        world.pass(400);

        assertThat(decisions(world)).anyMatch(line -> line.contains("ec2:" + action));
        assertThat(since(before, world).get(action))
                .as("it is not asked for all the time")
                .isLessThan(80);
        assertThat(world.kubelet().running()).as("who is left").isEqualTo(1);

        world.cloud.allow(action);
        world.pass(400);
        world.runPods(20, 40);
        var _ = world.passUntil(() -> world.kubelet().running() == 21, SOON);
        world.kubelet().endAll();
        world.pass(900);
        assertThat(Worlds.shape(world)).isEqualTo("3");
    }

    @ParameterizedTest
    @EnumSource(names = {"UNREACHABLE", "DENIED"})
    void withoutEc2PodsAreServedAndNothingIsReleased(Outage outage) {
        World world = atRest("m5.large", targets(0, 0, 1));
        world.runPods(0, 12);
        world.pass(90);
        assertThat(Worlds.shape(world)).isEqualTo("9 9 9");
        world.cloud.outage(outage);

        world.endPods(0, 12);
        world.pass(600);
        world.runPods(12, 39);
        var _ = world.passUntil(() -> world.kubelet().running() == 27, Duration.ofSeconds(5));
        assertThat(Worlds.shape(world)).isEqualTo("9 9 9");
        assertThat(world.kubelet().failedAdds()).isZero();

        world.cloud.outage(Outage.NONE);
        world.kubelet().endAll();
        var _ = world.passUntil(() -> Worlds.shape(world).equals("9"), Duration.ofMinutes(12));
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void withoutMetadataEc2IsBelieved(boolean prefixes) {
        var addressing = new AddressingSettings(IpFamily.IPV4, prefixes, 1, false, false);
        NodeSettings settings = NodeSettings.DEFAULT.withAddressing(addressing);
        World world = atRest(new World(1, "m5.large", settings, Worlds.LATENCY));
        world.cloud.metadataDown(true);

        world.runPods(0, 27);
        var _ = world.passUntil(() -> world.kubelet().running() == 27, Duration.ofSeconds(30));
        world.kubelet().endAll();
        world.pass(600);
        assertThat(world.cloud.ports(world.node().instance())).hasSize(1);

        world.cloud.metadataDown(false);
        world.runPods(27, 40);
        var _ = world.passUntil(() -> world.kubelet().running() == 13, Duration.ofSeconds(30));
    }

    /** Where nobody may look at subnets, interfaces are made in the node's own. */
    @Test
    void whereSubnetsMayNotBeListedTheNodesOwnIsUsedAndOthersLater() {
        World world =
                atRest(
                        new World(
                                1,
                                "m5.large",
                                NodeSettings.DEFAULT,
                                Worlds.LATENCY,
                                "10.0.0.0/28"));
        world.cloud.deny("DescribeSubnets");
        world.pass(60);
        world.runPods(0, 9);
        world.pass(60);
        var other = world.cloud.newSubnet(Ipv4Cidr.parse("100.64.0.0/24"));
        world.cloud.roles().set(other, "1");
        world.runPods(9, 14);
        world.pass(120);
        int served = world.kubelet().running();
        assertThat(served).as("what the subnet has, but for two primary addresses").isLessThan(14);

        world.cloud.allow("DescribeSubnets");

        var _ = world.passUntil(() -> world.kubelet().running() == 14, SOON);
    }
}
