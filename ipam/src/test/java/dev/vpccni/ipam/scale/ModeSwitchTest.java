package dev.vpccni.ipam.scale;

import static dev.vpccni.ipam.world.Nodes.node;
import static dev.vpccni.ipam.world.Nodes.restart;
import static dev.vpccni.ipam.world.Nouns.SUBNET;
import static dev.vpccni.ipam.world.Nouns.TEMPLATE;
import static dev.vpccni.ipam.world.Nouns.id;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.ipam.ledger.HeldInterface;
import dev.vpccni.ipam.world.World;
import dev.vpccni.model.BlockKind;
import dev.vpccni.model.IpAddress;
import dev.vpccni.testing.SeededTest;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** A daemon that starts again with other settings, on a node with pods. */
class ModeSwitchTest {

    private static final Duration LONG = Duration.ofMinutes(3);
    private static final int PLANS_MAX = 20;

    @Test
    void prefixesTakeOverFromSingleAddressesAsPodsGo() {
        World world = node("m5.large", "W=1").settle().addPods(0, 12);
        assertThat(world.sizes()).containsExactly(9, 4);
        var before = new TreeMap<>(world.pods());

        restart(world, "X=1").settle();

        assertThat(world.pods()).isEqualTo(before);
        assertThat(world.sizes(BlockKind.ADDRESS)).as("in use").containsExactly(9, 3);
        assertThat(world.sizes(BlockKind.PREFIX)).as("16 to spare").containsExactly(0, 1);
        world.addPods(12, 13);
        assertThat(world.sizes(BlockKind.PREFIX)).containsExactly(0, 2);
        world.removePods(0, 6).pass(LONG);
        assertThat(world.sizes(BlockKind.ADDRESS)).containsExactly(3, 3);
        world.removePods(6, 13).pass(LONG);
        assertThat(world.sizes(BlockKind.ADDRESS)).containsOnly(0);
        assertThat(world.sizes(BlockKind.PREFIX)).containsExactly(0, 1);
    }

    @Test
    void singleAddressesTakeOverFromPrefixesAsPodsGo() {
        World world = node("m5.large", "X=1").settle().addPods(0, 20);
        assertThat(world.sizes()).containsExactly(3);
        var before = new TreeMap<>(world.pods());

        restart(world, "W=2").settle();

        assertThat(world.pods()).isEqualTo(before);
        assertThat(world.sizes(BlockKind.PREFIX)).as("with pods").containsExactly(2);
        assertThat(world.sizes(BlockKind.ADDRESS)).containsExactly(2);
        world.addPods(20, 21);
        assertThat(world.sizes(BlockKind.ADDRESS)).as("a pod and two to spare").containsExactly(3);
        world.removePods(0, 16).pass(LONG);
        assertThat(world.sizes(BlockKind.PREFIX)).containsExactly(1);
        world.removePods(16, 21).pass(LONG);
        assertThat(world.sizes(BlockKind.PREFIX)).containsExactly(0);
        assertThat(world.sizes(BlockKind.ADDRESS)).containsExactly(2);
    }

    @Test
    void aNodeFullOfSingleAddressesMakesRoomForPrefixes() {
        World world = node("m5.large", "E=1").settle().addPods(0, 20);
        assertThat(world.sizes()).containsExactly(9, 9, 9);
        var before = new TreeMap<>(world.pods());

        restart(world, "X=1");

        settleWithAnAddressForWhoeverComes(world);
        assertThat(world.pods()).isEqualTo(before);
        assertThat(world.sizes(BlockKind.ADDRESS).stream().mapToInt(n -> n).sum()).isEqualTo(20);
        assertThat(world.sizes(BlockKind.PREFIX).stream().mapToInt(n -> n).sum()).isEqualTo(1);
    }

    @Test
    void aNodeFullOfPodsIsLeftAloneUntilSomeGo() {
        World world = node("m5.large", "E=1").settle().addPods(0, 27);
        int requests = world.requests();

        restart(world, "X=1").pass(LONG);
        assertThat(world.requests()).isEqualTo(requests);
        world.removePods(0, 1).pass(LONG);
        assertThat(world.requests()).as("the last address serves").isEqualTo(requests);

        world.removePods(1, 2).pass(LONG);

        assertThat(world.sizes(BlockKind.PREFIX).stream().mapToInt(n -> n).sum()).isEqualTo(1);
        assertThat(world.sizes(BlockKind.ADDRESS).stream().mapToInt(n -> n).sum()).isEqualTo(25);
    }

    @Test
    void aNodeFullOfPrefixesMakesRoomForSingleAddresses() {
        World world = node("t3.small", "X=1").settle().addPods(0, 140);
        assertThat(world.sizes()).containsExactly(3, 3, 3);
        int requests = world.requests();
        restart(world, "W=1").pass(LONG);
        assertThat(world.requests()).as("no prefix is without pods").isEqualTo(requests);

        world.removePod(139);
        world.removePods(0, 16);
        var before = new TreeMap<>(world.pods());
        world.pass(LONG);

        assertThat(world.pods()).isEqualTo(before);
        assertThat(world.sizes(BlockKind.PREFIX).stream().mapToInt(n -> n).sum()).isEqualTo(8);
        assertThat(world.sizes(BlockKind.ADDRESS).stream().mapToInt(n -> n).sum()).isEqualTo(1);
    }

