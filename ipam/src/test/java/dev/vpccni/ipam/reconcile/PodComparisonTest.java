package dev.vpccni.ipam.reconcile;

import static dev.vpccni.ipam.reconcile.Witnesses.COOLDOWN;
import static dev.vpccni.ipam.world.Nouns.START;
import static dev.vpccni.ipam.world.Nouns.address;
import static dev.vpccni.ipam.world.Nouns.blocks;
import static dev.vpccni.ipam.world.Nouns.id;
import static dev.vpccni.ipam.world.Nouns.key;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.ipam.ledger.AddressUse;
import dev.vpccni.ipam.ledger.Command;
import dev.vpccni.ipam.ledger.InterfaceStage;
import dev.vpccni.ipam.ledger.Ledger;
import dev.vpccni.model.BlockKind;
import dev.vpccni.model.IpAddress;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** What the kernel says of pods. */
class PodComparisonTest {

    private static final Instant LATER = START.plusSeconds(100);

    private final Witnesses witnesses = new Witnesses();

    @Test
    void aPodWithoutAGrantKeepsItsAddressAndLosesItWithTheKernel() {
        witnesses.reconcile(LATER, null, address(0, 2));
        assertThat(witnesses.ledger.held()).containsExactly(address(0, 2));

        witnesses.reconcile(LATER.plusSeconds(1), null);
        assertThat(witnesses.ledger.use(address(0, 2)))
                .isEqualTo(new AddressUse.Idle(LATER.plusSeconds(1)));
    }

    @Test
    void aPodKeepsItsAddressEvenIfThatWasOnItsWayOut() {
        witnesses.apply(new Command.BeginRelease(id(1), blocks(1, 1)), LATER);

        witnesses.reconcile(LATER.plusSeconds(1), null, address(1, 0));

        assertThat(witnesses.ledger.held()).containsExactly(address(1, 0));
    }

    @Test
    void aPodThatLeftAfterTheObservationIsNotHeld() {
        IpAddress used = witnesses.assign(1, START);
        witnesses.apply(new Command.Release(key(1)), LATER.plusSeconds(1));

        Corrections corrections =
                Reconciler.reconcile(
                        witnesses.ledger,
                        witnesses.observation(LATER, null, used),
                        Suspicions.NONE,
                        LATER.plusSeconds(2));

        assertThat(corrections.commands()).isEmpty();
    }

    @Test
    void aGrantWithoutAPodIsAbandonedAfterTheGraceTime() {
        witnesses.assign(1, START);

        assertThat(witnesses.reconcile(LATER, null).abandoned()).isEmpty();
        assertThat(witnesses.reconcile(LATER.plusSeconds(59), null).abandoned()).isEmpty();

        assertThat(witnesses.reconcile(LATER.plusSeconds(60), null).abandoned())
                .containsExactly(key(1));
        assertThat(witnesses.ledger.grant(key(1))).as("that is for who lets go").isNotNull();
    }

    @Test
    void aPodThatIsSeenInBetweenBeginsAnew() {
        IpAddress used = witnesses.assign(1, START);

        witnesses.reconcile(LATER, null);
        witnesses.reconcile(LATER.plusSeconds(30), null, used);

        assertThat(witnesses.reconcile(LATER.plusSeconds(60), null).abandoned()).isEmpty();
        assertThat(witnesses.reconcile(LATER.plusSeconds(120), null).abandoned())
                .containsExactly(key(1));
    }

    @Test
    void aPodWhoseRouteSomebodyRemovedIsThere() {
        witnesses.assign(1, START);
        witnesses.connect(1);

        witnesses.reconcile(LATER, null);

        assertThat(witnesses.reconcile(LATER.plusSeconds(600), null).abandoned()).isEmpty();
        assertThat(witnesses.suspicions()).isEqualTo(Suspicions.NONE);
    }

    @Test
    void whatWasGrantedAfterTheObservationIsNotMissing() {
        witnesses.assign(1, LATER);

        witnesses.reconcile(LATER, null);

        assertThat(witnesses.suspicions()).isEqualTo(Suspicions.NONE);
    }

    @Test
    void afterARestartTheKernelSaysWhichGrantsLive() {
        IpAddress kept = witnesses.assign(1, START);
        IpAddress stale = witnesses.assign(2, START);
        IpAddress unknown = address(1, 0);
        witnesses.unlink(1);
        restart();

        for (Command command :
                Reconciler.afterRestart(witnesses.ledger, witnesses.kernel(kept, unknown), LATER)) {
            witnesses.apply(command, LATER);
        }

        assertThat(witnesses.ledger.grant(key(1))).isNotNull();
        assertThat(witnesses.ledger.grant(key(2))).isNull();
        assertThat(witnesses.ledger.use(stale)).isEqualTo(new AddressUse.Idle(LATER));
        assertThat(witnesses.ledger.held()).containsExactly(unknown);
        assertThat(witnesses.stage(1)).isEqualTo(InterfaceStage.SUSPENDED);
    }

    @Test
    void afterARestartAYoungGrantIsLeftToItsPluginForAWhile() {
        witnesses.assign(1, LATER.minusSeconds(59));
        restart();

        assertThat(Reconciler.afterRestart(witnesses.ledger, witnesses.kernel(), LATER)).isEmpty();
        assertThat(
                        Reconciler.afterRestart(
                                witnesses.ledger, witnesses.kernel(), LATER.plusSeconds(1)))
                .containsExactly(new Command.Release(key(1)));
    }

    @Test
    void afterARestartAPodWithoutItsRouteKeepsItsGrant() {
        witnesses.assign(1, START);
        witnesses.connect(1);
        restart();

        assertThat(Reconciler.afterRestart(witnesses.ledger, witnesses.kernel(), LATER)).isEmpty();
    }

    private void restart() {
        witnesses.ledger =
                Ledger.restore(witnesses.ledger.checkpoint(), COOLDOWN, BlockKind.ADDRESS, LATER)
                        .ledger();
    }
}
