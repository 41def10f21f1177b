package dev.vpccni.ipam.policy;

import static dev.vpccni.ipam.world.Nodes.node;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.ipam.ledger.Counts;
import dev.vpccni.ipam.scale.SubnetRoom;
import dev.vpccni.ipam.world.Nouns;
import dev.vpccni.ipam.world.World;
import dev.vpccni.model.BlockKind;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where a pool of prefixes comes to rest: upstream's worked examples of prefix delegation. */
class PrefixSteadyStatesTest {

    private static final Duration LONG = Duration.ofMinutes(3);

    @ParameterizedTest(name = "example {0}")
    @CsvSource({
        // number, instance, targets, pods, prefixes by interface, addresses that no pod has
        "17, t3.small, X=1, 0, 1, 16",
        "18, t3.small, X=1, 5, 2, 27",
        "19, t3.small, X=1, 16, 2, 16",
        "20, t3.small, X=1, 17, 3, 31",
        "21, t3.small, X=1, 58, 3 2, 22",
        "22, t3.small, PD W=1 N=1, 0, 1, 16",
        "23, t3.small, PD W=1 N=1, 5, 1, 11",
        "24, t3.small, PD W=1 N=1, 17, 2, 15",
        "25, t3.small, PD W=1 N=1, 58, 3 1, 6",
        "26, t3.small, PD W=7 N=20, 0, 2, 32",
        "27, t3.small, PD W=7 N=20, 5, 2, 27",
        "28, t3.small, PD W=7 N=20, 17, 2, 15",
        "29, t3.small, PD W=7 N=20, 58, 3 2, 22",
        "30, p3dn.24xlarge, X=1, 0, 1, 16",
        "31, p3dn.24xlarge, X=1, 3, 2, 29",
        "32, p3dn.24xlarge, X=1, 95, 7, 17",
        "33, p3dn.24xlarge, PD W=5 N=10, 0, 1, 16",
        "34, p3dn.24xlarge, PD W=5 N=10, 7, 1, 9",
        "35, p3dn.24xlarge, PD W=5 N=10, 15, 2, 17",
        "36, p3dn.24xlarge, PD W=5 N=10, 45, 4, 19",
        "54 with no pod, m5.large, PD W=16, 0, 1, 16",
        "54 with 1 pod, m5.large, PD W=16, 1, 2, 31",
        "54 with 17 pods, m5.large, PD W=16, 17, 3, 31",
    })
    void matchesUpstream(
            String example, String instance, String settings, int pods, String sizes, int unused) {
        World world = node(instance, settings).settle();

        world.addPods(0, pods);

        assertThat(world.sizes()).isEqualTo(sizes(sizes));
        Counts counts = world.ledger().counts(world.now());
        assertThat(counts).isEqualTo(new Counts(pods, 0, unused, 0, 0, 0, 0, 0));
        int requests = world.requests();
        world.pass(LONG);
        assertThat(world.requests()).as("at rest").isEqualTo(requests);
    }

    @Test
    void example57GivesPrefixesBackOnceTheirAddressesHaveCooledDown() {
        World world = node("m5.large", "X=1").settle().addPods(0, 40);
        assertThat(world.sizes()).containsExactly(4);

        world.removePods(0, 39);

        assertThat(world.pass(Duration.ofSeconds(30)).sizes()).containsExactly(4);
        assertThat(world.pass(Duration.ofSeconds(1)).sizes()).containsExactly(2);
        assertThat(world.ledger().counts(world.now()))
                .isEqualTo(new Counts(1, 0, 31, 0, 0, 0, 0, 0));
    }

    /** Upstream leaves the second interface in six runs of eight. */
    @Test
    void example58EmptiesTheInterfaceThatCanGo() {
        World world = node("t3.small", "X=1").settle().addPods(0, 58);
        assertThat(world.sizes()).containsExactly(3, 2);

        world.removePods(10, 58).pass(LONG);

        assertThat(world.sizes()).containsExactly(2);
    }

