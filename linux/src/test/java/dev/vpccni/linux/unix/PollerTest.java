package dev.vpccni.linux.unix;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.linux.unix.Poller.Interest;
import java.io.IOException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class PollerTest {

    private static final Duration FOR_EVER = Duration.ofSeconds(-1);
    private static final long SERVER = Long.MAX_VALUE;

    @TempDir private Path folder;

    private final TreeMap<Long, Boolean> told = new TreeMap<>();
    private Path path;
    private UnixServer server;
    private Poller poller;

    @BeforeEach
    void open() throws IOException {
        path = folder.resolve("a.sock");
        server = UnixServer.listen(path, PosixFilePermissions.fromString("rw-------"), 200);
        poller = Poller.open();
    }

    @AfterEach
    void close() throws IOException {
        poller.close();
        server.close();
    }

    @Test
    void tellsWhichOfManyIsReady() throws Exception {
        List<UnixConnection> clients = new ArrayList<>();
        List<UnixConnection> accepted = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            clients.add(UnixConnection.connect(path));
            accepted.add(server.accept());
            poller.add(accepted.get(i), Interest.BYTES, i);
        }
        assertThat(told(Duration.ZERO)).isEmpty();
        clients.get(7).send(new byte[1]);
        clients.get(42).close();

        assertThat(told(FOR_EVER)).containsOnlyKeys(7L, 42L).containsEntry(7L, false);
        assertThat(told.get(42L)).isTrue();

        accepted.get(42).close();
        poller.remove(accepted.get(7));
        assertThat(told(Duration.ZERO)).isEmpty();
        clients.forEach(UnixConnection::close);
        for (int rounds = 0; rounds < 100 && told.size() < 98; rounds++) {
            told.putAll(await(Duration.ZERO));
        }
        assertThat(told).hasSize(98).doesNotContainKeys(7L, 42L).doesNotContainValue(false);
        accepted.forEach(UnixConnection::close);
    }

    @Test
    void tellsOfConnectionsToAccept() throws Exception {
        poller.add(server, SERVER);
        assertThat(told(Duration.ZERO)).isEmpty();
        UnixConnection.connect(path).close();
        assertThat(told(FOR_EVER)).containsOnlyKeys(SERVER);
        poller.remove(server);
        assertThat(told(Duration.ZERO)).isEmpty();
    }

    @Test
    void tellsOfTheEndAloneAndOnce() throws Exception {
        UnixConnection client = UnixConnection.connect(path);
        try (UnixConnection accepted = requireNonNull(server.accept())) {
            poller.add(accepted, Interest.BYTES, 1);
            poller.change(accepted, Interest.END, 2);
            client.send(new byte[1]);
            assertThat(told(Duration.ZERO)).isEmpty();

            client.close();
            assertThat(told(FOR_EVER)).containsOnlyKeys(2L).containsValue(true);
            assertThat(told(Duration.ZERO)).isEmpty();
        }
    }

    @Test
    void tellsOfRoom() throws Exception {
        byte[] much = new byte[8 << 20];
        try (UnixConnection client = UnixConnection.connect(path);
                UnixConnection accepted = requireNonNull(server.accept())) {
            int sent = accepted.sendNow(much, 0);
            poller.add(accepted, Interest.ROOM, 1);
            assertThat(told(Duration.ZERO)).isEmpty();

            client.receiveFully(new byte[sent], List.of(), 0);
            assertThat(told(FOR_EVER)).containsOnlyKeys(1L).containsValue(false);
        }
    }

    @Test
    void isWokenBeforeAndWhileItWaits() throws Exception {
        poller.wakeUp();
        poller.wakeUp();
        assertThat(told(FOR_EVER)).isEmpty();
        try (var threads = Executors.newSingleThreadExecutor()) {
            Future<Map<Long, Boolean>> waiting = threads.submit(() -> await(FOR_EVER));
            poller.wakeUp();
            assertThat(waiting.get()).isEmpty();
        }
    }

    private Map<Long, Boolean> told(Duration timeout) throws IOException {
        told.clear();
        told.putAll(await(timeout));
        return told;
    }

    private Map<Long, Boolean> await(Duration timeout) throws IOException {
        var ready = new TreeMap<Long, Boolean>();
        poller.await(timeout, ready::put);
        return ready;
    }
}
