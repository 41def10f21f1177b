package dev.vpccni.ipam.scale;

import static dev.vpccni.ipam.world.Nouns.START;
import static dev.vpccni.ipam.world.Nouns.SUBNET;
import static dev.vpccni.ipam.world.Nouns.TEMPLATE;
import static dev.vpccni.ipam.world.Nouns.blocks;
import static dev.vpccni.ipam.world.Nouns.id;
import static dev.vpccni.ipam.world.Nouns.prefixes;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.ipam.ledger.Command;
import dev.vpccni.ipam.policy.Demand;
import dev.vpccni.ipam.policy.PoolLimits;
import dev.vpccni.ipam.policy.WarmTarget;
import dev.vpccni.model.BlockKind;
import dev.vpccni.model.IpFamily;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a node that prefers prefixes asks for where its subnets have few of them, or none. */
class MixedGrowthTest extends MixedGrowthFixture {

    @Test
    void whereNothingIsKnownOfItASubnetHasPrefixes() {
        add(0, List.of());

        assertThat(plan(16).actions()).containsExactly(assign(1, BlockKind.PREFIX));
        assertThat(plan(17).actions()).containsExactly(assign(2, BlockKind.PREFIX));
        assertThat(plan(17).limits()).isEmpty();
    }

    /** Also a subnet that nobody has asked yet gives no more whole prefixes than it has room. */
    @Test
    void aSubnetIsAskedForAsManyPrefixesAsFitIntoIt() {
        add(0, List.of());

        room(SubnetRoom.of(47));
        assertThat(plan(64).actions()).containsExactly(assign(2, BlockKind.PREFIX));
        room(SubnetRoom.of(48));
        assertThat(plan(64).actions()).containsExactly(assign(3, BlockKind.PREFIX));
        room(SubnetRoom.of(16));
        assertThat(plan(64).actions()).containsExactly(assign(1, BlockKind.PREFIX));
    }

    /** An interface that is made takes an address of its own first. */
    @Test
    void anInterfaceTakesAnAddressBesideItsPrefixes() {
        interfaces = 2;
        add(0, prefixes(0, 9));

        room(SubnetRoom.of(33));
        assertThat(plan(32).actions()).containsExactly(create(BlockKind.PREFIX, 2));
        room(SubnetRoom.of(32));
        assertThat(plan(32).actions()).containsExactly(create(BlockKind.PREFIX, 1));
    }

    @Test
    void whoAsksIsServedBySinglesWhereThereIsNoPrefix() {
        add(0, prefixes(0, 1));
        grant(16);
        room(withoutPrefixes(PLENTY));

        demand = new Demand(3, 19);
        Plan plan = plan(3 + 16);

        assertThat(plan.actions()).containsExactly(assign(4, BlockKind.ADDRESS));
        assertThat(plan.limits())
                .containsExactly(
                        "subnet subnet-0 has no whole prefix left, and is not asked before "
                                + LATER,
                        "2 more prefixes would need another interface; a tiny holds 144 pod"
                                + " addresses (1 interface with 9 prefixes of 16 each)",
                        "single addresses serve where prefixes would");
        assertThat(plan.again()).isEqualTo(LATER);
    }

    /** A subnet that has nothing at all left is not short of prefixes only. */
    @Test
    void whereThereIsNoAddressEitherNobodyIsServed() {
        add(0, prefixes(0, 1));
        grant(16);
        room(withoutPrefixes(0));

        demand = new Demand(3, 19);
        Plan plan = plan(3 + 16);

        assertThat(plan.actions()).isEmpty();
        assertThat(plan.limits()).noneMatch(line -> line.startsWith("single"));
        assertThat(plan.limits().getFirst()).startsWith("subnet subnet-0 has no addresses left");
    }

    @Test
    void fewerAddressesThanAPrefixTakesServeOneByOne() {
        add(0, List.of());
        room(SubnetRoom.of(15));
        demand = new Demand(2, 2);

        Plan plan = plan(2 + 16);

        assertThat(plan.actions()).containsExactly(assign(3, BlockKind.ADDRESS));
        assertThat(plan.limits()).contains("subnet subnet-0 has no whole prefix left");
    }