    @Test
    void example58WithItsPodsOnTheSecondInterfaceKeepsThose() {
        World world = node("t3.small", "X=1").settle().addPods(0, 58);

        world.removePods(0, 48).pass(LONG);

        assertThat(world.sizes()).containsExactly(0, 2);
        assertThat(world.pods()).hasSize(10);
    }

    @Test
    void example59KeepsAPrefixForTheSakeOfOnePod() {
        World world = node("m5.large", "PD W=15").settle().addPods(0, 48);
        List<Integer> one = List.of(0, 16, 32);

        for (int pod = 0; pod < 48; pod++) {
            if (!one.contains(pod)) {
                world.removePod(pod);
            }
        }
        world.settle().pass(LONG);

        assertThat(world.sizes()).containsExactly(3);
        assertThat(world.ledger().counts(world.now()))
                .isEqualTo(new Counts(3, 0, 45, 0, 0, 0, 0, 0));
    }

    @Test
    void example63ServesSingleAddressesWhereTheSubnetIsFragmented() {
        World world = fragmented(node("m5.large", "X=1")).settle().addPods(0, 26);

        assertThat(world.waiting()).isZero();
        assertThat(world.sizes(BlockKind.PREFIX)).containsOnly(0);
        assertThat(world.sizes(BlockKind.ADDRESS)).as("one to spare").containsExactly(9, 9, 9);
    }

    @Test
    void example63AsksForPrefixesAgainWhenTheSubnetMayHaveThem() {
        World world = fragmented(node("m5.large", "X=1")).settle().addPods(0, 5);
        assertThat(world.sizes(BlockKind.ADDRESS)).containsExactly(6);
        assertThat(world.plan().limits())
                .containsExactly(
                        "subnet subnet-0 has no whole prefix left, and is not asked before "
                                + Nouns.START.plusSeconds(120));
        assertThat(world.plan().again()).isEqualTo(Nouns.START.plusSeconds(120));
        var before = world.pods();

        world.withRoom(Nouns.SUBNET, SubnetRoom.of(300)).settle();

        assertThat(world.sizes(BlockKind.PREFIX)).as("5 pods and 16 to spare").containsExactly(1);
        assertThat(world.sizes(BlockKind.ADDRESS)).as("no spare one").containsExactly(5);
        assertThat(world.pods()).isEqualTo(before);
        world.removePods(0, 5).pass(LONG);
        assertThat(world.sizes(BlockKind.ADDRESS)).containsExactly(0);
        assertThat(world.sizes(BlockKind.PREFIX)).containsExactly(1);
    }

    @Test
    void example65ServesAHundredPodsAtOnceWithOneRequest() {
        World world = node("m5.4xlarge", "X=1").settle();
        assertThat(world.sizes()).containsExactly(1);

        world.addPodsAtOnce(0, 100);

        assertThat(world.waiting()).isZero();
        assertThat(world.sizes()).containsExactly(8);
        assertThat(world.requests()).isEqualTo(2);
    }

    @Test
    void example66WithPrefixesServesChurnWithinTheCooldown() {
        World world = node("t3.small", "PD W=1 N=1").settle().addPods(0, 16);
        assertThat(world.sizes()).containsExactly(2);

        world.removePods(0, 16).addPods(16, 48);

        assertThat(world.waiting()).isZero();
    }

    /** That is what upstream's further network cards ask for. */
    @Test
    void example68KeepsTheIdlePrefix() {
        World world = node("p4d.24xlarge", "PD W=1 N=1").settle();

        world.pass(Duration.ofMinutes(10));

        assertThat(world.sizes()).containsExactly(1);
        assertThat(world.requests()).isEqualTo(1);
    }

