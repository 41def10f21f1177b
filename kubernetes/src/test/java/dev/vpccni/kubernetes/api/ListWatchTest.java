package dev.vpccni.kubernetes.api;

import static dev.vpccni.kubernetes.fake.FakeApiServer.object;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import dev.vpccni.json.JsonShape;
import dev.vpccni.kubernetes.fake.Eventually;
import dev.vpccni.kubernetes.fake.FakeApiServer;
import dev.vpccni.kubernetes.fake.FakeApiServer.Answer;
import dev.vpccni.kubernetes.fake.FakeApiServer.Heard;
import dev.vpccni.kubernetes.fake.SkippedPauses;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ListWatchTest {

    private static final String PODS = "/api/v1/pods";
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final Duration SHORT = Duration.ofMillis(200);

    private final SkippedPauses tempo = new SkippedPauses();
    private final Names names = new Names();
    @TempDir Path folder;
    private FakeApiServer server;
    private ApiClient client;
    private ListWatch watch;

    /** The names of what there is, and every problem. */
    private static final class Names implements Collected {

        private final List<@Nullable String> problems = new ArrayList<>();
        private TreeSet<String> coming = new TreeSet<>();
        private TreeSet<String> all = new TreeSet<>();
        private int lists;

        synchronized List<String> all() {
            return List.copyOf(all);
        }

        synchronized int lists() {
            return lists;
        }

        synchronized List<@Nullable String> problems() {
            return new ArrayList<>(problems);
        }

        @Override
        public JsonShape shape() {
            return JsonShape.of("metadata");
        }

        @Override
        public synchronized void begin() {
            coming = new TreeSet<>();
        }

        @Override
        public synchronized void listed(JsonObject object) {
            coming.add(name(object));
        }

        @Override
        public synchronized void complete() {
            all = coming;
            lists++;
        }

        @Override
        public synchronized void changed(JsonObject object) {
            all.add(name(object));
        }

        @Override
        public synchronized void removed(JsonObject object) {
            all.remove(name(object));
        }

        @Override
        public synchronized void problem(@Nullable String reason) {
            problems.add(reason);
        }

        private static String name(JsonObject object) {
            try {
                return object.object("metadata").string("name");
            } catch (JsonException e) {
                throw new AssertionError(e);
            }
        }
    }

    @BeforeEach
    void start() throws IOException {
        server = new FakeApiServer();
        Files.writeString(folder.resolve("token"), "secret");
        use(LONG, LONG);
    }

    private void use(Duration patience, Duration silence) {
        client = new ApiClient(new ApiAccess.InCluster(server.url(), folder), "test", patience);
        watch =
                new ListWatch(
                        client,
                        PODS,
                        "spec.nodeName=me",
                        names,
                        new ListWatch.Limits(LONG, silence),
                        tempo,
                        new Random(1));
    }

    @AfterEach
    void stop() {
        watch.stop();
        client.close();
        server.close();
    }

    private static Map<String, Object> pod(String name) {
        return object("default", name, Map.of(), Map.of("spec", Map.of("nodeName", "me")));
    }

    private void run() {
        tempo.start("watch", watch);
    }

    private void awaitNames(String... expected) throws InterruptedException {
        Eventually.await(
                "names are " + List.of(expected) + ", and not " + names.all(),
                () -> names.all().equals(List.of(expected)));
    }

    private List<Heard> watches() {
        return server.heard().stream().filter(Heard::isWatch).toList();
    }

    private void awaitWatches(int count) throws InterruptedException {
        Eventually.await(count + " watches", () -> watches().size() >= count);
    }

    @Test
    void listsWhatThereIsAndFollowsWhatChanges() throws Exception {
        server.put(PODS, pod("a"));
        server.put(
                PODS,
                object("default", "other", Map.of(), Map.of("spec", Map.of("nodeName", "you"))));
        run();
        awaitNames("a");
        server.put(PODS, pod("b"));
        awaitNames("a", "b");
        server.delete(PODS, pod("a"));
        awaitNames("b");
        assertThat(server.heard()).allMatch(heard -> heard.token().equals("Bearer secret"));
        // From the server's memory: anything else has it read all pods of the cluster from its
        // disk.
        assertThat(server.heard().getFirst().query()).containsEntry("resourceVersion", "0");
        assertThat(watches()).allMatch(heard -> heard.query().containsKey("allowWatchBookmarks"));
        assertThat(names.problems()).isEmpty();
    }

    @Test
    void chunksFollowUntilTheLast() throws Exception {
        for (int i = 0; i < 25; i++) {
            server.put(PODS, pod("p%02d".formatted(i)));
        }
        server.chunksOf(10);
        run();
        awaitWatches(1);
        assertThat(names.all()).hasSize(25);
        assertThat(server.heard()).hasSize(4);
        assertThat(server.heard().get(1).query()).doesNotContainKey("resourceVersion");
    }

    @Test
    void whatIsListedReplacesWhatWasThereOnlyWhenAllHasCome() throws Exception {
        server.put(PODS, pod("a"));
        run();
        awaitWatches(1);
        server.next(exchange -> FakeApiServer.refuse(exchange, 410, "expired"));
        server.next(exchange ->
                FakeApiServer.send(
                        exchange,
                        200,
                        "{\"metadata\":{\"resourceVersion\":\"9\"},\"items\":[{\"metadata\":"
                                + "{\"name\":\"half\"}},"));
        server.next(exchange -> FakeApiServer.refuse(exchange, 500, "and no more"));
        server.endWatches();
        Eventually.await("told", () -> names.problems().toString().contains("and no more"));
        assertThat(names.all()).containsExactly("a");
        Eventually.await("listed again", () -> names.lists() == 2);
    }

    @Test
    void aBookmarkIsWhereTheNextWatchBegins() throws Exception {
        server.put(PODS, pod("a"));
        run();
        awaitWatches(1);
        server.bookmark(PODS);
        server.endWatches();
        awaitWatches(2);
        assertThat(watches().getFirst().query()).containsEntry("resourceVersion", "101");
        assertThat(watches().get(1).query()).containsEntry("resourceVersion", "102");
        assertThat(names.lists()).isEqualTo(1);
    }

    @Test
    void whoIsTooLateListsAgain() throws Exception {
        server.put(PODS, pod("a"));
        run();
        awaitWatches(1);
        server.delete(PODS, pod("a"));
        server.put(PODS, pod("b"));
        awaitNames("b");
        server.bookmark("elsewhere");
        server.forget();
        server.endWatches();
        Eventually.await("listed again", () -> names.lists() >= 2);
        awaitNames("b");
    }

    @Test
    void aWatchThatSaysNothingIsBegunAgainWhereItWas() throws Exception {
        use(LONG, SHORT);
        server.put(PODS, pod("a"));
        run();
        awaitWatches(4);
        assertThat(names.lists()).isEqualTo(1);
        assertThat(names.problems()).isNotEmpty();
        assertThat(names.problems().getFirst()).contains("in time");
    }

    @Test
    void aWatchThatTricklesEndsAtItsDeadline() throws Exception {
        use(LONG, Duration.ofSeconds(1));
        server.put(PODS, pod("a"));
        run();
        awaitWatches(1);
        server.next(ListWatchTest::trickle);
        server.endWatches();
        awaitWatches(3);
        assertThat(names.all()).containsExactly("a");
        assertThat(names.problems().toString()).contains("in time");
    }

    private static void trickle(HttpExchange exchange) throws IOException, InterruptedException {
        exchange.sendResponseHeaders(200, 0);
        byte[] event = FakeApiServer.event("ADDED", pod("x".repeat(2_000)));
        for (byte one : event) {
            exchange.getResponseBody().write(one);
            exchange.getResponseBody().flush();
            Thread.sleep(20);
        }
    }

    @Test
    void aWatchThatBreaksOffWithinALineGoesOnWhereItWas() throws Exception {
        server.put(PODS, pod("a"));
        run();
        awaitWatches(1);
        server.next(exchange -> {
            exchange.sendResponseHeaders(200, 0);
            byte[] event = FakeApiServer.event("ADDED", pod("never"));
            exchange.getResponseBody().write(event, 0, event.length / 2);
            exchange.getResponseBody().flush();
        });
        server.endWatches();
        awaitWatches(3);
        server.put(PODS, pod("b"));
        awaitNames("a", "b");

        assertThat(names.lists()).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nonsense",
                "[]",
                "{\"type\":\"ADDED\"}",
                "{\"type\":\"SOMETHING\",\"object\":{}}",
                "{\"type\":\"ADDED\",\"object\":{\"metadata\":{\"name\":\"x\"}}}",
                "\u0000\u0001\u0002",
                "{\"type\":7,\"object\":null}",
            })
    void whatCannotBeUnderstoodHasAllListedAgain(String garbage) throws Exception {
        server.put(PODS, pod("a"));
        run();
        awaitWatches(1);
        server.next(exchange -> FakeApiServer.send(exchange, 200, garbage + "\n"));
        server.endWatches();
        Eventually.await("listed again", () -> names.lists() >= 2);
        awaitNames("a");
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 403, 404, 429, 500, 503})
    void aServerThatRefusesIsAskedLessAndLessOften(int status) throws Exception {
        for (int i = 0; i < 12; i++) {
            server.next(exchange -> FakeApiServer.refuse(exchange, status, "no pods for you"));
        }
        server.put(PODS, pod("a"));
        run();
        awaitNames("a");

        // Whoever is not known is asked for once more by the client, with a new token.
        List<Duration> pauses = tempo.pauses().subList(0, status == 401 ? 6 : 12);
        assertThat(pauses.getFirst()).isBetween(Duration.ofMillis(500), Duration.ofSeconds(1));
        assertThat(pauses.getLast())
                .isGreaterThan(Duration.ofSeconds(status == 401 ? 10 : 29))
                .isLessThanOrEqualTo(Duration.ofSeconds(60));
        assertThat(names.problems().getFirst())
                .isEqualTo("the API server answers " + status + ": no pods for you");
        Eventually.await("the end is told", () -> names.problems().contains(null));
    }

    @Test
    void aServerThatAsksToBeLeftAloneIs() throws Exception {
        server.next(exchange -> {
            exchange.getResponseHeaders().set("Retry-After", "40");
            FakeApiServer.refuse(exchange, 429, "later");
        });
        server.next(exchange -> {
            exchange.getResponseHeaders().set("Retry-After", "99999999");
            FakeApiServer.refuse(exchange, 503, "much later");
        });
        run();
        awaitWatches(1);

        assertThat(tempo.pauses().subList(0, 2))
                .containsExactly(Duration.ofSeconds(40), Duration.ofMinutes(2));
    }

    @Test
    void aServerThatSaysNothingAtAllIsLeft() throws Exception {
        use(Duration.ofSeconds(2), LONG);
        server.next(_ -> Thread.sleep(60_000));
        server.put(PODS, pod("a"));
        run();
        awaitNames("a");

        assertThat(names.problems().getFirst()).contains("does not answer");
    }

    @Test
    void aServerThatEndsEachWatchAtOnceIsNoBusyLoop() throws Exception {
        Answer end = exchange -> exchange.sendResponseHeaders(200, -1);
        server.put(PODS, pod("a"));
        run();
        awaitWatches(1);
        int before = tempo.pauses().size();
        for (int i = 0; i < 10; i++) {
            server.next(end);
        }
        server.endWatches();
        awaitWatches(12);

        assertThat(tempo.pauses().get(before + 9)).isGreaterThan(Duration.ofSeconds(20));
    }

    @Test
    void aListWithoutEndIsGivenUp() throws Exception {
        server.chunksOf(1);
        for (int i = 0; i < 300; i++) {
            server.put(PODS, pod("p%03d".formatted(i)));
        }
        run();
        Eventually.await("a problem", () -> !names.problems().isEmpty());

        assertThat(names.problems().getFirst()).contains("has no end");
    }

    @Test
    void anEndIsSoon() throws Exception {
        var running = Thread.ofVirtual().start(watch);
        awaitWatches(1);
        watch.stop();

        assertThat(running.join(Duration.ofSeconds(10))).isTrue();
    }
}
