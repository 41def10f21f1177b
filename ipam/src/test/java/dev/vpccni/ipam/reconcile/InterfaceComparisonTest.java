package dev.vpccni.ipam.reconcile;

import static dev.vpccni.ipam.reconcile.Witnesses.COOLDOWN;
import static dev.vpccni.ipam.reconcile.Witnesses.seen;
import static dev.vpccni.ipam.world.Nouns.START;
import static dev.vpccni.ipam.world.Nouns.TEMPLATE;
import static dev.vpccni.ipam.world.Nouns.blocks;
import static dev.vpccni.ipam.world.Nouns.facts;
import static dev.vpccni.ipam.world.Nouns.id;
import static dev.vpccni.ipam.world.Nouns.key;
import static dev.vpccni.ipam.world.Nouns.pod;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.ipam.ledger.Checkpoint;
import dev.vpccni.ipam.ledger.Command;
import dev.vpccni.ipam.ledger.InterfaceRole;
import dev.vpccni.ipam.ledger.InterfaceStage;
import dev.vpccni.ipam.ledger.Ledger;
import dev.vpccni.ipam.ledger.Outcome;
import dev.vpccni.model.BlockKind;
import dev.vpccni.model.IpAddress;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** What the witnesses say of interfaces. */
class InterfaceComparisonTest {

    private static final Instant LATER = START.plusSeconds(100);
    private static final List<SeenInterface> BOTH = List.of(seen(0, 3), seen(1, 2));
    private static final List<SeenInterface> THREE = List.of(seen(0, 3), seen(1, 2), seen(2, 1));

    private final Witnesses witnesses = new Witnesses();

    @Test
    void anInterfaceOfSomebodyElseTakesAPlaceAtOnceAndServesWhenTheKernelHasItToo() {
        witnesses.unlink(2);
        witnesses.metadata(blocks(2, 1));

        Corrections without = witnesses.reconcile(LATER, THREE);

        assertThat(without.findings()).anyMatch(line -> line.contains("attached by somebody else"));
        assertThat(without.serve()).isEmpty();
        assertThat(without.askAgain()).isTrue();
        assertThat(witnesses.stage(2)).isEqualTo(InterfaceStage.SUSPENDED);

        witnesses.link(2);
        Corrections with = witnesses.reconcile(LATER.plusSeconds(1), THREE);

        assertThat(with.serve()).singleElement().isEqualTo(new SeenInterface(facts(2), List.of()));
    }

    @Test
    void anInterfaceThatIsNotForPodsOnlyTakesAPlace() {
        var efa = new SeenInterface(facts(2, InterfaceRole.UNMANAGED), List.of());

        Corrections corrections = witnesses.reconcile(LATER, List.of(seen(0, 3), seen(1, 2), efa));

        assertThat(corrections.serve()).isEmpty();
        assertThat(corrections.askAgain()).isFalse();
        assertThat(witnesses.ledger.find(id(2))).isNotNull();
    }

    @Test
    void anInterfaceBeingMadeIsLeftToItsMaker() {
        witnesses.apply(
                new Command.BeginCreate("token", TEMPLATE, 2, BlockKind.ADDRESS, 1, START), START);
        witnesses.apply(new Command.NoteCreated("token", id(2)), START);

        assertThat(witnesses.reconcile(LATER, THREE).serve()).isEmpty();
        assertThat(witnesses.ledger.find(id(2))).isNull();
    }

    @Test
    void anInterfaceThatWasRemovedIsNotBelievedToBeThereForAWhile() {
        witnesses.apply(new Command.BeginRemoval(id(1)), LATER);
        witnesses.apply(new Command.ConfirmRemoved(id(1)), LATER);

        assertThat(witnesses.reconcile(LATER.plusSeconds(3), BOTH).serve()).isEmpty();
        assertThat(witnesses.ledger.find(id(1))).isNull();

        witnesses.ledger =
                Ledger.restore(witnesses.ledger.checkpoint(), COOLDOWN, BlockKind.ADDRESS, LATER)
                        .ledger();
        assertThat(witnesses.reconcile(LATER.plusSeconds(4), BOTH).serve()).isEmpty();
        assertThat(witnesses.ledger.find(id(1))).isNull();
    }

    /** Else its room would not count, and another one would be made in its place. */
    @Test
    void anInterfaceThatJoinedAfterTheKernelWasAskedIsNotMissedThere() {
        witnesses.unlink(2);
        Observation kernel = witnesses.observation(LATER, null);
        Observation both = witnesses.observation(LATER, BOTH);
        Instant joined = LATER.plusMillis(1);
        witnesses.apply(new Command.AddInterface(facts(2), blocks(2, 1), null), joined);

        for (Observation observed : List.of(kernel, both)) {
            Corrections corrections =
                    Reconciler.reconcile(
                            witnesses.ledger, observed, witnesses.suspicions(), joined);
            assertThat(corrections.commands()).isEmpty();
            assertThat(corrections.findings()).isEmpty();
        }
        Corrections later = witnesses.reconcile(joined.plusMillis(1), null);
        assertThat(later.commands()).containsExactly(new Command.Suspend(id(2)));
    }

