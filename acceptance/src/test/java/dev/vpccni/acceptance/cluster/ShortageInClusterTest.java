package dev.vpccni.acceptance.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.acceptance.lab.LabUnderTest;
import dev.vpccni.acceptance.lab.WantedLab;
import dev.vpccni.json.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.MethodOrderer.OrderAnnotation;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;

/**
 * A node that has no more addresses, rights, or definitions says which, since when, what is being
 * done and what would help, where people look: at the pod, at the Node, and in the daemon's log.
 */
@Tag("cluster")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(OrderAnnotation.class)
final class ShortageInClusterTest {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /** One interface of a c5.large. */
    private static final int ADDRESSES = 9;

    private static final String ANNOTATION = "vpc.amazonaws.com/pod-ips";

    /** Nobody is at its Service. */
    private static final String WEBHOOK =
            """
            apiVersion: admissionregistration.k8s.io/v1
            kind: ValidatingWebhookConfiguration
            metadata: {name: gone}
            webhooks:
            - name: gone.example.com
              admissionReviewVersions: [v1]
              sideEffects: None
              failurePolicy: Fail
              timeoutSeconds: 1
              clientConfig: {service: {name: gone, namespace: default}}
              rules:
              - {apiGroups: [""], apiVersions: [v1], operations: [UPDATE], resources: [pods]}
            """;

    private final InstalledCluster cluster = up();
    private final Kubectl kubectl = cluster.kubectl();

