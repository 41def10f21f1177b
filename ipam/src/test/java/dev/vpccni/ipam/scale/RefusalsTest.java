package dev.vpccni.ipam.scale;

import static dev.vpccni.ipam.world.Nouns.START;
import static dev.vpccni.ipam.world.Nouns.SUBNET;
import static dev.vpccni.ipam.world.Nouns.TEMPLATE;
import static dev.vpccni.ipam.world.Nouns.blocks;
import static dev.vpccni.ipam.world.Nouns.facts;
import static dev.vpccni.ipam.world.Nouns.id;
import static dev.vpccni.ipam.world.Nouns.key;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.ipam.ledger.Command;
import dev.vpccni.ipam.ledger.Ledger;
import dev.vpccni.ipam.policy.Demand;
import dev.vpccni.ipam.policy.PoolLimits;
import dev.vpccni.ipam.policy.WarmTarget.Addresses;
import dev.vpccni.ipam.policy.WarmTarget.Interfaces;
import dev.vpccni.ipam.world.Nodes;
import dev.vpccni.ipam.world.World;
import dev.vpccni.model.BlockKind;
import dev.vpccni.model.Cidr;
import dev.vpccni.model.IpFamily;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class RefusalsTest {

    @Test
    void the28thPodOfAC5LargeMeetsTheInstanceLimit() {
        World world = full("c5.large", -1);

        Refusal refusal = explain(world);

        assertThat(refusal.cause()).isEqualTo(Refusal.Cause.INSTANCE_LIMIT);
        assertThat(refusal.waitingHelps()).isFalse();
        assertThat(refusal.reason())
                .contains("c5.large", "27 pod addresses", "3 interfaces with 9 each", "27 in use");
        assertThat(refusal.remedy()).contains("--max-pods=29");
    }

    @Test
    void namesTheSettingWhereThatIsTheLimit() {
        World world = full("c5.large", 2);

        Refusal refusal = explain(world);

        assertThat(refusal.cause()).isEqualTo(Refusal.Cause.INTERFACES_SETTING);
        assertThat(refusal.reason()).contains("MAX_ENI=2", "18 pod addresses");
        assertThat(refusal.remedy()).contains("raise MAX_ENI", "allows 3");
    }

    @Test
    void waitingHelpsOnAFullNodeWhereAnAddressCoolsDown() {
        World world = full("c5.large", -1);

        world.apply(new Command.Release(key(0)));

        assertThat(explain(world).cause()).isEqualTo(Refusal.Cause.INSTANCE_LIMIT);
        assertThat(explain(world).waitingHelps()).isTrue();
        assertThat(explain(world).reason()).contains("26 in use, 1 cooling down, 0 free");
    }

    @Test
    void waitingHelpsOnAFullNodeWhereAnInterfaceMayComeBack() {
        World world = full("c5.large", -1);

        world.apply(new Command.Suspend(id(1)));

        assertThat(explain(world).waitingHelps()).isTrue();
    }

    @Test
    void oneIsNotMany() {
        var limits = new PoolLimits("x.tiny", 1, 1, 0, 0, 1, BlockKind.ADDRESS, IpFamily.IPV4, 10);
        var world = new World(new Addresses(0, 1), limits).addPods(0, 2);

        assertThat(explain(world).reason())
                .contains("holds 1 pod address (1 interface with 1 each)");
    }

    @Test
    void anInterfaceTakesAnAddressItself() {
        var limits = new PoolLimits("x.tiny", 2, 2, 0, 0, 1, BlockKind.ADDRESS, IpFamily.IPV4, 10);
        World world = new World(new Addresses(0, 0), limits).withSubnet(2).addPods(0, 2);

        assertThat(world.waiting()).isEqualTo(1);
        assertThat(explain(world).cause()).isEqualTo(Refusal.Cause.SUBNET);
    }

    @Test
    void waitingIsOfNoUseWhereNoPodCanHaveAnAddress() {
        var limits = new PoolLimits("x.tiny", 1, 1, 0, 0, 0, BlockKind.ADDRESS, IpFamily.IPV4, 10);
        var world = new World(new Interfaces(1, 0), limits);

        assertThat(explain(world).waitingHelps()).isFalse();
        assertThat(explain(world).cause()).isEqualTo(Refusal.Cause.NO_SECONDARY_ADDRESSES);
    }

    @Test
    void waitingHelpsOnAFullNodeWhereAnAddressIsOnItsWayBackOrDoubted() {
        World leaving = full("c5.large", -1);
        leaving.apply(new Command.Release(key(0)));
        Cidr free =
                Objects.requireNonNull(leaving.ledger().find(id(0)))
                        .free(
                                BlockKind.ADDRESS,
                                leaving.now().plusSeconds(31),
                                leaving.ledger().cooldown())
                        .getFirst();
        leaving.skip(Duration.ofSeconds(31));
        leaving.apply(new Command.Doubt(id(0), List.of(free)));
        assertThat(explain(leaving).waitingHelps()).as("doubted").isTrue();
        leaving.apply(new Command.Trust(id(0), List.of(free)));

        leaving.apply(new Command.BeginRelease(id(0), List.of(free)));

        assertThat(explain(leaving).waitingHelps()).as("on its way back").isTrue();
    }

    @Test
    void namesTheSubnetThatIsFull() {
        World world = new World(new Addresses(1, 0), World.limits("c5.large", -1, 29));
        world.withSubnet(2).addPods(0, 3);

        Refusal refusal = explain(world);

        assertThat(world.waiting()).isEqualTo(1);
        assertThat(refusal.cause()).isEqualTo(Refusal.Cause.SUBNET);
        assertThat(refusal.reason()).contains(SUBNET.value());
    }

    @Test
    void saysWhatIsOnItsWay() {
        World world = new World(new Addresses(1, 0), World.limits("c5.large", -1, 29));
        world.apply(
                new Command.BeginCreate("token", TEMPLATE, 1, BlockKind.ADDRESS, 5, world.now()));

        assertThat(explain(world).cause()).isEqualTo(Refusal.Cause.ARRIVING);
        assertThat(explain(world).reason()).contains("5 more addresses");
    }

    @Test
    void oneThatIsOnItsWayIsNotMany() {
        World world = new World(new Addresses(1, 0), World.limits("c5.large", -1, 29));
        world.apply(
                new Command.BeginCreate("token", TEMPLATE, 1, BlockKind.ADDRESS, 1, world.now()));

        assertThat(explain(world).reason()).contains("for 1 more address, not all");
    }

    /** What stands in the way of another interface matters only where one may be had. */
    @Test
    void theLackOfASourceIsNamedWhereNothingElseCanGrow() {
        PoolLimits two = World.limits("c5.large", 2, 29);

        assertThat(explain(ledger(1, 9), two).cause()).isEqualTo(Refusal.Cause.SOURCE);
        assertThat(explain(ledger(1, 8), two).cause()).isEqualTo(Refusal.Cause.EC2);
        assertThat(explain(ledger(2, 9), two).cause()).isEqualTo(Refusal.Cause.INTERFACES_SETTING);
    }

    private static Ledger ledger(int interfaces, int each) {
        Ledger ledger = Ledger.empty(Duration.ofSeconds(30), BlockKind.ADDRESS);
        for (int n = 0; n < interfaces; n++) {
            var add = new Command.AddInterface(facts(n), blocks(n, each), null);
            ledger = ledger.apply(add, START).ledger();
        }
        return ledger;
    }

    private static Refusal explain(Ledger ledger, PoolLimits limits) {
        var situation =
                new Situation(
                        new Addresses(1, 0),
                        limits,
                        Demand.NONE,
                        Sources.none("no subnet is tagged"),
                        Collections.emptySortedMap(),
                        Collections.emptySortedMap());
        return Refusals.explain(ledger, situation, START);
    }

    @Test
    void whatPrefixesHoldIsSaidInPrefixes() {
        World world = Nodes.node("t3.small", "X=1").addPodsAtOnce(0, 145);

        Refusal refusal = explain(world);

        assertThat(refusal.cause()).isEqualTo(Refusal.Cause.INSTANCE_LIMIT);
        assertThat(refusal.reason())
                .isEqualTo(
                        "a t3.small holds 144 pod addresses (3 interfaces with 3 prefixes of 16"
                                + " each); 144 in use, 0 cooling down, 0 free");
        assertThat(refusal.remedy()).contains("--max-pods=146");
    }

    @Test
    void whatIsWithheldFromPodsIsNotCounted() {
        var limits = new PoolLimits("x.tiny", 3, 3, 1, 0, 1, BlockKind.ADDRESS, IpFamily.IPV4, 10);
        World world = new World(new Addresses(0, 0), limits).withUsable(0, false).addPods(0, 3);

        assertThat(world.sizes()).containsExactly(0, 1, 1);
        assertThat(explain(world).reason())
                .contains("holds 2 pod addresses (2 interfaces with 1 each)");
    }

    /** Somebody else attached it, although none was to give addresses to pods. */
    @Test
    void anInterfaceTooManyThatHasRoomHelps() {
        var limits = new PoolLimits("x.tiny", 3, 1, 1, 0, 9, BlockKind.ADDRESS, IpFamily.IPV4, 10);
        World world = new World(new Addresses(0, 0), limits).withUsable(0, false);
        assertThat(explain(world).waitingHelps()).isFalse();
        assertThat(explain(world).reason()).contains("with MAX_ENI=1 holds 0 pod addresses");

        Ledger more =
                world.ledger()
                        .apply(new Command.AddInterface(facts(1), blocks(1, 1), null), world.now())
                        .ledger();

        assertThat(Refusals.explain(more, world.situation(), world.now()).waitingHelps()).isTrue();
    }

    private static World full(String type, int interfacesMax) {
        PoolLimits limits = World.limits(type, interfacesMax, 29);
        World world = new World(new Interfaces(1, limits.blocksEach()), limits);
        world.addPods(0, (int) limits.addressesMax() + 1);
        assertThat(world.waiting()).isEqualTo(1);
        return world;
    }

    private static Refusal explain(World world) {
        return Refusals.explain(world.ledger(), world.situation(), world.now());
    }
}
