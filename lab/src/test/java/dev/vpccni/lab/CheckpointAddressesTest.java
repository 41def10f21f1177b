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
                  {"ipv4":"10.0.0.8","since":999999000000000000}],
                 "intents":[
                  {"action":"release","interface":"eni-1","blocks":["10.0.1.0/28"]},
                  {"action":"remove","interface":"eni-2"},
                  {"action":"assign","interface":"eni-1"}],
                 "interfaces":[{"id":"eni-1","usable":true},{"id":"eni-3","usable":false}]}}\
                """);
        CheckpointAddresses read =
                CheckpointAddresses.read(file, Instant.ofEpochSecond(1_000_000_000));
        assertThat(read.pods()).containsEntry("10.0.0.5", "web").containsEntry("10.0.0.6", "");
        assertThat(read.cooling()).containsExactly("10.0.0.7");
        assertThat(read.leaving()).containsExactly("10.0.1.0/28", "eni-2");
        assertThat(read.excluded()).containsExactly("eni-3");
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
