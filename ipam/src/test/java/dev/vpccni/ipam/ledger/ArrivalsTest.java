package dev.vpccni.ipam.ledger;

import static dev.vpccni.ipam.world.Nouns.START;
import static dev.vpccni.ipam.world.Nouns.TEMPLATE;
import static dev.vpccni.ipam.world.Nouns.address;
import static dev.vpccni.ipam.world.Nouns.block;
import static dev.vpccni.ipam.world.Nouns.blocks;
import static dev.vpccni.ipam.world.Nouns.facts;
import static dev.vpccni.ipam.world.Nouns.id;
import static dev.vpccni.ipam.world.Nouns.key;
import static dev.vpccni.ipam.world.Nouns.pod;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.model.AttachmentId;
import dev.vpccni.model.BlockKind;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Interfaces and addresses on their way in. */
class ArrivalsTest {

    private static final Instant LATER = START.plusSeconds(100);

    private final Steps steps = new Steps();

    @Test
    void aCreationBegunTwiceIsTheFirstOne() {
        steps.done(
                new Command.BeginCreate("token", TEMPLATE, 1, BlockKind.ADDRESS, 9, START), START);
        steps.done(
                new Command.BeginCreate("token", TEMPLATE, 2, BlockKind.ADDRESS, 3, LATER), LATER);

        assertThat(steps.ledger.creates())
                .containsExactly(
                        new Checkpoint.Intent.Create(
                                "token", TEMPLATE, 1, BlockKind.ADDRESS, 9, START, null, START));
    }

    @Test
    void interfacesAndCreationsTogetherHaveALimit() {
        for (int n = 0; n < Ledger.INTERFACES_MAX - 2; n++) {
            steps.add(n, 0, START);
        }
        steps.done(new Command.BeginCreate("one", TEMPLATE, 1, BlockKind.ADDRESS, 0, START), START);
        steps.done(new Command.BeginCreate("two", TEMPLATE, 1, BlockKind.ADDRESS, 0, START), START);

        steps.refused(
                new Command.BeginCreate("three", TEMPLATE, 1, BlockKind.ADDRESS, 0, START),
                START,
                "256");
    }

    @Test
    void noMoreInterfacesAreAddedOrDiscoveredThanThereCanBe() {
        for (int n = 0; n < Ledger.INTERFACES_MAX; n++) {
            steps.add(n, 0, START);
        }

        steps.refused(new Command.AddInterface(facts(300), List.of(), null), START, "256");
        steps.refused(new Command.Discover(facts(300), List.of()), START, "256");
        steps.add(7, 1, START);
        assertThat(steps.held(7).size()).isEqualTo(1);
    }

    @Test
    void whatIsNotedTwiceIsNotNews() {
        steps.done(
                new Command.BeginCreate("token", TEMPLATE, 1, BlockKind.ADDRESS, 9, START), START);
        steps.done(new Command.NoteCreated("token", id(1)), START);
        Ledger before = steps.ledger;

        steps.done(new Command.NoteCreated("token", id(1)), LATER);
        assertThat(steps.ledger).isSameAs(before);

        steps.refused(new Command.NoteCreated("other", id(1)), START, "other");
    }

    @Test
    void aKnownInterfaceGetsNewFactsAndServesAgain() {
        steps.add(1, 1, START);
        steps.done(new Command.Suspend(id(1)), START);
        InterfaceFacts attached = facts(1).withAttachment(new AttachmentId("eni-attach-1"));
        Ledger before = steps.ledger;
        steps.done(new Command.Suspend(id(1)), START);
        assertThat(steps.ledger).as("it is already").isSameAs(before);

        steps.done(new Command.AddInterface(attached, List.of(), null), LATER);

        assertThat(steps.held(1).facts()).isEqualTo(attached);
        assertThat(steps.held(1).stage()).isEqualTo(InterfaceStage.SERVING);
        assertThat(steps.held(1).since()).as("it joined then").isEqualTo(START);
    }

