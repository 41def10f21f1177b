package dev.vpccni.daemon.plugin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.cni.CniCommand;
import dev.vpccni.cni.CniError;
import dev.vpccni.daemon.timing.Latencies;
import dev.vpccni.host.NamespaceParameters;
import dev.vpccni.linux.Descriptor;
import dev.vpccni.linux.unix.UnixConnection;
import dev.vpccni.node.port.PodNamespace;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server as the plugin's real executable sees it. Needs root: namespaces are entered. */
final class CniSocketServerTest {

    private static final Path PLUGIN = Path.of("../shim/target/aws-cni").toAbsolutePath();
    private static final String CONFIG = "{\"cniVersion\":\"1.1.0\",\"name\":\"aws-cni\"}";

    private final String namespace = "vpccni-test-" + ProcessHandle.current().pid();
    private final FakeVerbs verbs = new FakeVerbs();
    private final Latencies latencies = new Latencies();
    private final FakeLog log = new FakeLog();
    private final Queue<Throwable> faults = new ConcurrentLinkedQueue<>();

    @TempDir Path folder;
    private CniSocketServer server;

    @BeforeEach
    void start() throws Exception {
        assertThat(System.getProperty("user.name")).isEqualTo("root");
        run("ip", "netns", "add", namespace);
        server = CniSocketServer.start(socket(), answerer(), log, (_, fault) -> faults.add(fault));
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
        run("ip", "netns", "del", namespace);
        assertThat(faults).isEmpty();
    }

    @Test
    void passesAnAddWithItsNamespaceAndASocketInsideIt() throws Exception {
        long before = Await.openFiles();
        Outcome outcome = plugin(environment("ADD"), CONFIG);
        assertThat(outcome.exit()).isZero();
        assertThat(outcome.output())
                .startsWith("{\n    \"cniVersion\": \"1.1.0\",\n    \"interfaces\": [")
                .contains("\"address\": \"10.0.0.7/32\"")
                .endsWith("}");
        String inode =
                Files.getAttribute(Path.of("/run/netns/" + namespace), "unix:ino").toString();
        assertThat(verbs.calls)
                .containsExactly("ADD aws-cni/c1/eth0 in " + inode + " with socket:");
        assertThat(verbs.patience.getFirst())
                .isBetween(Duration.ofSeconds(1), Duration.ofMillis(59_500));
        assertThat(latencies.count(CniCommand.ADD)).isEqualTo(1);
        Await.openFiles(before);
    }

    @Test
    void passesEachVerb() throws Exception {
        assertThat(plugin(environment("DEL"), CONFIG)).isEqualTo(new Outcome(0, ""));
        Map<String, String> withoutNamespace = environment("DEL");
        withoutNamespace.put("CNI_NETNS", "");
        assertThat(plugin(withoutNamespace, CONFIG)).isEqualTo(new Outcome(0, ""));
        assertThat(plugin(environment("CHECK"), CONFIG)).isEqualTo(new Outcome(0, ""));
        assertThat(plugin(environment("STATUS"), CONFIG)).isEqualTo(new Outcome(0, ""));
        assertThat(plugin(environment("GC"), CONFIG)).isEqualTo(new Outcome(0, ""));
        assertThat(verbs.calls).hasSize(5);
        assertThat(verbs.calls.get(2)).startsWith("CHECK aws-cni/c1/eth0 in ");
        assertThat(verbs.calls.getLast()).isEqualTo("GC null");
    }

    @Test
    void tellsWhatWentWrong() throws Exception {
        verbs.error = new CniError.TryAgainLater("no address", "wait");
        assertThat(plugin(environment("ADD"), CONFIG))
                .isEqualTo(
                        new Outcome(
                                1,
                                """
                                {
                                    "code": 11,
                                    "msg": "no address",
                                    "details": "wait"
                                }\
                                """));
        verbs.error = new CniError.NotAvailable("starting", "wait");
        assertThat(plugin(environment("STATUS"), CONFIG).output()).contains("\"code\": 50");
        verbs.fault = new IllegalStateException("a bug");
        assertThat(plugin(environment("DEL"), CONFIG).output()).contains("\"code\": 999", "a bug");
    }

    @Test
    void makesOneErrorOfBadInput() throws Exception {
        assertThat(plugin(environment("ADD"), "{\"cniVersion").output()).contains("\"code\": 6");
        assertThat(plugin(environment("ADD"), "").output()).contains("\"code\": 6");
        assertThat(plugin(environment("ADD"), "{\"name\":\"\"}").output()).contains("\"code\": 7");
        assertThat(plugin(environment("GC"), "{\"name\":\"n\"}").output()).contains("\"code\": 1");
        Map<String, String> odd = environment("DEL");
        odd.put("CNI_ARGS", "x");
        assertThat(plugin(odd, CONFIG).output()).contains("\"code\": 4", "CNI_ARGS");
        assertThat(verbs.calls).isEmpty();
    }

