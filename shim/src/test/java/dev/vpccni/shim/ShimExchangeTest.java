package dev.vpccni.shim;

import static dev.vpccni.shim.ScriptedDaemon.answering;
import static dev.vpccni.shim.ScriptedDaemon.reply;
import static dev.vpccni.shim.Shim.config;
import static dev.vpccni.shim.Shim.environment;
import static dev.vpccni.shim.Shim.filled;
import static dev.vpccni.shim.Shim.listed;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What the plugin sends, and what it makes of answers. Needs root: it enters a namespace. */
final class ShimExchangeTest {

    private final String namespace = "vpccni-test-" + ProcessHandle.current().pid();

    @TempDir Path folder;

    @BeforeEach
    void addNamespace() throws Exception {
        assertThat(System.getProperty("user.name")).isEqualTo("root");
        ip("netns", "add", namespace);
    }

    @AfterEach
    void deleteNamespace() throws Exception {
        ip("netns", "del", namespace);
    }

    @ParameterizedTest
    @EnumSource
    void sendsTheRequestAndPrintsTheAnswer(Shim shim) throws Exception {
        byte[] output = "{\n    \"cniVersion\": \"1.1.0\"\n}".getBytes(UTF_8);
        try (ScriptedDaemon daemon = serve(answering(reply(1, 0, output.length, output)))) {
            long before = System.nanoTime();
            shim.run(add(), config()).isSuccess(new String(output, UTF_8));
            ByteBuffer frame =
                    ByteBuffer.wrap(daemon.requests().getFirst()).order(ByteOrder.nativeOrder());
            assertThat(new String(frame.array(), 0, 4, UTF_8)).isEqualTo("VCNI");
            assertThat(frame.getShort(4)).isEqualTo((short) 1);
            assertThat(frame.getShort(6)).isEqualTo((short) 2);
            assertThat(frame.getLong(8)).isBetween(before, System.nanoTime());
            assertThat(frame.getInt(16)).isEqualTo(60_000);
            assertThat(frame.getInt(28)).as("understands orders").isEqualTo(2);
            String environment =
                    new String(frame.array(), ScriptedDaemon.HEADER, frame.getInt(20), UTF_8);
            assertThat(environment.split("\0", -1))
                    .containsExactly(
                            "CNI_COMMAND=ADD",
                            "CNI_CONTAINERID=fb2fb429dbe1",
                            "CNI_NETNS=/run/netns/" + namespace,
                            "CNI_IFNAME=eth0",
                            "CNI_ARGS=IgnoreUnknown=1;K8S_POD_NAME=web",
                            "CNI_PATH=/opt/cni/bin",
                            "");
            int input = ScriptedDaemon.HEADER + frame.getInt(20);
            assertThat(new String(frame.array(), input, frame.getInt(24), UTF_8))
                    .isEqualTo(new String(config(), UTF_8));
        }
    }