    @Test
    void whatIsAddedAsItIsChangesNothing() {
        steps.add(1, 1, START);
        Ledger before = steps.ledger;

        steps.add(1, 1, LATER);

        assertThat(steps.ledger).isSameAs(before);
    }

    @Test
    void anInterfaceThatIsAddedIsNotOnItsWayAnyMore() {
        steps.done(
                new Command.BeginCreate("token", TEMPLATE, 1, BlockKind.ADDRESS, 1, START), START);
        steps.done(
                new Command.BeginCreate("other", TEMPLATE, 2, BlockKind.ADDRESS, 1, START), START);

        steps.done(new Command.AddInterface(facts(1), blocks(1, 1), "token"), START);

        assertThat(steps.ledger.creates())
                .extracting(Checkpoint.Intent.Create::token)
                .containsExactly("other");
        steps.add(3, 0, START);
        assertThat(steps.ledger.creates()).hasSize(1);
        steps.done(new Command.CancelCreate("other"), START);
        assertThat(steps.ledger.creates()).isEmpty();
    }

    @Test
    void anInterfaceThatIsDiscoveredServesNobodyYet() {
        steps.done(new Command.Discover(facts(1), blocks(1, 2)), START);
        steps.done(new Command.Discover(facts(2, InterfaceRole.UNMANAGED), List.of()), START);
        steps.done(new Command.Discover(facts(1), blocks(1, 9)), START);

        assertThat(steps.held(1).stage()).isEqualTo(InterfaceStage.SUSPENDED);
        assertThat(steps.held(1).size()).as("it is known").isEqualTo(2);
        assertThat(steps.held(2).stage()).as("it never will").isEqualTo(InterfaceStage.SERVING);
        assertThat(steps.apply(new Command.Assign(key(1), pod(1)), START))
                .isEqualTo(new Outcome.NoAddress());
    }

    @Test
    void whatEc2SaysOfAnInterfaceLeavesItsStageAsItIs() {
        InterfaceFacts attached = facts(1).withAttachment(new AttachmentId("eni-attach-1"));
        steps.add(1, 1, START);

        steps.done(new Command.Describe(attached), START);

        assertThat(steps.held(1).facts()).isEqualTo(attached);
        assertThat(steps.held(1).stage()).isEqualTo(InterfaceStage.SERVING);
        Ledger before = steps.ledger;
        steps.done(new Command.Describe(attached), LATER);
        assertThat(steps.ledger).isSameAs(before);
        steps.refused(new Command.Describe(facts(9)), START, "eni-009");
    }

    @Test
    void anInterfaceThatTurnsOutToBeForPodsWaitsForTheKernel() {
        steps.done(new Command.Discover(facts(2, InterfaceRole.UNMANAGED), List.of()), START);

        steps.done(new Command.Describe(facts(2)), START);
        assertThat(steps.held(2).stage()).isEqualTo(InterfaceStage.SUSPENDED);

        steps.add(2, 1, START);
        steps.done(new Command.Describe(facts(2, InterfaceRole.UNMANAGED)), START);
        assertThat(steps.held(2).stage()).isEqualTo(InterfaceStage.SERVING);
        steps.done(
                new Command.Describe(
                        facts(2, InterfaceRole.UNMANAGED).withAttachment(new AttachmentId("a"))),
                START);
        assertThat(steps.held(2).stage()).isEqualTo(InterfaceStage.SERVING);
    }

    @Test
    void anInterfaceThatIsNotKnownIsNotSuspended() {
        steps.refused(new Command.Suspend(id(9)), START, "eni-009");
    }

