package dev.vpccni.daemon.shadow;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.vpccni.fuzz.Inputs;
import dev.vpccni.json.JsonException;
import dev.vpccni.node.shadow.OtherDaemon;
import dev.vpccni.testing.SeededTest;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/** What answers at upstream's introspection, whoever that is. */
final class IntrospectionFuzzTest {

    private static final Inputs INPUTS = Inputs.of(IntrospectionFuzzTest.class, "texts");

    @FuzzTest
    void texts(byte[] input) {
        OtherDaemon.Told told;
        try {
            told = UpstreamDaemon.told(input, List.of(input));
        } catch (JsonException refused) {
            assertThat(refused.getMessage()).isNotEmpty();
            return;
        }
        assertThat(told.released()).allSatisfy(one -> assertThat(one.since()).isNotNull());
        assertThat(told.settings()).allSatisfy((name, value) -> assertThat(value).isNotNull());
    }

    /** A kept text of which nothing is read but that it is refused would find little. */
    @Test
    void whatIsKeptIsReadWhole() throws Exception {
        OtherDaemon.Told told = UpstreamDaemon.told(kept("enis"), List.of(kept("settings")));

        assertThat(told.interfaces()).hasSize(1);
        assertThat(told.assigned()).hasSize(1);
        assertThat(told.released()).hasSize(1);
        assertThat(told.settings()).hasSize(5);
    }

    private static byte[] kept(String name) throws IOException {
        String folder = IntrospectionFuzzTest.class.getSimpleName() + "Inputs/texts/";
        try (InputStream in = IntrospectionFuzzTest.class.getResourceAsStream(folder + name)) {
            return Objects.requireNonNull(in, name).readAllBytes();
        }
    }

    @SeededTest(runs = 30)
    void damagedTexts(RandomGenerator random) {
        INPUTS.damage(random, this::texts);
    }
}
