package dev.vpccni.ipam.ledger;

import static dev.vpccni.ipam.world.Nouns.START;
import static dev.vpccni.ipam.world.Nouns.address;
import static dev.vpccni.ipam.world.Nouns.block;
import static dev.vpccni.ipam.world.Nouns.blocks;
import static dev.vpccni.ipam.world.Nouns.facts;
import static dev.vpccni.ipam.world.Nouns.id;
import static dev.vpccni.ipam.world.Nouns.key;
import static dev.vpccni.ipam.world.Nouns.pod;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.model.BlockKind;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Interfaces and addresses on their way out. */
class DeparturesTest {

    private static final Instant LATER = START.plusSeconds(100);
    private static final Instant FORGOTTEN = LATER.plus(Ledger.GONE_MEMORY).plusNanos(1);

    private final Steps steps = new Steps();

    @BeforeEach
    void twoInterfaces() {
        steps.add(0, 3, START);
        steps.add(1, 2, START);
    }

    @Test
    void whatIsNotThereIsNotGivenBack() {
        steps.refused(new Command.BeginRelease(id(9), blocks(0, 1)), START, "eni-009");
        steps.refused(new Command.BeginRelease(id(0), List.of(block(1, 0))), START, "is not on");
    }

    @Test
    void anAddressInUseIsNotGivenBackWhoeverUsesIt() {
        steps.grant(1, START);
        steps.done(new Command.Hold(address(0, 1)), START);

        steps.refused(new Command.BeginRelease(id(0), blocks(0, 1)), LATER, "in use");
        steps.refused(new Command.BeginRelease(id(0), List.of(block(0, 1))), LATER, "in use");
    }

    @Test
    void anAddressThatEc2DoesNotShowIsNotGivenBack() {
        steps.done(new Command.Doubt(id(0), blocks(0, 1)), START);

        steps.refused(new Command.BeginRelease(id(0), blocks(0, 1)), LATER, "may be gone");
    }

    @Test
    void whatLeavesMayBeSaidToLeaveAgain() {
        steps.done(new Command.BeginRelease(id(0), blocks(0, 1)), LATER);
        Ledger before = steps.ledger;

        steps.done(new Command.BeginRelease(id(0), blocks(0, 1)), LATER);

        assertThat(steps.ledger).isSameAs(before);
    }

    @Test
    void onlyWhatLeavesIsConfirmedToHaveLeft() {
        steps.refused(
                new Command.ConfirmReleased(id(0), blocks(0, 1)), LATER, "not being given back");
        steps.done(new Command.ConfirmReleased(id(0), List.of(block(9, 9))), LATER);
        steps.done(new Command.ConfirmReleased(id(9), blocks(0, 1)), LATER);
        steps.done(new Command.BeginRelease(id(0), blocks(0, 1)), LATER);

        steps.done(new Command.ConfirmReleased(id(0), blocks(0, 2).subList(0, 1)), LATER);

        assertThat(steps.held(0).size()).isEqualTo(2);
        assertThat(steps.ledger.use(address(0, 0))).isNull();
        assertThat(steps.ledger.departedBlockMap().get(block(0, 0))).isEqualTo(LATER);
        assertThat(steps.ledger.home(address(0, 0))).isNull();
    }

    @Test
    void whatHasLeftIsRememberedForAMinute() {
        leave(0);
        assertThat(steps.ledger.hasLeft(block(0, 0), FORGOTTEN.minusNanos(1))).isTrue();
        assertThat(steps.ledger.hasLeft(block(0, 0), FORGOTTEN)).isFalse();
        assertThat(steps.ledger.hasLeft(block(0, 1), LATER)).isFalse();

        steps.done(new Command.BeginRelease(id(0), List.of(block(0, 1))), FORGOTTEN);
        steps.done(new Command.ConfirmReleased(id(0), List.of(block(0, 1))), FORGOTTEN);

        assertThat(steps.ledger.departedBlockMap().keys()).containsExactly(block(0, 1));
    }

