package dev.vpccni.node.sentinel;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RestraintTest {

    private static final Duration SECOND = Duration.ofSeconds(1);

    private final Restraint restraint = new Restraint();
    private long now;

    @Test
    void fiveTimesInARowAreNoFight() {
        for (int i = 0; i < Restraint.PATIENCE; i++) {
            assertThat(restraint.note("a rule", now).goesOn()).isFalse();
            assertThat(restraint.rest("a rule", now)).isZero();
            now += SECOND.toNanos();
        }
    }

    @Test
    void whoGoesOnIsGivenWayToForLongerAndLonger() {
        List<Long> pauses = new ArrayList<>();
        for (int i = 0; i < 17; i++) {
            Restraint.Fight fight = restraint.note("a rule", now);
            pauses.add(fight.pause().toSeconds());
            assertThat(restraint.rest("a rule", now)).isEqualTo(fight.pause());
            assertThat(restraint.rest("a rule", now + fight.pause().toNanos())).isZero();
            now += fight.pause().toNanos() + SECOND.toNanos();
        }
        assertThat(pauses)
                .containsExactly(
                        0L, 0L, 0L, 0L, 0L, 1L, 2L, 4L, 8L, 16L, 32L, 64L, 128L, 256L, 300L, 300L,
                        300L);
    }

    @Test
    void aFightSaysHowOftenAndWithinWhatTime() {
        for (int i = 0; i < Restraint.PATIENCE; i++) {
            restraint.note("a rule", now);
            now += SECOND.toNanos();
        }
        assertThat(restraint.note("a rule", now))
                .isEqualTo(new Restraint.Fight(6, Duration.ofSeconds(5), SECOND));
    }

    @Test
    void whatStaysForTwoMinutesIsBroughtBackAtOnceAgain() {
        for (int i = 0; i < 8; i++) {
            now += restraint.note("a rule", now).pause().toNanos();
        }
        now += Restraint.QUIET.toNanos();
        assertThat(restraint.note("a rule", now).goesOn()).isTrue();

        now += Restraint.LONGEST_PAUSE.plus(Restraint.QUIET).toNanos();
        assertThat(restraint.note("a rule", now).goesOn()).isFalse();
    }

    @Test
    void oneFightDelaysNothingElse() {
        for (int i = 0; i < 20; i++) {
            restraint.note("a rule", now);
        }
        assertThat(restraint.rest("another rule", now)).isZero();
        assertThat(restraint.note("another rule", now).goesOn()).isFalse();
    }
}
