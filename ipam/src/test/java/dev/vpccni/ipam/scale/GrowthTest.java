package dev.vpccni.ipam.scale;

import static dev.vpccni.ipam.world.Nouns.START;
import static dev.vpccni.ipam.world.Nouns.SUBNET;
import static dev.vpccni.ipam.world.Nouns.TEMPLATE;
import static dev.vpccni.ipam.world.Nouns.blocks;
import static dev.vpccni.ipam.world.Nouns.facts;
import static dev.vpccni.ipam.world.Nouns.id;
import static dev.vpccni.ipam.world.Nouns.refusing;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.ipam.ledger.Command;
import dev.vpccni.ipam.ledger.InterfaceRole;
import dev.vpccni.ipam.ledger.InterfaceTemplate;
import dev.vpccni.ipam.ledger.Ledger;
import dev.vpccni.ipam.ledger.Outcome;
import dev.vpccni.ipam.policy.Demand;
import dev.vpccni.ipam.policy.PoolDecision;
import dev.vpccni.ipam.policy.PoolLimits;
import dev.vpccni.ipam.policy.WarmTarget;
import dev.vpccni.ipam.world.World;
import dev.vpccni.model.BlockKind;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.IpFamily;
import dev.vpccni.model.SubnetId;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which interface gets more addresses, of an m5.large: 3 interfaces with 9 each. */
class GrowthTest {

    private static final Instant OLD = START.plusSeconds(3_600);
    private static final WarmTarget SINGLE = new WarmTarget.Addresses(1, 0);
    private static final SubnetId OTHER = new SubnetId("subnet-1");
    private static final InterfaceTemplate OTHER_TEMPLATE =
            new InterfaceTemplate(OTHER, List.of(), 0, IpFamily.IPV4);

    private final SortedMap<SubnetId, SubnetRoom> rooms = new TreeMap<>();
    private final SortedMap<InterfaceId, Integer> misplaced = new TreeMap<>();
    private Ledger ledger = Ledger.empty(Duration.ofSeconds(30), BlockKind.ADDRESS);
    private InterfaceTemplate template = TEMPLATE;

    @Test
    void interfacesThatAreThereComeFirst() {
        add(0, 5);
        add(1, 8);

        assertThat(plan(SINGLE, 3).actions())
                .containsExactly(new Action.AssignTo(id(0), BlockKind.ADDRESS, 3));
        assertThat(plan(SINGLE, 5).actions())
                .containsExactly(
                        new Action.AssignTo(id(0), BlockKind.ADDRESS, 4),
                        new Action.AssignTo(id(1), BlockKind.ADDRESS, 1));
        assertThat(plan(SINGLE, 7).actions())
                .containsExactly(
                        new Action.AssignTo(id(0), BlockKind.ADDRESS, 4),
                        new Action.AssignTo(id(1), BlockKind.ADDRESS, 1),
                        new Action.CreateInterface(TEMPLATE, 2, BlockKind.ADDRESS, 2));
    }

    @ParameterizedTest
    @CsvSource({"TRUNK, false", "UNMANAGED, false", "EFA, true", "SECONDARY, true"})
    void someInterfacesGetNoMore(InterfaceRole role, boolean extendable) {
        apply(new Command.AddInterface(facts(1, role), blocks(1, 1), null));

        Action first = plan(SINGLE, 1).actions().getFirst();

        assertThat(first.equals(new Action.AssignTo(id(1), BlockKind.ADDRESS, 1)))
                .isEqualTo(extendable);
        assertThat(first instanceof Action.CreateInterface).isEqualTo(!extendable);
    }

    @Test
    void aSuspendedInterfaceGetsNoMore() {
        add(0, 1);
        apply(new Command.Suspend(id(0)));

        assertThat(plan(SINGLE, 1).actions())
                .containsExactly(new Action.CreateInterface(TEMPLATE, 1, BlockKind.ADDRESS, 1));
    }

    @Test
    void whatEc2HasElsewhereThanTheLedgerTakesRoom() {
        add(0, 5);
        misplaced.put(id(0), 3);

        assertThat(plan(SINGLE, 2).actions())
                .containsExactly(
                        new Action.AssignTo(id(0), BlockKind.ADDRESS, 1),
                        new Action.CreateInterface(TEMPLATE, 1, BlockKind.ADDRESS, 1));
    }

