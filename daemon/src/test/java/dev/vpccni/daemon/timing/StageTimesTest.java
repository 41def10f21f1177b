package dev.vpccni.daemon.timing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.testing.Choose;
import dev.vpccni.testing.SeededTest;
import java.util.EnumMap;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

final class StageTimesTest {

    private static final long START = 1_000_000;

    private final StageTimes times = new StageTimes(START);

    @Test
    void sayNothingBeforeTheFirstStageIsOver() {
        assertThat(times).hasToString("");
    }

    @Test
    void countFromThePluginsBeginning() {
        assertThat(times.enter(Stage.READ, START + 210_900)).isEqualTo(Stage.CONNECT);
        assertThat(times.enter(Stage.START, START + 242_000)).isEqualTo(Stage.READ);
        assertThat(times).hasToString("connect 210, read 31");
    }

    @Test
    void addUpWhatAStageTakesInParts() {
        times.enter(Stage.LEDGER, START);
        Stage outside = times.enter(Stage.CHECKPOINT, START + 3_000);
        times.enter(outside, START + 10_000);
        Stage again = times.enter(Stage.KERNEL, START + 12_000);
        times.enter(again, START + 20_000);
        times.enter(Stage.ENCODE, START + 21_000);
        assertThat(times).hasToString("connect 0, ledger 6, checkpoint 7, kernel 8");
    }

    /** A clock of the other end that is ahead of ours makes no stage shorter than nothing. */
    @Test
    void areNeverNegative() {
        times.enter(Stage.READ, START - 5_000);
        times.enter(Stage.START, START);
        assertThat(times).hasToString("connect 0, read 5");
    }

    /** The stages together are all the time there was. */
    @SeededTest(runs = 100)
    void addUpToAll(RandomGenerator random) {
        Map<Stage, Long> micros = new EnumMap<>(Stage.class);
        Stage stage = Stage.CONNECT;
        long now = START;
        for (int i = 0; i < 50; i++) {
            int more = random.nextInt(100);
            now += more * 1_000L;
            micros.merge(stage, (long) more, Long::sum);
            Stage next = Choose.of(random, Stage.values());
            assertThat(times.enter(next, now)).isEqualTo(stage);
            stage = next;
        }
        assertThat(times)
                .hasToString(
                        micros.entrySet().stream()
                                .map(entry -> entry.getKey() + " " + entry.getValue())
                                .collect(Collectors.joining(", ")));
    }
}
