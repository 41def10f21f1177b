package dev.vpccni.acceptance.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.acceptance.lab.Ended;
import dev.vpccni.acceptance.lab.LabUnderTest;
import dev.vpccni.acceptance.lab.WantedLab;
import dev.vpccni.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is installed by the chart, kept by a server's own applying with the rights that the chart
 * gives; an upgrade of real pods; and a look at a cluster that is real.
 */
@Tag("cluster")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class AddonClusterTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String SET = "daemonset/aws-node";

    /** Stands for a daemon: its image runs by itself, and another one by what it is told. */
    private static final String TRIAL =
            """
            apiVersion: apps/v1
            kind: DaemonSet
            metadata: {name: trial, namespace: kube-system}
            spec:
              selector: {matchLabels: {app: trial}}
              template:
                metadata: {labels: {app: trial}}
                spec:
                  terminationGracePeriodSeconds: 0
                  containers:
                  - name: aws-node
                    image: localhost/pause:1
                    imagePullPolicy: Never
                    args: [sleep, "10000"]
            """;

    private final LabUnderTest lab = up();
    private Kubectl kubectl = new Kubectl("", "");
    private String config = "";

    private static LabUnderTest up() {
        try {
            return LabUnderTest.upWithKubernetes(WantedLab.nodes(2, "c5.large"));
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @BeforeAll
    void install(@TempDir Path folder) throws Exception {
        kubectl = Kubectl.of(lab);
        Path chart = LabUnderTest.home().resolve("charts/tests/addon.rendered.yaml");
        kubectl.must("apply", "--server-side", "--field-manager=helm", "-f", chart.toString());
        String token = kubectl.must("-n", "kube-system", "create", "token", "aws-node-addon");
        JsonObject admin =
                JsonObject.parse(
                        kubectl.must("config", "view", "--raw", "--flatten", "-o", "json"));
        JsonObject cluster = admin.objects("clusters").getFirst().object("cluster");
        Path file = folder.resolve("addon.kubeconfig");
        Files.writeString(
                file,
                """
                apiVersion: v1
                kind: Config
                current-context: addon
                contexts: [{name: addon, context: {cluster: lab, user: addon}}]
                users: [{name: addon, user: {token: "%s"}}]
                clusters: [{name: lab, cluster: {server: "%s", certificate-authority-data: "%s"}}]
                """
                        .formatted(
                                token.strip(),
                                cluster.string("server"),
                                cluster.string("certificate-authority-data")));
        config = file.toString();
    }

    @AfterAll
    void down() throws Exception {
        lab.close();
    }

    private static Ended run(String kubeconfig, String... words) throws Exception {
        var all = new ArrayList<String>();
        all.add(LabUnderTest.home().resolve("bin/vpc-cni").toString());
        all.addAll(List.of(words));
        all.add("--kubeconfig=" + kubeconfig);
        return Ended.of(new ProcessBuilder(all));
    }

    private Ended addon(String... words) throws Exception {
        var all = new ArrayList<>(List.of("addon", "--once"));
        all.addAll(List.of(words));
        return run(config, all.toArray(String[]::new));
    }

    @Test
    void whatIsEditedComesBackAndWhatIsTunedStays() throws Exception {
        assertThat(addon()).isEqualTo(new Ended(0, "", ""));
        kubectl.must("-n", "kube-system", "set", "image", SET, "aws-node=example.com/other:1");
        kubectl.must(
                "-n",
                "kube-system",
                "set",
                "env",
                SET,
                "-c",
                "aws-node",
                "AWS_VPC_ENI_MTU=1500",
                "WARM_IP_TARGET=7",
                "WARM_ENI_TARGET-",
                "ENABLE_PREFIX_DELEGATION-");
        kubectl.must("patch", "clusterrole", "aws-node", "--type=merge", "-p", "{\"rules\":[]}");

        Ended report = addon("--report");
        assertThat(report.status()).isEqualTo(1);
        assertThat(report.out().lines())
                .hasSize(4)
                .anyMatch(line ->
                        line.matches(
                                "DaemonSet kube-system/aws-node:"
                                        + " spec\\.template\\.spec\\.containers\\[aws-node\\]\\.image is"
                                        + " \"example.com/other:1\", written by kubectl-set at .*"))
                .anyMatch(line -> line.contains("env[ENABLE_PREFIX_DELEGATION] is nothing"))
                .anyMatch(line -> line.contains("ClusterRole aws-node: rules is nothing"));

        Ended kept = addon();
        assertThat(kept.status()).as(kept.toString()).isZero();
        assertThat(kept.out().lines()).hasSize(4).allMatch(line -> line.contains("restored to"));
        assertThat(addon("--report")).isEqualTo(new Ended(0, "", ""));
        JsonObject container = container("aws-node");
        assertThat(container.string("image")).isEqualTo("vpc-cni:v0.1.0");
        assertThat(variable(container, "AWS_VPC_ENI_MTU")).isEqualTo("9001");
        assertThat(variable(container, "ENABLE_PREFIX_DELEGATION")).isEqualTo("false");
        assertThat(variable(container, "WARM_IP_TARGET")).isEqualTo("7");
        assertThat(variable(container, "WARM_ENI_TARGET")).isEmpty();

        kubectl.must("-n", "kube-system", "delete", SET);
        assertThat(addon().out()).contains("made anew");
        assertThat(variable(container("aws-node"), "WARM_ENI_TARGET")).isEqualTo("1");
        assertThat(addon().status()).isZero();
        assertThat(addon("--report")).isEqualTo(new Ended(0, "", ""));
    }

    @Test
    void anUpgradeGoesBackOrOn() throws Exception {
        kubectl.mustWith(TRIAL, "apply", "-f", "-");
        kubectl.must("-n", "kube-system", "rollout", "status", "daemonset/trial", "--timeout=60s");

        Ended bad = upgrade("localhost/nonesuch:1", "10");
        assertThat(bad.status()).as(bad.toString()).isEqualTo(1);
        assertThat(bad.out()).contains("was not ready within 10 s").contains("ErrImageNeverPull");
        lab.await(
                "the former image", PATIENCE, () -> images().equals(List.of("localhost/pause:1")));
        assertThat(set("trial")).contains("RollingUpdate").doesNotContain("vpc-cni.dev/upgrade");

        String other = "localhost/busybox:1";
        Ended good = upgrade(other, "60");
        assertThat(good.status()).as(good.toString()).isZero();
        assertThat(good.out()).contains("came up, with 10.0.");
        assertThat(images()).containsExactly(other);
        assertThat(set("trial")).contains("RollingUpdate").doesNotContain("vpc-cni.dev/upgrade");
        kubectl.must("-n", "kube-system", "delete", "daemonset/trial");
    }

    private Ended upgrade(String image, String patience) throws Exception {
        return run(
                kubectl.kubeconfig(),
                "upgrade",
                "--daemonset=trial",
                "--image=" + image,
                "--patience=" + patience,
                "--hold=3",
                "--probe-image=localhost/busybox:1");
    }

    private String set(String name) throws Exception {
        return kubectl.must("-n", "kube-system", "get", "daemonset", name, "-o", "json");
    }

    /** Returns the images of pods; all have it, if it is one. */
    private List<String> images() throws Exception {
        var images = new ArrayList<String>();
        for (JsonObject pod : kubectl.list("pods", "-n", "kube-system", "-l", "app=trial")) {
            String image = pod.object("spec").objects("containers").getFirst().string("image");
            if (!images.contains(image)) {
                images.add(image);
            }
        }
        return images;
    }

    @Test
    void theDoctorReadsAClusterThatIsReal() throws Exception {
        Ended looked = run(kubectl.kubeconfig(), "doctor", "cluster", "-o", "json");
        assertThat(looked.status()).as(looked.toString()).isLessThan(2);
        JsonObject diagnosis = JsonObject.parse(looked.out());
        assertThat(diagnosis.strings("unseen"))
                .singleElement()
                .asString()
                .startsWith("permissions in EC2: ");
        // The chart's values have ENABLE_POD_ENI, which keeps an interface for a trunk.
        assertThat(looked.out())
                .contains("c5.large takes 29 pods and has addresses for 20")
                .doesNotContain("cluster-webhooks");
    }

    private JsonObject container(String name) throws Exception {
        JsonObject set = JsonObject.parse(set(name));
        return set.object("spec")
                .object("template")
                .object("spec")
                .objects("containers")
                .getFirst();
    }

    private static String variable(JsonObject container, String name) throws Exception {
        for (JsonObject variable : container.objects("env")) {
            if (variable.string("name").equals(name)) {
                return variable.string("value", "");
            }
        }
        return "";
    }
}
