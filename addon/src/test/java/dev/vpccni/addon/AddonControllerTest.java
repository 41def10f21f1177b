package dev.vpccni.addon;

import static dev.vpccni.addon.InstalledUnderTest.CONFIGS;
import static dev.vpccni.addon.InstalledUnderTest.INSTALLED;
import static dev.vpccni.addon.InstalledUnderTest.NODE;
import static dev.vpccni.addon.InstalledUnderTest.ROLES;
import static dev.vpccni.addon.InstalledUnderTest.SETS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vpccni.kubernetes.EventRecorder;
import dev.vpccni.kubernetes.api.ApiException;
import dev.vpccni.kubernetes.fake.Eventually;
import dev.vpccni.kubernetes.fake.FakeApiServer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class AddonControllerTest {

    private static final int OBJECTS = 3;
    private static final String EVENTS = "/apis/events.k8s.io/v1/namespaces/kube-system/events";

    @TempDir Path folder;
    private InstalledUnderTest cluster;
    private EventRecorder events;
    private AddonController controller;

    @BeforeEach
    void start() throws Exception {
        cluster = new InstalledUnderTest(folder);
        var random = new Random(1);
        events =
                new EventRecorder(
                        cluster.client, "vpc-cni-addon", "me", cluster.tempo, random, line -> {});
        controller =
                new AddonController(
                        cluster.client,
                        AddonSettings.DEFAULT,
                        cluster.tempo,
                        random,
                        events,
                        cluster.log::add);
    }

    @AfterEach
    void stop() {
        controller.close();
        events.close();
        cluster.close();
    }

    private void run() throws Exception {
        cluster.tempo.start("events", events);
        cluster.tempo.start("controller", controller);
        Eventually.await("all are taken over", () -> cluster.written().size() >= OBJECTS);
        awaitWatches(OBJECTS + 1);
    }

    private void awaitWatches(int count) throws Exception {
        Eventually.await(
                count + " watches",
                () ->
                        cluster.server.heard().stream().filter(FakeApiServer.Heard::isWatch).count()
                                >= count);
    }

    private void awaitLog(String words) throws Exception {
        Eventually.await(
                words + " in " + cluster.log,
                () -> cluster.log.stream().anyMatch(line -> line.contains(words)));
    }

    /** Lets time pass in steps until something holds, as it may be that nobody waits yet. */
    private void passUntil(String what, Duration most, java.util.concurrent.Callable<Boolean> holds)
            throws Exception {
        Duration step = Duration.ofSeconds(1);
        for (long passed = 0; passed < most.toSeconds(); passed++) {
            if (holds.call()) {
                return;
            }
            cluster.tempo.pass(step);
            Thread.sleep(10); // others get their turn
        }
        Eventually.await(
                what,
                () -> {
                    try {
                        return holds.call();
                    } catch (Exception e) {
                        throw new AssertionError(e);
                    }
                });
    }

    @Test
    void aChangeThatIsHeardIsUndoneInSecondsAndToldByAnEvent() throws Exception {
        run();
        cluster.editContainer("kubectl-edit", container -> container.put("image", "evil:1"));

        passUntil(
                "the image is back",
                Duration.ofMinutes(14),
                () -> cluster.image().equals("vpc-cni:v1"));
        awaitLog("written by kubectl-edit");
        Eventually.await("an event", () -> cluster.server.find(EVENTS, eventName()) != null);
        Map<String, Object> event = cluster.server.find(EVENTS, eventName());
        assertThat(event.get("reason")).isEqualTo("FieldsRestored");
        assertThat(event.get("reportingController")).isEqualTo("vpc-cni-addon");
        assertThat(event.get("regarding").toString())
                .contains("apiVersion=apps/v1", "kind=DaemonSet", "name=aws-node", "uid=uid-");
        assertThat(event.get("note").toString()).contains("kubectl-edit").contains("evil:1");
    }

    private String eventName() {
        return cluster.server.heard().stream()
                .filter(request -> request.path().equals(EVENTS))
                .map(request ->
                        request.body().replaceFirst("(?s).*\"name\":\"(aws-node\\.[^\"]+).*", "$1"))
                .findFirst()
                .orElse("none yet");
    }

    @Test
    void whereNothingIsHeardAQuarterOfAnHourIsTheLongest() throws Exception {
        run();
        // The watch hears of a status only, and of no field that it knows.
        cluster.objects.edit(ROLES, NODE, "kubectl-edit", role -> role.put("aggregationRule", "x"));
        int asked = requests(ROLES + "/" + NODE);
        passUntil(
                "it is looked at",
                Duration.ofMinutes(16),
                () -> requests(ROLES + "/" + NODE) > asked);
    }

    private int requests(String path) {
        return (int)
                cluster.server.heard().stream()
                        .filter(request -> request.path().equals(path))
                        .count();
    }

    @Test
    void aReleaseIsTakenUpAndNeverUndone() throws Exception {
        run();
        cluster.release("v2");
        passUntil(
                "the release is known",
                Duration.ofMinutes(1),
                () -> cluster.log.stream().filter(line -> line.startsWith("keeps")).count() == 2);
        cluster.tempo.pass(Duration.ofMinutes(16));
        cluster.tempo.pass(Duration.ofMinutes(16));

        assertThat(cluster.image()).isEqualTo("vpc-cni:v2");
        assertThat(cluster.log).noneMatch(line -> line.contains("restored"));
        cluster.editContainer("kubectl-edit", container -> container.put("image", "vpc-cni:v1"));
        passUntil(
                "the new image is back",
                Duration.ofMinutes(14),
                () -> cluster.image().equals("vpc-cni:v2"));
    }

    @Test
    void whoeverUninstallsIsNotHindered() throws Exception {
        run();
        int writes = cluster.written().size();
        cluster.objects.delete(SETS, NODE);
        cluster.tempo.pass(Duration.ofSeconds(6));
        cluster.objects.delete(CONFIGS, INSTALLED);
        awaitLog("nothing is installed");
        cluster.tempo.pass(Duration.ofMinutes(40));

        assertThat(cluster.image()).isEmpty();
        assertThat(cluster.written()).hasSize(writes);

        cluster.release("v3");
        awaitLog("keeps");
        Eventually.await("it is kept again", () -> cluster.written().size() > writes);
        assertThat(cluster.image()).isEqualTo("vpc-cni:v3");
    }

    @Test
    void whatIsWrittenIntoTheConfigMapByHandEndsTheKeepingAndSaysWhere() throws Exception {
        run();
        cluster.objects.edit(
                CONFIGS,
                INSTALLED,
                "kubectl-edit",
                config -> {
                    @SuppressWarnings("unchecked") // of a parsed text
                    var data = (Map<String, Object>) config.get("data");
                    data.put("DaemonSet.aws-node.json", "{\"kind\":\"DaemonSet\"");
                });
        awaitLog("is not as the chart writes it (DaemonSet.aws-node.json: ");
        cluster.editContainer("kubectl-edit", container -> container.put("image", "other:1"));
        int writes = cluster.written().size();
        cluster.tempo.pass(Duration.ofMinutes(20));
        cluster.tempo.pass(Duration.ofMinutes(20));
        assertThat(cluster.written()).hasSize(writes);

        cluster.say("v1");
        passUntil(
                "it is kept again",
                Duration.ofMinutes(10),
                () -> cluster.image().equals("vpc-cni:v1"));
    }

    @Test
    void oneThatMayNotBeReadKeepsNobodyFromTheOthers() throws Exception {
        // Whichever is first, the watch or the look.
        for (int i = 0; i < 2; i++) {
            cluster.server.next(
                    exchange -> FakeApiServer.refuse(exchange, 403, "configmaps is forbidden"));
        }
        cluster.tempo.start("controller", controller);
        awaitLog("what is installed: cannot be looked at: the API server answers 403:");
        passUntil(
                "all are taken over",
                Duration.ofMinutes(10),
                () -> cluster.written().size() >= OBJECTS);
        awaitLog("what is installed: can be looked at again");
        assertThat(cluster.log.stream().filter(line -> line.contains("cannot be looked at")))
                .hasSize(1);
    }

    @Test
    void onceIsEnoughForWhoWantsToKnow() throws Exception {
        cluster.editContainer("kubectl-edit", container -> container.put("image", "evil:1"));
        AddonSettings report = AddonSettings.DEFAULT.reporting();
        assertThat(once(report)).isEqualTo(1);
        assertThat(cluster.image()).isEqualTo("evil:1");
        assertThat(once(AddonSettings.DEFAULT)).isEqualTo(1);
        assertThat(once(report)).isZero();

        cluster.objects.delete(CONFIGS, INSTALLED);
        assertThatThrownBy(() -> once(report))
                .isInstanceOf(ApiException.class)
                .hasMessageContaining("addon.enabled=true");
    }

    private int once(AddonSettings settings) throws Exception {
        return AddonController.once(
                cluster.client, settings, cluster.tempo, new Random(1), cluster.log::add);
    }

    @Test
    void itIsQuietWhereNothingHappens() throws Exception {
        run();
        Eventually.await("it rests", () -> cluster.tempo.waiting() >= 2);
        int requests = cluster.server.heard().size();
        cluster.tempo.pass(Duration.ofMinutes(15));
        int most = requests + 1 + 2 * OBJECTS;
        Eventually.await("it has looked", () -> cluster.server.heard().size() >= most);
        assertThat(cluster.written()).hasSize(OBJECTS);
        assertThat(cluster.log).hasSize(1);
        assertThat(List.copyOf(cluster.server.heard())).hasSize(most);
    }
}
