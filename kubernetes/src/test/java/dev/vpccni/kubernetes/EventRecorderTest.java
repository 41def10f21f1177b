package dev.vpccni.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.json.JsonObject;
import dev.vpccni.kubernetes.api.ApiAccess;
import dev.vpccni.kubernetes.api.ApiClient;
import dev.vpccni.kubernetes.fake.Eventually;
import dev.vpccni.kubernetes.fake.FakeApiServer;
import dev.vpccni.kubernetes.fake.SkippedPauses;
import dev.vpccni.model.PodName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EventRecorderTest {

    private static final EventSubject WEB =
            EventSubject.pod(new PodName("shop", "web-0"), "1f2e-uid");

    private final SkippedPauses tempo = new SkippedPauses();
    private final List<String> log = new CopyOnWriteArrayList<>();
    @TempDir Path folder;
    private FakeApiServer server;
    private ApiClient client;
    private EventRecorder events;

    @BeforeEach
    void start() throws IOException {
        server = new FakeApiServer();
        Files.writeString(folder.resolve("token"), "secret");
        client = new ApiClient(new ApiAccess.InCluster(server.url(), folder), "test");
        events = new EventRecorder(client, "aws-node-x", tempo, new Random(1), log::add);
    }

    @AfterEach
    void stop() {
        events.close();
        client.close();
        server.close();
    }

    private void run() {
        tempo.start("events", events);
    }

    private void awaitEvents(int count) throws InterruptedException {
        Eventually.await(count + " events", () -> server.heard().size() >= count);
    }

    private JsonObject event(int index) throws Exception {
        return JsonObject.parse(server.heard().get(index).body());
    }

    @Test
    void anEventSaysWhatIsWrongWithWhichObject() throws Exception {
        events.warn(WEB, "NoAddress", "AssignAddress", "the subnet is full; add another");
        run();
        awaitEvents(1);

        assertThat(server.heard().getFirst().method()).isEqualTo("POST");
        assertThat(server.heard().getFirst().path())
                .isEqualTo("/apis/events.k8s.io/v1/namespaces/shop/events");
        JsonObject event = event(0);
        assertThat(event.string("reason")).isEqualTo("NoAddress");
        assertThat(event.string("action")).isEqualTo("AssignAddress");
        assertThat(event.string("type")).isEqualTo("Warning");
        assertThat(event.string("note")).isEqualTo("the subnet is full; add another");
        assertThat(event.string("reportingController")).isEqualTo("aws-node");
        assertThat(event.string("eventTime"))
                .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z");
        assertThat(event.object("regarding").string("uid")).isEqualTo("1f2e-uid");
        assertThat(event.object("metadata").string("namespace")).isEqualTo("shop");
    }

    @Test
    void aNodesEventsAreWhereKubectlLooks() throws Exception {
        events.warn(EventSubject.node("me"), "R", "A", "n");
        run();
        awaitEvents(1);

        assertThat(server.heard().getFirst().path()).contains("/namespaces/default/");
        assertThat(event(0).object("regarding").string("uid")).isEqualTo("me");
        assertThat(event(0).object("regarding").has("namespace")).isFalse();
    }

    @Test
    void whatHappensAgainIsOneEventWithACount() throws Exception {
        for (int i = 0; i < 1_000; i++) {
            events.warn(WEB, "NoAddress", "AssignAddress", "full " + i);
        }
        run();
        awaitEvents(1);
        for (int i = 0; i < 1_000; i++) {
            events.warn(WEB, "NoAddress", "AssignAddress", "still full");
        }
        tempo.pass(EventRecorder.QUIET);
        awaitEvents(2);

        assertThat(event(0).string("note"))
                .isEqualTo("full 999 (1000 times since 1970-01-01T00:00:00Z)");
        assertThat(event(1).string("note")).startsWith("still full (2000 times");
    }

    @Test
    void differentThingsComeAtALimitedRate() throws Exception {
        for (int i = 0; i < 100; i++) {
            events.warn(EventSubject.pod(new PodName("d", "p" + i), ""), "R", "A", "n");
        }
        run();
        awaitEvents(100);

        // The clock of these tests moves only where somebody waits.
        assertThat(tempo.nanos())
                .isGreaterThan(Duration.ofSeconds(10 * (100 - EventRecorder.BURST - 1)).toNanos());
    }

    @Test
    void whatIsKeptIsBounded() throws Exception {
        for (int i = 0; i < 10_000; i++) {
            events.warn(EventSubject.pod(new PodName("d", "p" + i), ""), "R", "A", "n");
        }
        run();
        awaitEvents(EventRecorder.KEPT_MAX);
        int before = tempo.pauses().size();
        Eventually.await("it rests", () -> tempo.pauses().size() > before + 3);

        assertThat(server.heard()).hasSize(EventRecorder.KEPT_MAX);
        assertThat(event(0).object("regarding").string("name")).isEqualTo("p9744");
    }

    @Test
    void aServerThatRefusesIsAskedLessOftenAndTheEventIsNotLost() throws Exception {
        for (int i = 0; i < 8; i++) {
            server.next(exchange -> FakeApiServer.refuse(exchange, 403, "events is forbidden"));
        }
        events.warn(WEB, "R", "A", "n");
        run();
        for (int i = 0; i < 50; i++) {
            events.warn(WEB, "R", "A", "n"); // Wakes it, and does not hurry it.
        }
        awaitEvents(9);

        assertThat(tempo.nanos()).isGreaterThan(Duration.ofSeconds(60).toNanos());
        assertThat(log).hasSize(1);
        assertThat(log.getFirst()).contains("403: events is forbidden");
    }

    @Test
    void aLongNoteIsCut() throws Exception {
        events.warn(WEB, "R", "A".repeat(500), "x".repeat(5_000));
        run();
        awaitEvents(1);

        assertThat(event(0).string("note")).hasSize(1024).endsWith("…");
        assertThat(event(0).string("action")).hasSize(128);
    }
}
