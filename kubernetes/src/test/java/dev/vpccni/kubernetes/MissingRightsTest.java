package dev.vpccni.kubernetes;

import static dev.vpccni.kubernetes.fake.FakeApiServer.object;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.kubernetes.api.ApiAccess;
import dev.vpccni.kubernetes.api.ApiClient;
import dev.vpccni.kubernetes.api.ListWatch;
import dev.vpccni.kubernetes.fake.Eventually;
import dev.vpccni.kubernetes.fake.FakeApiServer;
import dev.vpccni.kubernetes.fake.SkippedPauses;
import dev.vpccni.node.port.Cluster.InterfaceConfig;
import dev.vpccni.node.settings.ClusterSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is said where the daemon's account lacks a right, or the cluster a kind of objects. */
final class MissingRightsTest {

    private static final String NODES = "/api/v1/nodes";
    private static final String PODS = "/api/v1/pods";
    private static final String CONFIGS = "/apis/crd.k8s.amazonaws.com/v1alpha1/eniconfigs";

    private final SkippedPauses tempo = new SkippedPauses();
    private final List<String> log = new CopyOnWriteArrayList<>();
    private final List<String> told = new CopyOnWriteArrayList<>();
    @TempDir Path folder;
    private FakeApiServer server;
    private KubernetesCluster cluster;

    @BeforeEach
    void start() throws IOException {
        server = new FakeApiServer();
        Files.writeString(folder.resolve("token"), "secret");
        server.put(NODES, object("", "me", Map.of(), Map.of()));
        server.put(
                CONFIGS,
                object("", "default", Map.of(), Map.of("spec", Map.of("subnet", "subnet-1"))));
        server.put(
                PODS,
                object(
                        "default",
                        "a",
                        Map.of(),
                        Map.of(
                                "spec",
                                Map.of("nodeName", "me"),
                                "status",
                                Map.of("phase", "Pending"))));
        cluster =
                new KubernetesCluster(
                        new ApiClient(new ApiAccess.InCluster(server.url(), folder), "test"),
                        "me",
                        ClusterSettings.DEFAULT,
                        true,
                        false,
                        ListWatch.Limits.DEFAULT,
                        tempo,
                        new Random(1),
                        log::add,
                        (reason, action, note) -> told.add(reason + " | " + action + " | " + note));
    }

    @AfterEach
    void stop() {
        cluster.close();
        server.close();
    }

    private void refusing(String path, int status) {
        server.refuse(path, status);
        cluster.start();
        await("it is told", () -> told.size() == 1);
        int requests = server.heard().size();
        await("it is tried again", () -> server.heard().size() > requests + 5);
        server.refuse(path, 0);
        await("its end is told", () -> log.size() == 2);
    }

    private static void await(String what, BooleanSupplier condition) {
        try {
            Eventually.await(what, condition);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void podsThatMayNotBeReadTakeOneRule() {
        refusing(PODS, 403);

        assertThat(told)
                .singleElement()
                .asString()
                .startsWith("MissingRBAC | read its pods | the node cannot read its pods: the API")
                .contains("answers 403")
                .contains("apiGroups [\"\"], resources [pods], verbs [get, list, watch]");
        assertThat(log.getFirst()).contains("tries again", "resources [pods]");
        assertThat(log.getLast()).isEqualTo("the node can read its pods again");
        await("nothing is lost", () -> cluster.view().bound().size() == 1);
    }

    @Test
    void aNodeThatMayNotBeReadTakesOneRule() {
        refusing(NODES, 403);

        assertThat(told.getFirst()).contains("resources [nodes], verbs [get, list, watch]");
        await("nothing is lost", () -> cluster.view().config() instanceof InterfaceConfig.Known);
    }

    @Test
    void eniConfigsThatMayNotBeReadTakeTheRuleOfTheirFeature() {
        refusing(CONFIGS, 403);

        assertThat(told.getFirst())
                .contains("apiGroups [\"crd.k8s.amazonaws.com\"], resources [eniconfigs]")
                .contains("AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG");
    }

    @Test
    void anEniConfigThatNamesNoSubnetIsToldOnceAndThatItIsGone() {
        server.put(CONFIGS, object("", "default", Map.of(), Map.of("spec", Map.of("net", "x"))));
        cluster.start();

        await("it is told", () -> told.size() == 1);
        assertThat(told.getFirst())
                .startsWith("UnusableENIConfig | make interfaces | no further interface is made")
                .contains("the ENIConfig default names no subnet: set its spec.subnet");
        assertThat(log).singleElement().asString().contains("set its spec.subnet");

        server.put(
                CONFIGS,
                object("", "default", Map.of(), Map.of("spec", Map.of("subnet", "subnet-2"))));
        await("it is read", () -> cluster.view().config() instanceof InterfaceConfig.Known);
        server.delete(CONFIGS, object("", "default", Map.of(), Map.of()));
        await("that it is gone is told", () -> told.size() == 2);
        assertThat(told.getLast())
                .startsWith("MissingENIConfig | ")
                .contains("the ENIConfig default does not exist: create it");
    }

    @Test
    void eniConfigsThatAreNotDefinedTakeTheirDefinition() {
        refusing(CONFIGS, 404);

        assertThat(told)
                .singleElement()
                .asString()
                .startsWith("MissingCRD | read the ENIConfig default | ")
                .contains("install the CustomResourceDefinition eniconfigs.crd.k8s.amazonaws.com");
        await(
                "it is read once it is there",
                () -> cluster.view().config() instanceof InterfaceConfig.Known);
    }

    /** What an operator cannot mend by a rule is in the log alone. */
    @Test
    void aServerInTroubleIsNobodysLack() throws Exception {
        server.refuse(PODS, 500);
        cluster.start();
        Eventually.await("it is said", () -> !log.isEmpty());

        assertThat(told).isEmpty();
        assertThat(log.getFirst()).doesNotContain("ClusterRole", "CustomResourceDefinition");
    }
}
