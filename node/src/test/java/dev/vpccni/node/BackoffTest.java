package dev.vpccni.node;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.node.fake.FixedRandom;
import dev.vpccni.node.fake.ManualTempo;
import dev.vpccni.node.fake.Nouns;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class BackoffTest {

    private static final WorkKey ONE = new WorkKey.Assign(Nouns.id(1));
    private static final WorkKey OTHER = new WorkKey.Release(Nouns.id(1));

    private final ManualTempo tempo = new ManualTempo();
    private final Backoff backoff = new Backoff(tempo, new Retry(tempo, FixedRandom.MOST));

    @Test
    void whatFailedIsLeftAloneForAWhileThatGrows() {
        assertThat(backoff.failed(ONE)).isEqualTo(Duration.ofSeconds(1));
        assertThat(backoff.rest(ONE)).isEqualTo(Duration.ofSeconds(1));
        tempo.pass(Duration.ofMillis(400));
        assertThat(backoff.rest(ONE)).isEqualTo(Duration.ofMillis(600));
        tempo.pass(Duration.ofMillis(700));
        assertThat(backoff.rest(ONE)).isZero();

        assertThat(backoff.failed(ONE)).isEqualTo(Duration.ofSeconds(2));
        assertThat(backoff.rest(ONE)).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void twoMinutesIsTheLongest() {
        for (int i = 0; i < 10; i++) {
            backoff.failed(ONE);
        }

        assertThat(backoff.rest(ONE)).isEqualTo(Duration.ofMinutes(2));
    }

    @Test
    void whatSucceededMayBeTriedAtOnceAndFailsAnew() {
        backoff.failed(ONE);
        backoff.failed(ONE);

        backoff.succeeded(ONE);

        assertThat(backoff.rest(ONE)).isZero();
        assertThat(backoff.size()).isZero();
        assertThat(backoff.failed(ONE)).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void eachIsCountedByItself() {
        backoff.failed(ONE);

        assertThat(backoff.rest(OTHER)).isZero();
        assertThat(backoff.size()).isEqualTo(1);
    }

    @Test
    void whatNobodyTriedForLongIsForgotten() {
        backoff.failed(ONE);
        tempo.pass(Duration.ofSeconds(1).plus(Duration.ofMinutes(10)));
        backoff.failed(OTHER);
        assertThat(backoff.size()).isEqualTo(2);

        tempo.pass(Duration.ofNanos(1));
        backoff.failed(OTHER);

        assertThat(backoff.size()).isEqualTo(1);
        assertThat(backoff.failed(ONE)).isEqualTo(Duration.ofSeconds(1));
    }
}
