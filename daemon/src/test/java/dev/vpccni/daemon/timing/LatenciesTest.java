package dev.vpccni.daemon.timing;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.cni.CniCommand;
import dev.vpccni.testing.SeededTest;
import java.util.Arrays;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

final class LatenciesTest {

    private final Latencies latencies = new Latencies();

    @Test
    void areNoneAtFirst() {
        assertThat(latencies.summary()).isEqualTo("none");
        assertThat(latencies.percentileMicros(CniCommand.ADD, 99)).isZero();
    }

    @Test
    void areSummedUpForEachVerb() {
        latencies.record(CniCommand.ADD, 1_000_000);
        latencies.record(CniCommand.STATUS, 70_000_000_000_000L);
        latencies.record(CniCommand.STATUS, -1);
        assertThat(latencies.summary())
                .isEqualTo(
                        "ADD 1 times, median 1024 us, 99 % within 1024 us; "
                                + "STATUS 2 times, median 64 us, 99 % within 67108864 us");
    }

    @SeededTest(runs = 100)
    void areAtMostNineteenPercentTooHigh(RandomGenerator random) {
        var some = new Latencies();
        long[] nanos = random.longs(200, 64_000, 60_000_000_000L).sorted().toArray();
        Arrays.stream(nanos).forEach(each -> some.record(CniCommand.DEL, each));
        double exact = nanos[99] / 1_000.0;
        assertThat((double) some.percentileMicros(CniCommand.DEL, 50))
                .isBetween(exact - 2, exact * 1.19 + 2);
    }
}
