package dev.vpccni.addon.upgrade;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.kubernetes.fake.SkippedPauses;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class UpgradeTest {

    @TempDir Path folder;
    private NodesUnderTest cluster;

    @BeforeEach
    void start() throws Exception {
        cluster = new NodesUnderTest(folder, "n1", "n2", "n3", "n4");
    }

    @AfterEach
    void stop() {
        cluster.close();
    }

    private Upgrade to(String image, String canary, int unavailable) {
        var settings =
                new UpgradeSettings(
                        "kube-system",
                        "aws-node",
                        image,
                        canary,
                        unavailable,
                        Duration.ofSeconds(20),
                        Duration.ofSeconds(3),
                        "aws-node-installed",
                        "",
                        UpgradeSettings.SLEEP);
        return new Upgrade(cluster.client, settings, new SkippedPauses(), cluster.lines::add);
    }

    private void assertAll(String image) throws Exception {
        assertThat(cluster.images().values()).hasSize(4).containsOnly(image);
        assertThat(NodesUnderTest.images(cluster.set()))
                .containsEntry("aws-node", image)
                .containsEntry("init", image)
                .containsEntry("agent", "agent:1");
        assertThat(cluster.installed()).containsEntry("aws-node", image);
        assertThat(cluster.set().get("spec").toString())
                .contains("type=RollingUpdate")
                .contains("maxUnavailable=10%");
        assertThat(cluster.set().get("metadata").toString()).doesNotContain("\"stage\"");
        assertThat(cluster.server.find(NodesUnderTest.PODS, CanaryProbe.NAME)).isNull();
    }

    @Test
    void theCanaryIsFirstAndTheOthersFollow() throws Exception {
        assertThat(to("new", "n3", 2).run()).as("%s", cluster.lines).isTrue();
        assertAll("new");
        assertThat(cluster.replaced).containsExactly("n3", "n1", "n2", "n4");
        assertThat(cluster.lines)
                .anyMatch(line -> line.equals("a pod on n3 came up, with 10.0.0.9"))
                .anyMatch(line -> line.equals("n1, n2: ready"))
                .last()
                .asString()
                .contains("Give the chart the same image");
        cluster.replaced.clear();
        assertThat(to("new", "", 1).run()).isTrue();
        assertThat(cluster.replaced).isEmpty();
    }

    @Test
    void aCanaryThatIsNotReadyGetsTheFormerImageBack() throws Exception {
        cluster.broken.add("bad");
        assertThat(to("bad", "n2", 1).run()).isFalse();
        assertAll("old");
        assertThat(cluster.replaced).containsOnly("n2");
        assertThat(cluster.lines)
                .anyMatch(line ->
                        line.contains(
                                "daemon on n2 was not ready within 20 s: aws-node:"
                                        + " CrashLoopBackOff"))
                .last()
                .isEqualTo("the former image is back: old");
    }

    @Test
    void aCanaryWhosePodsDoNotComeUpGetsTheFormerImageBack() throws Exception {
        cluster.deaf.add("bad");
        assertThat(to("bad", "n2", 1).run()).isFalse();
        assertAll("old");
        assertThat(cluster.replaced).containsOnly("n2");
        assertThat(cluster.lines)
                .anyMatch(line ->
                        line.contains(
                                "a pod on n2 was not ready within 20 s:"
                                        + " FailedCreatePodSandBox: no address"));
    }

    @Test
    void aLaterNodeThatIsNotReadyStopsItAndTheSameCommandGoesOn() throws Exception {
        cluster.late = 0;
        Upgrade upgrade = to("new", "n1", 1);
        cluster.writesLeft = 6; // the canary has passed, and no other node was begun
        assertThat(upgrade.run()).isFalse();
        cluster.writesLeft = Integer.MAX_VALUE;
        assertThat(cluster.images()).containsEntry("n1", "new").containsEntry("n2", "old");

        cluster.broken.add("new");
        assertThat(upgrade.run()).isFalse();
        assertThat(cluster.images()).containsEntry("n2", "new").containsEntry("n3", "old");
        assertThat(cluster.lines.getLast())
                .contains("daemon on n2 was not ready")
                .contains("3 nodes have the other image")
                .contains("--back");
        assertThat(cluster.set().toString()).contains("type=OnDelete");

        assertThat(to("newer", "", 1).run()).isFalse();
        assertThat(cluster.lines.getLast()).contains("an upgrade to new, new is under way");
        assertThat(upgrade.back()).isTrue();
        assertAll("old");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15})
    void afterACrashTheSameCommandGoesOnOrBack(int writes) throws Exception {
        cluster.writesLeft = writes;
        boolean done = to("new", "n2", 2).run();
        cluster.writesLeft = Integer.MAX_VALUE;
        assertThat(to("new", "n2", 2).run()).as("%s", cluster.lines).isTrue();
        assertAll("new");

        cluster.writesLeft = writes;
        boolean again = to("old", "n2", 2).run();
        cluster.writesLeft = Integer.MAX_VALUE;
        boolean begun = cluster.set().toString().contains("\"stage\"");
        assertThat(to("old", "", 1).back()).isEqualTo(begun);
        assertAll(!begun && again ? "old" : "new");
        assertThat(done).isEqualTo(again);
    }

    @Test
    void aPodThatTheControllerMakesOfTheFormerImageGoesToo() throws Exception {
        cluster.late = 2;
        assertThat(to("new", "n1", 1).run()).isTrue();
        assertAll("new");
        assertThat(cluster.replaced).containsExactly("n1", "n1", "n1", "n2", "n3", "n4");
    }

    @Test
    void nodesThatAreNotReadyAreLeftToTheDaemonSet() throws Exception {
        cluster.node("n1", false);
        assertThat(to("new", "n1", 1).run()).isFalse();
        assertThat(cluster.lines.getLast()).contains("n1 is ready and has a pod");
        assertThat(cluster.replaced).isEmpty();

        assertThat(to("new", "", 1).run()).isTrue();
        assertThat(cluster.replaced).containsExactly("n2", "n3", "n4");
        assertThat(cluster.lines).contains("n1 is not ready, and is left out");
    }

    @Test
    void aPlanChangesNothing() throws Exception {
        assertThat(to("new", "n3", 2).plan()).isTrue();
        assertThat(cluster.lines)
                .containsExactly(
                        "container aws-node: old -> new",
                        "container init: old -> new",
                        "canary n3",
                        "then 3 nodes, 2 at a time: n1, n2, n4");
        assertThat(cluster.objects.written()).isEmpty();
        assertAll("old");
    }

    @Test
    void whoeverHasNothingToGoBackFromIsTold() throws Exception {
        assertThat(to("", "", 1).back()).isFalse();
        assertThat(cluster.lines)
                .containsExactly("stops: no upgrade is under way, and so none to go back from");
        cluster.objects.delete(NodesUnderTest.SETS, "aws-node");
        assertThat(to("new", "", 1).run()).isFalse();
        assertThat(cluster.lines.getLast()).contains("there is no DaemonSet kube-system/aws-node");
    }

    @Test
    void anAnnotationOfSomebodyElseIsNotGuessedAt() throws Exception {
        cluster.objects.edit(
                NodesUnderTest.SETS,
                "aws-node",
                "kubectl-annotate",
                set -> {
                    @SuppressWarnings("unchecked") // of a parsed text
                    var metadata = (java.util.Map<String, Object>) set.get("metadata");
                    metadata.put("annotations", java.util.Map.of("vpc-cni.dev/upgrade", "true"));
                });
        assertThat(to("new", "", 1).run()).isFalse();
        assertThat(cluster.lines.getLast()).contains("not as this program writes it");
        assertThat(cluster.replaced).isEqualTo(List.of());
    }
}