    @ParameterizedTest
    @EnumSource
    void exitsAsItIsTold(Shim shim) throws Exception {
        byte[] error = "{\n    \"code\": 11,\n    \"msg\": \"full\"\n}".getBytes(UTF_8);
        try (ScriptedDaemon daemon = serve(answering(reply(1, 1, error.length, error)))) {
            shim.run(add(), config()).isError(11, "full");
            assertThat(daemon.requests()).hasSize(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void carriesTheLargestRequestAndAnswer(Shim shim) throws Exception {
        byte[] output = filled(1 << 20);
        try (ScriptedDaemon daemon = serve(answering(reply(1, 0, output.length, output)))) {
            shim.run(add(), filled(4 << 20)).isSuccess(" ".repeat(1 << 20));
            assertThat(daemon.requests().getFirst()).hasSizeGreaterThan(4 << 20);
        }
    }

    /** A node has a plugin for each pod that waits, and room for what they send is 5 MiB each. */
    @Test
    void takesNoMemoryForWhatDoesNotCome() throws Exception {
        var plugins = new ArrayBlockingQueue<Long>(1);
        ScriptedDaemon.Script measuring =
                (connection, daemon) -> {
                    daemon.readRequest(connection);
                    plugins.add(peakOf(Shim.STATIC));
                };
        try (ScriptedDaemon _ = serve(measuring)) {
            Shim.STATIC.run(add(), config()).isError(11, "did not answer");
            assertThat(plugins.take()).isLessThan(1024);
        }
    }

    static Stream<Arguments> badAnswers() {
        byte[] some = "abc".getBytes(UTF_8);
        return Stream.of(
                Arguments.of("nothing", new byte[0]),
                Arguments.of("half a header", new byte[] {'V', 'C', 'N', 'R', 1, 0}),
                Arguments.of("another program", "HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(UTF_8)),
                Arguments.of("another version", reply(3, 0, 3, some)),
                Arguments.of("a strange status", reply(1, 2, 3, some)),
                Arguments.of("less than announced", reply(1, 0, 4, some)),
                Arguments.of("too much", reply(1, 0, (1 << 20) + 1, some)),
                Arguments.of("a negative length", reply(1, 0, -1, some)));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("badAnswers")
    void makesOneErrorOfABadAnswer(String name, byte[] answer) throws Exception {
        for (Shim shim : Shim.values()) {
            try (ScriptedDaemon daemon = serve(answering(answer))) {
                shim.run(add(), config()).isError(11, "did not answer");
                shim.run(with("STATUS"), config()).isError(50, "did not answer");
                shim.run(with("DEL"), config()).isSuccess("");
                assertThat(listed(spool())).containsExactly("fb2fb429dbe1@eth0");
                assertThat(daemon.requests()).as(name).hasSize(3);
            }
            Files.delete(spool().resolve("fb2fb429dbe1@eth0"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void survivesAPeerThatClosesWithoutReading(Shim shim) throws Exception {
        try (ScriptedDaemon _ = serve((connection, _) -> connection.close())) {
            shim.run(add(), filled(4 << 20)).isError(11, "did not answer");
        }
    }

    @ParameterizedTest
    @EnumSource
    void waitsNoLongerThanItsDeadline(Shim shim) throws Exception {
        // It reads the request, and then nothing comes until the plugin has gone away.
        ScriptedDaemon.Script silent =
                (connection, daemon) -> {
                    daemon.readRequest(connection);
                    assertThat(connection.read(ByteBuffer.allocate(1))).isEqualTo(-1);
                };
        try (ScriptedDaemon _ = serve(silent)) {
            Map<String, String> environment = add();
            environment.put("VPC_CNI_DEADLINE_MS", "150");
            Shim.Outcome outcome = shim.run(environment, config());
            outcome.isError(11, "timed out");
            assertThat(outcome.millis()).isBetween(150L, 2_000L);
        }
    }

    @ParameterizedTest
    @EnumSource
    void waitsNoLongerThanItsDeadlineForTheRestOfAnAnswer(Shim shim) throws Exception {
        byte[] most = reply(1, 0, 1 << 20, filled((1 << 20) - 1));
        ScriptedDaemon.Script stopping =
                (connection, daemon) -> {
                    daemon.readRequest(connection);
                    ScriptedDaemon.write(connection, most);
                    assertThat(connection.read(ByteBuffer.allocate(1))).isEqualTo(-1);
                };
        try (ScriptedDaemon _ = serve(stopping)) {
            Map<String, String> environment = add();
            environment.put("VPC_CNI_DEADLINE_MS", "150");
            shim.run(environment, config()).isError(11, "timed out");
        }
    }

    @ParameterizedTest
    @EnumSource
    void needsANamespaceForAnAdd(Shim shim) throws Exception {
        Path pipe = folder.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
        for (String path : List.of("/run/netns/vpccni-test-none", pipe.toString(), "/dev/null")) {
            for (String command : List.of("ADD", "CHECK")) {
                Map<String, String> environment = with(command);
                environment.put("CNI_NETNS", path);
                shim.run(environment, config()).isError(3, path);
            }
        }
        Map<String, String> environment = with("ADD");
        environment.put("CNI_NETNS", "/proc/self/ns/net");
        shim.run(environment, config()).isError(8, "should not be the same");
    }

    @ParameterizedTest
    @EnumSource
    void doesADelWhateverTheNamespaceIs(Shim shim) throws Exception {
        Path pipe = folder.resolve("pipe");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
        List<String> paths =
                List.of(
                        "/run/netns/" + namespace,
                        "",
                        "/run/netns/vpccni-test-none",
                        "/dev/null",
                        "/proc/self/ns/net",
                        pipe.toString());
        try (ScriptedDaemon daemon = serve(answering(reply(1, 0, 0, new byte[0])))) {
            for (String path : paths) {
                Map<String, String> environment = with("DEL");
                environment.put("CNI_NETNS", path);
                shim.run(environment, config()).isSuccess("");
            }
            assertThat(daemon.requests())
                    .hasSize(paths.size())
                    .allSatisfy(request -> assertThat(request[6]).isZero());
            assertThat(spool()).doesNotExist();
        }
    }

    /** What a verb does not need is not opened, and does not cost the pod's teardown anything. */
    @ParameterizedTest
    @CsvSource({"ADD, 2", "CHECK, 2", "DEL, 0", "STATUS, 0", "GC, 0"})
    void sendsDescriptorsWithThoseVerbsAloneThatNeedThem(String command, int count)
            throws Exception {
        for (Shim shim : Shim.values()) {
            try (ScriptedDaemon daemon = serve(answering(reply(1, 0, 0, new byte[0])))) {
                shim.run(with(command), config()).isSuccess("");
                ByteBuffer frame =
                        ByteBuffer.wrap(daemon.requests().getFirst())
                                .order(ByteOrder.nativeOrder());
                assertThat(frame.getShort(6)).as("%s", shim).isEqualTo((short) count);
            }
        }
    }

    @Test
    void isSmall() throws Exception {
        assertThat(Files.size(Shim.STATIC.path())).isLessThan(100_000);
        Process ldd =
                new ProcessBuilder("ldd", Shim.STATIC.path().toString())
                        .redirectErrorStream(true)
                        .start();
        assertThat(new String(ldd.getInputStream().readAllBytes(), UTF_8))
                .contains("not a dynamic executable");
    }

    /** Returns the most memory that the one process of a plugin has had, in KiB. */
    private static long peakOf(Shim shim) throws IOException {
        ProcessHandle plugin =
                ProcessHandle.current()
                        .children()
                        .filter(child ->
                                child.info().command().equals(Optional.of(shim.path().toString())))
                        .findFirst()
                        .orElseThrow();
        return Files.readAllLines(Path.of("/proc", String.valueOf(plugin.pid()), "status")).stream()
                .filter(line -> line.startsWith("VmHWM:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }

    private ScriptedDaemon serve(ScriptedDaemon.Script script) throws IOException {
        Files.deleteIfExists(socket());
        return new ScriptedDaemon(socket(), script);
    }

    private Map<String, String> add() {
        return with("ADD");
    }

    private Map<String, String> with(String command) {
        return environment(
                command,
                "CNI_NETNS",
                "/run/netns/" + namespace,
                "VPC_CNI_SOCKET",
                socket().toString(),
                "VPC_CNI_SPOOL",
                spool().toString());
    }

    private Path socket() {
        return folder.resolve("cni.sock");
    }

    private Path spool() {
        return folder.resolve("spool");
    }

    private static void ip(String... arguments) throws Exception {
        List<String> command = Stream.concat(Stream.of("ip"), Stream.of(arguments)).toList();
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), UTF_8);
        assertThat(process.waitFor()).as(output).isZero();
    }
}