    @Test
    void addressesAreAskedForOneRequestAtATime() {
        steps.add(1, 2, START);
        steps.done(new Command.BeginAssign(id(1), BlockKind.ADDRESS, 3), START);

        steps.refused(
                new Command.BeginAssign(id(1), BlockKind.ADDRESS, 1),
                LATER,
                "eni-001",
                "SERVING",
                "3");
        steps.done(new Command.EndAssign(id(1), 2), LATER);
        assertThat(steps.held(1).arriving())
                .isEqualTo(new HeldInterface.Arriving(BlockKind.ADDRESS, 1, START));
        steps.done(new Command.EndAssign(id(1), 2), LATER);
        assertThat(steps.held(1).arriving().count()).isZero();
        steps.done(new Command.BeginAssign(id(1), BlockKind.ADDRESS, 1), LATER);
        assertThat(steps.held(1).arriving())
                .isEqualTo(new HeldInterface.Arriving(BlockKind.ADDRESS, 1, LATER));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 255})
    void noSenselessNumberOfAddressesIsAskedFor(int count) {
        steps.add(1, 2, START);

        steps.refused(
                new Command.BeginAssign(id(1), BlockKind.ADDRESS, count), START, "cannot grow");
    }

    @Test
    void asManyAreAskedForAsThereMayBe() {
        steps.add(1, 2, START);

        steps.done(new Command.BeginAssign(id(1), BlockKind.ADDRESS, 254), START);
    }

    @Test
    void onlyAnInterfaceThatServesGrows() {
        steps.add(1, 2, START);
        steps.done(new Command.Suspend(id(1)), START);

        steps.refused(new Command.BeginAssign(id(1), BlockKind.ADDRESS, 1), START, "SUSPENDED");
        steps.refused(new Command.BeginAssign(id(9), BlockKind.ADDRESS, 1), START, "eni-009");
    }

    @Test
    void theEndOfNothingChangesNothing() {
        steps.add(1, 2, START);
        Ledger before = steps.ledger;

        steps.done(new Command.EndAssign(id(1), 1), START);
        steps.done(new Command.EndAssign(id(9), 1), START);
        assertThat(steps.ledger).isSameAs(before);

        steps.done(new Command.BeginAssign(id(1), BlockKind.ADDRESS, 1), START);
        Ledger begun = steps.ledger;
        steps.done(new Command.EndAssign(id(1), 0), START);
        assertThat(steps.ledger).isSameAs(begun);
    }

    @Test
    void thePrimaryAddressIsNoPods() {
        steps.add(1, 2, START);

        steps.refused(
                new Command.AddBlocks(id(1), List.of(block(1, -1))),
                START,
                "10.0.1.0 has the primary address of eni-001");
    }

    @Test
    void anInterfaceHasNoMoreAddressesThanEc2Gives() {
        steps.add(1, 256, START);

        steps.refused(new Command.AddBlocks(id(1), List.of(block(9, 0))), START, "257 blocks");
        steps.refused(new Command.AddBlocks(id(9), List.of()), START, "eni-009");
    }

    @Test
    void anInterfaceThatLeavesGetsNoAddresses() {
        steps.add(1, 1, START);
        steps.done(new Command.BeginRemoval(id(1)), LATER);

        steps.refused(new Command.AddBlocks(id(1), blocks(1, 2)), LATER, "being removed");
    }

    @Test
    void ofInterfacesAsFullTheLowerDeviceServesFirst() {
        steps.done(
                new Command.AddInterface(
                        facts(9, 0, 1, InterfaceRole.SECONDARY), blocks(9, 1), null),
                START);
        steps.done(
                new Command.AddInterface(
                        facts(1, 0, 2, InterfaceRole.SECONDARY), blocks(1, 1), null),
                START);

        assertThat(steps.grant(1, START)).isEqualTo(address(9, 0));
    }

    @Test
    void anAddressStaysWhereItIs() {
        steps.add(0, 1, START);
        steps.add(1, 1, START);

        steps.done(new Command.AddBlocks(id(1), blocks(0, 1)), LATER);

        assertThat(steps.held(1).size()).isEqualTo(1);
        assertThat(steps.held(1).grown()).isEqualTo(START);
        steps.done(new Command.AddBlocks(id(1), blocks(1, 2)), LATER);
        assertThat(steps.held(1).grown()).isEqualTo(LATER);
    }
}
