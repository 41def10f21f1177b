package dev.vpccni.daemon.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** ADDs that wait for an address: what they cost, and what becomes of them. */
@Timeout(120)
final class WaitingAddsTest {

    private static final Duration LONG = Duration.ofMinutes(5);
    private static final int MANY = Limits.DEFAULT.adds();
    private static final Limits PATIENT = Limits.of(LONG, LONG, 256, MANY, 512);

    /** Bytes of heap for each, the client's half in this process included; 16 MiB for all. */
    private static final long HEAP_MAX = 8 << 10;

    /** Bytes outside the heap, whatever their number. */
    private static final long DIRECT_MAX = 1 << 20;

    private final WaitingVerbs verbs = new WaitingVerbs();
    private final List<Client> clients = new ArrayList<>();

    @Test
    void costNextToNothingAndAreServedWhenAddressesCome() throws Exception {
        try (ServerUnderTest server = ServerUnderTest.of(verbs, PATIENT)) {
            wait(server, 1); // what the first one costs is no part of the price
            long heap = heap();
            long direct = direct();
            int threads = ManagementFactory.getThreadMXBean().getThreadCount();
            wait(server, MANY - 1);
            assertThat(heap() - heap).isLessThan(HEAP_MAX * MANY);
            assertThat(direct() - direct).isLessThan(DIRECT_MAX);
            assertThat(ManagementFactory.getThreadMXBean().getThreadCount() - threads)
                    .isLessThan(32);

            verbs.arrive(MANY);
            for (Client client : clients) {
                assertThat(client.answer()).contains("10.0.0.7/32");
            }
            assertThat(verbs.granted()).isEqualTo(MANY);
            clients.forEach(Client::close);
        }
    }

    @Test
    void leaveNothingWhenTheirClientsGo() throws Exception {
        try (ServerUnderTest server = ServerUnderTest.of(verbs, PATIENT)) {
            long open = Await.openFiles();
            wait(server, MANY);
            clients.forEach(Client::close);

            Await.until("nobody waits", () -> verbs.waiting() == 0);
            Await.openFiles(open);
            assertThat(verbs.granted()).isZero();
            clients.clear();
            wait(server, MANY); // so there is room for as many again
            clients.forEach(Client::close);
            Await.until("nobody waits again", () -> verbs.waiting() == 0);
        }
    }

    @Test
    void endWithTheirClientHoweverLateTheyBeginToWait() throws Exception {
        try (ServerUnderTest server = ServerUnderTest.of(verbs, PATIENT)) {
            long open = Await.openFiles();
            verbs.setBusy(true);
            server.connect().add("c1").close();
            Await.until(
                    "it is begun, or known to be gone", () -> verbs.begun() == 1 || said(server));
            // Its end is heard of before that of a later one.
            server.connect().add("c2").close();
            verbs.setBusy(false);
            Await.openFiles(open); // the second one's wait may begin only now
            assertThat(verbs.waiting()).isZero();
            server.mustServe();
            assertThat(verbs.granted()).isZero();
        }
    }

    @Test
    void doNotEndForAnotherCallerOfTheSameAttachment() throws Exception {
        try (ServerUnderTest server = ServerUnderTest.of(verbs, PATIENT);
                Client first = server.connect()) {
            first.add("same");
            Await.until("it waits", () -> verbs.waiting() == 1);
            Client second = server.connect().add("same");
            Await.until("the second is there", () -> verbs.begun() == 2);
            second.close();
            Client other = server.connect().add("other");
            Await.until("the third is there", () -> verbs.begun() == 3);
            other.close();
            Await.until("the third's wait was ended", () -> verbs.dismissed().contains("other"));
            assertThat(verbs.dismissed()).doesNotContain("same");

            verbs.arrive(1);
            assertThat(first.answer()).contains("10.0.0.7/32");
            Await.until(
                    "the second's turn came, and its end",
                    () -> verbs.dismissed().contains("same"));
        }
    }

    @Test
    void doNotStandInTheWayOfOtherVerbs() throws Exception {
        Limits few = Limits.of(LONG, LONG, 16, 4, 1);
        try (ServerUnderTest server = ServerUnderTest.of(verbs, few)) {
            wait(server, 4);
            try (Client fifth = server.connect().add("fifth")) {
                assertThat(fifth.code()).isEqualTo(11);
            }
            server.mustServe();
            try (Client del = server.connect().send(Client.frame("DEL", "c1", 0))) {
                assertThat(del.answer()).isEmpty();
            }
            clients.removeFirst().close();
            Await.until("its wait has ended", () -> verbs.waiting() == 3);
            Await.until("there is room for another", () -> waitsNext(server));
            verbs.arrive(4);
            for (Client client : clients) {
                assertThat(client.answer()).contains("10.0.0.7/32");
            }
            clients.forEach(Client::close);
        }
    }

    @Test
    void endInTimeForTheAnswer() throws Exception {
        try (ServerUnderTest server = ServerUnderTest.of(verbs, PATIENT);
                Client client = server.connect()) {
            byte[] frame = Client.frame("ADD", "c1", 2);
            java.nio.ByteBuffer.wrap(frame).order(java.nio.ByteOrder.nativeOrder()).putInt(16, 600);
            client.add(frame);
            assertThat(client.code()).isEqualTo(11);
        }
    }

    /** Begins one more, and tells whether it waits or was refused. */
    private boolean waitsNext(ServerUnderTest server) throws IOException {
        Client next = server.connect().add("next");
        Await.until(
                "it waits or is refused", () -> verbs.waiting() == 4 || next.isClosedByDaemon());
        if (next.isClosedByDaemon()) {
            next.close();
            return false;
        }
        clients.add(next);
        return true;
    }

    private boolean said(ServerUnderTest server) {
        return server.log.lines.contains("ADD was not begun, because its caller has gone");
    }

    /** Begins so many ADDs, and returns once they wait. */
    private void wait(ServerUnderTest server, int count) throws Exception {
        int before = verbs.waiting();
        for (int i = 0; i < count; i++) {
            clients.add(server.connect().add("c" + clients.size()));
        }
        Await.until("all wait", () -> verbs.waiting() == before + count);
    }

    private static long heap() {
        System.gc();
        return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
    }

    private static long direct() {
        return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
    }
}
