package dev.vpccni.daemon.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.daemon.SetTempo;
import dev.vpccni.ipam.ledger.Checkpoint;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The checkpoints of several network cards, in the files that upstream has them in. */
final class FileLedgerStoresTest {

    private static final SetTempo TEMPO = new SetTempo(Instant.ofEpochSecond(1000), 5);

    @TempDir Path folder;

    @Test
    void areNamedAsUpstreamNamesThem() throws Exception {
        try (FileLedgerStores stores = stores()) {
            stores.of(0).write(Checkpoint.EMPTY);
            stores.of(1).write(Checkpoints.withGrants(1));
            stores.of(31).write(Checkpoint.EMPTY);
        }

        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.map(file -> String.valueOf(file.getFileName())))
                    .containsExactlyInAnyOrder("ipam.json", "ipam-nic-1.json", "ipam-nic-31.json");
        }
        try (FileLedgerStores stores = stores()) {
            assertThat(stores.furtherCards()).containsExactly(1, 31);
            assertThat(stores.of(1).read().checkpoint()).isEqualTo(Checkpoints.withGrants(1));
        }
    }

    /** One pod on two cards, as upstream's daemon leaves it. */
    @Test
    void readWhatUpstreamWrote() throws Exception {
        String entry =
                """
                {"version":"vpc-cni-ipam/1","allocations":[{"networkName":"aws-cni",\
                "containerID":"7f3c0d","ifName":"eth0","ipv4":"%s","allocationTimestamp":1,\
                "metadata":{"k8sPodNamespace":"a","k8sPodName":"b","interfacesCount":2}}]}
                """;
        Files.writeString(folder.resolve("ipam.json"), entry.formatted("10.0.12.34"));
        Files.writeString(folder.resolve("ipam-nic-1.json"), entry.formatted("10.0.12.99"));
        try (FileLedgerStores stores = stores()) {
            assertThat(stores.furtherCards()).containsExactly(1);
            Checkpoint.Grant first = grant(stores, 0);
            Checkpoint.Grant second = grant(stores, 1);
            assertThat(first.key()).isEqualTo(second.key());
            assertThat(first.address()).hasToString("10.0.12.34");
            assertThat(second.address()).hasToString("10.0.12.99");
            assertThat(second.interfaces()).isEqualTo(2);
        }
    }

    @Test
    void otherFilesAreNobodysCheckpoint() throws Exception {
        for (String other :
                new String[] {
                    "ipam-nic-0.json",
                    "ipam-nic-01.json",
                    "ipam-nic-32.json",
                    "ipam-nic-1.json.tmp12",
                    "ipam-nic-1.json.quarantined-7",
                    "ipam-nic-x.json",
                    "other-nic-1.json"
                }) {
            Files.writeString(folder.resolve(other), "{}");
        }
        try (FileLedgerStores stores = stores()) {
            assertThat(stores.furtherCards()).isEmpty();
        }
    }

    @Test
    void onAFreshNodeThereAreNone() throws Exception {
        var fresh = new FileLedgerStores(folder.resolve("not/yet/ipam.json"), TEMPO, "boot-1");
        try (fresh) {
            assertThat(fresh.furtherCards()).isEmpty();
            assertThat(fresh.of(0).read().checkpoint()).isNull();
        }
    }

    private static Checkpoint.Grant grant(FileLedgerStores stores, int card) throws Exception {
        return Objects.requireNonNull(stores.of(card).read().checkpoint()).grants().getFirst();
    }

    private FileLedgerStores stores() {
        return new FileLedgerStores(folder.resolve("ipam.json"), TEMPO, "boot-1");
    }
}