    @Test
    void noRoomIsMadeForPrefixesThatTheSubnetDoesNotHave() {
        World world = node("m5.large", "E=1").settle().addPods(0, 20);
        int requests = world.requests();

        // A daemon takes all that there is for needed when it starts.
        restart(world, "X=1")
                .withPeak(27)
                .withRoom(SUBNET, new SubnetRoom(100, null, 0, null))
                .settle();

        assertThat(world.requests()).isEqualTo(requests);
        world.removePods(0, 10).pass(LONG);
        assertThat(world.sizes(BlockKind.PREFIX)).containsOnly(0);
    }

    @Test
    void customNetworkingEmptiesThePrimaryInterfaceAsItsPodsGo() {
        World world = node("m5.large", "W=2").settle().addPods(0, 5);
        var before = new TreeMap<>(world.pods());

        world.withUsable(0, false).settle();

        assertThat(world.pods()).isEqualTo(before);
        assertThat(world.sizes()).as("two to spare").containsExactly(5, 2);
        world.addPods(5, 8);
        assertThat(world.sizes()).containsExactly(5, 5);
        world.removePods(0, 5);
        assertThat(world.pass(Duration.ofSeconds(30)).sizes().getFirst()).isEqualTo(5);
        assertThat(world.pass(Duration.ofSeconds(1)).sizes()).containsExactly(0, 5);
        world.removePods(5, 8).pass(LONG);
        assertThat(world.sizes()).as("it is never removed").containsExactly(0, 2);
    }

    @Test
    void whatPodsMayUseAgainServesAgain() {
        World world = node("m5.large", "W=2").settle().addPods(0, 5).withUsable(0, false).settle();
        assertThat(world.sizes()).containsExactly(5, 2);

        world.withUsable(0, true).addPods(5, 9);

        assertThat(world.sizes()).containsExactly(9, 2);
    }

    @Test
    void w14AnExcludedInterfaceGoesAfterItsPods() {
        World world = node("m5.large", "E=1").settle().addPods(0, 12);
        assertThat(world.sizes()).containsExactly(9, 9, 9);
        world.pass(LONG).removePods(0, 9).withUsable(1, false).settle();
        assertThat(world.sizes(BlockKind.ADDRESS)).as("its three pods stay").contains(3);

        world.removePods(9, 12).pass(Duration.ofSeconds(30));
        assertThat(world.ledger().find(id(1))).isNotNull();

        world.pass(Duration.ofSeconds(1));
        assertThat(world.ledger().find(id(1))).isNull();
    }

    @Test
    void anExcludedInterfaceWithoutPodsGoesWhenItIsOldEnough() {
        World world = node("m5.large", "E=1").settle().addPods(0, 1);
        assertThat(world.sizes()).containsExactly(9, 9);

        world.withUsable(1, false).settle();

        assertThat(world.plan().again()).isEqualTo(world.now().plusSeconds(60));
        assertThat(world.pass(Duration.ofSeconds(59)).ledger().find(id(1))).isNotNull();
        assertThat(world.pass(Duration.ofSeconds(1)).ledger().find(id(1))).isNull();
    }

    @SeededTest(runs = 300)
    void whateverChangesPodsKeepTheirAddressesAndWhatIsLeftOverGoesWithThem(
            RandomGenerator random) {
        World world = AnyWorlds.switched(random);
        world.withSubnet(10_000).withRoom(AnyWorlds.OTHER, SubnetRoom.of(10_000));
        world.withSources(Sources.of(TEMPLATE));
        SortedMap<Integer, IpAddress> before = new TreeMap<>(world.pods());

        world.settle();
        assertThat(world.pods()).containsAllEntriesOf(before);
        for (int step = 0; step < 6; step++) {
            List.copyOf(world.pods().keySet()).forEach(world::removePod);
            world.settle().skip(Duration.ofSeconds(61));
        }
        world.settle();

        assertThat(world.waiting()).as("%s", world.ledger()).isZero();
        BlockKind kind = world.limits().kind();
        for (HeldInterface held : world.ledger().interfaces()) {
            assertThat(held.blocks()).as("%s", held).allMatch(block -> block.kind() == kind);
            boolean emptied = held.facts().usable() || held.size() == 0;
            assertThat(emptied).as("%s", held).isTrue();
            boolean gone = held.facts().usable() || !held.facts().role().removable();
            assertThat(gone).as("%s", held).isTrue();
        }
    }

    /** Settles plan by plan: between two of them there is always an address for another pod. */
    private static void settleWithAnAddressForWhoeverComes(World world) {
        for (int plan = 0; plan < PLANS_MAX; plan++) {
            var actions = world.plan().actions();
            if (actions.isEmpty()) {
                return;
            }
            // The worst order: what is given back goes at once, what is asked for comes last.
            actions.stream().filter(Action.ReleaseFrom.class::isInstance).forEach(world::carryOut);
            assertThat(world.ledger().hasFreeAddress(world.now())).isTrue();
            actions.stream()
                    .filter(action -> !(action instanceof Action.ReleaseFrom))
                    .forEach(world::carryOut);
        }
        throw new AssertionError("not settled: " + world.ledger());
    }
}