    @Test
    void anInterfaceThatIsAtItGetsTheRestInItsNextRequest() {
        add(0, 3);
        apply(new Command.BeginAssign(id(0), BlockKind.ADDRESS, 2));

        assertThat(plan(SINGLE, 4).actions()).as("it has room for four more").isEmpty();
        assertThat(plan(SINGLE, 5).actions())
                .containsExactly(new Action.CreateInterface(TEMPLATE, 1, BlockKind.ADDRESS, 1));
        rooms.put(SUBNET, SubnetRoom.of(5));
        assertThat(plan(SINGLE, 4).actions())
                .as("its subnet has three more than those two")
                .containsExactly(new Action.CreateInterface(TEMPLATE, 1, BlockKind.ADDRESS, 1));
    }

    @Test
    void whatIsBeingMadeWillHaveRoom() {
        add(0, 9);
        apply(new Command.BeginCreate("token", TEMPLATE, 1, BlockKind.ADDRESS, 7, START));

        assertThat(plan(SINGLE, 2).actions()).isEmpty();
        assertThat(plan(SINGLE, 3).actions())
                .containsExactly(new Action.CreateInterface(TEMPLATE, 2, BlockKind.ADDRESS, 1));
    }

    @Test
    void whereWholeInterfacesCountTheyAreFilled() {
        add(0, 5);

        assertThat(plan(new WarmTarget.Interfaces(1, 9), 1).actions())
                .containsExactly(new Action.AssignTo(id(0), BlockKind.ADDRESS, 4));
        assertThat(plan(new WarmTarget.Interfaces(1, 9), 5).actions())
                .containsExactly(
                        new Action.AssignTo(id(0), BlockKind.ADDRESS, 4),
                        new Action.CreateInterface(TEMPLATE, 1, BlockKind.ADDRESS, 9));
    }

    @Test
    void aSubnetGivesNoMoreThanItHas() {
        add(0, 5);
        add(1, 5);
        rooms.put(SUBNET, SubnetRoom.of(6));

        Plan plan = plan(SINGLE, 9);

        assertThat(plan.actions())
                .containsExactly(
                        new Action.AssignTo(id(0), BlockKind.ADDRESS, 4),
                        new Action.AssignTo(id(1), BlockKind.ADDRESS, 2));
        assertThat(plan.limits()).containsExactly("subnet subnet-0 has too few addresses left");
        assertThat(plan.again()).isNull();
    }

    @Test
    void anInterfaceTakesAnAddressItself() {
        add(0, 9);
        rooms.put(SUBNET, SubnetRoom.of(1));
        assertThat(plan(SINGLE, 1).actions()).isEmpty();

        rooms.put(SUBNET, SubnetRoom.of(2));
        assertThat(plan(SINGLE, 9).actions())
                .containsExactly(new Action.CreateInterface(TEMPLATE, 1, BlockKind.ADDRESS, 1));
    }

    @Test
    void aSubnetThatRefusedIsAskedAgainWhenItHasRested() {
        add(0, 5);
        rooms.put(SUBNET, refusing(0, OLD.plusSeconds(20)));
        rooms.put(OTHER, refusing(5, OLD.plusSeconds(10)));
        template = OTHER_TEMPLATE;

        Plan plan = plan(SINGLE, 1);

        assertThat(plan.actions()).isEmpty();
        assertThat(plan.limits())
                .containsExactly(
                        "subnet subnet-0 has no addresses left, and is not asked before "
                                + OLD.plusSeconds(20),
                        "subnet subnet-1 has too few addresses left, and is not asked before "
                                + OLD.plusSeconds(10));
        assertThat(plan.again()).as("the sooner").isEqualTo(OLD.plusSeconds(10));
        rooms.put(OTHER, refusing(5, OLD.plusSeconds(30)));
        assertThat(plan(SINGLE, 1).again()).isEqualTo(OLD.plusSeconds(20));
        rooms.put(OTHER, refusing(0, OLD));
        assertThat(plan(SINGLE, 1).again()).as("that is over").isEqualTo(OLD.plusSeconds(20));
        rooms.put(OTHER, refusing(0, OLD.plusSeconds(5)));
        rooms.put(SUBNET, SubnetRoom.of(0));
        assertThat(plan(SINGLE, 1).again()).isEqualTo(OLD.plusSeconds(5));
    }

