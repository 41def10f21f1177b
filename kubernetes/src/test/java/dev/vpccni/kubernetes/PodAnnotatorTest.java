package dev.vpccni.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.json.JsonObject;
import dev.vpccni.kubernetes.api.ApiAccess;
import dev.vpccni.kubernetes.api.ApiClient;
import dev.vpccni.kubernetes.fake.Eventually;
import dev.vpccni.kubernetes.fake.FakeApiServer;
import dev.vpccni.kubernetes.fake.FakeApiServer.Heard;
import dev.vpccni.kubernetes.fake.SkippedPauses;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.PodName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class PodAnnotatorTest {

    private static final PodName WEB = new PodName("shop", "web-0");
    private static final Ipv4Address FIRST = Ipv4Address.parse("10.0.0.1");
    private static final Ipv4Address SECOND = Ipv4Address.parse("10.0.0.2");
    private static final String POINTER = "/metadata/annotations/vpc.amazonaws.com~1pod-ips";

    private final SkippedPauses tempo = new SkippedPauses();
    private final List<String> log = new CopyOnWriteArrayList<>();
    private final List<String> told = new CopyOnWriteArrayList<>();
    @TempDir Path folder;
    private FakeApiServer server;
    private ApiClient client;
    private PodAnnotator annotator;

    @BeforeEach
    void start() throws IOException {
        server = new FakeApiServer();
        Files.writeString(folder.resolve("token"), "secret");
        client = new ApiClient(new ApiAccess.InCluster(server.url(), folder), "test");
        annotator =
                new PodAnnotator(
                        client,
                        pod -> pod.equals(WEB) ? "known" : "",
                        tempo,
                        new Random(1),
                        log::add,
                        (reason, action, note) -> told.add(reason + " " + action + " " + note));
    }

    @AfterEach
    void stop() {
        annotator.close();
        client.close();
        server.close();
    }

    private void run() {
        tempo.start("annotations", annotator);
    }

    private List<Heard> awaitHeard(int count) throws InterruptedException {
        Eventually.await(count + " requests", () -> server.heard().size() >= count);
        return server.heard();
    }

    /** Nothing more comes than what another pod's annotation brings. */
    private List<Heard> settled(int count) throws InterruptedException {
        annotator.connected(new PodName("shop", "last"), "last", FIRST);
        List<Heard> heard = awaitHeard(count + 1);
        assertThat(heard.get(count).path()).endsWith("/last");
        return heard.subList(0, count);
    }

    private static String merged(Heard heard) throws Exception {
        JsonObject metadata = JsonObject.parse(heard.body()).object("metadata");
        return metadata.string("uid")
                + " "
                + metadata.object("annotations").string("vpc.amazonaws.com/pod-ips");
    }

    @Test
    void aPodThatIsConnectedIsAnnotatedAndNoOtherOfItsName() throws Exception {
        run();
        annotator.connected(WEB, "1", FIRST);
        Heard heard = awaitHeard(1).getFirst();

        assertThat(heard.method()).isEqualTo("PATCH");
        assertThat(heard.path()).isEqualTo("/api/v1/namespaces/shop/pods/web-0");
        assertThat(merged(heard)).isEqualTo("1 10.0.0.1");
    }

    @Test
    void whereTheRuntimeDoesNotSayWhichPodItIsTheWatchDoes() throws Exception {
        run();
        annotator.connected(new PodName("shop", "unknown"), "", FIRST);
        annotator.connected(WEB, "", FIRST);

        assertThat(merged(awaitHeard(1).getFirst())).isEqualTo("known 10.0.0.1");
        assertThat(settled(1)).hasSize(1);
    }

    @Test
    void anAddressThatIsTakenBackIsTakenOutWhereItStillStands() throws Exception {
        run();
        annotator.released(WEB, "1", FIRST);
        Heard heard = awaitHeard(1).getFirst();

        assertThat(heard.body())
                .isEqualTo(
                        "[{\"op\":\"test\",\"path\":\"/metadata/uid\",\"value\":\"1\"},"
                                + "{\"op\":\"test\",\"path\":\""
                                + POINTER
                                + "\",\"value\":\"10.0.0.1\"},"
                                + "{\"op\":\"replace\",\"path\":\""
                                + POINTER
                                + "\",\"value\":\"\"}]");
    }

    @Test
    void ofOnePodTheLatestIsWritten() throws Exception {
        annotator.connected(WEB, "1", FIRST);
        annotator.connected(WEB, "1", SECOND);
        annotator.released(WEB, "1", FIRST);
        run();

        assertThat(merged(awaitHeard(1).getFirst())).isEqualTo("1 10.0.0.2");
        assertThat(settled(1)).hasSize(1);
    }

    @Test
    void whatWasNeverWrittenIsEmptiedWhateverWasThereBefore() throws Exception {
        annotator.connected(WEB, "1", FIRST);
        annotator.released(WEB, "1", FIRST);
        run();

        assertThat(merged(awaitHeard(1).getFirst())).isEqualTo("1 ");
    }

    @Test
    void whatIsToldWhileARequestIsUnderWayIsWrittenAfterIt() throws Exception {
        var begun = new CountDownLatch(1);
        var go = new CountDownLatch(1);
        server.next(exchange -> {
            begun.countDown();
            go.await();
            FakeApiServer.send(exchange, 200, "{}");
        });
        run();
        annotator.connected(WEB, "1", FIRST);
        begun.await();
        annotator.connected(WEB, "1", SECOND);
        go.countDown();

        assertThat(merged(awaitHeard(2).get(1))).isEqualTo("1 10.0.0.2");
    }

    @ParameterizedTest
    @ValueSource(ints = {404, 422})
    void aPodThatIsGoneOrAnotherIsDoneWith(int status) throws Exception {
        server.next(exchange -> FakeApiServer.refuse(exchange, status, "no"));
        run();
        annotator.connected(WEB, "1", FIRST);
        awaitHeard(1);

        assertThat(settled(1)).hasSize(1);
        assertThat(log).isEmpty();
    }

    @Test
    void aConflictIsTriedAgainAFewTimes() throws Exception {
        for (int i = 0; i < 5; i++) {
            server.next(exchange -> FakeApiServer.refuse(exchange, 409, "conflict"));
        }
        run();
        annotator.connected(WEB, "1", FIRST);
        awaitHeard(5);

        assertThat(settled(5)).allMatch(heard -> heard.path().endsWith("/web-0"));
    }

    @ParameterizedTest
    @CsvSource({"500, 1", "503, 3", "429, 2", "401, 2"})
    void aServerInTroubleIsAskedAgainAndNothingIsLost(int status, int times) throws Exception {
        for (int i = 0; i < times; i++) {
            server.next(exchange -> FakeApiServer.refuse(exchange, status, "trouble"));
        }
        annotator.connected(WEB, "1", FIRST);
        run();
        Eventually.await("it works again", () -> log.size() == 2);
        List<Heard> heard = server.heard();

        assertThat(merged(heard.getLast())).isEqualTo("1 10.0.0.1");
        assertThat(log.getFirst()).startsWith("the node cannot annotate its pods, and tries again");
        assertThat(log.getLast()).isEqualTo("the node can annotate its pods again");
        assertThat(told).isEmpty();
    }

    @Test
    void aRightThatIsMissingIsToldOnceWithTheRule() throws Exception {
        for (int i = 0; i < 20; i++) {
            int n = i;
            server.next(exchange ->
                    FakeApiServer.refuse(exchange, 403, "pods \"p-" + n + "\" is forbidden"));
        }
        for (int i = 0; i < 5; i++) {
            annotator.connected(new PodName("shop", "p-" + i), "uid-" + i, FIRST);
        }
        run();
        awaitHeard(25);

        assertThat(told)
                .singleElement()
                .asString()
                .startsWith("MissingRBAC annotate its pods ")
                .contains("apiGroups [\"\"], resources [pods], verbs [patch]")
                .contains("ANNOTATE_POD_IP");
        assertThat(server.heard().subList(20, 25))
                .extracting(Heard::path)
                .as("each of them, in the end")
                .doesNotHaveDuplicates();
        Eventually.await("its end is told", () -> log.size() == 2);
    }

    /** A webhook may refuse one pod for ever. */
    @Test
    void onePodThatIsRefusedHoldsUpNoOthers() throws Exception {
        server.next(exchange -> FakeApiServer.refuse(exchange, 403, "denied by a webhook"));
        annotator.connected(WEB, "1", FIRST);
        annotator.connected(new PodName("shop", "other"), "2", SECOND);
        run();

        assertThat(awaitHeard(2).get(1).path()).endsWith("/other");
    }

    @ParameterizedTest
    @ValueSource(strings = {"../../nodes/me", "a/b", "a%2fb", "", "a?b", "A"})
    void aNameThatIsNoneBecomesPartOfNoPath(String name) throws Exception {
        annotator.connected(new PodName("shop", name), "1", FIRST);
        annotator.connected(new PodName(name, "web"), "1", FIRST);
        annotator.released(new PodName("shop", name), "1", FIRST);
        run();

        assertThat(settled(0)).isEmpty();
    }

    @Test
    void moreThanANodeHasAreNotKept() throws Exception {
        for (int i = 0; i < PodAnnotator.KEPT_MAX + 10; i++) {
            annotator.connected(new PodName("shop", "p-" + i), "uid-" + i, FIRST);
        }

        assertThat(log).singleElement().asString().contains("shop/p-0");
        run();
        assertThat(awaitHeard(1).getFirst().path()).endsWith("/p-10");
    }
}