    @Test
    void example70StopsAtAsManyAddressesAsTheKubeletAdmitsPods() {
        World world = node("m5.large", "X=1 PODS=20").settle().addPods(0, 20);

        assertThat(world.sizes()).containsExactly(2);
        assertThat(world.ledger().counts(world.now()).free()).isEqualTo(12);
    }

    @ParameterizedTest
    @CsvSource({"0, 1", "15, 1", "16, 2", "17, 2"})
    void example71WithoutAWarmPrefixKeepsWhatItHas(int pods, int prefixes) {
        World world = node("m5.large", "X=0").settle().addPods(0, pods);
        assertThat(world.sizes()).containsExactly(prefixes);
        int requests = world.requests();

        world.pass(Duration.ofMinutes(10));

        assertThat(world.sizes()).containsExactly(prefixes);
        assertThat(world.requests()).isEqualTo(requests);
    }

    @Test
    void theLastPodOfAnM5LargeHasTheLastAddress() {
        World world = node("m5.large", "X=1").settle().addPodsAtOnce(0, 432);

        assertThat(world.waiting()).isZero();
        assertThat(world.sizes()).containsExactly(9, 9, 9);
        assertThat(world.addPods(432, 433).waiting()).isEqualTo(1);
    }

    @Test
    void anIpv6NodeHasOnePrefixHoweverManyPods() {
        World world = node("m5.large", "V6").settle().addPods(0, 100);
        assertThat(world.sizes()).containsExactly(1);
        assertThat(world.requests()).isEqualTo(1);

        world.removePods(0, 100).pass(LONG);

        assertThat(world.sizes()).containsExactly(1);
        assertThat(world.requests()).isEqualTo(1);
    }

    /** EC2 gives single IPv6 addresses, too, but nothing here would wire them. */
    @Test
    void anIpv6NodeWaitsWhereItsSubnetHasNoPrefix() {
        World world = fragmented(node("m5.large", "V6")).addPods(0, 3);

        assertThat(world.requests()).isZero();
        assertThat(world.waiting()).isEqualTo(3);
        assertThat(world.plan().limits())
                .containsExactly(
                        "subnet subnet-0 has no IPv6 prefix left, and is not asked before "
                                + Nouns.START.plusSeconds(120));
        assertThat(world.plan().again()).isEqualTo(Nouns.START.plusSeconds(120));
    }

    private static World fragmented(World world) {
        return world.withRoom(
                Nouns.SUBNET, new SubnetRoom(200, null, 0, Nouns.START.plusSeconds(120)));
    }

    private static List<Integer> sizes(String text) {
        return Arrays.stream(text.split(" ", -1)).map(Integer::valueOf).toList();
    }

    /** Other nodes of the subnet need them. */
    @Test
    void example63GivesSingleAddressesBackThatNobodyNeeds() {
        World world = fragmented(node("m5.large", "X=1")).settle().addPods(0, 20).withPeak(10);
        world.withRoom(Nouns.SUBNET, new SubnetRoom(200, null, 0, Nouns.START.plusSeconds(9_999)));
        assertThat(world.ledger().counts(world.now()).total()).isEqualTo(21);

        world.removePods(5, 20).pass(LONG);
        assertThat(world.ledger().counts(world.now()).total()).as("a peak of 10").isEqualTo(11);

        world.withPeak(0).settle();
        assertThat(world.ledger().counts(world.now()).total()).isEqualTo(6);
        int requests = world.requests();
        assertThat(world.pass(LONG).requests()).isEqualTo(requests);
    }

    @Test
    void example63GivesThemBackInASubnetThatIsFullOfThem() {
        World world = fragmented(node("m5.large", "X=1")).settle().addPods(0, 20);
        world.withRoom(Nouns.SUBNET, SubnetRoom.of(0));

        world.removePods(0, 20).pass(LONG);

        assertThat(world.ledger().counts(world.now()).total()).isEqualTo(16);
        assertThat(world.sizes(BlockKind.PREFIX).stream().mapToInt(n -> n).sum()).isEqualTo(1);
    }
}
