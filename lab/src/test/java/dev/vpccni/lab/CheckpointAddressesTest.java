package dev.vpccni.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class CheckpointAddressesTest {

    @TempDir private Path folder;

    @Test
    void aCheckpointSaysWhichPodHasWhichAddressAndWhatCools() throws IOException {
        Path file = folder.resolve("ipam.json");
        Files.writeString(
                file,
                """
                {"version":"vpc-cni-ipam/1","allocations":[
                  {"ipv4":"10.0.0.5","metadata":{"k8sPodNamespace":"default","k8sPodName":"web"}},
                  {"ipv4":"10.0.0.6"}],
                 "vpcCni":{"cooling":[
                  {"ipv4":"10.0.0.7","since":1000000000500000000},
                  {"ipv4":"10.0.0.8","since":999999000000000000}]}}\
                """);
        CheckpointAddresses read =
                CheckpointAddresses.read(file, Instant.ofEpochSecond(1_000_000_000));
        assertThat(read.pods()).containsEntry("10.0.0.5", "web").containsEntry("10.0.0.6", "");
        assertThat(read.cooling()).containsExactly("10.0.0.7");
    }

    @Test
    void withoutACheckpointNothingIsInUse() throws IOException {
        CheckpointAddresses read = CheckpointAddresses.read(folder.resolve("none"), Instant.EPOCH);
        assertThat(read.pods()).isEmpty();
        assertThat(read.cooling()).isEmpty();
    }

    @Test
    void aBrokenCheckpointIsAnErrorThatNamesIt() throws IOException {
        Path file = folder.resolve("ipam.json");
        Files.writeString(file, "{\"allocations\":7}");
        assertThatThrownBy(() -> CheckpointAddresses.read(file, Instant.EPOCH))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("ipam.json: allocations must be a list");
    }
}
