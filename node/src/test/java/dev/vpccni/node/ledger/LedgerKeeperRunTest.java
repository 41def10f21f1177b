package dev.vpccni.node.ledger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vpccni.ipam.ledger.Command;
import dev.vpccni.ipam.ledger.Outcome;
import dev.vpccni.model.BlockKind;
import dev.vpccni.node.fake.Fixture;
import dev.vpccni.node.fake.Nouns;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What wakes a keeper that runs beside its callers, and what it leaves to them when it ends. */
class LedgerKeeperRunTest {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Command.Assign ASSIGN = new Command.Assign(Nouns.key(1), Nouns.pod(1));

    private final Fixture fixture = new Fixture();
    private final LedgerKeeper keeper = fixture.keeper;
    private final List<String> told = new ArrayList<>();

    @Test
    void theKeeperHearsThatSomebodyWaitsForWhatCoolsDown() {
        fixture.add(0, 1);
        fixture.grant(2);
        fixture.apply(new Command.Release(Nouns.key(2)));
        fixture.tempo.after(Duration.ofSeconds(1), this::waitAndBeInterrupted);

        fixture.tempo.runFor(Duration.ofSeconds(40), keeper::run);

        assertThat(told).containsExactly("interrupted");
        assertThat(fixture.hasGrant(1)).isTrue();
    }

    /** Who is interrupted leaves its request, and releases the key later. */
    private void waitAndBeInterrupted() {
        fixture.tempo.interruptedBy(Duration.ofSeconds(1), () -> told.add("interrupted"));
        assertThatThrownBy(() -> keeper.assign(ASSIGN, PATIENCE, LedgerKeeper.ALWAYS))
                .isInstanceOf(InterruptedException.class);
    }

    @Test
    void theKeeperHearsOfAFaultInTheBatchOfACaller() {
        fixture.store.during(() -> {
            throw new IllegalStateException("a fault");
        });
        fixture.tempo.after(
                Duration.ofSeconds(1),
                () -> assertThatThrownBy(() -> fixture.add(0, 1)).hasMessage("a fault"));

        assertThatThrownBy(() -> fixture.tempo.runFor(Duration.ofSeconds(9), keeper::run))
                .hasMessage("the ledger cannot be kept");
    }

    @Test
    void mailThatComesWhileACallerWritesWakesTheKeeper() {
        fixture.store.during(this::sendMailOnce);
        fixture.tempo.after(Duration.ofSeconds(1), () -> fixture.add(0, 1));

        fixture.tempo.runFor(Duration.ofSeconds(9), keeper::run);

        assertThat(told).containsExactly("sent");
        assertThat(fixture.held(0).arriving().count()).isEqualTo(1);
    }

    @Test
    void mailThatComesWhileTheKeeperWritesIsNext() {
        fixture.add(0, 1);
        fixture.grant(2);
        fixture.apply(new Command.Release(Nouns.key(2)));
        fixture.tempo.after(Duration.ofSeconds(1), this::waitAndBeInterrupted);
        fixture.tempo.after(Duration.ofSeconds(5), () -> fixture.store.during(this::sendMailOnce));

        fixture.tempo.runFor(Duration.ofSeconds(40), keeper::run);

        assertThat(told).containsExactly("interrupted", "sent");
        assertThat(fixture.held(0).arriving().count()).isEqualTo(1);
    }

    /** Asks for something on another thread, and goes on once that waits for its answer. */
    private void sendMailOnce() {
        fixture.store.during(() -> {});
        var other =
                new Thread(() -> {
                    try {
                        var _ =
                                keeper.apply(
                                        new Command.BeginAssign(Nouns.id(0), BlockKind.ADDRESS, 1));
                    } catch (InterruptedException _) {
                        told.add("sent"); // Time ends for it where it would wait.
                    } catch (IOException e) {
                        throw new AssertionError(e);
                    }
                });
        other.start();
        try {
            other.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void whatIsBeingWrittenWhenTheDaemonStopsIsAnswered() throws Exception {
        fixture.add(0, 0);
        fixture.tempo.after(
                Duration.ofSeconds(3),
                () -> {
                    fixture.store.during(() -> fixture.tempo.runFor(Duration.ZERO, keeper::run));
                    fixture.done(new Command.AddBlocks(Nouns.id(0), Nouns.blocks(0, 1)));
                });

        assertThat(keeper.assign(ASSIGN, PATIENCE, LedgerKeeper.ALWAYS))
                .isInstanceOf(Outcome.Granted.class);
    }
}
