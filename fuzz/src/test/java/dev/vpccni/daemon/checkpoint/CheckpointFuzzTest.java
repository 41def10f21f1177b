package dev.vpccni.daemon.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.vpccni.fuzz.Inputs;
import dev.vpccni.json.JsonException;
import dev.vpccni.testing.SeededTest;
import java.util.random.RandomGenerator;

/** ipam.json, whoever wrote it, and whatever became of it on the disk. */
final class CheckpointFuzzTest {

    private static final Inputs INPUTS = Inputs.of(CheckpointFuzzTest.class, "texts");

    @FuzzTest
    void texts(byte[] input) throws JsonException {
        CheckpointReader.Text read;
        try {
            read = CheckpointReader.read(input);
        } catch (JsonException refused) {
            assertThat(refused.getMessage()).isNotEmpty();
            return;
        }
        if (read.written() != null) {
            byte[] written = new CheckpointWriter().write(read.checkpoint(), read.written());
            assertThat(CheckpointReader.read(written)).isEqualTo(read);
        }
    }

    @SeededTest(runs = 30)
    void damagedTexts(RandomGenerator random) {
        INPUTS.damage(random, this::texts);
    }
}
