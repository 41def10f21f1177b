package dev.vpccni.addon;

import static dev.vpccni.addon.InstalledUnderTest.CONFIGS;
import static dev.vpccni.addon.InstalledUnderTest.INSTALLED;
import static dev.vpccni.addon.InstalledUnderTest.NODE;
import static dev.vpccni.addon.InstalledUnderTest.SETS;
import static dev.vpccni.addon.InstalledUnderTest.WINDOWS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.json.Json;
import dev.vpccni.json.JsonObject;
import dev.vpccni.kubernetes.api.ApiException;
import dev.vpccni.kubernetes.api.ApiRequests;
import dev.vpccni.node.sentinel.Restraint;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class KeeperTest {

    private static final Duration QUARTER = Duration.ofMinutes(15);

    @TempDir Path folder;
    private InstalledUnderTest cluster;
    private AddonSettings settings = AddonSettings.DEFAULT;
    private Keeper keeper;

    @BeforeEach
    void start() throws Exception {
        cluster = new InstalledUnderTest(folder);
        keeper = keeper();
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    private Keeper keeper() {
        return new Keeper(
                new ApiRequests(cluster.client),
                settings,
                AddonController.ABSENCE,
                cluster.tempo,
                new AddonLog(cluster.log::add, null));
    }

    private ManagedObject installed(String name) throws Exception {
        Map<String, Object> config = cluster.server.find(CONFIGS, INSTALLED);
        JsonObject read = JsonObject.parse(Json.compact(config));
        return InstalledState.parse(read, "kube-system", settings.users()).objects().stream()
                .filter(object -> object.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private Keeper.Look look() throws Exception {
        return keeper.look(installed(NODE), () -> true);
    }

    private void settled() throws Exception {
        assertThat(look().found()).isZero();
        cluster.log.clear();
    }

    @Test
    void theFirstLookTakesTheFieldsOverAndTheNextOnesWriteNothing() throws Exception {
        assertThat(look()).isEqualTo(new Keeper.Look(0, QUARTER));
        assertThat(cluster.written()).containsExactly("APPLY " + SETS + "/" + NODE);
        for (int i = 0; i < 5; i++) {
            assertThat(look()).isEqualTo(new Keeper.Look(0, QUARTER));
        }
        assertThat(cluster.written()).hasSize(1);
        assertThat(cluster.log).isEmpty();
    }

    @Test
    void aFieldThatSomebodyChangedComesBackAndHeIsNamed() throws Exception {
        settled();
        cluster.editContainer("kubectl-edit", container -> container.put("image", "evil:1"));

        assertThat(look().found()).isEqualTo(1);
        assertThat(cluster.image()).isEqualTo("vpc-cni:v1");
        assertThat(cluster.log)
                .singleElement()
                .asString()
                .matches(
                        "DaemonSet kube-system/aws-node:"
                                + " spec\\.template\\.spec\\.containers\\[aws-node]\\.image was"
                                + " \"evil:1\", written by kubectl-edit at 2026-\\S+; restored to"
                                + " \"vpc-cni:v1\"");
        assertThat(look().found()).isZero();
    }

    @Test
    void whatWasChangedBeforeTheFirstLookComesBack() throws Exception {
        cluster.setVariable("kubectl-set", "AWS_VPC_ENI_MTU", "1500");

        assertThat(look().found()).isEqualTo(1);
        assertThat(cluster.variable("AWS_VPC_ENI_MTU")).isEqualTo("9001");
        assertThat(cluster.log.getFirst()).contains("env[AWS_VPC_ENI_MTU].value").contains("1500");
    }

    @Test
    void whatUsersTuneAndWhatWasNotInstalledStays() throws Exception {
        settled();
        cluster.setVariable("kubectl-set", "WARM_IP_TARGET", "7");
        cluster.setVariable("kubectl-set", "WARM_ENI_TARGET", "0");
        cluster.removeVariable("kubectl-edit", "WARM_PREFIX_TARGET");
        cluster.setVariable("kubectl-set", "SOMETHING_ELSE", "x");
        cluster.objects.edit(
                SETS,
                NODE,
                "kubectl-annotate",
                set -> {
                    @SuppressWarnings("unchecked") // of a parsed text
                    var metadata = (Map<String, Object>) set.get("metadata");
                    metadata.put("annotations", Map.of("owner", "me"));
                });
        cluster.objects.edit(
                CONFIGS,
                WINDOWS,
                "kubectl-edit",
                config -> {
                    @SuppressWarnings("unchecked") // of a parsed text
                    var data = (Map<String, Object>) config.get("data");
                    data.put("warm-ip-target", "5");
                });

        assertThat(look().found()).isZero();
        assertThat(keeper.look(installed(WINDOWS), () -> true).found()).isZero();
        assertThat(cluster.log).isEmpty();
        assertThat(cluster.variable("WARM_IP_TARGET")).isEqualTo("7");
        assertThat(cluster.variable("WARM_ENI_TARGET")).isEqualTo("0");
        assertThat(cluster.variable("SOMETHING_ELSE")).isEqualTo("x");
        assertThat(cluster.server.find(SETS, NODE).toString()).contains("owner=me");
        assertThat(cluster.server.find(CONFIGS, WINDOWS).toString()).contains("warm-ip-target=5");
    }

    @Test
    void aVariableThatSomebodyRemovedComesBackThoughNobodyOwnsTheRemoval() throws Exception {
        settled();
        cluster.removeVariable("k9s", "ENABLE_PREFIX_DELEGATION");

        assertThat(look().found()).isEqualTo(1);
        assertThat(cluster.variable("ENABLE_PREFIX_DELEGATION")).isEqualTo("false");
        assertThat(cluster.log)
                .singleElement()
                .asString()
                .contains("env[ENABLE_PREFIX_DELEGATION] was nothing, written by somebody whom")
                .contains("restored to {\"name\":\"ENABLE_PREFIX_DELEGATION\"");
    }

    @Test
    void aListThatIsOneValueComesBackWhole() throws Exception {
        settled();
        cluster.objects.edit(
                SETS, NODE, "kubectl-edit", set -> podOf(set).put("tolerations", List.of()));

        assertThat(look().found()).isEqualTo(1);
        assertThat(podOf(cluster.server.find(SETS, NODE)).get("tolerations"))
                .hasToString("[{operator=Exists}]");
    }

    @SuppressWarnings("unchecked") // of a parsed text
    private static Map<String, Object> podOf(Map<String, Object> set) {
        var spec = (Map<String, Object>) set.get("spec");
        return (Map<String, Object>) ((Map<String, Object>) spec.get("template")).get("spec");
    }

    @Test
    void whoChangesItAgainAndAgainIsGivenWayToLongerAndLonger() throws Exception {
        settled();
        var pauses = new ArrayList<Long>();
        for (int i = 0; i < Restraint.PATIENCE + 3; i++) {
            cluster.editContainer("argocd", container -> container.put("image", "argo:1"));
            Keeper.Look look = look();
            assertThat(look.found()).isEqualTo(1);
            assertThat(cluster.image()).isEqualTo("vpc-cni:v1");
            pauses.add(look.next().toMinutes());
            cluster.tempo.pass(look.next());
        }
        assertThat(pauses).containsExactly(15L, 15L, 15L, 15L, 15L, 1L, 2L, 4L);
        assertThat(cluster.log.getLast())
                .contains("left alone for 240 s")
                .contains("by argocd")
                .contains("change what is installed");
    }

    @Test
    void whileItIsGivenWayOthersFieldsComeBack() throws Exception {
        settled();
        for (int i = 0; i <= Restraint.PATIENCE; i++) {
            cluster.editContainer("argocd", container -> container.put("image", "argo:1"));
            assertThat(look().found()).isEqualTo(1);
        }
        cluster.editContainer("argocd", container -> container.put("image", "argo:1"));
        cluster.setVariable("kubectl-set", "AWS_VPC_ENI_MTU", "1500");

        assertThat(look().found()).isEqualTo(1);
        assertThat(cluster.image()).isEqualTo("argo:1");
        assertThat(cluster.variable("AWS_VPC_ENI_MTU")).isEqualTo("9001");

        cluster.tempo.pass(Duration.ofMinutes(1));
        assertThat(look().found()).isEqualTo(1);
        assertThat(cluster.image()).isEqualTo("vpc-cni:v1");
    }

    @Test
    void reportTellsOnceAndChangesNothing() throws Exception {
        settings = AddonSettings.DEFAULT.reporting();
        keeper = keeper();
        cluster.editContainer("kubectl-edit", container -> container.put("image", "evil:1"));
        for (int i = 0; i < 3; i++) {
            assertThat(look()).isEqualTo(new Keeper.Look(1, QUARTER));
        }
        assertThat(cluster.written()).isEmpty();
        assertThat(cluster.image()).isEqualTo("evil:1");
        assertThat(cluster.log).singleElement().asString().contains("installed was \"vpc-cni:v1\"");

        cluster.editContainer("kubectl-edit", container -> container.put("image", "evil:2"));
        assertThat(look().found()).isEqualTo(1);
        assertThat(cluster.log).hasSize(2);
    }

    @Test
    void aReleaseThatComesBetweenLookAndRepairIsNotUndone() throws Exception {
        settled();
        ManagedObject former = installed(NODE);
        cluster.release("v2");

        assertThat(keeper.look(former, () -> false))
                .isEqualTo(new Keeper.Look(0, Duration.ofSeconds(1)));
        assertThat(cluster.image()).isEqualTo("vpc-cni:v2");
    }

    @Test
    void whatChangesBetweenLookAndRepairIsNotOverwrittenUnseen() throws Exception {
        settled();
        cluster.editContainer("kubectl-edit", container -> container.put("image", "evil:1"));
        Keeper.Confirmation busy =
                () -> {
                    try {
                        cluster.editContainer("helm", container -> container.put("image", "v9"));
                    } catch (Exception e) {
                        throw new AssertionError(e);
                    }
                    return true;
                };

        assertThat(keeper.look(installed(NODE), busy).found()).isZero();
        assertThat(cluster.image()).isEqualTo("v9");
        assertThat(cluster.log).isEmpty();
        assertThat(look().found()).isEqualTo(1);
        assertThat(cluster.log.getFirst()).contains("\"v9\", written by helm");
    }

    @Test
    void whatIsGoneIsMadeAnewAfterAWhileAndUsersTuneItAsBefore() throws Exception {
        settled();
        cluster.objects.delete(SETS, NODE);
        assertThat(look()).isEqualTo(new Keeper.Look(1, AddonController.ABSENCE));
        assertThat(cluster.image()).isEmpty();

        cluster.tempo.pass(AddonController.ABSENCE);
        Keeper.Look look = look();
        assertThat(look.found()).isEqualTo(1);
        assertThat(cluster.variable("WARM_ENI_TARGET")).isEqualTo("1");
        assertThat(cluster.log).singleElement().asString().contains("made anew");

        assertThat(look().found()).isZero();
        cluster.setVariable("kubectl-set", "WARM_ENI_TARGET", "3");
        assertThat(look().found()).isZero();
        assertThat(cluster.variable("WARM_ENI_TARGET")).isEqualTo("3");
    }

    @Test
    void whatIsBeingUninstalledIsNotMadeAnew() throws Exception {
        settled();
        cluster.objects.delete(SETS, NODE);
        assertThat(look().found()).isEqualTo(1);
        cluster.tempo.pass(AddonController.ABSENCE);
        List<String> before = cluster.written();

        assertThat(keeper.look(installed(NODE), () -> false).found()).isZero();
        assertThat(cluster.written()).isEqualTo(before);
    }

    @Test
    void whatIsBeingRemovedOrUpgradedIsLeftAlone() throws Exception {
        settled();
        cluster.editContainer("kubectl-edit", container -> container.put("image", "evil:1"));
        cluster.objects.edit(
                SETS,
                NODE,
                "vpc-cni-upgrade",
                set -> metadata(set).put("annotations", Map.of(AddonSettings.UPGRADE, "{}")));
        assertThat(look()).isEqualTo(new Keeper.Look(0, QUARTER));
        assertThat(look()).isEqualTo(new Keeper.Look(0, QUARTER));
        assertThat(cluster.log).singleElement().asString().contains("while it is upgraded");
        assertThat(cluster.image()).isEqualTo("evil:1");

        cluster.objects.edit(
                SETS,
                NODE,
                "vpc-cni-upgrade",
                set -> {
                    metadata(set).remove("annotations");
                    metadata(set).put("deletionTimestamp", "2026-01-01T00:00:00Z");
                });
        assertThat(look().found()).isZero();
        assertThat(cluster.image()).isEqualTo("evil:1");
    }

    @SuppressWarnings("unchecked") // of a parsed text
    private static Map<String, Object> metadata(Map<String, Object> object) {
        return (Map<String, Object>) object.get("metadata");
    }

    @Test
    void whatTheServerRefusesIsSaidAsItSaysIt() throws Exception {
        ManagedObject object = installed(NODE);
        cluster.server.next(exchange ->
                dev.vpccni.kubernetes.fake.FakeApiServer.refuse(exchange, 403, "may not get"));
        var failure =
                org.assertj.core.api.Assertions.catchThrowableOfType(
                        ApiException.class, () -> keeper.look(object, () -> true));
        assertThat(failure).hasMessageContaining("may not get");
        assertThat(failure.status()).isEqualTo(403);
    }
}
