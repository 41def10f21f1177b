package dev.vpccni.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.daemon.plugin.WorkingForSomebody;
import dev.vpccni.node.port.Tempo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

final class RealTempoTest {

    private static final Duration LONG = Duration.ofSeconds(20);

    private final ArrayBlockingQueue<String> faults = new ArrayBlockingQueue<>(10);
    private final Tempo tempo =
            new RealTempo((task, fault) -> faults.add(task + ": " + fault.getMessage()));

    @Test
    void passesASignalThatWasRaisedBefore() throws Exception {
        Tempo.Signal signal = tempo.signal();
        signal.raise();
        signal.raise();
        assertThat(signal.await(LONG)).isTrue();
        assertThat(signal.await(Duration.ofMillis(1))).isFalse();
    }

    @Test
    void wakesWhoeverWaits() throws Exception {
        Tempo.Signal asked = tempo.signal();
        Tempo.Signal answered = tempo.signal();
        tempo.start(
                "answerer",
                () -> {
                    try {
                        if (asked.await(LONG)) {
                            answered.raise();
                        }
                    } catch (InterruptedException e) {
                        Thread.currentThread().interrupt();
                    }
                });
        asked.raise();
        assertThat(answered.await(LONG)).isTrue();
        assertThat(faults).isEmpty();
    }

    @Test
    void tellsOfATaskThatEndsByAFault() throws Exception {
        tempo.start(
                "broken",
                () -> {
                    throw new IllegalStateException("a bug");
                });
        assertThat(faults.poll(LONG.toSeconds(), TimeUnit.SECONDS)).isEqualTo("broken: a bug");
    }

    @Test
    void putsNothingOffForNobody() {
        List<String> done = new ArrayList<>();
        tempo.afterwards(() -> done.add("a"));
        assertThat(done).containsExactly("a");
    }

    @Test
    void putsOffUntilTheAnswer() {
        List<String> done = new ArrayList<>();
        try (var _ = new WorkingForSomebody()) {
            tempo.afterwards(() -> done.add("a"));
            tempo.afterwards(() -> done.add("b"));
            assertThat(done).isEmpty();
        }
        assertThat(done).containsExactly("a", "b");
    }

    /** What was put off is what the signal may wait for: here, that it is raised. */
    @Test
    void putsNothingOffBeyondAWait() throws Exception {
        Tempo.Signal signal = tempo.signal();
        try (var _ = new WorkingForSomebody()) {
            tempo.afterwards(signal::raise);
            assertThat(signal.await(LONG)).isTrue();
            tempo.afterwards(signal::raise);
            assertThat(signal.await(Duration.ofDays(1))).isTrue();
        }
    }

    @Test
    void putsNothingOffBeyondAPause() throws Exception {
        List<String> done = new ArrayList<>();
        try (var _ = new WorkingForSomebody()) {
            tempo.afterwards(() -> done.add("a"));
            tempo.pause(Duration.ofNanos(1));
            assertThat(done).containsExactly("a");
        }
        assertThat(done).containsExactly("a");
    }
}
