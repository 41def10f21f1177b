package dev.vpccni.node;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vpccni.node.fake.ManualTempo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TurnsTest {

    private static final Duration SOON = Duration.ofSeconds(1);

    private final ManualTempo tempo = new ManualTempo();
    private final Turns<String> turns = new Turns<>(tempo);
    private final List<String> done = new ArrayList<>();

    @Test
    void whoComesSecondWaitsForTheEndOfTheFirst() throws Exception {
        turns.begin("a");
        tempo.after(SOON, () -> end("a", "first"));

        turns.begin("a");

        assertThat(done).containsExactly("first");
        assertThat(tempo.nanos()).isEqualTo(SOON.toNanos());
    }

    @Test
    void whoWaitsLongerThanAnybodyWouldStillWaits() throws Exception {
        turns.begin("a");
        tempo.after(Duration.ofHours(3), () -> end("a", "first"));

        turns.begin("a");

        assertThat(done).containsExactly("first");
    }

    @Test
    void differentThingsDoNotWaitForEachOther() throws Exception {
        turns.begin("a");
        turns.begin("b");

        assertThat(tempo.nanos()).isZero();
    }

    @Test
    void aThingIsBusyUntilItsLastTurnHasEnded() throws Exception {
        assertThat(turns.busy("a")).isFalse();
        turns.begin("a");
        assertThat(turns.busy("a")).isTrue();
        assertThat(turns.busy("b")).isFalse();
        tempo.after(SOON, () -> end("a", "first"));
        turns.begin("a");
        assertThat(turns.busy("a")).isTrue();

        turns.end("a");

        assertThat(turns.busy("a")).isFalse();
        turns.begin("a");
        assertThat(tempo.nanos()).as("it begins at once").isEqualTo(SOON.toNanos());
    }

    @Test
    void nobodyEndsATurnThatNobodyHas() {
        assertThatThrownBy(() -> turns.end("a")).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void whoIsInterruptedLeavesTheQueue() throws Exception {
        turns.begin("a");
        tempo.runFor(SOON, () -> turns.begin("a"));
        assertThat(turns.busy("a")).as("the first is at it").isTrue();

        turns.end("a");

        assertThat(turns.busy("a")).isFalse();
        turns.begin("a");
    }

    @Test
    void whoIsInterruptedWhenItIsHisTurnPassesItOn() throws Exception {
        turns.begin("a");
        // His turn comes just as he is told to end.
        tempo.interruptedBy(SOON, () -> turns.end("a"));

        assertThatThrownBy(() -> turns.begin("a")).isInstanceOf(InterruptedException.class);

        assertThat(turns.busy("a")).isFalse();
        turns.begin("a");
    }

    private void end(String key, String who) {
        done.add(who);
        turns.end(key);
    }
}