    /** Where nobody waits, what is tried for may come. */
    @Test
    void whatIsTriedForCountsUnlessPodsWait() {
        add(0, prefixes(0, 1));
        grant(16);
        room(new SubnetRoom(PLENTY, null, 1, LATER.minusSeconds(600)));

        demand = new Demand(0, 16);
        assertThat(plan(16).actions()).containsExactly(assign(1, BlockKind.PREFIX));
        assertThat(plan(32).actions()).containsExactly(assign(1, BlockKind.PREFIX));
        demand = new Demand(2, 18);
        assertThat(plan(32).actions()).containsExactly(assign(1, BlockKind.PREFIX));
    }

    /** Those that serve are not given up for a mere attempt. */
    @Test
    void singlesMakeRoomForPrefixesThatTheSubnetHas() {
        add(0, blocks(0, 9));
        grant(2);
        demand = new Demand(0, 8);
        room(SubnetRoom.of(PLENTY));

        assertThat(plan(16).actions()).containsExactly(release(1));
        room(new SubnetRoom(PLENTY, null, 1, null));
        assertThat(plan(16).actions()).isEmpty();
    }

    @Test
    void oneSingleServesWhoeverComesMeanwhile() {
        add(0, blocks(0, 9));
        grant(6);
        room(SubnetRoom.of(PLENTY));

        assertThat(plan(9 * 16).actions()).containsExactly(release(2));
        grantMore(6, 8);
        assertThat(plan(9 * 16).actions()).isEmpty();
    }

    @Test
    void noMoreSinglesMakeRoomThanTheSubnetHasPrefixes() {
        add(0, blocks(0, 9));
        room(SubnetRoom.of(47));

        assertThat(plan(9 * 16).actions()).containsExactly(release(2));
    }

    /** The peak of the last minutes is kept, and no more. */
    @Test
    void singlesThatNobodyNeedsGoBackWhereThereIsNoPrefix() {
        add(0, blocks(0, 9));
        grant(3);
        room(withoutPrefixes(PLENTY));

        demand = new Demand(0, 5);
        assertThat(plan(16).actions()).containsExactly(release(3));
        demand = new Demand(0, 8);
        assertThat(plan(16).actions()).isEmpty();
    }

    @Test
    void onAnInterfaceThatServesNobodyTheyStay() {
        add(0, blocks(0, 9));
        room(withoutPrefixes(PLENTY));
        apply(new Command.Suspend(id(0)));

        assertThat(plan(16).actions()).isEmpty();
    }

    /** One of nine places is left, and EC2 is asked for what it may have. */
    @Test
    void whatIsOnItsWayIsTakenOffWhatTheSubnetHas() {
        interfaces = 2;
        add(0, prefixes(0, 8));
        apply(new Command.BeginCreate("token", TEMPLATE, 1, BlockKind.PREFIX, 1, START));
        room(SubnetRoom.of(17 + 15));

        assertThat(plan(16 + 9 * 16).actions()).isEmpty();
        room(SubnetRoom.of(17 + 16));
        assertThat(plan(16 + 9 * 16).actions()).containsExactly(assign(1, BlockKind.PREFIX));
    }

    @Test
    void ofIpv6ThereIsNothingToMakeDoWith() {
        add(0, List.of());
        rooms.put(SUBNET, new SubnetRoom(PLENTY, null, 0, LATER));
        var limits = new PoolLimits("tiny", 1, 1, 0, 0, 9, BlockKind.PREFIX, IpFamily.IPV6, 110);
        demand = new Demand(3, 3);

        Plan plan = plan(new WarmTarget.OnePrefix(), limits, 1);

        assertThat(plan.actions()).isEmpty();
        assertThat(plan.limits().getFirst())
                .startsWith("subnet subnet-0 has no IPv6 prefix left, and is not asked before");
    }
}
