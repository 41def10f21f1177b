package dev.vpccni.aws;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.testing.SeededTest;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

final class TokenBucketTest {

    private static final long SECOND = 1_000_000_000L;

    @Test
    void givesABurstAndThenARate() {
        var bucket = new TokenBucket(3, 5, 0);
        assertThat(List.of(bucket.take(0), bucket.take(0), bucket.take(0)))
                .containsExactly(0L, 0L, 0L);
        assertThat(bucket.take(0)).isEqualTo(SECOND / 5);
        assertThat(bucket.take(0)).isEqualTo(2 * SECOND / 5);
        bucket.giveBack();
        assertThat(bucket.take(0)).isEqualTo(2 * SECOND / 5);
    }

    @Test
    void fillsUpToItsSizeAndNoFurther() {
        var bucket = new TokenBucket(2, 1, 0);
        long late = 1000 * SECOND;
        assertThat(bucket.take(late)).isZero();
        assertThat(bucket.take(late)).isZero();
        assertThat(bucket.take(late)).isEqualTo(SECOND);
    }

    @Test
    void isEmptyAfterItWasDrained() {
        var bucket = new TokenBucket(100, 5, 0);
        bucket.drain(0);
        assertThat(bucket.take(0)).isEqualTo(SECOND / 5);
    }

    @SeededTest
    void neverAllowsMoreThanBurstAndRateTogether(RandomGenerator random) {
        int burst = random.nextInt(1, 20);
        int rate = random.nextInt(1, 20);
        var bucket = new TokenBucket(burst, rate, 0);
        long now = 0;
        List<Long> uses = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            now += random.nextLong(SECOND / 4);
            uses.add(now + bucket.take(now));
        }
        for (int i = 0; i < uses.size(); i++) {
            for (int j = i; j < uses.size(); j++) {
                double seconds = (uses.get(j) - uses.get(i)) / (double) SECOND;
                assertThat((double) (j - i + 1))
                        .isLessThanOrEqualTo(burst + seconds * rate + 1.001);
            }
        }
    }
}
