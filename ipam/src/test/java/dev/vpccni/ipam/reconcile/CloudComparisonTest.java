package dev.vpccni.ipam.reconcile;

import static dev.vpccni.ipam.reconcile.Witnesses.seen;
import static dev.vpccni.ipam.world.Nouns.START;
import static dev.vpccni.ipam.world.Nouns.TEMPLATE;
import static dev.vpccni.ipam.world.Nouns.address;
import static dev.vpccni.ipam.world.Nouns.block;
import static dev.vpccni.ipam.world.Nouns.blocks;
import static dev.vpccni.ipam.world.Nouns.facts;
import static dev.vpccni.ipam.world.Nouns.id;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.ipam.ledger.BlockStage;
import dev.vpccni.ipam.ledger.Command;
import dev.vpccni.ipam.ledger.InterfaceFacts;
import dev.vpccni.ipam.ledger.InterfaceRole;
import dev.vpccni.ipam.ledger.InterfaceStage;
import dev.vpccni.model.AttachmentId;
import dev.vpccni.model.BlockKind;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The edges of a comparison with EC2: what is believed, doubted, asked about and named. */
class CloudComparisonTest {

    private static final Instant LATER = START.plusSeconds(100);
    private static final List<SeenInterface> BOTH = List.of(seen(0, 3), seen(1, 2));
    private static final AttachmentId ATTACHED = new AttachmentId("eni-attach-1");

    private final Witnesses witnesses = new Witnesses();

    @Test
    void nothingFollowsWhereAllAgree() {
        Corrections corrections = witnesses.reconcile(LATER, BOTH);

        assertThat(corrections.commands()).isEmpty();
        assertThat(corrections.findings()).isEmpty();
        assertThat(corrections.askAgain()).isFalse();
        Corrections glance = witnesses.reconcile(LATER, null);
        assertThat(glance.askEc2()).isFalse();
        assertThat(glance.commands()).isEmpty();
    }

    @Test
    void aGlanceKeepsWhatEc2WasSuspectedOf() {
        witnesses.assign(1, START);
        List<SeenInterface> odd = List.of(seen(0, 0));
        witnesses.reconcile(LATER, odd);
        Suspicions suspicions = witnesses.suspicions();
        assertThat(suspicions.interfaces()).containsKey(id(1));
        assertThat(suspicions.blocks()).isNotEmpty();

        assertThat(witnesses.reconcile(LATER.plusSeconds(1), null).suspicions().interfaces())
                .isEqualTo(suspicions.interfaces());
    }

    @Test
    void aSuspendedInterfaceOrANewcomerIsAReasonToAsk() {
        witnesses.reconcile(LATER, List.of(seen(0, 4), seen(1, 2)));
        assertThat(witnesses.suspicions().newcomers()).containsOnlyKeys(block(0, 3));

        Corrections glance = witnesses.reconcile(LATER.plusSeconds(1), null);

        assertThat(glance.askEc2()).as("a newcomer").isTrue();
        assertThat(glance.suspicions().newcomers()).containsOnlyKeys(block(0, 3));
        witnesses.reconcile(LATER.plusSeconds(2), BOTH);
        assertThat(witnesses.reconcile(LATER.plusSeconds(3), null).askEc2()).isFalse();
        witnesses.apply(new Command.Suspend(id(1)), LATER.plusSeconds(4));
        assertThat(witnesses.reconcile(LATER.plusSeconds(4), null).askEc2())
                .as("a suspended interface")
                .isTrue();
    }

    @Test
    void aMissingAddressIsAReasonToAsk() {
        witnesses.assign(1, START);

        witnesses.reconcile(LATER, List.of(seen(0, 0), seen(1, 2)), address(0, 0));

        assertThat(witnesses.reconcile(LATER.plusSeconds(1), null, address(0, 0)).askEc2())
                .isTrue();
    }

    @Test
    void anUnmanagedInterfaceWithoutALinkIsNoReasonToSuspendIt() {
        InterfaceFacts others = facts(2, InterfaceRole.UNMANAGED);
        witnesses.apply(new Command.Discover(others, List.of()), START);
        witnesses.unlink(2);

        Corrections glance = witnesses.reconcile(LATER, null);
        Corrections whole =
                witnesses.reconcile(
                        LATER,
                        List.of(seen(0, 3), seen(1, 2), new SeenInterface(others, List.of())));

        assertThat(glance.commands()).isEmpty();
        assertThat(whole.commands()).isEmpty();
        assertThat(whole.serve()).isEmpty();
    }

