package dev.vpccni.node.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.ipam.ledger.Counts;
import dev.vpccni.ipam.policy.Demand;
import dev.vpccni.node.ledger.LedgerKeeper;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class DemandHistoryTest {

    private static final Duration WINDOW = Duration.ofMinutes(2);
    private static final long SECOND = 1_000_000_000L;

    private final DemandHistory history = new DemandHistory(0, 0);

    @Test
    void countsWhatIsUsedWaitedForAndCoolingDown() {
        assertThat(history.note(new Counts(3, 4, 100, 100, 100, 100, 100, 100), 5, 0))
                .isEqualTo(new Demand(5, 12));
    }

    @Test
    void aPeakIsRememberedForTwoMinutesAfterItWasSoLast() {
        note(9, 0);
        note(2, 10);

        assertThat(note(2, 130)).as("it was 9 until second 10").isEqualTo(9);
        assertThat(noteAt(2, 130 * SECOND + 1)).isEqualTo(2);
    }

    @Test
    void ofSeveralPeaksTheHigherOneCountsUntilItIsOver() {
        note(9, 0);
        note(5, 10);
        note(1, 20);

        assertThat(note(1, 130)).isEqualTo(9);
        assertThat(note(1, 131)).isEqualTo(5);
        assertThat(note(1, 140)).isEqualTo(5);
        assertThat(note(1, 141)).isEqualTo(1);
    }

    @Test
    void whatWasHigherThanBeforeReplacesIt() {
        note(3, 0);
        note(9, 10);
        note(1, 20);

        assertThat(note(1, 140)).isEqualTo(9);
        assertThat(note(1, 141)).isEqualTo(1);
    }

    @Test
    void ofTheTimeBeforeItAssumesThatAllWasNeeded() {
        var restarted = new DemandHistory(8, 5 * SECOND);

        assertThat(restarted.note(counts(0), 0, 6 * SECOND)).isEqualTo(new Demand(0, 8));
        assertThat(restarted.note(counts(0), 0, 126 * SECOND).peak()).isEqualTo(8);
        assertThat(restarted.note(counts(0), 0, 126 * SECOND + 1).peak()).isZero();
    }

    @Test
    void saysWhenThePeakIsLower() {
        assertThat(history.untilLower(0)).isEqualTo(LedgerKeeper.A_LONG_TIME);
        note(9, 0);
        assertThat(history.untilLower(SECOND)).isEqualTo(LedgerKeeper.A_LONG_TIME);
        note(2, 10);

        assertThat(history.untilLower(10 * SECOND)).isEqualTo(WINDOW.plusNanos(1));
        assertThat(history.untilLower(30 * SECOND)).isEqualTo(Duration.ofSeconds(100).plusNanos(1));
        assertThat(history.untilLower(500 * SECOND)).isEqualTo(Duration.ofNanos(1));
    }

    @Test
    void theSameAgainIsOneLevel() {
        note(4, 0);
        note(4, 50);

        assertThat(history.untilLower(50 * SECOND)).isEqualTo(LedgerKeeper.A_LONG_TIME);
    }

    private int note(int busy, long second) {
        return noteAt(busy, second * SECOND);
    }

    private int noteAt(int busy, long nanos) {
        return history.note(counts(busy), 0, nanos).peak();
    }

    private static Counts counts(int inUse) {
        return new Counts(inUse, 0, 0, 0, 0, 0, 0, 0);
    }
}
