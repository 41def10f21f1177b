package dev.vpccni.kubernetes;

import static dev.vpccni.kubernetes.fake.FakeApiServer.object;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.vpccni.kubernetes.api.ApiAccess;
import dev.vpccni.kubernetes.api.ApiClient;
import dev.vpccni.kubernetes.api.ListWatch;
import dev.vpccni.kubernetes.fake.Eventually;
import dev.vpccni.kubernetes.fake.FakeApiServer;
import dev.vpccni.kubernetes.fake.SkippedPauses;
import dev.vpccni.model.PodName;
import dev.vpccni.node.port.BranchSource;
import dev.vpccni.node.port.BranchSource.Branch;
import dev.vpccni.node.port.BranchSource.PendingException;
import dev.vpccni.node.settings.ClusterSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which pods have interfaces of their own, as their annotations come and go. */
final class ClusterBranchesTest {

    private static final String PODS = "/api/v1/pods";
    private static final PodName WEB = new PodName("default", "web");

    private final AtomicInteger changes = new AtomicInteger();
    @TempDir Path folder;
    private FakeApiServer server;
    private KubernetesCluster cluster;
    private BranchSource branches;

    @BeforeEach
    void start() throws IOException {
        server = new FakeApiServer();
        Files.writeString(folder.resolve("token"), "secret");
        follow(true);
    }

    private void follow(boolean ownInterfaces) {
        cluster =
                new KubernetesCluster(
                        new ApiClient(new ApiAccess.InCluster(server.url(), folder), "test"),
                        "me",
                        ClusterSettings.DEFAULT,
                        false,
                        ownInterfaces,
                        ListWatch.Limits.DEFAULT,
                        new SkippedPauses(),
                        new Random(1),
                        _ -> {},
                        Operator.NOBODY);
        branches = cluster.branches();
        branches.onChange(changes::incrementAndGet);
    }

    @AfterEach
    void stop() {
        cluster.close();
        server.close();
    }

    private void put(String uid, Map<String, ?> metadata, boolean asks) {
        Map<String, Object> all = new TreeMap<>(metadata);
        all.put("uid", uid);
        Map<String, ?> limits = asks ? Map.of(PodBranch.NAME, "1") : Map.of("cpu", "1");
        server.put(
                PODS,
                object(
                        "default",
                        "web",
                        all,
                        Map.of(
                                "spec",
                                Map.of(
                                        "nodeName",
                                        "me",
                                        "containers",
                                        List.of(Map.of("resources", Map.of("limits", limits)))),
                                "status",
                                Map.of("phase", "Pending"))));
    }

    private static Map<String, ?> annotated(String text) {
        return Map.of("annotations", Map.of(PodBranch.NAME, text));
    }

    private @Nullable PendingException pending(String uid) {
        return catchThrowableOfType(PendingException.class, () -> branches.of(WEB, uid));
    }

    private PendingException refused(String uid) {
        return Objects.requireNonNull(pending(uid));
    }

    private void awaitPending(String uid, String words) throws InterruptedException {
        Eventually.await(
                words,
                () -> {
                    PendingException pending = pending(uid);
                    return pending != null && String.valueOf(pending.getMessage()).contains(words);
                });
    }

    private Branch awaitBranch(String uid) throws Exception {
        Eventually.await("a branch", () -> pending(uid) == null);
        Branch branch = branches.of(WEB, uid);
        return Objects.requireNonNull(branch);
    }

    @Test
    void theAnnotationIsHeardOfWhenItComes() throws Exception {
        put("u1", Map.of(), true);
        cluster.start();
        awaitPending("u1", "has no annotation " + PodBranch.NAME);
        assertThat(refused("u1").isComing()).isTrue();
        assertThat(refused("u1").remedy()).contains("VPC resource controller", "branch-controller");
        int before = changes.get();

        put("u1", annotated(PodBranchTest.TEXT), true);

        assertThat(awaitBranch("u1").vlan()).isEqualTo(3);
        assertThat(changes.get()).isGreaterThan(before);
    }

    @Test
    void aPodOfTheSameNameDoesNotGetTheFormersInterface() throws Exception {
        put("u1", annotated(PodBranchTest.TEXT), true);
        cluster.start();
        awaitBranch("u1");

        PendingException other = refused("u2");
        assertThat(other).hasMessageContaining("u1").hasMessageContaining("u2");
        assertThat(other.isComing()).as("the watch may be late").isTrue();
        put("u2", Map.of(), true);
        awaitPending("u2", "has no annotation");
    }

    /** Upstream's plugin does not say which pod of the name it means. */
    @Test
    void aPodThatIsBeingDeletedGivesItsInterfaceToNobody() throws Exception {
        put(
                "u1",
                Map.of(
                        "deletionTimestamp",
                        "2026-01-01T00:00:00Z",
                        "annotations",
                        Map.of(PodBranch.NAME, PodBranchTest.TEXT)),
                true);
        cluster.start();
        awaitPending("", "is being deleted");
        assertThat(refused("").isComing()).as("another one of the name").isTrue();
        assertThat(refused("u1").isComing()).isFalse();
    }

    @Test
    void aPodThatWasNotSeenYetIsNoOrdinaryOne() throws Exception {
        assertThat(pending("u1")).hasMessageContaining("not been asked yet");
        cluster.start();
        awaitPending("u1", "has not shown the pod default/web to the node; whether");
        assertThat(refused("u1").isComing()).isTrue();
        put("u1", Map.of(), false);
        Eventually.await("seen", () -> pending("u1") == null);
        assertThat(branches.of(WEB, "u1")).isNull();
    }

    @Test
    void garbageIsNamedAndNotWaitedFor() throws Exception {
        put("u1", annotated("[{\"vlanID\":7}]"), true);
        cluster.start();
        awaitPending("u1", "cannot be understood: [0].eniId");
        assertThat(refused("u1").isComing()).isFalse();
        assertThat(pending("u1")).hasMessageContaining("default/web");
    }

    @Test
    void whoeverAsksForItsOwnIsNoDemandOfTheNodes() throws Exception {
        put("u1", Map.of(), true);
        server.put(
                PODS,
                object("default", "plain", Map.of(), Map.of("spec", Map.of("nodeName", "me"))));
        cluster.start();
        Eventually.await("demand", () -> !cluster.view().bound().isEmpty());
        assertThat(cluster.view().bound()).containsExactly(new PodName("default", "plain"));
    }

    @Test
    void nothingOfItIsReadWhereNobodyWantsToKnow() throws Exception {
        cluster.close();
        follow(false);
        put("u1", annotated("garbage"), true);
        cluster.start();
        Eventually.await("demand", () -> cluster.view().bound().contains(WEB));
        assertThat(branches.of(WEB, "u1")).isNull();
    }
}
