package dev.vpccni.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class SamplesTest {

    @Test
    void takesPercentilesByNearestRank() {
        var samples = new Samples(LongStream.rangeClosed(1, 200).boxed().toList(), 0);
        assertThat(samples.median()).isEqualTo(100);
        assertThat(samples.percentile(0.95)).isEqualTo(190);
        assertThat(samples.percentile(0.99)).isEqualTo(198);
        assertThat(samples.percentile(1)).isEqualTo(200);
    }

    @Test
    void ordersWhatItIsGiven() {
        assertThat(new Samples(List.of(3L, 1L, 2L), 0).median()).isEqualTo(2);
        assertThatIllegalArgumentException().isThrownBy(() -> new Samples(List.of(), 0));
    }

    @Test
    void countsFailuresOfRunsAndKeepsRoundsApart() throws IOException {
        var samples = ExecTimer.parse("ADD\t900\t0\nADD\t1100\t1\nround ADD\t2000\t2\n");
        assertThat(samples.get("ADD")).extracting(Samples::failures).isEqualTo(1);
        assertThat(samples.get("round ADD")).extracting(Samples::failures).isEqualTo(0);
    }

    @Test
    void refusesOutputThatIsNotTheTimers() {
        assertThatIOException().isThrownBy(() -> ExecTimer.parse("Killed\n"));
    }
}
