package dev.vpccni.ipam.reconcile;

import static dev.vpccni.ipam.reconcile.Witnesses.seen;
import static dev.vpccni.ipam.world.Nouns.START;
import static dev.vpccni.ipam.world.Nouns.address;
import static dev.vpccni.ipam.world.Nouns.block;
import static dev.vpccni.ipam.world.Nouns.blocks;
import static dev.vpccni.ipam.world.Nouns.facts;
import static dev.vpccni.ipam.world.Nouns.id;
import static dev.vpccni.ipam.world.Nouns.key;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.ipam.ledger.AddressUse;
import dev.vpccni.ipam.ledger.BlockStage;
import dev.vpccni.ipam.ledger.Command;
import dev.vpccni.ipam.ledger.Ledger;
import dev.vpccni.model.BlockKind;
import dev.vpccni.model.IpAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What the witnesses say of addresses. */
class AddressComparisonTest {

    private static final Instant LATER = START.plusSeconds(100);
    private static final Duration SETTLING = Reconciler.SETTLING;

    private final Witnesses witnesses = new Witnesses();

    @Test
    void agreementNeedsNoCorrection() {
        Corrections corrections = witnesses.reconcile(LATER, List.of(seen(0, 3), seen(1, 2)));

        assertThat(corrections)
                .isEqualTo(
                        new Corrections(
                                List.of(),
                                List.of(),
                                List.of(),
                                List.of(),
                                false,
                                false,
                                new TreeMap<>(),
                                Suspicions.NONE));
    }

    @Test
    void anAddressThatNobodyKnewIsBelievedInWhenEc2ShowsItAgainALittleLater() {
        List<SeenInterface> ec2 = List.of(seen(0, 3), seen(1, 4));

        Corrections first = witnesses.reconcile(LATER, ec2);
        assertThat(first.askAgain()).isTrue();
        assertThat(use(1, 3)).isNull();

        assertThat(witnesses.reconcile(LATER.plus(SETTLING).minusNanos(1), ec2).askAgain())
                .isTrue();
        assertThat(use(1, 3)).isNull();

        assertThat(witnesses.reconcile(LATER.plus(SETTLING), ec2).askAgain()).isFalse();
        assertThat(use(1, 3)).isEqualTo(AddressUse.Idle.NEVER_USED);
        assertThat(witnesses.suspicions()).isEqualTo(Suspicions.NONE);
    }

    @Test
    void anAddressThatMetadataShowsTooIsBelievedInAtOnce() {
        witnesses.metadata(blocks(1, 4));

        Corrections corrections = witnesses.reconcile(LATER, List.of(seen(0, 3), seen(1, 4)));

        assertThat(use(1, 3)).isEqualTo(AddressUse.Idle.NEVER_USED);
        assertThat(corrections.askAgain()).isFalse();
    }

    @Test
    void anAddressThatEc2ShowedOnceIsNotBelievedInMuchLater() {
        witnesses.reconcile(LATER, List.of(seen(0, 3), seen(1, 3)));
        witnesses.reconcile(LATER.plusSeconds(5), List.of(seen(0, 3), seen(1, 2)));

        witnesses.reconcile(LATER.plusSeconds(60), List.of(seen(0, 3), seen(1, 3)));

        assertThat(use(1, 2)).isNull();
    }

    @Test
    void addressesThatHaveArrivedAreLeftToWhoAskedForThem() {
        witnesses.apply(new Command.BeginAssign(id(1), BlockKind.ADDRESS, 2), LATER);
        witnesses.metadata(blocks(1, 4));

        witnesses.reconcile(LATER.plusSeconds(20), List.of(seen(0, 3), seen(1, 4)));

        assertThat(use(1, 3)).isNull();
    }

    @Test
    void anAddressGivenBackIsNotBelievedToBeThereForAWhile() {
        giveBack(1);
        witnesses.metadata(blocks(1, 2));

        witnesses.reconcile(LATER.plusSeconds(3), List.of(seen(0, 3), seen(1, 2)));

        assertThat(witnesses.ledger.home(block(1, 0))).isNull();
    }

    @Test
    void anAddressGivenBackIsNotBelievedToBeThereAfterARestartEither() {
        giveBack(1);
        witnesses.metadata(blocks(1, 2));
        witnesses.ledger =
                Ledger.restore(
                                witnesses.ledger.checkpoint(),
                                Witnesses.COOLDOWN,
                                BlockKind.ADDRESS,
                                LATER)
                        .ledger();

        witnesses.reconcile(LATER.plusSeconds(3), List.of(seen(0, 3), seen(1, 2)));

        assertThat(witnesses.ledger.home(block(1, 0))).isNull();
    }

