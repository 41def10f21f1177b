package dev.vpccni.daemon.timing;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class StageClockTest {

    private final StageTimes times = new StageTimes(System.nanoTime());

    @AfterEach
    void end() {
        StageClock.end();
    }

    @Test
    void countsForNobodyWhereNoCallIsCarriedOut() {
        try (var _ = StageClock.during(Stage.KERNEL)) {
            assertThat(stage()).isEqualTo(Stage.CONNECT);
        }
    }

    @Test
    void goesBackToTheStageBefore() {
        StageClock.begin(times);
        times.enter(Stage.LEDGER, System.nanoTime());
        try (var _ = StageClock.during(Stage.KERNEL)) {
            assertThat(stage()).isEqualTo(Stage.KERNEL);
            try (var _ = StageClock.during(Stage.CHECKPOINT)) {
                assertThat(stage()).isEqualTo(Stage.CHECKPOINT);
            }
            assertThat(stage()).isEqualTo(Stage.KERNEL);
        }
        assertThat(stage()).isEqualTo(Stage.LEDGER);
        assertThat(times.toString()).contains("kernel ", "checkpoint ");
    }

    @Test
    void goesBackAlsoWhereThePartFails() {
        StageClock.begin(times);
        try (var _ = StageClock.during(Stage.KERNEL)) {
            throw new IllegalStateException("a bug");
        } catch (IllegalStateException e) {
            assertThat(stage()).isEqualTo(Stage.CONNECT);
        }
    }

    @Test
    void countsNoMoreOnceTheCallIsOver() {
        StageClock.begin(times);
        StageClock.end();
        try (var _ = StageClock.during(Stage.KERNEL)) {
            assertThat(stage()).isEqualTo(Stage.CONNECT);
        }
    }

    @Test
    void countsForTheThreadOfTheCallAlone() throws Exception {
        StageClock.begin(times);
        List<Stage> seen = new CopyOnWriteArrayList<>();
        Thread other =
                Thread.ofVirtual()
                        .start(() -> {
                            try (var _ = StageClock.during(Stage.KERNEL)) {
                                seen.add(stage());
                            }
                        });
        other.join();
        assertThat(seen).containsExactly(Stage.CONNECT);
    }

    /** Returns the stage that the call is in, by going on with it. */
    private Stage stage() {
        Stage now = times.enter(Stage.CONNECT, System.nanoTime());
        times.enter(now, System.nanoTime());
        return now;
    }
}
