package dev.vpccni.shim;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The health probe, built with sanitizers, against peers that do well and badly. */
final class HealthProbeTest {

    private static final int FRAME_MAX = 16384;
    private static final int DATA = 0;
    private static final int HEADERS = 1;
    private static final int RESET = 3;
    private static final int SETTINGS = 4;
    private static final int PING = 6;
    private static final int GOAWAY = 7;
    private static final byte[] SERVING = {0, 0, 0, 0, 2, 8, 1};
    private static final byte[] NOT_SERVING = {0, 0, 0, 0, 2, 8, 2};
    private static final byte[] GREETING = frame(SETTINGS, 0, 0);

    @TempDir Path folder;

    private record Outcome(int status, String output) {}

    @Test
    void aServerThatServes() throws Exception {
        byte[] answer = join(frame(HEADERS, 4, 1), frame(DATA, 0, 1, SERVING));
        assertThat(answered(answer, "-v")).isEqualTo("0 status: SERVING\n");
    }

    static Stream<Arguments> answers() {
        byte[] long0 = new byte[100];
        return Stream.of(
                Arguments.of("not serving", frame(DATA, 0, 1, NOT_SERVING), 4),
                Arguments.of("unknown", frame(DATA, 0, 1, new byte[5]), 4),
                Arguments.of(
                        "bytes one by one",
                        join(
                                frame(DATA, 0, 1, new byte[] {0, 0, 0}),
                                frame(DATA, 0, 1, new byte[] {0, 2, 8}),
                                frame(DATA, 0, 1, new byte[] {1})),
                        0),
                Arguments.of(
                        "padded", frame(DATA, 8, 1, new byte[] {2, 0, 0, 0, 0, 2, 8, 1, 0, 0}), 0),
                Arguments.of(
                        "beside other things",
                        join(
                                frame(PING, 0, 0, new byte[8]),
                                frame(8, 0, 0, new byte[4]),
                                frame(DATA, 0, 3, NOT_SERVING),
                                frame(SETTINGS, 1, 0),
                                frame(DATA, 0, 1, SERVING)),
                        0),
                Arguments.of("padded too much", frame(DATA, 8, 1, new byte[] {9, 0}), 3),
                Arguments.of("padded without a length", frame(DATA, 8, 1), 3),
                Arguments.of("a message without end", frame(DATA, 0, 1, long0), 3),
                Arguments.of("compressed", frame(DATA, 0, 1, new byte[] {1, 0, 0, 0, 0}), 3),
                Arguments.of("huge", frame(DATA, 0, 1, new byte[] {0, 127, 0, 0, 0}), 3),
                Arguments.of(
                        "another message", frame(DATA, 0, 1, new byte[] {0, 0, 0, 0, 1, 8}), 3),
                Arguments.of("no service of that name", frame(HEADERS, 5, 1), 3),
                Arguments.of("an end without a message", frame(DATA, 1, 1), 3),
                Arguments.of("reset", frame(RESET, 0, 1, new byte[4]), 3),
                Arguments.of("going away", frame(GOAWAY, 0, 0, new byte[8]), 3),
                Arguments.of("a frame that is too large", head(FRAME_MAX + 1, DATA, 0, 1), 3),
                Arguments.of("a ping of a wrong length", frame(PING, 0, 0, new byte[9]), 3),
                Arguments.of("half a frame", head(100, DATA, 0, 1), 3),
                Arguments.of("nothing", new byte[0], 3));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("answers")
    void saysWhatItMakesOfAnAnswer(String name, byte[] answer, int status) throws Exception {
        assertThat(answered(answer)).startsWith(status + " ");
    }

    @Test
    void othersThingsWithoutEndAreNoAnswer() throws Exception {
        byte[] pings = new byte[0];
        for (int i = 0; i < 70; i++) {
            pings = join(pings, frame(PING, 0, 0, new byte[8]));
        }
        assertThat(answered(join(pings, frame(DATA, 0, 1, SERVING))))
                .isEqualTo(
                        "3 grpc-health-probe: no answer: the server sends other things without"
                                + " end\n");
    }

    @Test
    void theCallNamesTheService() throws Exception {
        var call = new AtomicReference<>("");
        String service = "s".repeat(200);
        try (var _ =
                new ScriptedDaemon(
                        socket(),
                        (connection, _) -> {
                            greet(connection);
                            call.set(new String(readCall(connection), UTF_8));
                            ScriptedDaemon.write(connection, frame(DATA, 0, 1, SERVING));
                        })) {
            assertThat(probe("-addr", "unix:" + socket(), "--service=" + service).status())
                    .isZero();
        }
        assertThat(call.get())
                .contains("/grpc.health.v1.Health/Check", "application/grpc", service);
    }

    @ParameterizedTest
    @ValueSource(strings = {"SSH-2.0-OpenSSH_9.2p1\r\n", "HTTP/1.1 400 Bad Request\r\n\r\n", ""})
    void whoSpeaksNoHttp2IsNoConnection(String greeting) throws Exception {
        try (var _ =
                new ScriptedDaemon(
                        socket(),
                        (connection, _) ->
                                ScriptedDaemon.write(connection, greeting.getBytes(UTF_8)))) {
            assertThat(probe("-addr=unix://" + socket()).status()).isEqualTo(2);
        }
    }

    @Test
    void aSilentServerIsWaitedForNoLongerThanSaid() throws Exception {
        try (var _ =
                new ScriptedDaemon(
                        socket(),
                        (connection, _) -> {
                            greet(connection);
                            var _ = readCall(connection);
                            var _ = connection.read(ByteBuffer.allocate(1));
                        })) {
            Outcome late = probe("-addr=unix:" + socket(), "-rpc-timeout=300ms");
            assertThat(late.output()).contains("timed out");
            assertThat(late.status()).isEqualTo(3);
        }
        Files.deleteIfExists(socket());
        try (var _ =
                new ScriptedDaemon(
                        socket(), (connection, _) -> connection.read(ByteBuffer.allocate(99)))) {
            Outcome late = probe("-addr=unix:" + socket(), "-connect-timeout=0.3s");
            assertThat(late.status()).isEqualTo(2);
        }
    }

    @Test
    void nobodyThereIsNoConnection() throws Exception {
        assertThat(probe("-addr=unix:" + socket()))
                .extracting(Outcome::status, Outcome::output)
                .containsExactly(
                        2, "grpc-health-probe: unix:" + socket() + ": No such file or directory\n");
        assertThat(probe("-addr=unix:" + "x".repeat(200)).status()).isEqualTo(2);
        assertThat(probe("-addr=127.0.0.1:1").status()).isEqualTo(2);
        assertThat(probe("-addr=nonsense").status()).isEqualTo(2);
    }

    static Stream<List<String>> wrong() {
        return Stream.of(
                List.of(),
                List.of("addr"),
                List.of("-address=unix:/x"),
                List.of("-addr"),
                List.of("-addr=" + "x".repeat(1001)),
                List.of("-addr=unix:/x", "-rpc-timeout=5"),
                List.of("-addr=unix:/x", "-rpc-timeout=s"),
                List.of("-addr=unix:/x", "-rpc-timeout=-1s"),
                List.of("-addr=unix:/x", "-rpc-timeout=0s"),
                List.of("-addr=unix:/x", "-rpc-timeout=1.2.3s"),
                List.of("-addr=unix:/x", "-connect-timeout=2h"),
                List.of("-addr=unix:/x", "-connect-timeout=1sm"),
                List.of("-addr=unix:/x", "-connect-timeout="));
    }

    @ParameterizedTest
    @MethodSource("wrong")
    void refusesArgumentsThatMeanNothing(List<String> arguments) throws Exception {
        assertThat(probe(arguments.toArray(String[]::new)).status()).isEqualTo(1);
    }

    @Test
    void aDaemonThatAnswersAtAllLives() throws Exception {
        byte[] notReady = ScriptedDaemon.reply(1, 1, 2, "{}".getBytes(UTF_8));
        try (var daemon = new ScriptedDaemon(socket(), ScriptedDaemon.answering(notReady))) {
            assertThat(probe("-live=" + socket(), "-v").output()).isEqualTo("status: LIVE\n");
            assertThat(new String(daemon.requests().getFirst(), UTF_8))
                    .startsWith("VCNI")
                    .contains("CNI_COMMAND=STATUS\0CNI_PATH=/\0{\"cniVersion\":\"1.1.0\"")
                    .endsWith("}");
        }
        Files.deleteIfExists(socket());
        byte[] strange = "HTTP/1.1 200 OK\r\n\r\n".getBytes(UTF_8);
        try (var _ = new ScriptedDaemon(socket(), ScriptedDaemon.answering(strange))) {
            assertThat(probe("-live=" + socket()).status()).isEqualTo(3);
        }
        assertThat(probe("-live=" + folder.resolve("none")).status()).isEqualTo(2);
    }

    private String answered(byte[] answer, String... flags) throws Exception {
        try (var _ =
                new ScriptedDaemon(
                        socket(),
                        (connection, _) -> {
                            greet(connection);
                            var _ = readCall(connection);
                            ScriptedDaemon.write(connection, answer);
                        })) {
            var arguments = new ArrayList<>(List.of("-addr=unix://" + socket()));
            arguments.addAll(List.of(flags));
            Outcome outcome = probe(arguments.toArray(String[]::new));
            return outcome.status() + " " + outcome.output();
        }
    }

    /** Reads the preface and the client's settings, and sends the server's. */
    private static void greet(SocketChannel connection) throws IOException {
        var preface = new byte[24];
        ScriptedDaemon.read(connection, 24).get(0, preface);
        assertThat(new String(preface, UTF_8)).startsWith("PRI * HTTP/2.0");
        var _ = readFrame(connection);
        ScriptedDaemon.write(connection, GREETING);
    }

    /** Reads all that comes before the end of the call. */
    private static byte[] readCall(SocketChannel connection) throws IOException {
        byte[] all = new byte[0];
        for (int i = 0; i < 10; i++) {
            byte[] frame = readFrame(connection);
            all = join(all, frame);
            if (frame[3] == DATA) {
                return all;
            }
        }
        throw new IOException("the probe sends other things without end");
    }

    private static byte[] readFrame(SocketChannel connection) throws IOException {
        var head = new byte[9];
        ScriptedDaemon.read(connection, 9).get(0, head);
        int length = (head[0] & 0xff) << 16 | (head[1] & 0xff) << 8 | (head[2] & 0xff);
        var content = new byte[length];
        ScriptedDaemon.read(connection, length).get(0, content);
        return join(head, content);
    }

    private Outcome probe(String... arguments) throws Exception {
        var words =
                new ArrayList<>(
                        List.of(
                                Path.of("target/grpc-health-probe-sanitized")
                                        .toAbsolutePath()
                                        .toString()));
        words.addAll(List.of(arguments));
        Path said = Files.createTempFile(folder, "said", "");
        Process process =
                new ProcessBuilder(words)
                        .redirectErrorStream(true)
                        .redirectOutput(said.toFile())
                        .start();
        try {
            assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        } finally {
            process.destroyForcibly();
        }
        return new Outcome(process.exitValue(), Files.readString(said));
    }

    private Path socket() {
        return folder.resolve("socket");
    }

    private static byte[] frame(int type, int flags, int stream, byte... content) {
        return join(head(content.length, type, flags, stream), content);
    }

    private static byte[] head(int length, int type, int flags, int stream) {
        return ByteBuffer.allocate(9)
                .put((byte) (length >> 16))
                .putShort((short) length)
                .put((byte) type)
                .put((byte) flags)
                .putInt(stream)
                .array();
    }

    private static byte[] join(byte[]... parts) {
        var all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }
}