    @Test
    void anAddressOnItsWayOutStaysThereAcrossARestart() {
        witnesses.apply(new Command.BeginRelease(id(1), blocks(1, 1)), LATER);
        witnesses.ledger =
                Ledger.restore(
                                witnesses.ledger.checkpoint(),
                                Witnesses.COOLDOWN,
                                BlockKind.ADDRESS,
                                LATER)
                        .ledger();
        witnesses.metadata(blocks(1, 2));

        witnesses.reconcile(LATER.plusSeconds(30), List.of(seen(0, 3), seen(1, 2)));

        assertThat(witnesses.stage(block(1, 0))).isEqualTo(BlockStage.LEAVING);
    }

    @Test
    void aMissingAddressIsKeptOffPodsAtOnceAndForgottenAfterTheGraceTime() {
        List<SeenInterface> ec2 = List.of(seen(0, 3), seen(1, 1));

        witnesses.reconcile(LATER, ec2);
        assertThat(witnesses.stage(block(1, 1))).isEqualTo(BlockStage.DOUBTED);

        witnesses.reconcile(LATER.plusSeconds(59), ec2);
        assertThat(witnesses.ledger.home(block(1, 1))).isNotNull();

        witnesses.reconcile(LATER.plusSeconds(60), ec2);
        assertThat(use(1, 1)).isNull();
    }

    @Test
    void aMissingAddressThatComesBackServesAgain() {
        witnesses.reconcile(LATER, List.of(seen(0, 3), seen(1, 1)));

        witnesses.reconcile(LATER.plusSeconds(5), List.of(seen(0, 3), seen(1, 2)));

        assertThat(use(1, 1)).isEqualTo(AddressUse.Idle.NEVER_USED);
        assertThat(witnesses.stage(block(1, 1))).isEqualTo(BlockStage.SERVING);
        assertThat(witnesses.suspicions()).isEqualTo(Suspicions.NONE);
    }

    @Test
    void anAnswerOlderThanAnAddressRaisesNoDoubt() {
        witnesses.apply(new Command.AddBlocks(id(1), List.of(block(1, 5))), LATER);

        witnesses.reconcile(LATER.plusSeconds(2), List.of(seen(0, 3), seen(1, 2)));

        assertThat(witnesses.stage(block(1, 5))).isEqualTo(BlockStage.SERVING);
    }

    @Test
    void w19AnAddressInUseIsNeverForgotten() {
        IpAddress used = witnesses.assign(1, START);
        List<SeenInterface> ec2 = List.of(new SeenInterface(facts(0), List.of()), seen(1, 2));

        for (int minute = 0; minute < 5; minute++) {
            Corrections corrections =
                    witnesses.reconcile(LATER.plusSeconds(60L * minute), ec2, used);
            assertThat(corrections.findings()).anyMatch(line -> line.contains("is in use"));
        }

        assertThat(witnesses.ledger.grant(key(1))).isNotNull();
    }

    @Test
    void anAddressThatLiesElsewhereInEc2TakesRoomThere() {
        var moved = new SeenInterface(facts(1), List.of(block(1, 0), block(0, 2)));

        Corrections corrections = witnesses.reconcile(LATER, List.of(seen(0, 2), moved));

        assertThat(corrections.misplaced()).isEqualTo(Map.of(id(1), 1));
        assertThat(corrections.findings())
                .anyMatch(line -> line.contains(address(0, 2) + " is on eni-000 here"));
        assertThat(corrections.askAgain()).as("it will serve pods there").isTrue();
    }

    /** As long as a pod has it, asking changes nothing. */
    @Test
    void anAddressInUseThatLiesElsewhereInEc2IsNotAskedForAgain() {
        IpAddress used = witnesses.assign(1, LATER);
        var moved = new SeenInterface(facts(1), List.of(block(1, 0), used.only()));

        assertThat(witnesses.reconcile(LATER, List.of(seen(0, 2), moved)).askAgain()).isFalse();
    }

    private void giveBack(int count) {
        witnesses.apply(new Command.BeginRelease(id(1), blocks(1, count)), LATER);
        witnesses.apply(new Command.ConfirmReleased(id(1), blocks(1, count)), LATER);
    }

    private @Nullable AddressUse use(int n, int i) {
        return witnesses.ledger.use(address(n, i));
    }
}
