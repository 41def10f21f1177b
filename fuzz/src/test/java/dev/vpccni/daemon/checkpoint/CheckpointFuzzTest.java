package dev.vpccni.daemon.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.vpccni.fuzz.Inputs;
import dev.vpccni.json.JsonException;
import dev.vpccni.testing.SeededTest;
import java.io.IOException;
import java.io.InputStream;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

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

    /** A kept text of which nothing is read but that it is refused would find little. */
    @Test
    void whatIsKeptIsReadWhole() throws Exception {
        CheckpointReader.Text ours = CheckpointReader.read(kept("ours"));

        assertThat(ours.written()).isNotNull();
        assertThat(ours.checkpoint().grants()).hasSize(1);
        assertThat(ours.checkpoint().cooling()).hasSize(2);
        assertThat(ours.checkpoint().intents()).hasSize(4);
        assertThat(ours.checkpoint().interfaces()).hasSize(1);
        assertThat(CheckpointReader.read(kept("upstream")).written()).isNull();
        assertThatThrownBy(() -> CheckpointReader.read(kept("refused-action")))
                .isInstanceOf(JsonException.class)
                .hasMessageContaining("adopt");
    }

    private static byte[] kept(String name) throws IOException {
        String folder = CheckpointFuzzTest.class.getSimpleName() + "Inputs/texts/";
        try (InputStream in = CheckpointFuzzTest.class.getResourceAsStream(folder + name)) {
            return Objects.requireNonNull(in, name).readAllBytes();
        }
    }

    @SeededTest(runs = 30)
    void damagedTexts(RandomGenerator random) {
        INPUTS.damage(random, this::texts);
    }
}