    @Test
    void anInterfaceOnItsWayOutIsLeftToItsRemovalWhateverEc2Shows() {
        witnesses.apply(new Command.BeginRemoval(id(1)), LATER);

        witnesses.reconcile(LATER, BOTH);
        assertThat(witnesses.stage(1)).isEqualTo(InterfaceStage.LEAVING);
        witnesses.reconcile(LATER, List.of(seen(0, 3)));
        assertThat(witnesses.stage(1)).isEqualTo(InterfaceStage.LEAVING);
    }

    @Test
    void aMissingInterfaceServesNobodyAndIsForgottenWhenTheKernelAgrees() {
        IpAddress used = witnesses.assign(1, START);
        List<SeenInterface> ec2 = List.of(seen(1, 2));

        Corrections corrections = witnesses.reconcile(LATER, ec2, used);
        assertThat(corrections.findings())
                .anyMatch(line -> line.contains("default/pod-1 (" + used));
        assertThat(witnesses.stage(0)).isEqualTo(InterfaceStage.SUSPENDED);
        witnesses.reconcile(LATER.plusSeconds(60), ec2, used);
        assertThat(witnesses.stage(0))
                .as("its link is still there")
                .isEqualTo(InterfaceStage.SUSPENDED);

        witnesses.unlink(0);
        witnesses.reconcile(LATER.plusSeconds(61), ec2, used);
        assertThat(witnesses.ledger.find(id(0))).isNull();
        Checkpoint.Grant grant = Objects.requireNonNull(witnesses.ledger.grant(key(1)));
        assertThat(witnesses.apply(new Command.Assign(key(1), pod(1)), LATER))
                .isEqualTo(new Outcome.Unplaced(grant));
    }

    @Test
    void whoHasGoneIsNotNamedWithThem() {
        IpAddress used = witnesses.assign(1, START);
        var _ = witnesses.assign(2, START);
        witnesses.apply(new Command.Release(key(2)), START);
        witnesses.unlink(0);

        assertThat(witnesses.reconcile(LATER, null, used).findings())
                .singleElement()
                .asString()
                .endsWith("; cut off with it: default/pod-1 (" + used + ")");
    }

    @Test
    void anInterfaceWithoutALinkServesNobodyAtOnceAndItsPodsAreNamed() {
        IpAddress used = witnesses.assign(1, START);
        witnesses.unlink(0);

        Corrections corrections = witnesses.reconcile(LATER, null, used);

        assertThat(witnesses.stage(0)).isEqualTo(InterfaceStage.SUSPENDED);
        assertThat(corrections.askEc2()).isTrue();
        assertThat(corrections.findings())
                .singleElement()
                .asString()
                .contains("eni-000", "default/pod-1 (" + used + ")");
    }

    @Test
    void aSuspendedInterfaceServesAgainOnlyWhenBothWitnessesHaveIt() {
        witnesses.reconcile(LATER, List.of(seen(0, 3)));
        witnesses.unlink(1);
        assertThat(witnesses.reconcile(LATER.plusSeconds(5), BOTH).serve()).isEmpty();
        witnesses.link(1);
        assertThat(witnesses.reconcile(LATER.plusSeconds(6), null).serve()).isEmpty();
        assertThat(witnesses.stage(1)).isEqualTo(InterfaceStage.SUSPENDED);

        Corrections corrections = witnesses.reconcile(LATER.plusSeconds(7), BOTH);

        assertThat(corrections.serve())
                .extracting(seen -> seen.facts().id())
                .containsExactly(id(1));
    }

    @Test
    void anAnswerOlderThanAnInterfaceDoesNotSuspendIt() {
        witnesses.apply(new Command.AddInterface(facts(2), blocks(2, 1), null), LATER);

        witnesses.reconcile(LATER.plusSeconds(3), BOTH);

        assertThat(witnesses.stage(2)).isEqualTo(InterfaceStage.SERVING);
    }

    @Test
    void theKernelAloneAsksForNoMoreThanAQuestion() {
        witnesses.reconcile(LATER, List.of(seen(0, 3), seen(1, 1)));

        Corrections glance = witnesses.reconcile(LATER.plusSeconds(1), null);

        assertThat(glance.commands()).isEmpty();
        assertThat(glance.askEc2()).isTrue();
        assertThat(glance.suspicions()).isEqualTo(witnesses.suspicions());
    }
}
