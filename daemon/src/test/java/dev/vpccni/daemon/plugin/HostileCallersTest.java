package dev.vpccni.daemon.plugin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.linux.Descriptor;
import dev.vpccni.linux.ErrnoException;
import dev.vpccni.testing.Choose;
import dev.vpccni.testing.SeededTest;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Callers who are slow, silent, gone or no plugin at all, on a real socket. */
@Timeout(60)
final class HostileCallersTest {

    /** So long that in these tests nobody is given up for it. */
    private static final Duration LONG = Duration.ofMinutes(5);

    private static final Limits PATIENT = Limits.of(LONG, LONG, 256, 1024, 512);
    private static final Limits HASTY =
            Limits.of(Duration.ofMillis(200), Duration.ofMillis(100), 256, 1024, 512);

    private static final byte[] STATUS = Client.frame("STATUS", "", 0);

    private final FakeVerbs verbs = new FakeVerbs();
    private final List<Client> clients = new ArrayList<>();

    /** The first channel of a process opens files for all of them. */
    @BeforeAll
    static void openChannel() throws IOException {
        SocketChannel.open(StandardProtocolFamily.UNIX).close();
    }

    @Test
    void othersDoNotWaitForThem() throws Exception {
        try (ServerUnderTest server = ServerUnderTest.of(verbs, PATIENT)) {
            for (int i = 0; i < 220; i++) {
                Client client = server.connect();
                clients.add(client);
                if (i % 11 == 0) {
                    client.send(Arrays.copyOf(STATUS, 1 + i % STATUS.length));
                }
            }
            server.mustServe();
            for (Client client : clients) {
                assertThat(client.isClosedByDaemon()).isFalse();
            }
            leave();
        }
    }

    @Test
    void whatDoesNotComeInTimeIsGivenUp() throws Exception {
        try (ServerUnderTest server = ServerUnderTest.of(verbs, HASTY)) {
            for (int length : new int[] {0, 1, 31, 32, STATUS.length - 1}) {
                try (Client client = server.connect()) {
                    client.send(Arrays.copyOf(STATUS, length)).isGivenUp();
                }
                server.mustServe();
            }
            assertThat(server.log.lines)
                    .contains(
                            "gave a call up: 0 of a header's 32 bytes of a request came,"
                                    + " after 200 ms",
                            "gave a call up: 32 of %d bytes of a request came, after 200 ms"
                                    .formatted(STATUS.length));
        }
    }

    @Test
    void aByteNowAndThenBuysNoTime() throws Exception {
        byte[] endless = Client.frame("STATUS", "", " ".repeat(ShimRequest.SMALL_MAX - 1000), 0);
        try (ServerUnderTest server = ServerUnderTest.of(verbs, HASTY)) {
            try (Client client = server.connect()) {
                int sent = 0;
                while (!client.isClosedByDaemon()) {
                    assertThat(sent).isLessThan(endless.length);
                    client.send(new byte[] {endless[sent++]});
                    Thread.sleep(5);
                }
            } catch (ErrnoException e) {
                // It was closed in between.
            }
            server.mustServe();
            assertThat(verbs.calls).containsExactly("STATUS");
        }
    }

    @Test
    void theOldestOfTooManyGoes() throws Exception {
        Limits few = Limits.of(LONG, LONG, 8, 1024, 512);
        try (ServerUnderTest server = ServerUnderTest.of(verbs, few)) {
            for (int i = 0; i < 11; i++) {
                clients.add(server.connect().send(Arrays.copyOf(STATUS, 40)));
            }
            for (Client oldest : clients.subList(0, 3)) {
                oldest.isGivenUp();
            }
            for (Client other : clients.subList(3, 11)) {
                assertThat(other.isClosedByDaemon()).isFalse();
            }
            // Whoever calls next may be slow for a moment, too, and one more has to go.
            server.mustServe();
            for (Client other : clients.subList(4, 11)) {
                assertThat(other.send(Arrays.copyOfRange(STATUS, 40, STATUS.length)).answer())
                        .isEmpty();
            }
            leave();
        }
    }

    @Test
    void aThousandAtOnceCostABoundedAmount() throws Exception {
        try (ServerUnderTest server = ServerUnderTest.of(verbs, PATIENT)) {
            long before = Await.openFiles();
            for (int i = 0; i < 1000; i++) {
                clients.add(server.connect().send(Arrays.copyOf(STATUS, i % STATUS.length)));
            }
            server.mustServe();
            assertThat(Await.openFiles() - before).isLessThan(1000 + 300);
            leave();
            Await.openFiles(before);
            assertThat(server.log.lines.size()).isLessThan(20);
        }
    }

    @SeededTest(runs = 100)
    void garbageIsRefused(RandomGenerator random) throws Exception {
        byte[] bytes = STATUS.clone();
        for (int i = Choose.between(random, 0, 8); i > 0; i--) {
            bytes[random.nextInt(40)] = (byte) random.nextInt();
        }
        try (ServerUnderTest server = ServerUnderTest.of(verbs, HASTY)) {
            try (Client client = server.connect()) {
                client.send(Arrays.copyOf(bytes, Choose.between(random, 1, bytes.length)));
                if (random.nextBoolean()) {
                    client.send(new byte[Choose.between(random, 1, 100_000)]);
                }
            } catch (ErrnoException e) {
                // The daemon had heard enough.
            }
            server.mustServe();
            assertThat(server.faults).isEmpty();
        }
    }

    @Test
    void aHeaderCostsNotWhatItAnnounces() throws Exception {
        byte[] large = Client.frame("STATUS", "", " ".repeat(ShimProtocol.INPUT_MAX), 0);
        try (ServerUnderTest server = ServerUnderTest.of(verbs, PATIENT)) {
            long before = heap();
            for (int i = 0; i < 200; i++) {
                clients.add(server.connect().send(Arrays.copyOf(large, 200)));
            }
            server.mustServe();
            assertThat(heap() - before).isLessThan(4 << 20);
            leave();
        }
    }

