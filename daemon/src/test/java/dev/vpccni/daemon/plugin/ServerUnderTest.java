package dev.vpccni.daemon.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.daemon.timing.Latencies;
import dev.vpccni.host.NamespaceParameters;
import dev.vpccni.linux.Descriptor;
import dev.vpccni.node.port.PodNamespace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;

/** A server with a socket of its own, and what it did. */
final class ServerUnderTest implements AutoCloseable {

    final FakeLog log;
    final Map<String, Throwable> faults = new ConcurrentSkipListMap<>();
    final Path socket;
    private final long openBefore;
    private final CniSocketServer server;

    private ServerUnderTest(Answerer answerer, Limits limits, FakeLog log) throws IOException {
        this.log = log;
        socket = Files.createTempDirectory("vpccni-test").resolve("cni.sock");
        openBefore = Await.openFiles();
        server = CniSocketServer.start(socket, answerer, log, faults::put, limits);
    }

    static ServerUnderTest of(Answerer answerer, Limits limits) throws IOException {
        return new ServerUnderTest(answerer, limits, new FakeLog());
    }

    static ServerUnderTest of(Answerer answerer, Limits limits, FakeLog log) throws IOException {
        return new ServerUnderTest(answerer, limits, log);
    }

    static ServerUnderTest of(CniVerbs verbs, Limits limits) throws IOException {
        return of(verbs, limits, new FakeLog());
    }

    static ServerUnderTest of(CniVerbs verbs, Limits limits, FakeLog log) throws IOException {
        var answerer =
                new CniAnswerer(
                        verbs, new FakeEgressVerbs(), ServerUnderTest::adopt, new Latencies(), log);
        return new ServerUnderTest(answerer, limits, log);
    }

    Client connect() throws IOException {
        return Client.connect(socket);
    }

    /** Asks for the status and waits for the answer. */
    void mustServe() throws IOException {
        try (Client client = connect()) {
            assertThat(client.send(Client.frame("STATUS", "", 0)).answer()).isEmpty();
        }
    }

    /** Ends the server alone: verbs may go on. */
    void stop() {
        server.close();
    }

    /** Ends, with every descriptor that came in the meantime closed, here and by clients. */
    @Override
    public void close() throws IOException {
        server.close();
        Await.openFiles(openBefore);
        Files.delete(socket.getParent());
    }

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
        };
    }
}
