package dev.vpccni.node.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vpccni.ipam.ledger.Command;
import dev.vpccni.ipam.ledger.Outcome;
import dev.vpccni.model.BlockKind;
import dev.vpccni.node.fake.Fixture;
import dev.vpccni.node.fake.ManualTempo;
import dev.vpccni.node.fake.Nouns;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A keeper that is asked by one caller at a time. */
class LedgerKeeperTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Command.Assign ASSIGN = new Command.Assign(Nouns.key(1), Nouns.pod(1));
    private static final Outcome NONE = new Outcome.NoAddress();

    private final Fixture fixture = new Fixture();
    private final LedgerKeeper keeper = fixture.keeper;
    private final List<String> told = new ArrayList<>();

    @Test
    void aCallerCarriesOutItsOwnBatchAtOnce() {
        fixture.add(0, 1);

        assertThat(fixture.tempo.nanos()).isZero();
        assertThat(keeper.ledger().interfaces()).hasSize(1);
        assertThat(fixture.store.writes()).isEqualTo(1);
    }

    @Test
    void whatIsPublishedWasWrittenBefore() {
        fixture.store.during(() -> told.add("known " + keeper.ledger().interfaces().size()));

        fixture.add(0, 1);

        assertThat(told).containsExactly("known 0");
    }

    @Test
    void whatChangesNothingOnTheDiskIsNotWritten() {
        fixture.add(0, 1).add(0, 1);

        assertThat(fixture.store.writes()).isEqualTo(1);
        fixture.apply(new Command.Release(Nouns.key(9)));
        assertThat(fixture.store.writes()).isEqualTo(1);
    }

    @Test
    void whatIsUndoneInTheSameBatchIsNotWritten() throws Exception {
        fixture.add(0, 1);
        keeper.apply(
                List.of(
                        new Command.BeginAssign(Nouns.id(0), BlockKind.ADDRESS, 1),
                        new Command.EndAssign(Nouns.id(0), 1)));
        assertThat(fixture.store.writes()).isEqualTo(1);
    }

    @Test
    void commandsOfOneCallerAreOneBatch() throws Exception {
        fixture.add(0, 1);
        keeper.onChange(() -> told.add("change"));

        List<Outcome> outcomes =
                keeper.apply(
                        List.of(
                                new Command.AddBlocks(Nouns.id(0), Nouns.blocks(0, 3)),
                                new Command.Suspend(Nouns.id(9)),
                                new Command.BeginAssign(Nouns.id(0), BlockKind.ADDRESS, 1)));

        assertThat(outcomes.get(0)).isEqualTo(new Outcome.Done());
        assertThat(outcomes.get(1)).isInstanceOf(Outcome.Refused.class);
        assertThat(outcomes.get(2)).isEqualTo(new Outcome.Done());
        assertThat(fixture.store.writes()).isEqualTo(2);
        assertThat(told).hasSize(1);
    }

    @Test
    void listenersHearOfChangesAndOfNothingElse() {
        fixture.add(0, 1);
        keeper.onChange(() -> told.add("change"));
        fixture.add(0, 1);
        assertThat(told).isEmpty();

        fixture.add(0, 2);
        assertThat(told).hasSize(1);
        fixture.store.full(true);
        assertThatThrownBy(() -> keeper.apply(new Command.Suspend(Nouns.id(0))))
                .isInstanceOf(IOException.class)
                .hasMessage("No space left on device");
        assertThat(told).as("nothing happened").hasSize(1);
    }

    @Test
    void withoutPatienceNobodyWaits() throws Exception {
        assertThat(keeper.assign(ASSIGN, Duration.ZERO, LedgerKeeper.ALWAYS)).isEqualTo(NONE);

        assertThat(fixture.tempo.nanos()).isZero();
        assertThat(keeper.waiting()).isZero();
    }

    @Test
    void whoWaitsGetsTheAddressInTheBatchThatBringsIt() throws Exception {
        fixture.add(0, 0);
        keeper.onChange(() -> told.add("waiting " + keeper.waiting()));
        fixture.tempo.after(
                Duration.ofSeconds(3),
                () -> fixture.done(new Command.AddBlocks(Nouns.id(0), Nouns.blocks(0, 1))));

        Outcome outcome = keeper.assign(ASSIGN, PATIENCE, LedgerKeeper.ALWAYS);

        assertThat(outcome).isInstanceOf(Outcome.Granted.class);
        assertThat(fixture.tempo.nanos()).isEqualTo(Duration.ofSeconds(3).toNanos());
        assertThat(fixture.store.writes()).isEqualTo(2);
        assertThat(told).containsExactly("waiting 1", "waiting 0");
        keeper.dismiss(_ -> true);
        assertThat(told).as("nobody is kept who was served").hasSize(2);
    }

    @Test
    void whoHasWaitedComesBeforeWhoAsksInTheSameBatch() throws Exception {
        fixture.add(0, 0);
        var add = new Command.AddBlocks(Nouns.id(0), Nouns.blocks(0, 1));
        var later = new Command.Assign(Nouns.key(2), Nouns.pod(2));
        fixture.tempo.after(
                Duration.ofSeconds(3),
                () -> {
                    try {
                        assertThat(keeper.apply(List.of(add, later)))
                                .containsExactly(new Outcome.Done(), NONE);
                    } catch (IOException | InterruptedException e) {
                        throw new AssertionError(e);
                    }
                });

        assertThat(keeper.assign(ASSIGN, PATIENCE, LedgerKeeper.ALWAYS))
                .isInstanceOf(Outcome.Granted.class);
    }

    @Test
    void whoseAddressIsOnNoInterfaceWaitsForThat() throws Exception {
        fixture.add(0, 1);
        fixture.grant(1);
        fixture.done(new Command.ForgetInterface(Nouns.id(0)));
        fixture.tempo.after(Duration.ofSeconds(3), () -> fixture.add(0, 1));

        assertThat(keeper.assign(ASSIGN, PATIENCE, LedgerKeeper.ALWAYS))
                .isInstanceOf(Outcome.Granted.class);
        assertThat(fixture.tempo.nanos()).isEqualTo(Duration.ofSeconds(3).toNanos());
    }

    @Test
    void whoIsOutOfPatienceIsForgotten() throws Exception {
        keeper.onChange(() -> told.add("waiting " + keeper.waiting()));

        assertThat(keeper.assign(ASSIGN, PATIENCE, LedgerKeeper.ALWAYS)).isEqualTo(NONE);

        assertThat(fixture.tempo.nanos()).isEqualTo(PATIENCE.toNanos());
        assertThat(told).containsExactly("waiting 1", "waiting 0");
        fixture.add(0, 1);
        assertThat(fixture.hasGrant(1)).isFalse();
    }

    @Test
    void everyFewSecondsItIsAskedWhetherWaitingIsWorthIt() throws Exception {
        Outcome outcome =
                keeper.assign(
                        ASSIGN,
                        PATIENCE,
                        () -> {
                            told.add(String.valueOf(fixture.tempo.nanos() / 1_000_000_000));
                            return told.size() < 3;
                        });

        assertThat(outcome).isEqualTo(NONE);
        assertThat(told).containsExactly("4", "8", "12");
        assertThat(fixture.tempo.nanos()).isEqualTo(Duration.ofSeconds(12).toNanos());
    }

    @Test
    void onlyThoseWhoAreMeantAreDismissed() throws Exception {
        fixture.tempo.after(Duration.ofSeconds(2), () -> keeper.dismiss(Nouns.key(2)::equals));
        fixture.tempo.after(Duration.ofSeconds(3), () -> keeper.dismiss(Nouns.key(1)::equals));
        keeper.onChange(() -> told.add("waiting " + keeper.waiting()));

        assertThat(keeper.assign(ASSIGN, PATIENCE, LedgerKeeper.ALWAYS)).isEqualTo(NONE);

        assertThat(fixture.tempo.nanos()).isEqualTo(Duration.ofSeconds(3).toNanos());
        assertThat(told).containsExactly("waiting 1", "waiting 0");
    }

    @Test
    void whoIsInterruptedLeavesTheDiskToTheKeeper() throws Exception {
        fixture.add(0, 1);
        fixture.tempo.after(
                Duration.ofSeconds(1),
                () -> {
                    assertThat(fixture.hasGrant(1)).isFalse();
                    assertThat(Thread.interrupted()).isTrue();
                    fixture.tempo.runFor(Duration.ofMillis(1), keeper::run);
                });
        Thread.currentThread().interrupt();

        assertThat(keeper.assign(ASSIGN, PATIENCE, LedgerKeeper.ALWAYS))
                .isInstanceOf(Outcome.Granted.class);

        assertThat(fixture.tempo.nanos()).isLessThan(Duration.ofSeconds(2).toNanos());
    }

    @Test
    void whoComesWhenTooManyWaitIsToldSo() throws Exception {
        List<Command> many = new ArrayList<>();
        for (int n = 1; n < LedgerKeeper.MAILBOX_MAX; n++) {
            many.add(new Command.Release(Nouns.key(n)));
        }
        fixture.tempo.after(Duration.ofSeconds(1), this::comeWhileTheMailboxIsFull);

        assertThatThrownBy(() ->
                        keeper.assign(
                                ASSIGN,
                                PATIENCE,
                                () -> {
                                    fillTheMailbox(many);
                                    return false;
                                }))
                .hasMessage("the daemon is stopping");

        assertThat(told)
                .containsExactly("welcome", "4096 requests are waiting already", "released 4095");
    }

    /** Whoever is interrupted leaves its mail to the keeper. */
    private void fillTheMailbox(List<Command> commands) {
        Thread.currentThread().interrupt();
        fixture.tempo.after(Duration.ofSeconds(1), this::comeWhileTheMailboxIsFull);
        try {
            told.add("released " + keeper.apply(commands).size());
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private void comeWhileTheMailboxIsFull() {
        try {
            keeper.apply(new Command.Release(Nouns.key(9)));
            told.add("welcome");
        } catch (BusyException e) {
            told.add(String.valueOf(e.getMessage()));
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
        if (Thread.interrupted()) {
            fixture.tempo.runFor(Duration.ofMillis(1), keeper::run);
        }
    }

    @Test
    void whenTheDaemonStopsNobodyWaitsOn() throws Exception {
        fixture.tempo.after(
                Duration.ofSeconds(2), () -> fixture.tempo.runFor(Duration.ZERO, keeper::run));

        assertThatThrownBy(() -> keeper.assign(ASSIGN, PATIENCE, LedgerKeeper.ALWAYS))
                .isInstanceOf(IOException.class)
                .hasMessage("the daemon is stopping");

        assertThatThrownBy(() -> keeper.apply(new Command.Suspend(Nouns.id(0))))
                .hasMessage("the daemon is stopping");
    }

    @Test
    void whoWaitsIsServedWhenAnAddressHasCooledDown() throws Exception {
        fixture.add(0, 1);
        fixture.grant(2);
        fixture.apply(new Command.Release(Nouns.key(2)));
        fixture.tempo.after(
                Duration.ofSeconds(1),
                () -> fixture.tempo.runFor(Duration.ofSeconds(40), keeper::run));

        Outcome outcome = keeper.assign(ASSIGN, Duration.ofSeconds(59), LedgerKeeper.ALWAYS);

        assertThat(outcome).isInstanceOf(Outcome.Granted.class);
        assertThat(((Outcome.Granted) outcome).grant().since())
                .isEqualTo(ManualTempo.START.plusSeconds(30).plusNanos(1));
    }

    /** What ends its cooldown while the batch is written in which another one was granted. */
    @Test
    void noAddressCoolsDownUnnoticed() throws Exception {
        fixture.add(0, 2);
        fixture.grant(3);
        fixture.grant(4);
        fixture.apply(new Command.Release(Nouns.key(3)));
        fixture.tempo.pass(Duration.ofMillis(1));
        fixture.apply(new Command.Release(Nouns.key(4)));
        fixture.store.during(() -> fixture.tempo.pass(Duration.ofMillis(5)));
        var later = new Command.Assign(Nouns.key(2), Nouns.pod(2));
        List<Outcome> outcomes = new ArrayList<>();
        fixture.tempo.after(
                Duration.ofSeconds(1),
                () -> {
                    fixture.tempo.after(
                            Duration.ofSeconds(1),
                            () -> fixture.tempo.runFor(Duration.ofSeconds(40), keeper::run));
                    outcomes.add(wait(later));
                });

        outcomes.add(wait(ASSIGN));

        assertThat(outcomes)
                .hasSize(2)
                .allSatisfy(each -> assertThat(each).isInstanceOf(Outcome.Granted.class));
    }

    private Outcome wait(Command.Assign command) {
        try {
            return keeper.assign(command, Duration.ofSeconds(59), LedgerKeeper.ALWAYS);
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aFaultInABatchEndsTheKeeper() {
        fixture.store.during(() -> {
            throw new IllegalStateException("a fault");
        });
        assertThatThrownBy(() -> fixture.add(0, 1)).hasMessage("a fault");

        assertThatThrownBy(keeper::run)
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the ledger cannot be kept");
    }

    /** Or a node on which pods wait now and then would refuse them all after some days. */
    @Test
    void nobodyTakesAPlaceWhoHasBeenServed() throws Exception {
        fixture.add(0, 0);
        for (int n = 0; n <= LedgerKeeper.MAILBOX_MAX; n++) {
            fixture.tempo.after(Duration.ofSeconds(1), () -> fixture.add(1, 1));
            assertThat(keeper.assign(ASSIGN, PATIENCE, LedgerKeeper.ALWAYS))
                    .isInstanceOf(Outcome.Granted.class);
            fixture.apply(new Command.Release(Nouns.key(1)));
            fixture.done(new Command.ForgetInterface(Nouns.id(1)));
            fixture.tempo.pass(Duration.ofMinutes(1));
        }
        assertThat(keeper.waiting()).isZero();
    }
}
