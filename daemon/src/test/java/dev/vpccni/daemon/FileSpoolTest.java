package dev.vpccni.daemon;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.cni.CniError;
import dev.vpccni.daemon.log.Log;
import dev.vpccni.daemon.log.LogLevel;
import dev.vpccni.daemon.plugin.FakeVerbs;
import dev.vpccni.daemon.plugin.Frames;
import dev.vpccni.node.port.Spool;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FileSpoolTest {

    private static final String CONFIG = "{\"cniVersion\":\"0.4.0\",\"name\":\"aws-cni\"}";

    private final List<String> problems = new ArrayList<>();

    @TempDir Path folder;

    /** The plugin is in another language, so its constants are compared as text. */
    @Test
    void isWhereThePluginPutsThings() throws Exception {
        Path daemon = DaemonSettings.FOLDER;
        assertThat(Files.readString(Path.of("../shim/src/main/c/shim.c")))
                .contains("#define SOCKET_PATH \"" + daemon.resolve("cni.sock") + "\"")
                .contains("#define SPOOL_PATH \"" + daemon.resolve("spool") + "\"");
    }

    @Test
    void isEmptyWhereThereIsNoFolder() throws Exception {
        assertThat(new FileSpool(folder.resolve("none"), Instant::now, problems::add).list())
                .isEmpty();
    }

    @Test
    void listsWhatThePluginPutAsideOldestFirst() throws Exception {
        plugin("newer");
        plugin("older");
        Files.setLastModifiedTime(folder.resolve("older@eth0"), FileTime.fromMillis(1_000));
        Spool spool = spool();
        List<Spool.Entry> entries = spool.list();
        assertThat(entries).hasSize(2);
        assertThat(entries.getFirst().request().key().toString()).isEqualTo("aws-cni/older/eth0");
        assertThat(entries.getFirst().name()).isEqualTo("older@eth0");
        spool.remove(entries.getFirst());
        spool.remove(entries.getFirst());
        assertThat(spool.list()).containsExactly(entries.getLast());
        assertThat(problems).isEmpty();
    }

    @Test
    void setsAsideWhatIsNoRequestAndTellsOnce() throws Exception {
        plugin("good");
        byte[] good = Files.readAllBytes(folder.resolve("good@eth0"));
        Files.write(folder.resolve("half@eth0"), Arrays.copyOf(good, good.length - 1));
        Files.write(folder.resolve("nothing@eth0"), new byte[0]);
        Files.write(folder.resolve(".early@eth0.7"), new byte[] {1});
        Files.write(
                folder.resolve("add@eth0"),
                Frames.request(
                        Map.of(
                                "CNI_COMMAND", "ADD",
                                "CNI_CONTAINERID", "a",
                                "CNI_IFNAME", "eth0",
                                "CNI_NETNS", "/x",
                                "CNI_PATH", "/x"),
                        CONFIG,
                        0));
        Spool spool = spool();
        for (int i = 0; i < 2; i++) {
            assertThat(spool.list()).hasSize(1);
        }
        assertThat(problems).hasSize(3).allMatch(said -> said.contains("set aside"));
        assertThat(unreadable()).containsExactly("add@eth0", "half@eth0", "nothing@eth0");
        assertThat(folder.resolve(".early@eth0.7")).exists();
    }

    @Test
    void copesWithWhateverLiesThere() throws Exception {
        plugin("good");
        sh("mkdir -p 'folder@eth0/deep'; mkfifo 'pipe@eth0'; ln -s good@eth0 link@eth0");
        sh("ln -s /dev/zero zero@eth0; truncate -s 1G huge@eth0");
        sh("mkdir .hidden; cp good@eth0 \"$(printf 'odd@\\303\\251\\377\\001')\"");
        try (var socket = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            socket.bind(UnixDomainSocketAddress.of(folder.resolve("socket@eth0")));
            Spool spool = spool();
            for (int i = 0; i < 2; i++) {
                assertThat(spool.list())
                        .extracting(Spool.Entry::name)
                        .containsExactlyInAnyOrder("good@eth0", "odd@%C3%A9%FF%01");
            }
            assertThat(unreadable())
                    .containsExactly(
                            "folder@eth0",
                            "huge@eth0",
                            "link@eth0",
                            "pipe@eth0",
                            "socket@eth0",
                            "zero@eth0");
            assertThat(problems).hasSize(6);
            for (Spool.Entry entry : spool.list()) {
                spool.remove(entry);
            }
            assertThat(spool.list()).isEmpty();
            assertThat(listed()).containsExactly(".hidden", "unreadable");
        }
    }

    @Test
    void keepsSixtyFourThingsThatAreNoRequests() throws Exception {
        sh("for i in $(seq 100 199); do echo rubbish > $i@eth0; done; mkdir -p 200@eth0/deep");
        assertThat(spool().list()).isEmpty();
        assertThat(unreadable()).hasSize(64);
        assertThat(listed()).as("a folder that is not empty stays").hasSizeLessThanOrEqualTo(2);
        assertThat(problems).as("a log is no place for rubbish either").hasSize(20);
        assertThat(problems.getLast()).contains("nothing is said of what else there is");
    }

    @Test
    void removesWhatACrashLeftUnfinished() throws Exception {
        Instant now = Instant.parse("2026-11-21T10:00:00Z");
        for (int minutes : new int[] {1, 59, 61, 6_000}) {
            Path file = Files.createFile(folder.resolve("." + minutes));
            Files.setLastModifiedTime(file, FileTime.from(now.minus(Duration.ofMinutes(minutes))));
        }
        assertThat(new FileSpool(folder, () -> now, problems::add).list()).isEmpty();
        assertThat(listed()).containsExactly(".1", ".59");
        assertThat(problems).isEmpty();
    }

    @Test
    void takesALargeSpoolInParts() throws Exception {
        plugin("good");
        Path good = folder.resolve("good@eth0");
        Files.move(good, folder.resolve("000@eth0"));
        for (int i = 100; i < 1_400; i++) {
            Files.copy(folder.resolve("000@eth0"), folder.resolve(i + "@eth0"));
        }
        Files.setLastModifiedTime(folder.resolve("1234@eth0"), FileTime.fromMillis(1_000));
        Spool spool = spool();
        List<Spool.Entry> first = spool.list();
        assertThat(first).hasSize(1_000);
        assertThat(first.getFirst().name()).as("the oldest").isEqualTo("1234@eth0");
        for (Spool.Entry entry : first) {
            spool.remove(entry);
        }
        assertThat(spool.list()).hasSize(301);
    }

    /** A request may be large; a start must not wait until gigabytes are read. */
    @Test
    void readsNoMoreAtOnceThanThePluginKeeps() throws Exception {
        byte[] frame =
                Frames.request(
                        Map.of(
                                "CNI_COMMAND", "DEL",
                                "CNI_CONTAINERID", "a",
                                "CNI_IFNAME", "eth0",
                                "CNI_PATH", "/x"),
                        CONFIG + " ".repeat((1 << 20) - CONFIG.length()),
                        0);
        for (int i = 0; i < 70; i++) {
            Files.write(folder.resolve(i + "@eth0"), frame);
        }
        assertThat(spool().list()).hasSizeBetween(50, 64);
    }

    @Test
    void isReplayedByTheWatch() throws Exception {
        plugin("one");
        plugin("two");
        var verbs = new FakeVerbs();
        List<String> lines = new CopyOnWriteArrayList<>();
        try (var log = new Log(LogLevel.INFO, () -> sink(lines))) {
            var watch =
                    new SpoolWatch(
                            spool(), verbs::del, new RealTempo((_, fault) -> fail(fault)), log);
            verbs.error = new CniError.Failed("not now", "");
            for (int i = 0; i < 3; i++) {
                assertThat(watch.replay()).isFalse();
            }
            assertThat(spool().list()).hasSize(2);
            verbs.error = null;
            verbs.fault = new IllegalStateException("a bug");
            assertThat(watch.replay()).isFalse();
            verbs.fault = null;
            assertThat(watch.replay()).isTrue();
            assertThat(watch.replay()).isFalse();
            assertThat(spool().list()).isEmpty();
            assertThat(verbs.calls).hasSize(10);
        }
        assertThat(lines)
                .as("what stays is told once, and again when it fails otherwise")
                .hasSize(6)
                .satisfies(said -> {
                    assertThat(said.subList(0, 2)).allMatch(line -> line.contains("not now"));
                    assertThat(said.subList(2, 4)).allMatch(line -> line.contains("a bug"));
                    assertThat(said.subList(4, 6)).allMatch(line -> line.contains("replayed"));
                });
    }

    @Test
    void tellsOnceThatTheSpoolCannotBeUsed() throws Exception {
        Path file = Files.createFile(folder.resolve("file"));
        List<String> lines = new CopyOnWriteArrayList<>();
        try (var log = new Log(LogLevel.INFO, () -> sink(lines))) {
            var spool = new FileSpool(file, Instant::now, problems::add);
            var watch =
                    new SpoolWatch(
                            spool,
                            new FakeVerbs()::del,
                            new RealTempo((_, fault) -> fail(fault)),
                            log);
            for (int i = 0; i < 3; i++) {
                assertThat(watch.replay()).isFalse();
            }
        }
        assertThat(lines).hasSize(1);
    }

    private static Log.Sink sink(List<String> lines) {
        return new Log.Sink() {
            @Override
            public void write(Log.Line line) {
                lines.add(line.message());
            }

            @Override
            public void close() {}
        };
    }

    private void sh(String script) throws Exception {
        Process process =
                new ProcessBuilder("sh", "-ec", script)
                        .directory(folder.toFile())
                        .inheritIO()
                        .start();
        assertThat(process.waitFor()).isZero();
    }

    private List<String> listed() throws Exception {
        return names(folder);
    }

    private List<String> unreadable() throws Exception {
        return names(folder.resolve("unreadable"));
    }

    private static List<String> names(Path of) throws Exception {
        try (var files = Files.list(of)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        }
    }

    private static void fail(Throwable fault) {
        throw new AssertionError(fault);
    }

    private Spool spool() {
        return new FileSpool(folder, Instant::now, problems::add);
    }

    /** Lets the real plugin put a DEL aside. */
    private void plugin(String container) throws Exception {
        Map<String, String> environment = new TreeMap<>();
        environment.put("CNI_COMMAND", "DEL");
        environment.put("CNI_CONTAINERID", container);
        environment.put("CNI_IFNAME", "eth0");
        environment.put("CNI_PATH", "/opt/cni/bin");
        environment.put("VPC_CNI_SOCKET", folder.resolve("none").toString());
        environment.put("VPC_CNI_SPOOL", folder.toString());
        Path executable = Path.of("../shim/target/aws-cni").toAbsolutePath();
        ProcessBuilder builder = new ProcessBuilder(executable.toString());
        builder.environment().clear();
        builder.environment().putAll(environment);
        Process process = builder.start();
        try (OutputStream stdin = process.getOutputStream()) {
            stdin.write(CONFIG.getBytes(UTF_8));
        }
        assertThat(process.waitFor()).isZero();
    }
}
