package dev.vpccni.daemon.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vpccni.daemon.SetTempo;
import dev.vpccni.ipam.ledger.Checkpoint;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.node.shadow.CheckpointView;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How another daemon's checkpoint is read: never so that anything of it changes. */
class FileCheckpointViewTest {

    private static final String UPSTREAM =
            """
            {"version":"vpc-cni-ipam/1","allocations":[{"networkName":"aws-cni",\
            "containerID":"7f3c","ifName":"eth0","ipv4":"10.0.12.34",\
            "allocationTimestamp":1755700000123456789,"metadata":{"k8sPodNamespace":"default",\
            "k8sPodName":"web-0","interfacesCount":1}}]}
            """;
    private static final FileTime LONG_AGO = FileTime.from(Instant.parse("2025-01-01T00:00:00Z"));

    @TempDir private Path folder;

    @Test
    void whatUpstreamWroteIsRead() throws Exception {
        write(UPSTREAM);

        Checkpoint seen = Objects.requireNonNull(view().read().checkpoint());

        assertThat(seen.grants())
                .singleElement()
                .satisfies(grant -> {
                    assertThat(grant.address()).isEqualTo(Ipv4Address.parse("10.0.12.34"));
                    assertThat(grant.pod().name()).isEqualTo("web-0");
                });
        assertUntouched(UPSTREAM);
    }

    @Test
    void withoutAFileThereIsNothingAndNoneIsMade() throws Exception {
        assertThat(view().read()).isEqualTo(new CheckpointView.Seen(null, null));
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).isEmpty();
        }
    }

    /** The daemon itself would move it aside. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{\"version\":\"vpc-cni-ipam/1\",\"alloc",
                "{\"version\":\"vpc-cni-ipam/2\",\"allocations\":[]}",
                "[]"
            })
    void whatMakesNoSenseIsSaidAndStaysWhereItIs(String text) throws Exception {
        write(text);

        CheckpointView.Seen seen = view().read();

        assertThat(seen.checkpoint()).isNull();
        assertThat(seen.wrong()).isNotEmpty();
        assertUntouched(text);
    }

    @Test
    void aFolderInItsPlaceIsNoFile() throws Exception {
        Files.createDirectory(file());

        assertThat(view().read().wrong()).isEqualTo("it is no file");
    }

    @Test
    void aFileWithoutEndIsNotReadToIt() throws Exception {
        try (var large = new RandomAccessFile(file().toFile(), "rw")) {
            large.setLength(1L << 34);
        }

        assertThat(view().read().wrong()).startsWith("it is longer than");
    }

    /** Each reading is of one file or the other, and never of half of one. */
    @Test
    void whileItIsReplacedAgainAndAgainItIsReadWhole() throws Exception {
        write(UPSTREAM);
        var end = new AtomicBoolean();
        Thread upstream =
                Thread.ofPlatform()
                        .start(() -> {
                            while (!end.get()) {
                                replace();
                            }
                        });
        try {
            for (int i = 0; i < 500; i++) {
                assertThat(view().read().wrong()).isNull();
            }
        } finally {
            end.set(true);
            upstream.join();
        }
    }

    private void replace() {
        try {
            Path temporary = folder.resolve("ipam.json.tmp42");
            Files.writeString(temporary, UPSTREAM);
            Files.move(temporary, file(), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void whatCannotBeReadIsSaidWithItsName() throws Exception {
        Path loop = folder.resolve("ipam.json");
        Files.createSymbolicLink(loop, loop);

        assertThatThrownBy(() -> view().read())
                .isInstanceOf(IOException.class)
                .hasMessageContaining(loop.toString());
    }

    private void write(String text) throws IOException {
        Files.writeString(file(), text);
        Files.setLastModifiedTime(file(), LONG_AGO);
    }

    private void assertUntouched(String text) throws IOException {
        assertThat(Files.readString(file())).isEqualTo(text);
        assertThat(Files.getLastModifiedTime(file())).isEqualTo(LONG_AGO);
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactly(file());
        }
    }

    private Path file() {
        return folder.resolve("ipam.json");
    }

    private FileCheckpointView view() {
        return new FileCheckpointView(file(), new SetTempo(Instant.ofEpochSecond(1000), 5), "");
    }
}
