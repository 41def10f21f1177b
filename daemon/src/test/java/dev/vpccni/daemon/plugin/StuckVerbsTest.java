package dev.vpccni.daemon.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Verbs that hang in the threads of the socket do not make the daemon deaf. */
@Timeout(120)
final class StuckVerbsTest {

    private static final Duration LONG = Duration.ofMinutes(5);
    private static final Duration SOON = Duration.ofMillis(20);

    private final StuckVerbs verbs = new StuckVerbs();
    private final List<Client> stuck = new ArrayList<>();

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5})
    void everythingElseIsServed(int workers) throws Exception {
        try (ServerUnderTest server = ServerUnderTest.of(verbs, limits(workers, SOON))) {
            stick(server, workers);
            assertThat(verbs.begunBySocket()).isEqualTo(workers);
            server.mustServe();
            del(server, "c1");
            add(server, "c2");
            for (int i = 0; i < 40; i++) {
                server.mustServe();
            }
            assertThat(verbs.begunBySocket()).isEqualTo(workers);
            endAll(server);
        }
    }

    @Test
    void asManyMoreMayHangAsAreAllowed() throws Exception {
        try (ServerUnderTest server = ServerUnderTest.of(verbs, limits(2, SOON))) {
            stick(server, 50);
            del(server, "c1");
            server.mustServe();
            endAll(server);
        }
    }

    @Test
    void itIsTheThreadsOfTheSocketAgainOnceTheyReturn() throws Exception {
        try (ServerUnderTest server = ServerUnderTest.of(verbs, limits(2, SOON))) {
            stick(server, 2);
            server.mustServe();
            endAll(server);
            Await.until(
                    "a thread of the socket serves again",
                    () -> {
                        server.mustServe();
                        return verbs.begunBySocket() > 2;
                    });
        }
    }

    @Test
    void theThreadThatReturnsFirstGoesOnWithWhatWaits() throws Exception {
        try (ServerUnderTest server = ServerUnderTest.of(verbs, limits(2, LONG))) {
            stick(server, 2);
            try (Client del = server.connect();
                    Client status = server.connect()) {
                del.send(Client.frame("DEL", "c1", 0));
                status.send(Client.frame("STATUS", "", 0));
                mustListen(server);
                assertThat(verbs.begun).hasSize(2);
                verbs.free();
                assertThat(del.answer()).isEmpty();
                assertThat(status.answer()).isEmpty();
            }
            assertThat(verbs.begunBySocket()).isEqualTo(4);
            endAll(server);
        }
    }

    @Test
    void aGcHasAThreadOfItsOwn() throws Exception {
        try (ServerUnderTest server = ServerUnderTest.of(verbs, limits(1, LONG))) {
            for (int i = 0; i < 3; i++) {
                stuck.add(server.connect().send(Client.frame("GC", "", 0)));
            }
            Await.until("they hang", () -> verbs.stuck() == 3);
            assertThat(verbs.begunBySocket()).isZero();
            server.mustServe();
            verbs.free();
            for (Client client : stuck) {
                assertThat(client.answer()).isEmpty();
                client.close();
            }
        }
    }

    @Test
    void anAddThatWaitsHasAThreadOfItsOwn() throws Exception {
        var waiting = new WaitingVerbs();
        try (ServerUnderTest server = ServerUnderTest.of(waiting, limits(1, LONG))) {
            for (int i = 0; i < 5; i++) {
                stuck.add(server.connect().add("c" + i));
            }
            Await.until("they wait", () -> waiting.waiting() == 5);
            server.mustServe();
            waiting.arrive(5);
            for (Client client : stuck) {
                assertThat(client.answer()).contains("10.0.0.7/32");
                client.close();
            }
        }
    }

    @Test
    void closingDoesNotWaitForThem() throws Exception {
        try (ServerUnderTest server = ServerUnderTest.of(verbs, limits(2, SOON))) {
            stick(server, 2);
            long began = System.nanoTime();
            server.stop();
            assertThat(System.nanoTime() - began).isLessThan(Duration.ofSeconds(10).toNanos());
            assertThat(server.socket).doesNotExist();
            endAll(server);
        }
    }

    @Test
    void whatNobodyCameToIsServedAfterClosing() throws Exception {
        try (ServerUnderTest server = ServerUnderTest.of(verbs, limits(2, LONG))) {
            stick(server, 2);
            try (Client del = server.connect()) {
                del.send(Client.frame("DEL", "c1", 0));
                mustListen(server);
                server.stop();
                assertThat(del.answer()).isEmpty();
            }
            assertThat(verbs.begun).last().asString().isEqualTo("DEL c1 by cni");
            endAll(server);
        }
    }

    private static Limits limits(int workers, Duration late) {
        return new Limits(LONG, LONG, 256, 1024, 512, workers, late);
    }

    /** Has so many ADDs hang. */
    private void stick(ServerUnderTest server, int count) throws IOException {
        for (int i = 0; i < count; i++) {
            int number = i;
            stuck.add(server.connect().add("stuck-" + number));
            Await.until("it hangs", () -> verbs.stuck() == number + 1);
        }
    }

    private void endAll(ServerUnderTest server) throws IOException {
        verbs.free();
        for (Client client : stuck) {
            assertThat(client.answer()).contains("10.0.0.7/32");
            client.close();
        }
        assertThat(server.faults).isEmpty();
    }

    private static void del(ServerUnderTest server, String container) throws IOException {
        try (Client client = server.connect().send(Client.frame("DEL", container, 0))) {
            assertThat(client.answer()).isEmpty();
        }
    }

    private static void add(ServerUnderTest server, String container) throws IOException {
        try (Client client = server.connect().add(container)) {
            assertThat(client.answer()).contains("10.0.0.7/32");
        }
    }

    /** Returns once the daemon has read what came before this, which is no request. */
    private static void mustListen(ServerUnderTest server) throws IOException {
        try (Client client = server.connect().send(new byte[100])) {
            client.isGivenUp();
        }
    }
}
