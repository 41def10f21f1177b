package dev.vpccni.daemon.checkpoint;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.nio.file.LinkOption.NOFOLLOW_LINKS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vpccni.daemon.SetTempo;
import dev.vpccni.ipam.ledger.Checkpoint;
import dev.vpccni.model.AttachmentKey;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.Ipv6Address;
import dev.vpccni.model.PodName;
import dev.vpccni.testing.SeededTest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class FileLedgerStoreTest {

    private static final SetTempo TEMPO = new SetTempo(Instant.ofEpochSecond(1000), 5);
    private static final WriteTime NOW = new WriteTime("boot-1", 5, Instant.ofEpochSecond(1000));

    private static final int WRITES = 100;

    @TempDir Path folder;

    @Test
    void findsNothingOnAFreshNode() throws Exception {
        try (FileLedgerStore store = store()) {
            assertThat(store.read().checkpoint()).isNull();
            assertThat(store.read().quarantined()).isNull();
        }
    }

    @Test
    void writesUpstreamsFormat() throws Exception {
        try (FileLedgerStore store = store()) {
            store.write(Checkpoints.withGrants(1));
        }
        assertThat(Files.readString(file()))
                .isEqualTo(
                        "{\"version\":\"vpc-cni-ipam/1\",\"allocations\":["
                                + "{\"networkName\":\"aws-cni\",\"containerID\":\"container-0\","
                                + "\"ifName\":\"eth0\",\"ipv4\":\"10.0.0.0\","
                                + "\"allocationTimestamp\":1755700000123456789,"
                                + "\"metadata\":{\"k8sPodNamespace\":\"default\","
                                + "\"k8sPodName\":\"pod-0\",\"interfacesCount\":1}}],"
                                + "\"vpcCni\":{\"format\":3,\"written\":{\"boot\":\"boot-1\","
                                + "\"nanos\":5,\"at\":1000000000000},\"cooling\":[],"
                                + "\"departed\":{\"blocks\":[],\"interfaces\":[]},\"intents\":[],"
                                + "\"interfaces\":[]}}\n");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file())))
                .isEqualTo("rw-------");
    }

    @Test
    void readsWhatUpstreamWrote() throws Exception {
        Files.writeString(
                file(),
                """
                {"version":"vpc-cni-ipam/1","allocations":[
                 {"networkName":"aws-cni","containerID":"7f3c0d","ifName":"eth0","ipv4":"10.0.12.34",
                  "allocationTimestamp":1755700000123456789,
                  "metadata":{"k8sPodNamespace":"default","k8sPodName":"web-0","interfacesCount":1}},
                 {"networkName":"_migrated-from-cri","containerID":"a91b22","ifName":"unknown",
                  "ipv4":"10.0.12.35","allocationTimestamp":0,"metadata":{}}]}
                """);
        try (FileLedgerStore store = store()) {
            Checkpoint checkpoint = store.read().checkpoint();
            assertThat(checkpoint)
                    .isEqualTo(
                            Checkpoint.ofGrants(
                                    List.of(
                                            new Checkpoint.Grant(
                                                    Ipv4Address.parse("10.0.12.34"),
                                                    new AttachmentKey("aws-cni", "7f3c0d", "eth0"),
                                                    new PodName("default", "web-0"),
                                                    Instant.ofEpochSecond(
                                                            1_755_700_000L, 123_456_789)),
                                            new Checkpoint.Grant(
                                                    Ipv4Address.parse("10.0.12.35"),
                                                    new AttachmentKey(
                                                            "_migrated-from-cri",
                                                            "a91b22",
                                                            "unknown"),
                                                    new PodName("", ""),
                                                    Instant.EPOCH))));
        }
    }

    /** Upstream's DEL stops looking at cards when it has released as many as this. */
    @Test
    void readsHowManyInterfacesAPodHas() throws Exception {
        Files.writeString(
                file(),
                """
                {"version":"vpc-cni-ipam/1","allocations":[
                 {"networkName":"aws-cni","containerID":"7f3c0d","ifName":"eth0","ipv4":"10.0.12.34",
                  "metadata":{"k8sPodNamespace":"a","k8sPodName":"b","interfacesCount":4}},
                 {"networkName":"aws-cni","containerID":"7f3c0e","ifName":"eth0","ipv4":"10.0.12.35",
                  "metadata":{"k8sPodNamespace":"a","k8sPodName":"c","interfacesCount":0}}]}
                """);
        try (FileLedgerStore store = store()) {
            assertThat(Objects.requireNonNull(store.read().checkpoint()).grants())
                    .extracting(Checkpoint.Grant::interfaces)
                    .containsExactly(4, 1);
        }
    }

    @Test
    void readsWhatUpstreamWroteOfIpv6() throws Exception {
        Files.writeString(
                file(),
                """
                {"version":"vpc-cni-ipam/1","allocations":[
                 {"networkName":"aws-cni","containerID":"7f3c0d","ifName":"eth0",
                  "ipv6":"2600:1f14:0:1:a::5","allocationTimestamp":1755700000123456789,
                  "metadata":{"k8sPodNamespace":"default","k8sPodName":"web-0"}}]}
                """);
        try (FileLedgerStore store = store()) {
            assertThat(Objects.requireNonNull(store.read().checkpoint()).grants())
                    .extracting(Checkpoint.Grant::address)
                    .containsExactly(Ipv6Address.parse("2600:1f14:0:1:a::5"));
        }
    }

    /** So that upstream's daemon finds the pods of the node when it takes it over again. */
    @Test
    void writesAnAddressOfIpv6AsUpstreamDoes() throws Exception {
        Checkpoint.Grant some = Checkpoints.grant(0);
        var grant =
                new Checkpoint.Grant(
                        Ipv6Address.parse("2600:1f14:0:1:a:0:0:5"),
                        some.key(),
                        some.pod(),
                        some.since());
        try (FileLedgerStore store = store()) {
            store.write(Checkpoint.ofGrants(List.of(grant)));
        }

        assertThat(Files.readString(file()))
                .contains("\"ifName\":\"eth0\",\"ipv6\":\"2600:1f14:0:1:a::5\",\"alloc")
                .doesNotContain("ipv4");
    }

    @SeededTest(runs = 100)
    void readsWhatItWrote(RandomGenerator random) throws Exception {
        var writer = new CheckpointWriter();
        Checkpoint before = Checkpoints.any(random);
        Checkpoint after = Checkpoints.any(random);
        for (Checkpoint each : List.of(before, after, before)) {
            byte[] text = writer.write(each, NOW);
            assertThat(CheckpointReader.read(text)).isEqualTo(new CheckpointReader.Text(each, NOW));
            assertThat(text).isEqualTo(new CheckpointWriter().write(each, NOW));
        }
    }

    @Test
    void noticesAnEntryThatChangedUnderTheSameKey() throws Exception {
        var writer = new CheckpointWriter();
        Checkpoint.Grant grant = Checkpoints.grant(1);
        var moved =
                new Checkpoint.Grant(
                        grant.address().plus(9), grant.key(), grant.pod(), grant.since());
        for (Checkpoint.Grant each : List.of(grant, moved)) {
            var checkpoint = Checkpoint.ofGrants(List.of(each));
            assertThat(CheckpointReader.read(writer.write(checkpoint, NOW)).checkpoint())
                    .isEqualTo(checkpoint);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{\"version\":\"vpc-cni-ipam/1\",\"allocat",
                "[]",
                "\u0000\u0001\u0002",
                "{\"version\":\"vpc-cni-ipam/2\",\"allocations\":[]}",
                "{\"allocations\":[]}",
                "{\"version\":\"vpc-cni-ipam/1\",\"allocations\":[{}]}",
                "{\"version\":\"vpc-cni-ipam/1\",\"allocations\":[{\"networkName\":\"n\","
                        + "\"containerID\":\"c\",\"ifName\":\"e\",\"ipv4\":\"10.0.0.256\"}]}",
                "{\"version\":\"vpc-cni-ipam/1\",\"allocations\":[{\"networkName\":\"n\","
                        + "\"containerID\":\"c\",\"ifName\":\"e\",\"ipv6\":\"::g\"}]}",
                "{\"version\":\"vpc-cni-ipam/1\",\"allocations\":[{\"networkName\":\"n\","
                        + "\"containerID\":\"c\",\"ifName\":\"e\"}]}",
                "{\"version\":\"vpc-cni-ipam/1\",\"allocations\":[],\"vpcCni\":{\"format\":3,"
                        + "\"interfaces\":[{\"id\":\"\"}]}}",
            })
    void w18SetsAsideWhatItDoesNotUnderstand(String text) throws Exception {
        Files.writeString(file(), text);
        try (FileLedgerStore store = store()) {
            assertThat(store.read())
                    .satisfies(stored -> {
                        assertThat(stored.checkpoint()).isNull();
                        assertThat(stored.quarantined()).startsWith(file() + ".quarantined-1000 (");
                    });
            assertThat(folder.resolve("ipam.json.quarantined-1000")).hasContent(text);
            assertThat(file()).doesNotExist();
            store.write(Checkpoint.EMPTY);
            assertThat(store.read().checkpoint()).isEqualTo(Checkpoint.EMPTY);
        }
    }

    @Test
    void setsAsideEvenAFolderAndKeepsEarlierFinds() throws Exception {
        Files.writeString(folder.resolve("ipam.json.quarantined-1000"), "earlier");
        Files.createDirectory(file());
        try (FileLedgerStore store = store()) {
            assertThat(store.read().quarantined()).contains("quarantined-1000-2");
        }
        assertThat(folder.resolve("ipam.json.quarantined-1000")).hasContent("earlier");
        assertThat(folder.resolve("ipam.json.quarantined-1000-2")).isDirectory();
    }

    @Test
    void setsAsideWhatCannotHoldACheckpoint() throws Exception {
        for (String thing :
                List.of("mkfifo $0", "ln -s /dev/zero $0", "ln -s $0 $0", "truncate -s 1G $0")) {
            run("sh", "-ec", thing, file().toString());
            try (FileLedgerStore store = store()) {
                assertThat(store.read().quarantined()).as(thing).contains("quarantined-1000");
                assertThat(Files.exists(file(), NOFOLLOW_LINKS)).as(thing).isFalse();
            }
        }
    }

    /** A file that is well must never be set aside: its pods would lose their addresses. */
    @Test
    void leavesAFileWhereItIsThatCannotBeReadJustNow() throws Exception {
        // Root may read any file, but not one that lies behind too many names.
        String name = "n".repeat(250);
        Path deep = folder;
        for (int i = 0; i < 17; i++) {
            deep = deep.resolve(name);
        }
        Path tooLong = deep.resolve("ipam.json");
        try (var store = new FileLedgerStore(tooLong, TEMPO, "boot-1")) {
            assertThatThrownBy(store::read)
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("cannot read " + tooLong)
                    .hasMessageContaining("File name too long");
        }
    }

    @Test
    void writesInAThreadThatIsInterrupted() throws Exception {
        Checkpoint some = Checkpoints.withGrants(3);
        try (FileLedgerStore store = store()) {
            var failure = new AtomicReference<@Nullable Throwable>();
            var writes = new AtomicInteger();
            Thread writer =
                    Thread.ofPlatform()
                            .uncaughtExceptionHandler((_, thrown) -> failure.set(thrown))
                            .start(() -> writeAll(store, some, writes));
            // Once for each write, at no particular moment of it.
            for (int told = 0; writer.isAlive(); ) {
                if (writes.get() > told) {
                    told = writes.get();
                    writer.interrupt();
                }
            }
            assertThat(failure.get()).isNull();
            assertThat(writes).hasValue(WRITES);
            assertThat(store.read().checkpoint()).isEqualTo(some);
        }
    }

    private static void writeAll(FileLedgerStore store, Checkpoint some, AtomicInteger writes) {
        for (int i = 0; i < WRITES; i++) {
            writes.incrementAndGet();
            try {
                store.write(some);
            } catch (IOException e) {
                throw new UncheckedIOException("write " + i, e);
            }
        }
        assertThat(Thread.interrupted()).as("it is not forgotten").isTrue();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4})
    void leavesOutAnotherFormatOfItsOwnPart(int format) throws Exception {
        Files.writeString(
                file(),
                "{\"version\":\"vpc-cni-ipam/1\",\"allocations\":[],"
                        + "\"vpcCni\":{\"format\":"
                        + format
                        + ",\"cooling\":7}}");
        try (FileLedgerStore store = store()) {
            assertThat(store.read().checkpoint()).isEqualTo(Checkpoint.EMPTY);
        }
    }

    @Test
    void survivesACrashBeforeTheRename() throws Exception {
        try (FileLedgerStore store = store()) {
            store.write(Checkpoints.withGrants(2));
        }
        Files.writeString(folder.resolve("ipam.json.tmp"), "{\"version\":\"vpc-cni-ip");
        try (FileLedgerStore store = store()) {
            assertThat(store.read().checkpoint()).isEqualTo(Checkpoints.withGrants(2));
            store.write(Checkpoints.withGrants(1));
            assertThat(store.read().checkpoint()).isEqualTo(Checkpoints.withGrants(1));
        }
        assertThat(folder.resolve("ipam.json.tmp")).doesNotExist();
    }

    @Test
    void keepsTheOldOneWhenTheDiskIsFull() throws Exception {
        assertThat(System.getProperty("user.name")).isEqualTo("root");
        run("mount", "-t", "tmpfs", "-o", "size=64k", "vpccni-test", folder.toString());
        try (FileLedgerStore store = store()) {
            store.write(Checkpoints.withGrants(50));
            assertThatThrownBy(() -> store.write(Checkpoints.withGrants(400)))
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("cannot write " + file())
                    .hasMessageContaining("No space left on device");
            assertThat(store.read().checkpoint()).isEqualTo(Checkpoints.withGrants(50));
            assertThat(folder.resolve("ipam.json.tmp")).doesNotExist();
            store.write(Checkpoints.withGrants(60));
            assertThat(store.read().checkpoint()).isEqualTo(Checkpoints.withGrants(60));
        } finally {
            run("umount", folder.toString());
        }
    }

    @Test
    void leavesNoFileOpen() throws Exception {
        try (FileLedgerStore store = store()) {
            store.write(Checkpoints.withGrants(1));
            long before = openFiles();
            for (int i = 0; i < 100; i++) {
                store.write(Checkpoints.withGrants(i));
            }
            assertThat(openFiles()).isLessThan(before + 50);
        }
    }

    private FileLedgerStore store() {
        return new FileLedgerStore(file(), TEMPO, "boot-1");
    }

    private Path file() {
        return folder.resolve("ipam.json");
    }

    private static long openFiles() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
            return files.count();
        }
    }

    private static void run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
    }
}
