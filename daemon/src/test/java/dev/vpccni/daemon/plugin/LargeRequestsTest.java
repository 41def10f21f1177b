package dev.vpccni.daemon.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.json.JsonObject;
import dev.vpccni.linux.ErrnoException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Requests that carry a pod with many and long annotations. */
@Timeout(60)
final class LargeRequestsTest {

    private static final Duration LONG = Duration.ofMinutes(5);
    private static final Limits PATIENT = Limits.of(LONG, LONG, 256, 1024, 512);
    private static final Limits BRISK = Limits.of(LONG, Duration.ofMillis(100), 256, 1024, 512);

    /** What a pod's annotations can come to: 256 KiB, each byte written as six. */
    private static final int ANNOTATIONS = 6 * (256 << 10);

    private final FakeVerbs verbs = new FakeVerbs();

    @Test
    void areCarriedOut() throws Exception {
        try (ServerUnderTest server = ServerUnderTest.of(verbs, PATIENT)) {
            for (int length :
                    new int[] {ShimRequest.SMALL_MAX, ANNOTATIONS, ShimProtocol.INPUT_MAX}) {
                try (Client client = server.connect()) {
                    assertThat(client.send(status(config(length))).answer()).isEmpty();
                }
            }
            assertThat(verbs.calls).containsExactly("STATUS", "STATUS", "STATUS");
        }
    }

    @Test
    void haveALimitThatIsNamed() throws Exception {
        try (ServerUnderTest server = ServerUnderTest.of(verbs, PATIENT);
                Client client = server.connect()) {
            byte[] header = Arrays.copyOf(status(config(ShimProtocol.INPUT_MAX + 1)), 2000);
            client.send(header).isGivenUp();
            assertThat(server.log.lines)
                    .containsExactly(
                            "a call of the plugin was malformed: 4194305 bytes of input are"
                                    + " announced; 4194304 may come");
        }
    }

    @Test
    void stayInTheirSocketsUntilItIsTheirTurn() throws Exception {
        byte[] half = Arrays.copyOf(status(config(ANNOTATIONS)), ANNOTATIONS / 2);
        List<Client> clients = new ArrayList<>();
        try (ServerUnderTest server = ServerUnderTest.of(verbs, PATIENT)) {
            long before = heap();
            long sent = 0;
            for (int i = 0; i < 50; i++) {
                Client client = server.connect();
                clients.add(client);
                sent += client.connection().sendNow(half, 0);
            }
            server.mustServe();
            long one = 2L * ANNOTATIONS;
            assertThat(sent).isGreaterThan(2 * one);
            assertThat(heap() - before).isLessThan(one + 50L * ShimRequest.SMALL_MAX);
            clients.forEach(Client::close);
        }
    }

    @Test
    void areServedOneAfterAnother() throws Exception {
        byte[] frame = status(config(ANNOTATIONS));
        try (ServerUnderTest server = ServerUnderTest.of(verbs, PATIENT);
                var threads = Executors.newFixedThreadPool(20)) {
            List<Future<String>> answers = new ArrayList<>();
            for (int i = 0; i < 20; i++) {
                answers.add(threads.submit(() -> sendAll(server, frame)));
            }
            for (Future<String> answer : answers) {
                assertThat(answer.get()).isEmpty();
            }
            assertThat(verbs.calls).hasSize(20);
        }
    }

    @Test
    void makeRoomForOthersWhenNothingComes() throws Exception {
        byte[] frame = status(config(ANNOTATIONS));
        try (ServerUnderTest server = ServerUnderTest.of(verbs, BRISK);
                Client stalled = server.connect();
                Client gone = server.connect()) {
            stalled.send(Arrays.copyOf(frame, 100_000));
            gone.send(Arrays.copyOf(frame, 100_000)).close();
            assertThat(sendAll(server, frame)).isEmpty();
            stalled.isGivenUp();
            assertThat(server.log.lines).anyMatch(line -> line.endsWith("nothing for 100 ms"));
        }
    }

    @Test
    void haveNoMoreValuesThanTheHeapHolds() throws Exception {
        String empty =
                IntStream.range(0, 600_000).mapToObj(_ -> "{}").collect(Collectors.joining(","));
        String input = "{\"cniVersion\":\"1.1.0\",\"name\":\"n\",\"x\":[" + empty + "]}";
        try (ServerUnderTest server = ServerUnderTest.of(verbs, PATIENT)) {
            JsonObject error =
                    JsonObject.parse(sendAll(server, Client.frame("STATUS", "", input, 0)));
            assertThat(error.integer("code")).isEqualTo(6);
            assertThat(error.string("msg") + error.string("details")).contains("262144");
            assertThat(verbs.calls).isEmpty();
        }
    }

    @Test
    void areNotRepeatedInAnErrorOrInTheLog() throws Exception {
        String input =
                "{\"cniVersion\":\"1.1.0\",\"name\":\"n\",\"mtu\":\"" + "9".repeat(2 << 20) + "\"}";
        try (ServerUnderTest server = ServerUnderTest.of(verbs, PATIENT)) {
            String answer = sendAll(server, Client.frame("DEL", "c1", input, 0));
            assertThat(answer).hasSizeLessThan(10_000).contains("mtu").contains("…");
            assertThat(server.log.lines).singleElement().asString().hasSizeLessThan(5_000);
        }
    }

    private static byte[] status(String input) {
        return Client.frame("STATUS", "", input, 0);
    }

    /** Returns a configuration with one annotation that fills it up. */
    private static String config(int length) {
        String begin =
                "{\"cniVersion\":\"1.1.0\",\"name\":\"aws-cni\",\"runtimeConfig\":"
                        + "{\"io.kubernetes.cri.pod-annotations\":{\"note\":\"";
        String end = "\"}}}";
        int room = length - begin.length() - end.length();
        String escaped = "\\u003c".repeat(room / 6) + "x".repeat(room % 6);
        return begin + escaped + end;
    }

    private static String sendAll(ServerUnderTest server, byte[] frame) throws IOException {
        try (Client client = server.connect()) {
            return client.send(frame).answer();
        } catch (ErrnoException e) {
            return "given up: " + e.getMessage();
        }
    }

    private static long heap() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