    @Test
    void anAddressThatEc2GivesAgainServesAtOnce() {
        steps.done(new Command.BeginRelease(id(0), blocks(0, 3)), LATER);
        steps.done(new Command.ConfirmReleased(id(0), blocks(0, 3)), LATER);
        steps.done(new Command.Doubt(id(1), blocks(1, 2)), LATER);

        steps.done(new Command.AddBlocks(id(0), blocks(0, 1)), LATER);

        assertThat(steps.grant(1, LATER)).isEqualTo(address(0, 0));
    }

    @Test
    void aReleaseSaysWhereTheAddressLies() {
        steps.grant(1, START);

        assertThat(steps.apply(new Command.Release(key(1)), LATER))
                .isEqualTo(
                        new Outcome.Released(
                                new Checkpoint.Grant(address(0, 0), key(1), pod(1), START),
                                facts(0)));
    }

    @Test
    void theEndOfAPodForgetsWhatLeftLongAgo() {
        steps.grant(1, START);
        leave(1);

        steps.release(1, FORGOTTEN);

        assertThat(steps.ledger.departedBlockMap().keys()).isEmpty();
    }

    @Test
    void whatHasLeftLongAgoIsNotWritten() {
        leave(0);
        assertThat(steps.ledger.checkpoint().departed().blocks())
                .containsExactly(new Checkpoint.DepartedBlock(block(0, 0), LATER));

        steps.done(new Command.Suspend(id(1)), FORGOTTEN);

        assertThat(steps.ledger.checkpoint().departed().blocks()).isEmpty();
    }

    @Test
    void aReleaseThatIsGivenUpLeavesTheAddressAsItWas() {
        steps.done(new Command.BeginRelease(id(0), blocks(0, 1)), LATER);

        steps.done(new Command.CancelRelease(id(0), blocks(0, 2)), LATER);
        steps.done(new Command.CancelRelease(id(9), blocks(0, 2)), LATER);

        assertThat(steps.held(0).leaving()).isZero();
        assertThat(steps.grant(1, LATER)).isEqualTo(address(0, 0));
    }

    @Test
    void whatIsDoubtedIsNobodysUntilItIsTrusted() {
        steps.done(new Command.Doubt(id(0), blocks(0, 3)), START);
        steps.done(new Command.Doubt(id(9), blocks(0, 3)), START);
        steps.done(new Command.Doubt(id(1), blocks(1, 2)), START);
        assertThat(steps.apply(new Command.Assign(key(1), pod(1)), LATER))
                .isEqualTo(new Outcome.NoAddress());

        steps.done(new Command.Trust(id(9), blocks(0, 1)), START);
        steps.done(new Command.Trust(id(0), blocks(0, 1)), START);

        assertThat(steps.grant(1, LATER)).isEqualTo(address(0, 0));
        steps.done(new Command.Doubt(id(0), blocks(0, 1)), LATER);
        assertThat(steps.held(0).inUse()).as("it is in use").isEqualTo(1);
    }

    /** Each of these commands may come late, when another has been there before. */
    @Test
    void whatEndsOneThingDoesNotEndAnother() {
        steps.done(new Command.Doubt(id(0), List.of(block(0, 0), block(9, 9))), START);
        steps.done(new Command.BeginRelease(id(0), List.of(block(0, 1))), START);

        steps.done(new Command.CancelRelease(id(0), List.of(block(0, 0))), START);
        assertThat(stage(0)).isEqualTo(BlockStage.DOUBTED);
        steps.done(new Command.Doubt(id(0), List.of(block(0, 1))), START);
        steps.done(new Command.Trust(id(0), List.of(block(0, 1))), START);
        assertThat(stage(1)).isEqualTo(BlockStage.LEAVING);
        assertThat(steps.held(0).free(BlockKind.ADDRESS, START, Steps.COOLDOWN))
                .containsExactly(block(0, 2));
    }