    @Test
    void survivesThoseWhoDoNotSpeakTheProtocol() throws Exception {
        byte[] good = Frames.request(environment("STATUS"), CONFIG, 0);
        byte[] lying = Frames.request(environment("STATUS"), CONFIG, 2);
        for (byte[] bytes :
                List.of(
                        "GET / HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\n".getBytes(UTF_8),
                        java.util.Arrays.copyOf(good, 40),
                        java.util.Arrays.copyOf(good, good.length + 1),
                        lying)) {
            try (UnixConnection connection = UnixConnection.connect(socket())) {
                connection.send(bytes);
                if (bytes.length == 40) {
                    continue;
                }
                assertThat(connection.receive(new byte[1], 0, 1)).isEqualTo(-1);
            }
        }
        try (UnixConnection connection = UnixConnection.connect(socket())) {
            connection.send(java.util.Arrays.copyOf(good, 10));
            connection.send(java.util.Arrays.copyOfRange(good, 10, good.length));
            byte[] reply = new byte[12];
            connection.receiveFully(reply, new ArrayList<>(), 0);
            assertThat(reply[6]).isZero();
        }
        assertThat(verbs.calls).containsExactly("STATUS");
    }

    @Test
    void isForRootAlone() throws Exception {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(socket())))
                .isEqualTo("rw-------");
        Files.setPosixFilePermissions(socket(), PosixFilePermissions.fromString("rw-rw-rw-"));
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        Map<String, String> environment = environment("STATUS");
        environment.put("PATH", System.getenv("PATH"));
        List<String> command =
                List.of("setpriv", "--reuid=65534", "--clear-groups", PLUGIN.toString());
        assertThat(plugin(command, environment, CONFIG).output()).contains("\"code\": 50");
        assertThat(verbs.calls).isEmpty();
        assertThat(log.lines)
                .containsExactly(
                        "a call of the plugin was malformed: it is of user 65534;"
                                + " only root may call");
    }

    @Test
    void servesManyAtOnce() throws Exception {
        List<Thread> threads = new ArrayList<>();
        var failures = new ConcurrentLinkedQueue<String>();
        for (int i = 0; i < 4; i++) {
            threads.add(
                    Thread.ofPlatform()
                            .start(() -> {
                                for (int j = 0; j < 25; j++) {
                                    try {
                                        Outcome outcome = plugin(environment("ADD"), CONFIG);
                                        if (outcome.exit() != 0) {
                                            failures.add(outcome.output());
                                        }
                                    } catch (Exception e) {
                                        failures.add(e.toString());
                                    }
                                }
                            }));
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertThat(failures).isEmpty();
        assertThat(verbs.calls).hasSize(100);
        assertThat(latencies.count(CniCommand.ADD)).isEqualTo(100);
    }

    @Test
    void leavesNoSocketBehind() throws Exception {
        server.close();
        assertThat(socket()).doesNotExist();
        assertThat(plugin(environment("STATUS"), CONFIG).output()).contains("\"code\": 50");
    }

    /** What the plugin printed. */
    private record Outcome(int exit, String output) {}

    private static Outcome plugin(Map<String, String> environment, String input) throws Exception {
        return plugin(List.of(PLUGIN.toString()), environment, input);
    }

    private static Outcome plugin(
            List<String> command, Map<String, String> environment, String input) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().clear();
        builder.environment().putAll(environment);
        Process process = builder.start();
        try (OutputStream stdin = process.getOutputStream()) {
            stdin.write(input.getBytes(UTF_8));
        }
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        return new Outcome(process.waitFor(), output);
    }

    private Map<String, String> environment(String command) {
        Map<String, String> environment = new TreeMap<>();
        environment.put("CNI_COMMAND", command);
        environment.put("CNI_CONTAINERID", "c1");
        environment.put("CNI_IFNAME", "eth0");
        environment.put("CNI_PATH", "/opt/cni/bin");
        environment.put("CNI_NETNS", "/run/netns/" + namespace);
        environment.put("VPC_CNI_SOCKET", socket().toString());
        environment.put("VPC_CNI_SPOOL", folder.resolve("spool").toString());
        return environment;
    }

    private CniAnswerer answerer() {
        return new CniAnswerer(
                verbs, new FakeEgressVerbs(), CniSocketServerTest::adopt, latencies, log);
    }

    /** Says what the two descriptors are, by what the kernel calls them. */
    private static PodNamespace adopt(
            String path,
            Descriptor namespace,
            Descriptor socket,
            @Nullable NamespaceParameters parameters) {
        return new PodNamespace() {
            @Override
            public String path() {
                return path;
            }

            @Override
            public void close() {
                namespace.close();
                socket.close();
            }

            @Override
            public String toString() {
                return "in " + inode(namespace) + " with " + kind(socket);
            }
        };
    }

    private static String inode(Descriptor namespace) {
        try {
            return Files.getAttribute(opened(namespace), "unix:ino").toString();
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static String kind(Descriptor socket) {
        try {
            return Files.readSymbolicLink(opened(socket)).toString().split("\\[", 2)[0];
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static Path opened(Descriptor descriptor) {
        return Path.of("/proc/self/fd/" + descriptor.number());
    }

    private Path socket() {
        return folder.resolve("cni.sock");
    }

    private static void run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
    }
}
