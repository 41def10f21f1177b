package dev.vpccni.simulation.time;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vpccni.node.port.Tempo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;

class BatonTest {

    private static final Duration HOUR = Duration.ofHours(1);

    private final Baton baton = new Baton(1);
    private final SimulatedProcess process = baton.process("process");
    private final List<Object> seen = new ArrayList<>();

    @RepeatedTest(20)
    void aSeedReproducesARunExactly() {
        assertThat(race(7)).isEqualTo(race(7));
    }

    @Test
    void anotherSeedIsAnotherRun() {
        assertThat(race(7)).isNotEqualTo(race(8));
    }

    @Test
    void losesNoUpdateHoweverCarelesslyTasksShareState() {
        assertThat(race(7)).hasSize(50 * 20);
    }

    @Test
    void movesTimeByPausesOnly() {
        process.start(
                "task",
                () -> {
                    process.pause(Duration.ofMinutes(5));
                    seen.add(process.instant());
                    process.pause(Duration.ofHours(2));
                    seen.add(process.instant());
                });

        baton.runFor(HOUR);

        assertThat(seen).containsExactly(Baton.ORIGIN.plus(Duration.ofMinutes(5)));
    }

    @Test
    void aSignalWakesOneWhoWaits() {
        Tempo.Signal signal = process.signal();
        process.start("first", () -> note(signal, Duration.ofMinutes(1)));
        process.start("second", () -> note(signal, Duration.ofMinutes(2)));
        process.start(
                "third",
                () -> {
                    process.pause(Duration.ofSeconds(1));
                    signal.raise();
                });

        baton.runFor(HOUR);

        assertThat(seen).containsExactlyInAnyOrder(true, false).startsWith(true);
    }

    @Test
    void aSignalRaisedBeforehandIsNotLost() {
        Tempo.Signal signal = process.signal();
        process.start(
                "task",
                () -> {
                    signal.raise();
                    note(signal, HOUR);
                    note(signal, Duration.ZERO);
                });

        baton.runFor(Duration.ZERO);

        assertThat(seen).containsExactly(true, false);
    }

    @Test
    void aKilledProcessDoesNothingMore() {
        process.start(
                "task",
                () -> {
                    try {
                        process.pause(HOUR);
                        seen.add("went on");
                    } finally {
                        seen.add("ended");
                        process.pause(Duration.ZERO);
                        seen.add("cleaned up");
                    }
                });
        baton.runFor(Duration.ofMinutes(1));

        process.kill();
        baton.runFor(Duration.ZERO);

        assertThat(seen).containsExactly("ended");
    }

    @Test
    void nothingIsLeftAfterTheEnd() {
        Tempo.Signal signal = process.signal();
        process.start(
                "task",
                () -> {
                    try {
                        note(signal, HOUR);
                    } finally {
                        seen.add("ended");
                    }
                });
        baton.runFor(Duration.ZERO);

        baton.end();

        assertThat(seen).containsExactly("ended");
    }

    @Test
    void aStepOfTheClockMovesNothingElse() {
        baton.stepClock(Duration.ofDays(-1));
        SimulatedProcess later = baton.process("later");

        assertThat(process.wall()).isEqualTo(Baton.ORIGIN.minus(Duration.ofDays(1)));
        assertThat(process.instant()).isEqualTo(Baton.ORIGIN);
        assertThat(process.nanos()).isZero();
        assertThat(later.instant()).as("begins with the clock").isEqualTo(later.wall());
    }

    @Test
    void tellsAStoryToWhoListens() {
        baton.tell(() -> "nobody hears this");
        var story = new ArrayList<String>();
        baton.story(story::add);

        process.kill();

        assertThat(story).containsExactly("     0.000 process dies");
    }

    @Test
    void aTaskThatFailsEndsTheRun() {
        process.start(
                "task",
                () -> {
                    throw new IllegalStateException("bug");
                });

        assertThatThrownBy(() -> baton.runFor(HOUR)).hasMessageContaining("bug");
    }

    private void note(Tempo.Signal signal, Duration timeout) {
        try {
            seen.add(signal.await(timeout));
        } catch (InterruptedException interrupted) {
            throw new AssertionError(interrupted);
        }
    }

    /** Fifty tasks append to one plain list, unsynchronized, pausing in between. */
    private static List<Integer> race(long seed) {
        var baton = new Baton(seed);
        var process = baton.process("race");
        var appended = new ArrayList<Integer>();
        for (int task = 0; task < 50; task++) {
            int id = task;
            process.start(
                    "task",
                    () -> {
                        for (int i = 0; i < 20; i++) {
                            process.pause(Duration.ofMillis(id % 3));
                            appended.add(id);
                        }
                    });
        }
        baton.runFor(HOUR);
        return appended;
    }
}