    @Test
    void anInterfaceThatEc2ShowsAndTheKernelDoesNotServesNobody() {
        witnesses.unlink(1);

        Corrections corrections = witnesses.reconcile(LATER, BOTH);

        assertThat(corrections.commands()).containsExactly(new Command.Suspend(id(1)));
        assertThat(corrections.findings())
                .containsExactly("the kernel has no link for interface eni-001");
    }

    @Test
    void anInterfaceThatIsSuspendedIsNotSuspendedAgain() {
        witnesses.unlink(1);
        witnesses.reconcile(LATER, null);

        assertThat(witnesses.reconcile(LATER.plusSeconds(1), null).commands()).isEmpty();
        Corrections missing = witnesses.reconcile(LATER.plusSeconds(2), List.of(seen(0, 3)));

        assertThat(missing.commands()).isEmpty();
        assertThat(witnesses.stage(1)).isEqualTo(InterfaceStage.SUSPENDED);
    }

    @Test
    void aMissingInterfaceWithoutALinkIsForgottenAfterAWhileOnly() {
        witnesses.unlink(1);
        List<SeenInterface> without = List.of(seen(0, 3));
        witnesses.reconcile(LATER, without);
        Instant before = LATER.plus(Reconciler.GRACE).minusNanos(1);
        witnesses.reconcile(before, without);
        assertThat(witnesses.ledger.find(id(1))).isNotNull();

        Corrections corrections = witnesses.reconcile(LATER.plus(Reconciler.GRACE), without);

        assertThat(corrections.commands()).containsExactly(new Command.ForgetInterface(id(1)));
        assertThat(witnesses.suspicions().interfaces()).isEmpty();
    }

    @Test
    void nothingFollowsOfAnInterfaceOnItsWayOut() {
        witnesses.apply(new Command.BeginRemoval(id(1)), LATER);
        witnesses.unlink(1);

        Corrections missing = witnesses.reconcile(LATER, List.of(seen(0, 3)));
        Corrections present = witnesses.reconcile(LATER, BOTH);

        assertThat(missing.commands()).isEmpty();
        assertThat(missing.findings()).isEmpty();
        assertThat(missing.suspicions().interfaces()).isEmpty();
        assertThat(present.commands()).isEmpty();
    }

    @Test
    void afterARestartOnlyWhatServesIsSuspended() {
        witnesses.apply(new Command.Suspend(id(1)), START);
        witnesses.apply(new Command.Discover(facts(2, InterfaceRole.UNMANAGED), List.of()), START);
        for (int n = 0; n < 3; n++) {
            witnesses.unlink(n);
        }

        assertThat(Reconciler.afterRestart(witnesses.ledger, witnesses.kernel(), LATER))
                .containsExactly(new Command.Suspend(id(0)));
    }

    @Test
    void anInterfaceThatIsYoungAndWithoutALinkIsSuspended() {
        witnesses.apply(new Command.AddInterface(facts(2), blocks(2, 1), null), LATER);
        witnesses.unlink(2);

        witnesses.reconcile(LATER.plusSeconds(3), BOTH);

        assertThat(witnesses.stage(2)).isEqualTo(InterfaceStage.SUSPENDED);
    }

    @Test
    void whatEc2SaysOfAnInterfaceIsNoted() {
        var attached = new SeenInterface(facts(1).withAttachment(ATTACHED), blocks(1, 2));

        Corrections corrections = witnesses.reconcile(LATER, List.of(seen(0, 3), attached));

        assertThat(corrections.commands()).containsExactly(new Command.Describe(attached.facts()));
        assertThat(witnesses.reconcile(LATER, List.of(seen(0, 3), attached)).commands()).isEmpty();
        assertThat(witnesses.reconcile(LATER, BOTH).commands())
                .as("it does not say where")
                .isEmpty();
        var trunk = new SeenInterface(facts(1, InterfaceRole.TRUNK), blocks(1, 2));
        assertThat(witnesses.reconcile(LATER, List.of(seen(0, 3), trunk)).commands())
                .containsExactly(new Command.Describe(trunk.facts()));
    }

    @Test
    void onlyBelievedAddressesOfAStrangersInterfaceAreTaken() {
        witnesses.metadata(List.of(block(2, 0), block(0, 0)));
        var stranger = new SeenInterface(facts(2), List.of(block(2, 0), block(2, 1), block(0, 0)));

        Corrections corrections =
                witnesses.reconcile(LATER, List.of(seen(0, 3), seen(1, 2), stranger));

        assertThat(corrections.serve())
                .containsExactly(new SeenInterface(facts(2), List.of(block(2, 0))));
        assertThat(corrections.suspicions().newcomers()).containsOnlyKeys(block(2, 1));
        assertThat(corrections.askAgain()).isTrue();
    }

