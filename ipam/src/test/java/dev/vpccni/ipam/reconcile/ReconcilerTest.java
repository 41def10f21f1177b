package dev.vpccni.ipam.reconcile;

import static dev.vpccni.ipam.world.Nouns.START;
import static dev.vpccni.ipam.world.Nouns.address;
import static dev.vpccni.ipam.world.Nouns.addresses;
import static dev.vpccni.ipam.world.Nouns.facts;
import static dev.vpccni.ipam.world.Nouns.id;
import static dev.vpccni.ipam.world.Nouns.key;
import static dev.vpccni.ipam.world.Nouns.pod;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.ipam.ledger.AddressUse;
import dev.vpccni.ipam.ledger.Checkpoint;
import dev.vpccni.ipam.ledger.Command;
import dev.vpccni.ipam.ledger.InterfaceStage;
import dev.vpccni.ipam.ledger.Ledger;
import dev.vpccni.ipam.ledger.LedgerInvariants;
import dev.vpccni.ipam.ledger.Outcome;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.MacAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class ReconcilerTest {

    private static final Duration COOLDOWN = Duration.ofSeconds(30);
    private static final Instant LATER = START.plusSeconds(100);

    private Ledger ledger = Ledger.empty(COOLDOWN);
    private Suspicions suspicions = Suspicions.NONE;

    ReconcilerTest() {
        apply(new Command.AddInterface(facts(0), addresses(0, 3), null), START);
        apply(new Command.AddInterface(facts(1), addresses(1, 2), null), START);
    }

    @Test
    void agreementNeedsNoCorrection() {
        Corrections corrections = reconcile(LATER, List.of(seen(0, 3), seen(1, 2)), kernel());

        assertThat(corrections)
                .isEqualTo(
                        new Corrections(List.of(), List.of(), List.of(), false, Suspicions.NONE));
    }

    @Test
    void whatEc2ShowsIsAdopted() {
        Corrections corrections =
                reconcile(LATER, List.of(seen(0, 3), seen(1, 4), seen(2, 1)), kernel());

        assertThat(ledger.use(address(1, 3))).isEqualTo(AddressUse.Idle.NEVER_USED);
        assertThat(corrections.adopt()).containsExactly(seen(2, 1));
    }

    @Test
    void anInterfaceBeingMadeIsNotAdoptedTwice() {
        apply(new Command.BeginCreate("token", 2, 1), START);

        assertThat(reconcile(LATER, List.of(seen(0, 3), seen(1, 2), seen(2, 1)), kernel()).adopt())
                .isEmpty();
    }

    @Test
    void anAddressGivenBackIsNotBelievedToBeThereForAWhile() {
        apply(new Command.BeginRelease(id(1), addresses(1, 1)), LATER);
        apply(new Command.ConfirmReleased(id(1), addresses(1, 1)), LATER);

        reconcile(LATER.plusSeconds(3), List.of(seen(0, 3), seen(1, 2)), kernel());

        assertThat(ledger.home(address(1, 0))).isNull();
    }

    @Test
    void aMissingAddressIsKeptOffPodsAtOnceAndForgottenAfterTheGraceTime() {
        List<SeenInterface> ec2 = List.of(seen(0, 3), seen(1, 1));

        reconcile(LATER, ec2, kernel());
        assertThat(ledger.use(address(1, 1))).isInstanceOf(AddressUse.Doubted.class);

        reconcile(LATER.plusSeconds(59), ec2, kernel());
        assertThat(ledger.home(address(1, 1))).isNotNull();

        reconcile(LATER.plusSeconds(60), ec2, kernel());
        assertThat(ledger.use(address(1, 1))).isNull();
    }

    @Test
    void aMissingAddressThatComesBackServesAgain() {
        reconcile(LATER, List.of(seen(0, 3), seen(1, 1)), kernel());

        reconcile(LATER.plusSeconds(5), List.of(seen(0, 3), seen(1, 2)), kernel());

        assertThat(ledger.use(address(1, 1))).isEqualTo(AddressUse.Idle.NEVER_USED);
        assertThat(suspicions).isEqualTo(Suspicions.NONE);
    }

    @Test
    void anAnswerOlderThanAnAddressRaisesNoDoubt() {
        apply(new Command.AddAddresses(id(1), List.of(address(1, 5))), LATER);

        reconcile(LATER.plusSeconds(2), List.of(seen(0, 3), seen(1, 2)), kernel());

        assertThat(ledger.use(address(1, 5))).isEqualTo(AddressUse.Idle.NEVER_USED);
    }

    @Test
    void anAddressInUseIsNeverForgotten() {
        Ipv4Address used = assign(1);
        List<SeenInterface> ec2 = List.of(new SeenInterface(facts(0), List.of()), seen(1, 2));
        for (int minute = 0; minute < 5; minute++) {
            Corrections corrections = reconcile(LATER.plusSeconds(60L * minute), ec2, kernel(used));
            assertThat(corrections.findings()).anyMatch(line -> line.contains("is in use"));
        }
        assertThat(ledger.grant(key(1))).isNotNull();
    }

    @Test
    void aMissingInterfaceServesNobodyAndIsForgottenWhenTheKernelAgrees() {
        Ipv4Address used = assign(1);
        List<SeenInterface> ec2 = List.of(seen(1, 2));

        reconcile(LATER, ec2, kernel(used));
        assertThat(stage(0)).isEqualTo(InterfaceStage.SUSPENDED);
        reconcile(LATER.plusSeconds(60), ec2, kernel(used));
        assertThat(stage(0)).as("its link is still there").isEqualTo(InterfaceStage.SUSPENDED);

        reconcile(LATER.plusSeconds(61), ec2, withoutLink(0, used));
        assertThat(ledger.find(id(0))).isNull();
        Checkpoint.Grant grant = Objects.requireNonNull(ledger.grant(key(1)));
        assertThat(ledger.apply(new Command.Assign(key(1), pod(1)), LATER).outcome())
                .isEqualTo(new Outcome.Unplaced(grant));
    }

    @Test
    void anInterfaceThatComesBackServesAgain() {
        reconcile(LATER, List.of(seen(0, 3)), kernel());
        reconcile(LATER.plusSeconds(5), List.of(seen(0, 3), seen(1, 2)), kernel());

        assertThat(stage(1)).isEqualTo(InterfaceStage.SERVING);
    }

    @Test
    void aRemovalThatEndedIsConfirmed() {
        apply(new Command.BeginRemoval(id(1)), LATER);

        reconcile(LATER, List.of(seen(0, 3)), kernel());
        assertThat(stage(1)).isEqualTo(InterfaceStage.LEAVING);
        reconcile(LATER, List.of(seen(0, 3)), withoutLink(1));
        assertThat(ledger.find(id(1))).isNull();
    }

    @Test
    void metadataOnlyRaisesQuestions() {
        Observation lagging =
                new Observation(LATER, null, List.of(seen(0, 3), seen(1, 1)), kernel());
        Corrections corrections = Reconciler.reconcile(ledger, lagging, suspicions, LATER);

        assertThat(corrections.commands()).isEmpty();
        assertThat(corrections.askEc2()).isTrue();

        Observation agreeing =
                new Observation(LATER, null, List.of(seen(0, 3), seen(1, 2)), kernel());
        assertThat(Reconciler.reconcile(ledger, agreeing, suspicions, LATER).askEc2()).isFalse();
    }

    @Test
    void aPodWithoutAGrantKeepsItsAddressAndLosesItWithTheKernel() {
        reconcile(LATER, null, kernel(address(0, 2)));
        assertThat(ledger.held()).containsExactly(address(0, 2));

        reconcile(LATER.plusSeconds(1), null, kernel());
        assertThat(ledger.use(address(0, 2))).isEqualTo(new AddressUse.Idle(LATER.plusSeconds(1)));
    }

    @Test
    void aPodThatLeftAfterTheObservationIsNotHeld() {
        Ipv4Address used = assign(1);
        apply(new Command.Release(key(1)), LATER.plusSeconds(1));

        var before = new Observation(LATER, null, null, kernel(used));

        assertThat(
                        Reconciler.reconcile(ledger, before, suspicions, LATER.plusSeconds(2))
                                .commands())
                .isEmpty();
    }

    @Test
    void afterARestartTheKernelSaysWhichGrantsLive() {
        Ipv4Address kept = assign(1);
        Ipv4Address stale = assign(2);
        Ipv4Address unknown = address(1, 0);
        ledger = Ledger.restore(ledger.checkpoint(), COOLDOWN, LATER).ledger();

        for (Command command :
                Reconciler.afterRestart(ledger, withoutLink(1, kept, unknown), LATER)) {
            apply(command, LATER);
        }

        assertThat(ledger.grant(key(1))).isNotNull();
        assertThat(ledger.grant(key(2))).isNull();
        assertThat(ledger.use(stale)).isEqualTo(new AddressUse.Idle(LATER));
        assertThat(ledger.held()).containsExactly(unknown);
        assertThat(stage(1)).isEqualTo(InterfaceStage.SUSPENDED);
    }

    private Corrections reconcile(
            Instant now, @Nullable List<SeenInterface> ec2, KernelView kernel) {
        var observed = new Observation(now, ec2, null, kernel);
        Corrections corrections = Reconciler.reconcile(ledger, observed, suspicions, now);
        corrections.commands().forEach(command -> apply(command, now));
        suspicions = corrections.suspicions();
        return corrections;
    }

    private Outcome apply(Command command, Instant now) {
        var step = ledger.apply(command, now);
        assertThat(LedgerInvariants.violations(ledger, step.ledger(), now)).isEmpty();
        assertThat(step.outcome()).isNotInstanceOf(Outcome.Refused.class);
        ledger = step.ledger();
        return step.outcome();
    }

    private Ipv4Address assign(int n) {
        return ((Outcome.Granted) apply(new Command.Assign(key(n), pod(n)), START))
                .grant()
                .address();
    }

    private InterfaceStage stage(int n) {
        return Objects.requireNonNull(ledger.find(id(n))).stage();
    }

    private static SeenInterface seen(int n, int count) {
        return new SeenInterface(facts(n), addresses(n, count));
    }

    private static KernelView kernel(Ipv4Address... live) {
        return withoutLink(-1, live);
    }

    /** Returns the kernel with the links of devices 0 to 3, except one. */
    private static KernelView withoutLink(int except, Ipv4Address... live) {
        var links = new TreeSet<MacAddress>();
        for (int n = 0; n < 4; n++) {
            if (n != except) {
                links.add(facts(n).mac());
            }
        }
        return new KernelView(links, new TreeSet<>(Arrays.asList(live)));
    }
}
