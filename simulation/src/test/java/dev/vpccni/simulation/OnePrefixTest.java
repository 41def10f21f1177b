package dev.vpccni.simulation;

import static dev.vpccni.simulation.Worlds.atRest;
import static dev.vpccni.simulation.Worlds.calls;
import static dev.vpccni.simulation.Worlds.decisions;
import static dev.vpccni.simulation.Worlds.since;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.model.IpFamily;
import dev.vpccni.model.Ipv6Cidr;
import dev.vpccni.node.settings.AddressingSettings;
import dev.vpccni.node.settings.NodeSettings;
import dev.vpccni.simulation.workload.SimulatedPod;
import dev.vpccni.vpc.Port;
import dev.vpccni.vpc.api.Ec2Request;
import dev.vpccni.vpc.api.WantedBlocks;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** A node whose pods have IPv6 addresses: one interface, one prefix, whatever happens. */
class OnePrefixTest {

    private static final int PODS = 70;

    @Test
    void onePrefixServesEveryPodAndCostsOneCall() {
        World world = atRest(ipv6());
        world.runPods(0, PODS);
        var took = world.passUntil(() -> world.kubelet().running() == PODS, Duration.ofSeconds(5));
        assertThat(took).as("nothing is asked of EC2 for them").isLessThan(Duration.ofSeconds(1));
        assertThat(calls(world, "AssignIpv6Addresses")).isEqualTo(1);
        var before = world.cloud.calls();

        world.kubelet().endAll();
        world.pass(3_600);

        assertThat(since(before, world)).containsOnlyKeys("metadata");
        assertThat(prefixes(world)).hasSize(1);
    }

    /** What remains of the first one takes a place of the interface, and no second is made. */
    @Test
    void aPrefixThatSomebodyTakesIsReplacedOnTheSameInterface() {
        World world = atRest(ipv6());
        world.runPods(0, 3);
        world.pass(5);
        Ipv6Cidr first = prefixes(world).getFirst();
        world.invariants.takenAway(first);
        var _ =
                world.cloud.change(
                        new Ec2Request.UnassignIpv6Addresses(
                                port(world).eni(), List.of(), List.of(first)));
        world.pass(900);

        assertThat(decisions(world))
                .anyMatch(
                        line -> line.contains("3 addresses of " + first + " are in use, and EC2"));
        Ipv6Cidr second = prefixes(world).getFirst();
        world.runPods(3, 6);
        world.pass(5);
        assertThat(world.kubelet().pods())
                .filteredOn(pod -> second.contains(Objects.requireNonNull(pod.address())))
                .extracting(SimulatedPod::name)
                .containsExactlyInAnyOrder("pod-3", "pod-4", "pod-5");
        assertThat(calls(world, "CreateNetworkInterface")).isZero();
    }

    @Test
    void whatSomebodyGaveBesidesStaysAndServes() {
        World world = atRest(ipv6());
        var _ =
                world.cloud.change(
                        new Ec2Request.AssignIpv6Addresses(
                                port(world).eni(), WantedBlocks.anyPrefixes(2)));

        world.pass(3_600);

        assertThat(prefixes(world)).hasSize(3);
        assertThat(Worlds.serving(world).ledger().ledger().interfaces())
                .singleElement()
                .satisfies(held -> assertThat(held.blocks()).hasSize(3));
    }

    private static World ipv6() {
        var settings =
                NodeSettings.DEFAULT.withAddressing(
                        new AddressingSettings(IpFamily.IPV6, true, 1, false, false));
        return new World(1, "m5.large", settings, Worlds.LATENCY);
    }

    private static Port port(World world) {
        return world.cloud.ports(world.node().instance()).getFirst();
    }

    private static List<Ipv6Cidr> prefixes(World world) {
        return port(world).held().ipv6Prefixes();
    }
}
