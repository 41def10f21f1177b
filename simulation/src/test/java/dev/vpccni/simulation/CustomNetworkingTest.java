package dev.vpccni.simulation;

import static dev.vpccni.simulation.Worlds.atRest;
import static dev.vpccni.simulation.Worlds.calls;
import static dev.vpccni.simulation.Worlds.decisions;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.model.IpAddress;
import dev.vpccni.model.IpFamily;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.model.SubnetId;
import dev.vpccni.node.port.Cluster.InterfaceConfig;
import dev.vpccni.node.settings.AddressingSettings;
import dev.vpccni.node.settings.NodeSettings;
import dev.vpccni.simulation.workload.SimulatedPod;
import dev.vpccni.vpc.Port;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** A node whose pods have addresses of another subnet than its own, as the cluster says. */
class CustomNetworkingTest {

    private static final Ipv4Cidr NODES = Ipv4Cidr.parse("10.0.0.0/22");
    private static final Ipv4Cidr PODS = Ipv4Cidr.parse("100.64.0.0/24");
    private static final Ipv4Cidr OTHERS = Ipv4Cidr.parse("100.64.1.0/24");

    @Test
    void nothingIsMadeUntilTheClusterSaysWhereAndThenItIsThere() {
        World world = atRest(new World(1, "m5.large", settings(true), Worlds.LATENCY));
        SubnetId pods = world.cloud.newSubnet(PODS);
        world.runPods(0, 5);
        world.pass(600);
        assertThat(world.kubelet().running()).isZero();
        assertThat(calls(world, "CreateNetworkInterface")).isZero();
        assertThat(decisions(world)).anyMatch(line -> line.contains("custom networking is on"));

        configure(world, pods);

        var _ = world.passUntil(() -> world.kubelet().running() == 5, Duration.ofSeconds(20));
        assertThat(addresses(world)).allMatch(PODS::contains);
    }

    /** The primary interface has none; one for pods is warm, and with the first pod another. */
    @Test
    void example52LeavesThePrimaryInterfaceEmpty() {
        NodeSettings settings = settings(true).withPool(Worlds.targets(0, 0, 1));
        World world = new World(1, "m5.large", settings, Worlds.LATENCY);
        configure(world, world.cloud.newSubnet(PODS));
        assertThat(Worlds.shape(atRest(world))).isEqualTo("9");

        world.runPods(0, 1);
        world.pass(60);

        assertThat(Worlds.shape(world)).isEqualTo("9 9");
    }

    @Test
    void anotherSubnetIsForNewInterfacesAndAnUnreadableOneForNone() {
        World world = new World(1, "m5.large", settings(true), Worlds.LATENCY);
        SubnetId pods = world.cloud.newSubnet(PODS);
        configure(world, pods);
        var _ = atRest(world);
        world.runPods(0, 5);
        world.pass(60);

        world.node().cluster().config(new InterfaceConfig.Unknown("ENIConfig default is gone"));
        world.runPods(5, 18);
        world.pass(120);
        assertThat(world.kubelet().running()).as("what one interface has").isEqualTo(9);
        assertThat(calls(world, "CreateNetworkInterface")).isEqualTo(1);

        world.endPods(0, 5);
        SubnetId others = world.cloud.newSubnet(OTHERS);
        configure(world, others);
        world.pass(120);
        assertThat(world.kubelet().running()).isEqualTo(13);
        assertThat(world.cloud.ports(world.node().instance()))
                .extracting(Port::subnet)
                .containsExactlyInAnyOrder(world.cloud.subnet(), pods, others);
    }

    /** Either has room for one interface; a third one is in another zone. */
    @Test
    void ofSeveralSubnetsTheNextServesWhereOneHasNoRoomLeft() {
        World world = new World(1, "m5.large", settings(true), Worlds.LATENCY);
        SubnetId first = world.cloud.newSubnet(Ipv4Cidr.parse("100.64.2.0/28"));
        SubnetId second = world.cloud.newSubnet(Ipv4Cidr.parse("100.64.3.0/28"));
        var elsewhere = new SubnetId("subnet-elsewhere");
        world.node()
                .cluster()
                .config(
                        new InterfaceConfig.Several(
                                "default",
                                List.of(elsewhere, first, second),
                                new TreeMap<>(),
                                List.of()));
        var _ = atRest(world);
        world.runPods(0, 18);

        var _ = world.passUntil(() -> world.kubelet().running() == 18, Duration.ofSeconds(60));
        assertThat(world.cloud.ports(world.node().instance()))
                .extracting(Port::subnet)
                .containsExactlyInAnyOrder(world.cloud.subnet(), first, second);

        world.node()
                .cluster()
                .config(
                        new InterfaceConfig.Several(
                                "default", List.of(elsewhere), new TreeMap<>(), List.of()));
        world.endPods(0, 18);
        world.pass(900);
        world.runPods(18, 36);
        world.pass(120);
        assertThat(world.cloud.ports(world.node().instance()))
                .extracting(Port::subnet)
                .as("no other subnet than those that are meant")
                .isSubsetOf(world.cloud.subnet(), first, second);
        assertThat(decisions(world)).anyMatch(line -> line.contains("names no subnet that is in"));
    }

    @Test
    void podsOfThePrimaryInterfaceStayWhenItIsSwitchedOnAndItGivesAllElseBack() {
        World world = new World(1, "m5.large", settings(false), Worlds.LATENCY);
        configure(world, world.cloud.newSubnet(PODS));
        var _ = atRest(world);
        world.runPods(0, 3);
        world.pass(10);
        List<IpAddress> before = addresses(world);
        assertThat(before).allMatch(NODES::contains);

        world.node().daemon().kill();
        world.node().settings(settings(true));
        var _ = world.node().boot();
        world.pass(60);
        world.runPods(3, 8);
        world.pass(300);

        assertThat(addresses(world).subList(0, 3)).isEqualTo(before);
        assertThat(addresses(world).subList(3, 8)).allMatch(PODS::contains);
        world.endPods(0, 3);
        world.pass(600);
        assertThat(world.shape().get(0)).as("addresses of the primary interface").isZero();
    }

    private static NodeSettings settings(boolean custom) {
        return NodeSettings.DEFAULT
                .withPool(Worlds.targets(2, 0, 0))
                .withAddressing(new AddressingSettings(IpFamily.IPV4, false, 0, custom, false));
    }

    private static void configure(World world, SubnetId subnet) {
        world.node().cluster().config(new InterfaceConfig.Known("default", subnet, List.of()));
    }

    private static List<IpAddress> addresses(World world) {
        return world.kubelet().pods().stream()
                .map(SimulatedPod::address)
                .map(Objects::requireNonNull)
                .toList();
    }
}
