package dev.vpccni.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** As many lives as fit into a test run; {@code make simulate} lives as many as anybody likes. */
class SeedRangeTest {

    private static final int LIVES = 500;

    /** Maven has work for the other core, and a second process would warm up all it has again. */
    private static final int PROCESSES = 1;

    @Test
    void livesKeepEveryPromise() throws IOException, InterruptedException {
        SeedRange.Result result = new SeedRange(0, LIVES, PROCESSES, System.out).run();

        assertThat(result.failed()).as("make simulate FROM=<seed> COUNT=1").isEmpty();
    }

    @Test
    void tellsOneLifeInFull() throws InterruptedException {
        var told = new ByteArrayOutputStream();

        assertThat(Lives.tell(1, new PrintStream(told, true, StandardCharsets.UTF_8))).isTrue();

        assertThat(told.toString(StandardCharsets.UTF_8))
                .contains("a daemon starts", "DescribeSubnets[")
                .endsWith("seed 1: well\n");
    }
}
