package dev.vpccni.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.model.InstanceType;
import dev.vpccni.model.InstanceTypes;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PodLimitsTest {

    @TempDir Path folder;

    @Test
    void areThoseOfTheFile() throws Exception {
        Path file = folder.resolve("eni-max-pods.txt");
        Files.writeString(file, "# comment\nc5.large 29\nm5.large   7 # less\n\nbad x\nworse\n");
        assertThat(PodLimits.read(file).on(type("c5.large"))).isEqualTo(29);
        assertThat(PodLimits.read(file).on(type("m5.large"))).isEqualTo(7);
        assertThat(PodLimits.read(file).on(type("m5.4xlarge"))).isEqualTo(110);
    }

    @Test
    void areThoseOfTheTypesWithoutAFile() {
        Path none = folder.resolve("none");
        assertThat(PodLimits.read(none).on(type("c5.large"))).isEqualTo(29);
        assertThat(PodLimits.read(none).on(type("m5.4xlarge"))).isEqualTo(234);
    }

    private static InstanceType type(String name) {
        return Objects.requireNonNull(InstanceTypes.known().find(name));
    }
}
