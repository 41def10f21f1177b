package dev.vpccni.ipam.scale;

import static dev.vpccni.ipam.world.Nouns.TEMPLATE;
import static dev.vpccni.ipam.world.Nouns.blocks;
import static dev.vpccni.ipam.world.Nouns.facts;
import static dev.vpccni.ipam.world.Nouns.id;
import static dev.vpccni.ipam.world.Nouns.prefixes;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.ipam.ledger.Command;
import dev.vpccni.ipam.ledger.InterfaceTemplate;
import dev.vpccni.ipam.policy.Demand;
import dev.vpccni.ipam.policy.PoolLimits;
import dev.vpccni.ipam.policy.WarmTarget;
import dev.vpccni.model.BlockKind;
import dev.vpccni.model.IpFamily;
import dev.vpccni.model.SubnetId;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What serves pods where their subnets have few prefixes, or none. */
class ScarcePrefixesTest extends MixedGrowthFixture {

    private static final SubnetId OTHER = new SubnetId("subnet-1");
    private static final InterfaceTemplate IN_OTHER =
            new InterfaceTemplate(OTHER, TEMPLATE.securityGroups(), 0, IpFamily.IPV4);
    private static final String INSTEAD = "single addresses serve where prefixes would";
    private static final String FULL =
            "1 more prefix would need another interface; a tiny holds 144 pod addresses (1"
                    + " interface with 9 prefixes of 16 each)";

    @Test
    void aFullNodeIsNotShortOfPrefixes() {
        add(0, prefixes(0, 9));
        grant(144);
        room(SubnetRoom.of(PLENTY));
        demand = new Demand(3, 147);

        assertThat(plan(3).limits()).containsExactly(FULL);
    }

    /** Where another interface would have to be made is what counts. */
    @Test
    void itIsNoneEitherForAnInterfaceThatMayNotGrow() {
        interfaces = 2;
        add(0, prefixes(0, 9));
        add(facts(1, IN_OTHER), List.of());
        apply(new Command.Suspend(id(1)));
        grant(144);
        room(SubnetRoom.of(PLENTY));
        rooms.put(OTHER, withoutPrefixes(PLENTY));
        demand = new Demand(3, 147);

        assertThat(plan(3).limits()).hasSize(1).doesNotContain(INSTEAD);
    }

    @Test
    void singlesThatNobodyNeedsGoBackWhereTheSubnetHasNoRoomForAPrefix() {
        add(0, blocks(0, 9));
        grant(3);
        room(SubnetRoom.of(15));
        demand = new Demand(0, 5);

        assertThat(plan(16).actions()).containsExactly(release(3));
    }

    @Test
    void theyStayUntilWhatIsTriedForHasCome() {
        add(0, blocks(0, 3));
        room(new SubnetRoom(PLENTY, null, 1, null));

        assertThat(plan(16).actions()).containsExactly(assign(1, BlockKind.PREFIX));
    }

    /** With the prefix that is tried for there are enough, unless somebody waits now. */
    @Test
    void whatIsTriedForSparesSinglesUnlessPodsWait() {
        add(0, prefixes(0, 1));
        grant(16);
        room(new SubnetRoom(PLENTY, null, 1, LATER.minusSeconds(600)));

        demand = new Demand(0, 16);
        assertThat(plan(32).limits()).doesNotContain(INSTEAD);
        demand = new Demand(2, 18);
        assertThat(plan(32).limits()).contains(INSTEAD);
    }

    @Test
    void singlesThatAreOnTheirWayAreNotAskedForAgain() {
        add(0, prefixes(0, 1));
        grant(16);
        apply(new Command.BeginAssign(id(0), BlockKind.ADDRESS, 3));
        room(withoutPrefixes(PLENTY));

        demand = new Demand(2, 18);
        assertThat(plan(2 + 16).limits()).doesNotContain(INSTEAD);
        demand = new Demand(3, 19);
        assertThat(plan(3 + 16).limits()).contains(INSTEAD);
    }

    /** What this plan gives back for prefixes it does not give back once more. */
    @Test
    void ofWhatMakesRoomNothingGoesTwice() {
        interfaces = 2;
        add(0, blocks(0, 9));
        add(facts(1, IN_OTHER), prefixes(1, 9));
        grant(144);
        room(SubnetRoom.of(PLENTY));
        rooms.put(OTHER, withoutPrefixes(PLENTY));
        demand = new Demand(0, 144);

        assertThat(plan(20 * 16).actions()).containsExactly(release(8));
    }

    @Test
    void interfacesThatServeNobodyGiveNothingBackForOthers() {
        interfaces = 3;
        add(0, blocks(0, 9));
        add(facts(1).withUsable(false), blocks(1, 9));
        add(2, blocks(2, 9));
        apply(new Command.Suspend(id(0)));
        room(withoutPrefixes(PLENTY));

        assertThat(plan(16).actions()).containsExactly(release(2, BlockKind.ADDRESS, 8));
    }

    @Test
    void anInterfaceIsMadeForSinglesWhereItsSubnetHasNoPrefix() {
        interfaces = 2;
        add(facts(0, IN_OTHER), prefixes(0, 9));
        grant(144);
        room(withoutPrefixes(PLENTY));
        demand = new Demand(3, 147);

        Plan plan = plan(3 + 16);

        assertThat(plan.actions()).containsExactly(create(BlockKind.ADDRESS, 4));
        assertThat(plan.limits()).contains(INSTEAD);
    }

    @Test
    void wherePrefixesAreKnownToBeFewWhatComesIsTakenOff() {
        interfaces = 2;
        add(0, List.of());
        add(1, List.of());
        apply(new Command.BeginAssign(id(0), BlockKind.PREFIX, 1));
        room(new SubnetRoom(PLENTY, null, 2, null));

        assertThat(plan(3 * 16).actions())
                .containsExactly(new Action.AssignTo(id(1), BlockKind.PREFIX, 1));
    }

    /** Of IPv6 there is no lack of addresses, whatever is left of IPv4. */
    @Test
    void ipv6TakesNoRoomOfIpv4() {
        add(0, List.of());
        var limits = new PoolLimits("tiny", 1, 1, 0, 0, 9, BlockKind.PREFIX, IpFamily.IPV6, 110);

        room(SubnetRoom.of(5));
        assertThat(plan(new WarmTarget.OnePrefix(), limits, 1).actions())
                .containsExactly(assign(1, BlockKind.PREFIX));
        room(new SubnetRoom(PLENTY, LATER, Integer.MAX_VALUE, null));
        assertThat(plan(new WarmTarget.OnePrefix(), limits, 1).actions()).isEmpty();
    }

    /** Before the primary interface is known, its place is. */
    @Test
    void theFirstDeviceOfTheFirstCardIsThePrimaryInterfaces() {
        assertThat(plan(16).actions()).containsExactly(create(BlockKind.PREFIX, 1));
    }
}
