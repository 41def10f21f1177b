package dev.vpccni.node.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.vpccni.node.fake.FixedRandom;
import dev.vpccni.node.fake.ManualTempo;
import dev.vpccni.node.port.Ec2Exception;
import dev.vpccni.node.port.Ec2Failure;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class RetryTest {

    private static final Ec2Failure THROTTLED = new Ec2Failure.Throttled();
    private static final Ec2Failure AWAY = new Ec2Failure.Unavailable();
    private static final Ec2Failure LOST = new Ec2Failure.Ambiguous();

    private final ManualTempo tempo = new ManualTempo();
    private final Retry retry = new Retry(tempo, FixedRandom.MOST);
    private final Deque<Ec2Failure> failures = new ArrayDeque<>();
    private int calls;

    @Test
    void asksAgainWhereNothingHappened() throws Exception {
        failures.addAll(List.of(THROTTLED, AWAY));

        assertThat(retry.once(this::call)).isEqualTo("answer");

        assertThat(calls).isEqualTo(3);
        assertThat(tempo.pauses()).containsExactly(Duration.ofMillis(800), Duration.ofMillis(400));
    }

    @Test
    void asksNoMoreThanSixTimes() {
        failures.addAll(List.of(AWAY, AWAY, AWAY, AWAY, AWAY, AWAY, AWAY));

        Ec2Exception thrown = failing(() -> retry.once(this::call));

        assertThat(thrown.failure()).isEqualTo(AWAY);
        assertThat(calls).isEqualTo(6);
        assertThat(tempo.pauses())
                .extracting(Duration::toMillis)
                .containsExactly(200L, 400L, 800L, 1_600L, 3_000L);
    }

    @Test
    void whereEc2ThrottlesPausesAreLonger() {
        failures.addAll(List.of(THROTTLED, THROTTLED, THROTTLED, THROTTLED, THROTTLED, THROTTLED));

        failing(() -> retry.repeatable(this::call));

        assertThat(tempo.pauses())
                .extracting(Duration::toMillis)
                .containsExactly(800L, 1_600L, 3_200L, 6_400L, 8_000L);
    }

    @ParameterizedTest
    @CsvSource({"29799, 2", "29800, 1"})
    void givesUpWhenTheNextAttemptWouldBeginTooLate(long millis, int expected) {
        Retry.Call<String> slow =
                () -> {
                    tempo.pass(Duration.ofMillis(calls == 0 ? millis : 0));
                    return call();
                };
        failures.addAll(List.of(AWAY, new Ec2Failure.SubnetFull()));

        failing(() -> retry.once(slow));

        assertThat(calls).isEqualTo(expected);
    }

    @Test
    void aLostAnswerIsAskedForAgainOnlyIfTwiceIsAsGoodAsOnce() throws Exception {
        failures.addAll(List.of(LOST, LOST));
        assertThat(retry.repeatable(this::call)).isEqualTo("answer");
        assertThat(calls).isEqualTo(3);

        failures.add(LOST);
        Ec2Exception thrown = failing(() -> retry.once(this::call));
        assertThat(calls).isEqualTo(4);
        assertThat(thrown.mayHaveHappened()).isTrue();
    }

    @Test
    void whatFailsAfterALostAnswerMayHaveHappened() {
        failures.addAll(List.of(LOST, THROTTLED, new Ec2Failure.Denied("ec2:X")));

        Ec2Exception thrown = failing(() -> retry.repeatable(this::call));

        assertThat(thrown.failure()).isEqualTo(new Ec2Failure.Denied("ec2:X"));
        assertThat(thrown.mayHaveHappened()).isTrue();
    }

    @Test
    void whatFailsWithoutALostAnswerDidNotHappen() {
        failures.addAll(List.of(AWAY, new Ec2Failure.SubnetFull()));

        assertThat(failing(() -> retry.repeatable(this::call)).mayHaveHappened()).isFalse();
    }

    @ParameterizedTest
    @MethodSource("hopeless")
    void asksOnceWhereAskingAgainIsNoUse(Ec2Failure failure) {
        failures.add(failure);

        assertThat(failing(() -> retry.repeatable(this::call)).failure()).isEqualTo(failure);

        assertThat(calls).isEqualTo(1);
        assertThat(tempo.pauses()).isEmpty();
    }

    static Stream<Ec2Failure> hopeless() {
        return Stream.of(
                new Ec2Failure.SubnetFull(),
                new Ec2Failure.Fragmented(),
                new Ec2Failure.LimitExceeded(),
                new Ec2Failure.Gone(null),
                new Ec2Failure.WrongState(),
                new Ec2Failure.DeviceTaken(),
                new Ec2Failure.Denied("ec2:X"),
                new Ec2Failure.NoCredentials(),
                new Ec2Failure.Rejected("X"));
    }

    @Test
    void changesAreMadeAgainLikeRequests() throws Exception {
        failures.add(LOST);
        retry.repeatable(() -> {
            var _ = call();
        });
        assertThat(calls).isEqualTo(2);

        failures.add(LOST);
        failing(() -> {
            retry.once(() -> {
                var _ = call();
            });
            return "";
        });
        assertThat(calls).isEqualTo(3);
    }

    @ParameterizedTest
    @CsvSource({"0, 500, 1000", "1, 500, 1000", "2, 1000, 2000", "4, 4000, 8000", "99, 4500, 9000"})
    void aPauseIsHalfToAllOfTheFirstDoubledWithEachFailure(int attempt, long least, long most) {
        Duration first = Duration.ofSeconds(1);
        Duration longest = Duration.ofSeconds(9);

        assertThat(new Retry(tempo, FixedRandom.LEAST).after(attempt, first, longest))
                .isEqualTo(Duration.ofMillis(least));
        assertThat(retry.after(attempt, first, longest)).isEqualTo(Duration.ofMillis(most));
    }

    @Test
    void pausesAsLongAsSuitsAfterSoManyFailures() throws Exception {
        retry.pause(1);
        retry.pause(3);
        retry.pause(50);

        assertThat(tempo.pauses())
                .extracting(Duration::toMillis)
                .containsExactly(200L, 800L, 10_000L);
    }

    private String call() throws Ec2Exception {
        calls++;
        Ec2Failure failure = failures.poll();
        if (failure != null) {
            throw new Ec2Exception("Action", failure, "scripted", null);
        }
        return "answer";
    }

    private static Ec2Exception failing(Retry.Call<String> call) {
        return catchThrowableOfType(
                Ec2Exception.class,
                () -> {
                    var _ = call.make();
                });
    }
}
