package dev.vpccni.node.work;

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
        assertThat(failed(ONE)).isEqualTo(Duration.ofSeconds(1));
        assertThat(backoff.rest(ONE)).isEqualTo(Duration.ofSeconds(1));
        tempo.pass(Duration.ofMillis(400));
        assertThat(backoff.rest(ONE)).isEqualTo(Duration.ofMillis(600));
        tempo.pass(Duration.ofMillis(700));
        assertThat(backoff.rest(ONE)).isZero();

        assertThat(failed(ONE)).isEqualTo(Duration.ofSeconds(2));
        assertThat(backoff.rest(ONE)).isEqualTo(Duration.ofSeconds(2));
    }

    /** A dozen interfaces are begun at once, and EC2 is away. */
    @Test
    void whatWasAtWorkWhenItFailedFailsWithIt() {
        long begun = tempo.nanos();
        tempo.pass(Duration.ofSeconds(5));
        for (int i = 0; i < 12; i++) {
            assertThat(backoff.failed(ONE, begun)).isEqualTo(Duration.ofSeconds(1));
            tempo.pass(Duration.ofMillis(10));
        }

        assertThat(backoff.rest(ONE)).isEqualTo(Duration.ofMillis(990));
        assertThat(failed(ONE)).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void twoMinutesIsTheLongest() {
        for (int i = 0; i < 10; i++) {
            failed(ONE);
        }

        assertThat(backoff.rest(ONE)).isEqualTo(Duration.ofMinutes(2));
    }

    @Test
    void whatSucceededMayBeTriedAtOnceAndFailsAnew() {
        failed(ONE);
        failed(ONE);

        backoff.succeeded(ONE);

        assertThat(backoff.rest(ONE)).isZero();
        assertThat(backoff.size()).isZero();
        assertThat(failed(ONE)).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void eachIsCountedByItself() {
        failed(ONE);

        assertThat(backoff.rest(OTHER)).isZero();
        assertThat(backoff.size()).isEqualTo(1);
    }

    @Test
    void whatNobodyTriedForLongIsForgotten() {
        failed(ONE);
        tempo.pass(Duration.ofSeconds(1).plus(Duration.ofMinutes(10)));
        failed(OTHER);
        assertThat(backoff.size()).isEqualTo(2);

        tempo.pass(Duration.ofNanos(1));
        failed(OTHER);

        assertThat(backoff.size()).isEqualTo(1);
        assertThat(failed(ONE)).isEqualTo(Duration.ofSeconds(1));
    }

    /** Notes that something failed that began only now. */
    private Duration failed(WorkKey what) {
        return backoff.failed(what, tempo.nanos());
    }
}
