package dev.vpccni.node.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vpccni.node.explanation.Explanation;
import dev.vpccni.node.explanation.Explanations;
import dev.vpccni.node.fake.FixedRandom;
import dev.vpccni.node.fake.ManualTempo;
import dev.vpccni.node.fake.Nouns;
import dev.vpccni.node.port.Ec2Exception;
import dev.vpccni.node.port.Ec2Failure;
import dev.vpccni.node.port.HostException;
import dev.vpccni.node.port.HostFailure;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TasksTest {

    private static final WorkKey KEY = new WorkKey.Create("token");
    private static final WorkKey COUNTED = new WorkKey.CreateIn(Nouns.SUBNET);

    private final ManualTempo tempo = new ManualTempo();
    private final Explanations explanations = new Explanations(tempo, _ -> {});
    private final Tasks tasks = new Tasks(explanations, tempo, new Retry(tempo, FixedRandom.MOST));
    private final List<String> done = new ArrayList<>();

    @Test
    void aKeyIsBusyFromTheStartToTheEnd() {
        tasks.onEnd(() -> done.add("end, busy " + tasks.isBusy(KEY)));
        tasks.start(KEY, "work", () -> done.add("work, busy " + tasks.isBusy(KEY)));
        assertThat(tasks.isBusy(KEY)).isTrue();
        assertThat(tasks.isBusy(COUNTED)).isFalse();
        assertThat(done).isEmpty();

        tempo.runTasks();

        assertThat(done).containsExactly("work, busy true", "end, busy false");
        assertThat(tempo.started()).containsExactly("work");
        assertThat(tasks.rest(KEY)).isZero();
    }

    @Test
    void nobodyStartsWhatSomebodyIsAt() {
        tasks.start(KEY, "work", () -> {});

        assertThatThrownBy(() -> tasks.start(KEY, "work", () -> {}))
                .isInstanceOf(IllegalStateException.class);
    }

    @ParameterizedTest
    @MethodSource("failures")
    void whatFailsIsLeftAloneAndSaidWithItsReason(Exception failure) {
        tasks.onEnd(() -> done.add("end"));
        tasks.start(KEY, COUNTED, "work", failing(failure), () -> false);

        tempo.runTasks();

        assertThat(tasks.isBusy(KEY)).isFalse();
        assertThat(tasks.rest(COUNTED)).isEqualTo(Duration.ofSeconds(1));
        assertThat(tasks.rest(KEY)).isZero();
        assertThat(done).containsExactly("end");
        assertThat(explanations.latest())
                .singleElement()
                .satisfies(one -> {
                    assertThat(one.what()).isEqualTo("try again in 1000 ms to work");
                    assertThat(one.why()).isEqualTo(failure.getMessage());
                });
    }

    static Stream<Exception> failures() {
        return Stream.of(
                new Ec2Exception("Action", new Ec2Failure.Throttled(), "why", null),
                new HostException(new HostFailure.Refused("step", 1), "why", null),
                new IOException("why"));
    }

    @Test
    void whatEndsUnfinishedCountsAsFailed() {
        tasks.start(KEY, KEY, "work", () -> {}, () -> true);

        tempo.runTasks();

        assertThat(tasks.rest(KEY)).isPositive();
        assertThat(explanations.latest())
                .singleElement()
                .extracting(Explanation::why)
                .isEqualTo("it has not come to its end");
    }

    @Test
    void whatSucceedsMayBeTriedAtOnceAgain() {
        tasks.start(KEY, KEY, "work", () -> {}, () -> true);
        tempo.runTasks();

        tasks.start(KEY, KEY, "work", () -> {}, () -> false);
        tempo.runTasks();

        assertThat(tasks.rest(KEY)).isZero();
    }

    @Test
    void whatIsInterruptedIsNoFailureAndStaysInterrupted() {
        tasks.onEnd(() -> done.add("end"));
        tasks.start(KEY, "work", failing(new InterruptedException()));

        tempo.runTasks();

        assertThat(Thread.interrupted()).isTrue();
        assertThat(done).containsExactly("end");
        assertThat(tasks.rest(KEY)).isZero();
        assertThat(tasks.isBusy(KEY)).isFalse();
    }

    @Test
    void whatEndsByAFaultHasEndedToo() {
        tasks.onEnd(() -> done.add("end"));
        tasks.start(
                KEY,
                "work",
                () -> {
                    throw new IllegalStateException("a fault");
                });

        assertThatThrownBy(tempo::runTasks).hasMessage("a fault");

        assertThat(done).containsExactly("end");
        assertThat(tasks.isBusy(KEY)).isFalse();
    }

    private static Tasks.Work failing(Exception failure) {
        return () -> {
            switch (failure) {
                case Ec2Exception e -> throw e;
                case HostException e -> throw e;
                case IOException e -> throw e;
                case InterruptedException e -> throw e;
                default -> throw new AssertionError(failure);
            }
        };
    }
}