    @Test
    void whereThereIsNoPlaceForAnotherInterfaceThatIsSaid() {
        add(0, 9);
        add(1, 9);
        apply(new Command.BeginCreate("token", TEMPLATE, 2, BlockKind.ADDRESS, 9, START));

        Plan plan = plan(SINGLE, 2);

        assertThat(plan.actions()).isEmpty();
        assertThat(plan.limits())
                .singleElement()
                .asString()
                .startsWith("2 more addresses would need another interface");
    }

    @Test
    void anInstanceWithoutAddressesForPodsGetsNoInterface() {
        apply(new Command.AddInterface(facts(0), List.of(), null));
        var none =
                new Situation(
                        SINGLE,
                        new PoolLimits(
                                "small", 3, 3, 0, 0, 0, BlockKind.ADDRESS, IpFamily.IPV4, 110),
                        Demand.NONE,
                        Sources.of(TEMPLATE),
                        rooms,
                        misplaced);

        Plan plan = new Growth(ledger, none, OLD).plan(new PoolDecision.Grow(1, "test"));

        assertThat(plan.actions()).isEmpty();
        assertThat(plan.limits()).hasSize(1);
    }

    @Test
    void theLowestDeviceThatIsFreeIsTaken() {
        add(0, 9);
        add(2, 9);

        assertThat(plan(SINGLE, 1).actions())
                .containsExactly(new Action.CreateInterface(TEMPLATE, 1, BlockKind.ADDRESS, 1));
    }

    private Plan plan(WarmTarget target, int missing) {
        var situation =
                new Situation(
                        target,
                        World.limits("m5.large", 0, 110),
                        Demand.NONE,
                        Sources.of(template),
                        rooms,
                        misplaced);
        return new Growth(ledger, situation, OLD).plan(new PoolDecision.Grow(missing, "test"));
    }

    private void add(int n, int count) {
        apply(new Command.AddInterface(facts(n), blocks(n, count), null));
    }

    private void apply(Command command) {
        var step = ledger.apply(command, START);
        assertThat(step.outcome()).isEqualTo(new Outcome.Done());
        ledger = step.ledger();
    }

    @Test
    void whatIsBeingMadeTakesOfItsSubnetUntilEc2HasMadeIt() {
        add(0, 9);
        rooms.put(SUBNET, SubnetRoom.of(12));
        apply(new Command.BeginCreate("token", TEMPLATE, 1, BlockKind.ADDRESS, 9, START));
        assertThat(plan(SINGLE, 2).actions())
                .containsExactly(new Action.CreateInterface(TEMPLATE, 2, BlockKind.ADDRESS, 1));

        apply(new Command.NoteCreated("token", id(1)));

        assertThat(plan(SINGLE, 2).actions())
                .as("the subnet was counted without it")
                .containsExactly(new Action.CreateInterface(TEMPLATE, 2, BlockKind.ADDRESS, 2));
    }

    @Test
    void theFirstDeviceOfAFurtherCardIsTaken() {
        ledger = Ledger.empty(Duration.ofSeconds(30), BlockKind.ADDRESS);
        template = new InterfaceTemplate(SUBNET, List.of(), 1, IpFamily.IPV4);

        assertThat(plan(SINGLE, 1).actions())
                .containsExactly(new Action.CreateInterface(template, 0, BlockKind.ADDRESS, 1));
    }

    @Test
    void anInterfaceThatPodsMayNotUseGetsNoMore() {
        apply(new Command.AddInterface(facts(0).withUsable(false), blocks(0, 2), null));

        assertThat(plan(SINGLE, 1).actions())
                .containsExactly(new Action.CreateInterface(TEMPLATE, 1, BlockKind.ADDRESS, 1));
    }
}
