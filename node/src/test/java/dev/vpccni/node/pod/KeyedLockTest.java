package dev.vpccni.node.pod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vpccni.node.fake.ManualTempo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class KeyedLockTest {

    private static final Duration SOON = Duration.ofSeconds(1);

    private final ManualTempo tempo = new ManualTempo();
    private final KeyedLock<String> locks = new KeyedLock<>(tempo);
    private final List<String> done = new ArrayList<>();

    @Test
    void whoComesSecondWaitsForTheEndOfTheFirst() throws Exception {
        locks.lock("a");
        tempo.after(SOON, () -> end("a", "first"));

        locks.lock("a");

        assertThat(done).containsExactly("first");
        assertThat(tempo.nanos()).isEqualTo(SOON.toNanos());
    }

    @Test
    void whoWaitsLongerThanAnybodyWouldStillWaits() throws Exception {
        locks.lock("a");
        tempo.after(Duration.ofHours(3), () -> end("a", "first"));

        locks.lock("a");

        assertThat(done).containsExactly("first");
    }

    @Test
    void differentThingsDoNotWaitForEachOther() throws Exception {
        locks.lock("a");
        locks.lock("b");

        assertThat(tempo.nanos()).isZero();
    }

    @Test
    void aThingIsBusyUntilItsLastTurnHasEnded() throws Exception {
        assertThat(locks.isLocked("a")).isFalse();
        locks.lock("a");
        assertThat(locks.isLocked("a")).isTrue();
        assertThat(locks.isLocked("b")).isFalse();
        tempo.after(SOON, () -> end("a", "first"));
        locks.lock("a");
        assertThat(locks.isLocked("a")).isTrue();

        locks.unlock("a");

        assertThat(locks.isLocked("a")).isFalse();
        locks.lock("a");
        assertThat(tempo.nanos()).as("it begins at once").isEqualTo(SOON.toNanos());
    }

    @Test
    void nobodyEndsATurnThatNobodyHas() {
        assertThatThrownBy(() -> locks.unlock("a")).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void whoIsInterruptedLeavesTheQueue() throws Exception {
        locks.lock("a");
        tempo.runFor(SOON, () -> locks.lock("a"));
        assertThat(locks.isLocked("a")).as("the first is at it").isTrue();

        locks.unlock("a");

        assertThat(locks.isLocked("a")).isFalse();
        locks.lock("a");
    }

    @Test
    void whoIsInterruptedWhenItIsHisTurnPassesItOn() throws Exception {
        locks.lock("a");
        // His turn comes just as he is told to end.
        tempo.interruptedBy(SOON, () -> locks.unlock("a"));

        assertThatThrownBy(() -> locks.lock("a")).isInstanceOf(InterruptedException.class);

        assertThat(locks.isLocked("a")).isFalse();
        locks.lock("a");
    }

    private void end(String key, String who) {
        done.add(who);
        locks.unlock(key);
    }
}
