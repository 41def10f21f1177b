package dev.vpccni.daemon.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.daemon.timing.Latencies;
import dev.vpccni.host.NamespaceParameters;
import dev.vpccni.linux.Descriptor;
import dev.vpccni.node.port.HostException;
import dev.vpccni.node.port.HostFailure;
import dev.vpccni.node.port.PodNamespace;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Orders to a plugin before its answer, by verbs that cannot go on without them. */
final class PluginOrdersTest {

    private static final Duration LONG = Duration.ofMinutes(1);
    private static final Duration SHORT = Duration.ofMillis(50);
    private static final Limits PATIENT = Limits.of(LONG, LONG, 256, 1024, 512);
    private static final Limits HASTY = Limits.of(SHORT, LONG, 256, 1024, 512);
    private static final String SETTINGS = "net/a=0,net/b=1,";

    private final List<String> outcomes = new CopyOnWriteArrayList<>();

    @Test
    void theVerbGoesOnOnceThePluginHasSetWhatItIsTold() throws Exception {
        try (ServerUnderTest server = serving(PATIENT);
                Client client = add(server)) {
            assertThat(client.order()).isEqualTo(SETTINGS);
            assertThat(outcomes).isEmpty();
            var _ = client.send(Client.report(0, 2));

            assertThat(client.answer()).contains("10.0.0.7/32");
            assertThat(outcomes).containsExactly("set");
        }
    }

    @Test
    void aPluginOfTheFirstVersionIsOrderedNothing() throws Exception {
        try (ServerUnderTest server = serving(PATIENT);
                Client client = server.connect().add("one")) {
            assertThat(client.answer()).contains("10.0.0.7/32");
            assertThat(outcomes).containsExactly("nobody sets parameters");
        }
    }

    @Test
    void whatIsRefusedIsNamed() throws Exception {
        try (ServerUnderTest server = serving(PATIENT);
                Client client = add(server)) {
            assertThat(client.order()).isEqualTo(SETTINGS);
            var _ = client.send(Client.report(13, 1));

            assertThat(client.answer()).contains("write net/b: EACCES");
        }
    }

    @Test
    void aReportMayComeInPieces() throws Exception {
        byte[] report = Client.report(0, 2);
        try (ServerUnderTest server = serving(PATIENT);
                Client client = add(server)) {
            assertThat(client.order()).isEqualTo(SETTINGS);
            for (byte one : report) {
                var _ = client.send(new byte[] {one});
                server.mustServe(); // it has been looked at meanwhile
            }

            assertThat(client.answer()).contains("10.0.0.7/32");
        }
    }

    @Test
    void whatIsNoReportEndsTheVerb() throws Exception {
        byte[] report = Client.report(0, 2);
        report[0] = 'X';
        try (ServerUnderTest server = serving(PATIENT);
                Client client = add(server)) {
            assertThat(client.order()).isEqualTo(SETTINGS);
            var _ = client.send(report);

            assertThat(client.answer()).contains("not a report of the plugin");
        }
    }

    @Test
    void aPluginThatGoesAwayEndsTheVerb() throws Exception {
        try (ServerUnderTest server = serving(PATIENT)) {
            try (Client client = add(server)) {
                assertThat(client.order()).isEqualTo(SETTINGS);
            }
            Await.until("the verb has ended", () -> !outcomes.isEmpty());
            assertThat(outcomes).first().asString().contains("the plugin went away");
            server.mustServe();
        }
    }

    @Test
    void aPluginThatIsStoppedEndsTheVerbInTime() throws Exception {
        try (ServerUnderTest server = serving(HASTY);
                Client client = add(server)) {
            assertThat(client.order()).isEqualTo(SETTINGS);

            assertThat(client.answer()).contains("the plugin has not done so after 50 ms");
            server.mustServe();
        }
    }

    /** Any number of them are stopped, and nobody else waits for that. */
    @Test
    void stoppedPluginsKeepNobodyElseWaiting() throws Exception {
        try (ServerUnderTest server = serving(PATIENT)) {
            var stopped = new CopyOnWriteArrayList<Client>();
            try {
                for (int i = 0; i < 10; i++) {
                    Client client = add(server);
                    stopped.add(client);
                    assertThat(client.order()).isEqualTo(SETTINGS);
                }
                try (Client client = add(server)) {
                    assertThat(client.order()).isEqualTo(SETTINGS);
                    var _ = client.send(Client.report(0, 2));
                    assertThat(client.answer()).contains("10.0.0.7/32");
                }
                server.mustServe();
            } finally {
                stopped.forEach(Client::close);
            }
        }
    }

    /** Nobody would hear of the plugin's report any more. */
    @Test
    void aServerThatEndsKeepsNoVerbWaiting() throws Exception {
        try (ServerUnderTest server = serving(PATIENT);
                Client client = add(server)) {
            assertThat(client.order()).isEqualTo(SETTINGS);

            server.stop();

            assertThat(client.answer()).contains("the daemon is stopping");
        }
    }

    private Client add(ServerUnderTest server) throws IOException {
        return server.connect().add(Frames.takingOrders(Client.frame("ADD", "one", 2)));
    }

    private ServerUnderTest serving(Limits limits) throws IOException {
        var log = new FakeLog();
        var answerer =
                new CniAnswerer(
                        new FakeVerbs(), new FakeEgressVerbs(), this::adopt, new Latencies(), log);
        return ServerUnderTest.of(answerer, limits, log);
    }

    private PodNamespace adopt(
            String path,
            Descriptor namespace,
            Descriptor socket,
            @Nullable NamespaceParameters parameters)
            throws HostException {
        try (namespace;
                socket) {
            if (parameters == null) {
                outcomes.add("nobody sets parameters");
            } else {
                var values = new TreeMap<String, String>();
                values.put("net/a", "0");
                values.put("net/b", "1");
                parameters.set(values);
                outcomes.add("set");
            }
            return new PodNamespace() {
                @Override
                public String path() {
                    return path;
                }

                @Override
                public void close() {
                    // closed already
                }
            };
        } catch (IOException e) {
            outcomes.add(String.valueOf(e.getMessage()));
            throw new HostException(
                    new HostFailure.Refused("set", 0), String.valueOf(e.getMessage()), e);
        }
    }
}