    @Test
    void descriptorsThatWereNotAnnouncedAreClosed() throws Exception {
        try (ServerUnderTest server = ServerUnderTest.of(verbs, PATIENT);
                Descriptor some = Descriptor.open(Path.of("/dev/null"))) {
            long before = Await.openFiles();
            for (int announced : new int[] {0, 2}) {
                for (int sent : new int[] {0, 1, 2, 3, 253}) {
                    if (sent != announced) {
                        Descriptor[] many =
                                IntStream.range(0, sent)
                                        .mapToObj(_ -> some)
                                        .toArray(Descriptor[]::new);
                        try (Client client = server.connect()) {
                            client.send(Client.frame("STATUS", "", announced), many).isGivenUp();
                        }
                    }
                }
            }
            try (Client client = server.connect()) {
                for (int i = 0; i < 3; i++) {
                    client.send(new byte[] {STATUS[i]}, some);
                }
                client.isGivenUp();
            } catch (ErrnoException e) {
                // It was closed before the third.
            }
            Await.openFiles(before);
            server.mustServe();
            assertThat(verbs.calls).containsExactly("STATUS");
        }
    }

    @Test
    void oneThatSendsNoMoreGetsItsAnswer() throws Exception {
        try (ServerUnderTest server = ServerUnderTest.of(verbs, PATIENT)) {
            try (SocketChannel half = channel(server)) {
                half.write(ByteBuffer.wrap(STATUS));
                half.shutdownOutput();
                assertThat(half.read(ByteBuffer.allocate(100)))
                        .isEqualTo(ShimProtocol.REPLY_HEADER);
            }
            try (SocketChannel half = channel(server)) {
                half.write(ByteBuffer.wrap(STATUS, 0, 50));
                half.shutdownOutput();
                assertThat(half.read(ByteBuffer.allocate(100))).isEqualTo(-1);
            }
        }
    }

    @Test
    void callersWhoDoNotWaitForTheirAnswersAreAFewLines() throws Exception {
        var begun = new AtomicInteger();
        var answered = new AtomicInteger();
        var gate = new CountDownLatch(1);
        Answerer patient =
                _ -> {
                    begun.incrementAndGet();
                    while (gate.getCount() > 0) {
                        LockSupport.parkNanos(1_000_000);
                    }
                    return new CniAnswer(
                            ShimProtocol.reply(0, new byte[0]), answered::incrementAndGet);
                };
        try (ServerUnderTest server = ServerUnderTest.of(patient, PATIENT)) {
            List<Client> clients = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                clients.add(server.connect().send(STATUS));
            }
            Await.until("all are begun", () -> begun.get() == 100);
            clients.forEach(Client::close);
            gate.countDown();
            Await.until("all are answered", () -> answered.get() == 100);

            assertThat(server.log.lines).hasSize(10);
        }
    }

    @Test
    void anAnswerThatIsNotReadIsGivenUp() throws Exception {
        byte[] answer = ShimProtocol.reply(0, new byte[ShimProtocol.OUTPUT_MAX]);
        try (ServerUnderTest server =
                ServerUnderTest.of(_ -> new CniAnswer(answer, () -> {}), HASTY)) {
            try (Client client = server.connect()) {
                client.send(STATUS);
                Await.until("it is given up", client::isClosedByDaemon);
            }
            assertThat(server.log.lines)
                    .singleElement()
                    .asString()
                    .matches("gave a call up: \\d+ of 1048588 bytes of an answer were taken,.*");
        }
    }

    @Test
    void anAnswerThatIsReadSlowlyArrivesWhole() throws Exception {
        byte[] answer = ShimProtocol.reply(0, "x".repeat(ShimProtocol.OUTPUT_MAX).getBytes(UTF_8));
        try (ServerUnderTest server =
                ServerUnderTest.of(_ -> new CniAnswer(answer, () -> {}), PATIENT)) {
            for (int i = 0; i < 50; i++) {
                clients.add(server.connect().send(STATUS));
            }
            for (Client client : clients) {
                assertThat(client.answer()).hasSize(ShimProtocol.OUTPUT_MAX).matches("x*");
            }
            leave();
        }
    }

    @Test
    void aVerbWhoseCallerHasGoneIsNotBegun() throws Exception {
        var asked = new CountDownLatch(1);
        var left = new CountDownLatch(1);
        var log =
                new FakeLog() {
                    @Override
                    public void warn(String message) {
                        super.warn(message);
                        asked.countDown();
                        await(left);
                    }
                };
        try (ServerUnderTest server = ServerUnderTest.of(verbs, PATIENT, log);
                Client garbage = server.connect()) {
            garbage.send(new byte[100]);
            asked.await();
            // Nothing is accepted while the log is being written.
            for (String verb : List.of("ADD", "DEL", "CHECK", "GC", "STATUS")) {
                try (Client client = server.connect()) {
                    client.send(Client.frame(verb, "c1", 0));
                }
            }
            left.countDown();
            Await.until("all were looked at", () -> log.lines.size() == 6);
            assertThat(log.lines)
                    .contains("DEL was not begun, because its caller has gone")
                    .filteredOn(line -> line.contains("was not begun"))
                    .hasSize(5);
            assertThat(verbs.calls).isEmpty();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private void leave() {
        clients.forEach(Client::close);
        clients.clear();
    }

    private static SocketChannel channel(ServerUnderTest server) throws IOException {
        return SocketChannel.open(UnixDomainSocketAddress.of(server.socket));
    }

    private static long heap() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }
}
