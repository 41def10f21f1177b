package dev.vpccni.vpc.settings;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.testing.SeededTest;
import java.time.Duration;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class SpreadTest {

    private static final int DRAWS = 20_000;

    @SeededTest(runs = 5)
    void drawsHaveTheMedianAndTheTail(RandomGenerator random) {
        var spread = Spread.ofMillis(100, 500);
        var draws =
                Stream.generate(() -> spread.at(random.nextLong())).limit(DRAWS).sorted().toList();

        assertThat(draws.get(DRAWS / 2)).isBetween(Duration.ofMillis(96), Duration.ofMillis(104));
        assertThat(draws.get(DRAWS / 100 * 99))
                .isBetween(Duration.ofMillis(440), Duration.ofMillis(560));
        assertThat(draws.getLast()).isLessThan(Duration.ofSeconds(1));
        assertThat(draws.getFirst()).isGreaterThan(Duration.ZERO);
    }

    @Test
    void aFixedDurationNeverVaries() {
        var spread = Spread.always(Duration.ofMillis(300));

        assertThat(spread.at(0)).isEqualTo(spread.at(-1)).isEqualTo(Duration.ofMillis(300));
    }
}