    private BlockStage stage(int i) {
        return Objects.requireNonNull(steps.held(0).find(block(0, i))).stage();
    }

    @Test
    void anAddressInUseIsNotForgotten() {
        steps.grant(1, START);

        steps.refused(new Command.ForgetBlock(id(0), block(0, 0)), LATER, "in use");
        steps.done(new Command.ForgetBlock(id(0), block(9, 9)), LATER);
        steps.done(new Command.ForgetBlock(id(9), block(0, 0)), LATER);
        steps.done(new Command.ForgetBlock(id(0), block(0, 1)), LATER);
        assertThat(steps.ledger.use(address(0, 1))).isNull();
    }

    @Test
    void anAddressThatIsForgottenCoolsDownAllTheSame() {
        steps.grant(1, START);
        steps.release(1, START.plusSeconds(90));

        steps.done(new Command.ForgetBlock(id(0), block(0, 0)), LATER);

        assertThat(steps.ledger.use(address(0, 0)))
                .isEqualTo(new AddressUse.Idle(START.plusSeconds(90)));
        assertThat(steps.ledger.counts(LATER).unplaced()).isEqualTo(1);
        assertThat(steps.ledger.counts(START.plusSeconds(121)).unplaced()).isZero();
        steps.done(new Command.ForgetBlock(id(0), block(0, 1)), START.plusSeconds(121));
        assertThat(steps.ledger.unplaced()).as("it has cooled down").isEmpty();
    }

    @Test
    void onlyWhatIsNotInUseNorAwaitedLeavesAsAWhole() {
        steps.done(new Command.BeginAssign(id(1), BlockKind.ADDRESS, 1), START);
        steps.refused(new Command.BeginRemoval(id(1)), LATER, "in use, cooling down or on their");
        steps.done(new Command.EndAssign(id(1), 1), START);
        steps.done(new Command.Hold(address(1, 0)), START);
        steps.refused(new Command.BeginRemoval(id(1)), LATER, "in use, cooling down or on their");
        steps.done(new Command.Unhold(address(1, 0)), LATER);
        steps.refused(
                new Command.BeginRemoval(id(1)), LATER.plusSeconds(30), "in use, cooling down");

        steps.done(new Command.BeginRemoval(id(1)), LATER.plusSeconds(31));
        steps.refused(new Command.BeginRemoval(id(9)), LATER.plusSeconds(31), "eni-009");
    }

    @Test
    void aRemovalBegunTwiceBeganOnce() {
        steps.done(new Command.BeginRemoval(id(1)), LATER);
        steps.done(new Command.BeginRemoval(id(1)), LATER.plusSeconds(9));

        assertThat(steps.ledger.checkpoint().intents())
                .containsExactly(new Checkpoint.Intent.Remove(id(1), LATER));
        assertThat(steps.ledger.counts(LATER).leaving()).isEqualTo(2);
    }

    @Test
    void aRemovalThatIsGivenUpLeavesTheInterfaceInService() {
        steps.done(new Command.BeginRemoval(id(1)), LATER);

        steps.done(new Command.CancelRemoval(id(1)), LATER);
        steps.done(new Command.CancelRemoval(id(9)), LATER);

        assertThat(steps.held(1).stage()).isEqualTo(InterfaceStage.SERVING);
        assertThat(steps.ledger.checkpoint().intents()).isEmpty();
        steps.done(new Command.Suspend(id(1)), LATER);
        steps.done(new Command.CancelRemoval(id(1)), LATER);
        assertThat(steps.held(1).stage())
                .as("it was not being removed")
                .isEqualTo(InterfaceStage.SUSPENDED);
    }

