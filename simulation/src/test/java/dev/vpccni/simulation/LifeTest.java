package dev.vpccni.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A few lives in this process; {@link SeedRangeTest} lives many in others. */
class LifeTest {

    static LongStream seeds() {
        return LongStream.range(0, Long.getLong("vpccni.simulation.seeds", 20));
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void keepsEveryPromise(long seed) throws InterruptedException {
        var broken = new AtomicReference<@Nullable Throwable>();
        Thread.ofVirtual().start(() -> broken.set(Lives.live(seed))).join();

        assertThat(broken.get()).as("make simulate FROM=%d COUNT=1", seed).isNull();
    }
}