    @Test
    void anotherInterfaceIsDiscoveredWhileOneIsBeingMade() {
        witnesses.apply(
                new Command.BeginCreate("token", TEMPLATE, 3, BlockKind.ADDRESS, 1, START), START);
        witnesses.apply(new Command.NoteCreated("token", id(3)), START);

        witnesses.reconcile(LATER, List.of(seen(0, 3), seen(1, 2), seen(2, 1), seen(3, 1)));

        assertThat(witnesses.ledger.find(id(2))).isNotNull();
        assertThat(witnesses.ledger.find(id(3))).isNull();
    }

    @Test
    void anAddressInUseThatEc2DoesNotShowIsSaidAndKept() {
        witnesses.assign(1, START);
        witnesses.apply(new Command.Hold(address(0, 1)), START);

        Corrections corrections =
                witnesses.reconcile(
                        LATER, List.of(seen(0, 0), seen(1, 2)), address(0, 0), address(0, 1));

        assertThat(corrections.findings())
                .containsExactly(
                        address(0, 0) + " is in use, and EC2 does not show it on eni-000",
                        address(0, 1) + " is in use, and EC2 does not show it on eni-000");
        assertThat(corrections.commands())
                .containsExactly(new Command.Doubt(id(0), List.of(block(0, 2))));
    }

    @Test
    void anAddressThatLeadsToAPodIsNeitherDoubtedNorForgotten() {
        List<SeenInterface> odd = List.of(seen(0, 2), seen(1, 2));
        Corrections live = witnesses.reconcile(LATER, odd, address(0, 2));
        assertThat(live.commands()).doesNotContain(new Command.Doubt(id(0), List.of(block(0, 2))));

        var other = new Witnesses();
        other.reconcile(LATER, odd);
        assertThat(other.stage(block(0, 2))).isEqualTo(BlockStage.DOUBTED);
        Instant after = LATER.plus(Reconciler.GRACE);
        other.reconcile(after, odd, address(0, 2));
        assertThat(other.ledger.find(id(0))).isNotNull();
        assertThat(other.ledger.home(address(0, 2))).as("it is live").isNotNull();
    }

    @Test
    void whatIsOnItsWayBackMayBeMissing() {
        witnesses.apply(new Command.BeginRelease(id(0), List.of(block(0, 2))), LATER);

        Corrections corrections = witnesses.reconcile(LATER, List.of(seen(0, 2), seen(1, 2)));

        assertThat(corrections.commands()).isEmpty();
        assertThat(corrections.suspicions().blocks()).isEmpty();
        assertThat(corrections.findings()).isEmpty();
    }

    @Test
    void anAnswerOlderThanAnAddressDoesNotMakeItDoubtful() {
        Instant grown = LATER;
        witnesses.apply(new Command.AddBlocks(id(0), List.of(block(0, 3))), grown);

        assertThat(witnesses.reconcile(grown.plusSeconds(9), BOTH).commands()).isEmpty();
        assertThat(witnesses.reconcile(grown.plus(Reconciler.SETTLING), BOTH).commands())
                .containsExactly(new Command.Doubt(id(0), List.of(block(0, 3))));
    }

    @Test
    void aSuspicionFromTheFutureBeginsAnew() {
        var future =
                new Suspicions(
                        new TreeMap<>(),
                        new TreeMap<>(Map.of(id(1), LATER.plusSeconds(900))),
                        new TreeMap<>(),
                        new TreeMap<>());
        witnesses.unlink(1);

        Corrections corrections =
                Reconciler.reconcile(
                        witnesses.ledger,
                        witnesses.observation(LATER, List.of(seen(0, 3))),
                        future,
                        LATER);

        assertThat(corrections.suspicions().interfaces()).containsEntry(id(1), LATER);
    }

    @Test
    void anAddressOnAnotherInterfaceThanTheLedgersTakesRoomThere() {
        var odd = new SeenInterface(facts(1), List.of(block(1, 0), block(1, 1), block(0, 2)));

        Corrections corrections = witnesses.reconcile(LATER, List.of(seen(0, 3), odd));

        assertThat(corrections.misplaced()).containsOnlyKeys(id(1)).containsEntry(id(1), 1);
        assertThat(Objects.requireNonNull(witnesses.ledger.home(address(0, 2))).id())
                .isEqualTo(id(0));
    }
}