    private static InstalledCluster up() {
        try {
            return InstalledCluster.up(WantedLab.nodes(1, "c5.large"), settings(1));
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static String[] settings(int interfaces) {
        return new String[] {
            "--set",
            "env.MAX_ENI=" + interfaces,
            "--set",
            "env.ANNOTATE_POD_IP=true",
            "--set",
            "env.AWS_VPC_K8S_CNI_LOG_FILE=stdout"
        };
    }

    @AfterAll
    void down() throws Exception {
        cluster.close();
    }

    /**
     * On a node that has not had more. CoreDNS has two; the last pod has the one that another one
     * leaves, once it has cooled.
     */
    @Test
    @Order(1)
    void aPodWithoutAnAddressSaysWhyAndRunsAsSoonAsThereIsOne() throws Exception {
        ClusterPods full = ClusterPods.start(kubectl, "full", ADDRESSES - 2);
        kubectl.must(
                "run",
                "last",
                "--image=localhost/busybox:1",
                "--image-pull-policy=Never",
                "--",
                "sleep",
                "1000");
        await("the event at the pod", () -> !events("last", "NoAddress").isEmpty());

        String described = kubectl.must("describe", "pod", "last");
        assertThat(described).contains("NoAddress");
        String told = events("last", "NoAddress").getFirst();
        assertThat(told)
                .contains("MAX_ENI")
                .containsPattern("since \\d\\d\\d\\d-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ");
        assertThat(events(node(), "NoAddress")).isNotEmpty();

        kubectl.must("scale", "deployment/full", "--replicas=" + (ADDRESSES - 3));
        await("an address for the last", () -> cluster.assigned().containsValue("last"));
        Instant assigned = Instant.now();
        await(
                "the last to run",
                () -> pod("last").object("status").string("phase", "").equals("Running"));
        Duration took = Duration.between(assigned, Instant.now());
        System.out.println("a pod ran " + took.toMillis() + " ms after it had its address");
        assertThat(pod("last").object("metadata").object("annotations").string(ANNOTATION))
                .isEqualTo(pod("last").object("status").string("podIP"));
        kubectl.must("delete", "pod", "last", "--grace-period=1");
        full.remove();
    }

    @Test
    void aRightOfTheNodesRoleThatIsMissingIsNamed() throws Exception {
        cluster.install(settings(3));
        await("a pool that is full", () -> cluster.lab().status("node-1").enis().size() == 2);
        cluster.lab()
                .ask(
                        Map.of(
                                "verb", "refuse",
                                "actions", List.of("CreateNetworkInterface"),
                                "code", "UnauthorizedOperation"));
        ClusterPods many = ClusterPods.begin(kubectl, "many", 2 * ADDRESSES);
        await("the event at the Node", () -> !events(node(), "MissingIAMPermissions").isEmpty());
        assertThat(events(node(), "MissingIAMPermissions"))
                .allMatch(message -> message.contains("ec2:CreateNetworkInterface"));
        assertThat(log()).contains("CreateNetworkInterface");

        cluster.lab().ask(Map.of("verb", "refuse", "actions", List.of(), "code", "none"));
        many.awaitAll();
        many.remove();
    }

    @Test
    void aRightInTheClusterThatIsMissingIsNamed() throws Exception {
        String rules = kubectl.must("get", "clusterrole", "aws-node", "-o", "jsonpath={.rules}");
        kubectl.must("patch", "clusterrole", "aws-node", "--type=merge", "-p", "{\"rules\":[]}");
        kubectl.must(
                "delete", "pod", "--namespace", InstalledCluster.DAEMONS, "-l", "k8s-app=aws-node");
        await("a line in the log", () -> log().contains("as the chart does for"));
        assertThat(log()).contains("give the daemon's ClusterRole the rule apiGroups");

        ClusterPods without = ClusterPods.start(kubectl, "without-rights", 2);
        without.remove();
        kubectl.must(
                "patch",
                "clusterrole",
                "aws-node",
                "--type=merge",
                "-p",
                "{\"rules\":" + rules + "}");
        await("it to be well", () -> log().contains(" again"));
        cluster.awaitReady();
    }

    @Test
    void anotherNetworkOnTheNodeIsNamed() throws Exception {
        String other = "/etc/cni/net.d/05-other.conf";
        cluster.lab()
                .exec(
                        "node-1",
                        "sh",
                        "-c",
                        "echo '{\"cniVersion\":\"0.4.0\",\"name\":\"x\",\"type\":\"bridge\"}' >"
                                + other);
        kubectl.must(
                "delete", "pod", "--namespace", InstalledCluster.DAEMONS, "-l", "k8s-app=aws-node");
        await("a line in the log", () -> log().contains("conflist-order"));
        assertThat(log()).contains(other);
        cluster.lab().exec("node-1", "rm", other);
        cluster.awaitReady();
    }

    /** It denies changes of pods, as the address in an annotation is; a pod runs all the same. */
    @Test
    void aWebhookThatIsDownIsNamedAndLosesNothing() throws Exception {
        cluster.install(settings(3));
        kubectl.mustWith(WEBHOOK, "apply", "-f", "-");
        try {
            ClusterPods web = ClusterPods.start(kubectl, "denied", 1);
            String name = web.running().getFirst().name();
            await("a line in the log", () -> log().contains("gone.example.com"));
            assertThat(cluster.assigned()).containsValue(name);
            kubectl.must("delete", "validatingwebhookconfiguration", "gone");
            await(
                    "the annotation",
                    () -> kubectl.must("get", "pod", name, "-o", "json").contains(ANNOTATION));
            web.remove();
        } finally {
            kubectl.must("delete", "validatingwebhookconfiguration", "gone", "--ignore-not-found");
        }
    }

    private void await(String what, LabUnderTest.Check condition) throws Exception {
        cluster.lab().await(what, PATIENCE, condition);
    }

    private String node() throws Exception {
        return cluster.machines().firstKey();
    }

    private JsonObject pod(String name) throws Exception {
        return JsonObject.parse(kubectl.must("get", "pod", name, "-o", "json"));
    }

    private List<String> events(String subject, String reason) throws Exception {
        var messages = new ArrayList<String>();
        for (JsonObject event :
                kubectl.list(
                        "events",
                        "--all-namespaces",
                        "--field-selector",
                        "involvedObject.name=" + subject + ",reason=" + reason)) {
            messages.add(event.string("message"));
        }
        return messages;
    }

    /** Returns what the daemon that runs has logged; nothing while none does. */
    private String log() throws Exception {
        return kubectl.run(
                        "logs",
                        "--namespace",
                        InstalledCluster.DAEMONS,
                        "-l",
                        "k8s-app=aws-node",
                        "-c",
                        "aws-node",
                        "--tail=-1")
                .out();
    }
}