    @Test
    void anInterfaceThatWasRemovedIsRememberedForAMinute() {
        steps.refused(new Command.ConfirmRemoved(id(1)), LATER, "was not being removed");
        steps.done(new Command.BeginRemoval(id(1)), LATER);
        steps.done(new Command.ConfirmRemoved(id(1)), LATER);
        steps.done(new Command.ConfirmRemoved(id(9)), LATER);
        assertThat(steps.ledger.hasLeft(id(1), FORGOTTEN.minusNanos(1))).isTrue();
        assertThat(steps.ledger.hasLeft(id(1), FORGOTTEN)).isFalse();
        assertThat(steps.ledger.checkpoint().departed().interfaces())
                .containsExactly(new Checkpoint.DepartedInterface(id(1), LATER));
        assertThat(steps.ledger.home(address(1, 0))).isNull();

        steps.done(new Command.Suspend(id(0)), FORGOTTEN);
        assertThat(steps.ledger.checkpoint().departed().interfaces()).isEmpty();
        assertThat(steps.ledger.departedMap().size()).isEqualTo(1);
        steps.done(new Command.ForgetInterface(id(0)), FORGOTTEN);
        assertThat(steps.ledger.departedMap().size()).isZero();
    }

    @Test
    void aRemovalOfAnotherForgetsWhatLeftLongAgo() {
        leave(0);
        steps.done(new Command.BeginRemoval(id(1)), FORGOTTEN);

        steps.done(new Command.ConfirmRemoved(id(1)), FORGOTTEN);

        assertThat(steps.ledger.departedBlockMap().keys()).isEmpty();
    }

    @Test
    void aForgottenAddressForgetsWhatLeftLongAgo() {
        leave(0);

        steps.done(new Command.ForgetBlock(id(0), block(0, 2)), FORGOTTEN);

        assertThat(steps.ledger.departedBlockMap().keys()).isEmpty();
    }

    @Test
    void anInterfaceThatIsBackIsNotGone() {
        steps.done(new Command.BeginRemoval(id(1)), LATER);
        steps.done(new Command.ConfirmRemoved(id(1)), LATER);

        steps.add(1, 2, LATER.plusSeconds(1));
        assertThat(steps.ledger.hasLeft(id(1), LATER.plusSeconds(1))).isFalse();

        Instant much = LATER.plusSeconds(100);
        steps.done(new Command.BeginRemoval(id(1)), much);
        steps.done(new Command.ConfirmRemoved(id(1)), much);
        steps.done(new Command.Discover(facts(1), List.of()), much);
        assertThat(steps.ledger.hasLeft(id(1), much)).isFalse();
    }

    @Test
    void aPodThatIsFoundOnAnInterfaceThatLeavesKeepsIt() {
        steps.done(new Command.BeginRemoval(id(1)), LATER);

        steps.done(new Command.Hold(address(1, 0)), LATER);

        assertThat(steps.held(1).stage()).isEqualTo(InterfaceStage.SUSPENDED);
        assertThat(steps.ledger.checkpoint().intents()).isEmpty();
        steps.done(new Command.Hold(address(0, 0)), LATER);
        assertThat(steps.held(0).stage()).isEqualTo(InterfaceStage.SERVING);
    }

    @Test
    void aGrantOutlivesItsInterface() {
        steps.grant(1, START);

        steps.done(new Command.ForgetInterface(id(0)), LATER);
        steps.done(new Command.ForgetInterface(id(9)), LATER);

        assertThat(steps.ledger.unplaced()).containsOnlyKeys(address(0, 0));
        assertThat(steps.apply(new Command.Release(key(1)), LATER))
                .isEqualTo(
                        new Outcome.Released(
                                new Checkpoint.Grant(address(0, 0), key(1), pod(1), START), null));
    }

    private void leave(int i) {
        steps.done(new Command.BeginRelease(id(0), List.of(block(0, i))), LATER);
        steps.done(new Command.ConfirmReleased(id(0), List.of(block(0, i))), LATER);
    }
}
