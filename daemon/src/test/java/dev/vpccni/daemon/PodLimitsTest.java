package dev.vpccni.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PodLimitsTest {

    @TempDir Path folder;

    @Test
    void areThoseOfTheFile() throws Exception {
        Path file = folder.resolve("eni-max-pods.txt");
        Files.writeString(file, "# comment\nc5.large 29\nm5.large   7 # less\n\nbad x\nworse\n");
        assertThat(PodLimits.read(file).on("c5.large")).isEqualTo(29);
        assertThat(PodLimits.read(file).on("m5.large")).isEqualTo(7);
        assertThat(PodLimits.read(file).on("bad")).isEqualTo(110);
    }

    @Test
    void areThoseOfTheTypesWithoutAFile() {
        Path none = folder.resolve("none");
        assertThat(PodLimits.read(none).on("c5.large")).isEqualTo(29);
        assertThat(PodLimits.read(none).on("m5.4xlarge")).isEqualTo(234);
        assertThat(PodLimits.read(none).on("z9.huge")).isEqualTo(110);
    }
}
