package dev.vpccni.acceptance.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import dev.vpccni.acceptance.cluster.ClusterPods.Running;
import dev.vpccni.acceptance.lab.LabUnderTest;
import dev.vpccni.acceptance.lab.WantedLab;
import dev.vpccni.json.JsonObject;
import java.nio.file.Files;
import java.nio.file.Path;
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

    /** All that a daemon asks of EC2. */
    private static final List<String> EC2 =
            List.of(
                    "AssignPrivateIpAddresses",
                    "AttachNetworkInterface",
                    "CreateNetworkInterface",
                    "CreateTags",
                    "DeleteNetworkInterface",
                    "DescribeInstanceTypes",
                    "DescribeNetworkInterfaces",
                    "DescribeSubnets",
                    "DetachNetworkInterface",
                    "ModifyNetworkInterfaceAttribute",
                    "UnassignPrivateIpAddresses");

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
                "sh",
                "-c",
                "cat /proc/uptime; exec sleep 1000");
        await("the event at the pod", () -> !events("last", "NoAddress").isEmpty());

        String described = kubectl.must("describe", "pod", "last");
        assertThat(described).contains("NoAddress");
        assertThat(events("last", "NoAddress").getFirst())
                .contains("MAX_ENI")
                .containsPattern("since \\d\\d\\d\\d-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ");
        assertThat(events(node(), "NoAddress")).isNotEmpty();

        kubectl.must("scale", "deployment/full", "--replicas=" + (ADDRESSES - 3));
        await("an address for the last", () -> cluster.assigned().containsValue("last"));
        await(
                "the last to run",
                () -> pod("last").object("status").string("phase", "").equals("Running"));
        Instant told = Instant.now();
        // A runtime asks for the same DEL again later.
        Instant released = logged("DEL", "default/full-").getFirst();
        Instant answered = logged("ADD", "default/last").getLast();
        Instant ran = atUptime(kubectl.must("logs", "last").split(" ", 2)[0]);
        assertThat(answered).isAfter(released);
        assertThat(ran).isAfter(answered);
        System.out.printf(
                "its ADD was answered %d ms after another pod's DEL; the pod ran %d ms after that,"
                        + " and the API server said so %d ms after the answer%n",
                millis(released, answered), millis(answered, ran), millis(answered, told));
        assertThat(pod("last").object("metadata").object("annotations").string(ANNOTATION))
                .isEqualTo(pod("last").object("status").string("podIP"));
        kubectl.must("delete", "pod", "last", "--grace-period=1");
        full.remove();
    }

    @Test
    void aRightOfTheNodesRoleThatIsMissingIsNamed() throws Exception {
        cluster.install(settings(3));
        await("a pool that is full", () -> cluster.lab().status("node-1").enis().size() == 2);
        refuse(List.of("CreateNetworkInterface"), "UnauthorizedOperation");
        ClusterPods many = ClusterPods.begin(kubectl, "many", 2 * ADDRESSES);
        await("the event at the Node", () -> !events(node(), "MissingIAMPermissions").isEmpty());
        assertThat(events(node(), "MissingIAMPermissions"))
                .allMatch(message -> message.contains("ec2:CreateNetworkInterface"));
        assertThat(log()).contains("CreateNetworkInterface");

        refuse(List.of(), "none");
        many.awaitAll();
        many.remove();
    }

    @Test
    void credentialsThatHaveExpiredAreNamedAndLoseNothing() throws Exception {
        cluster.install(settings(3));
        ClusterPods before = ClusterPods.start(kubectl, "before", 2);
        List<Running> running = before.running();
        refuse(EC2, "RequestExpired");
        kubectl.must(
                "delete", "pod", "--namespace", InstalledCluster.DAEMONS, "-l", "k8s-app=aws-node");
        ClusterPods many = ClusterPods.begin(kubectl, "many-more", 2 * ADDRESSES);
        await("the event at the Node", () -> !events(node(), "NoCredentials").isEmpty());
        await("EC2's words in the log", () -> log().contains("RequestExpired"));

        assertThat(events(node(), "NoCredentials"))
                .singleElement(STRING)
                .contains("have expired", "has a role", "clock is right");
        assertThat(log().lines().filter(line -> line.contains("\"warn\"")))
                .anyMatch(line -> line.contains("clock is right"));
        assertThat(before.running()).isEqualTo(running);
        assertThat(before.fetch(running.getFirst(), running.getLast().address()))
                .isEqualTo(running.getLast().name());

        refuse(List.of(), "none");
        many.awaitAll();
        assertThat(before.running()).isEqualTo(running);
        many.remove();
        before.remove();
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

    /** Returns when the daemon wrote that it was done with a verb for such pods, in order. */
    private List<Instant> logged(String verb, String pods) throws Exception {
        var times = new ArrayList<Instant>();
        for (String line : log().lines().toList()) {
            if (line.contains("\"" + verb + " aws-cni/")
                    && line.contains("(" + pods)
                    && line.contains(") done in ")) {
                times.add(Instant.parse(JsonObject.parse(line).string("ts")));
            }
        }
        return times;
    }

    /** Returns when this computer, whose kernel the pods have, had been up for so many seconds. */
    private static Instant atUptime(String seconds) throws Exception {
        String now = Files.readString(Path.of("/proc/uptime")).split(" ", 2)[0];
        long since = Math.round((Double.parseDouble(now) - Double.parseDouble(seconds)) * 1000);
        return Instant.now().minusMillis(since);
    }

    private static long millis(Instant from, Instant to) {
        return Duration.between(from, to).toMillis();
    }

    /** Has EC2 refuse these from now on, and only these. */
    private void refuse(List<String> actions, String code) throws Exception {
        cluster.lab().ask(Map.of("verb", "refuse", "actions", actions, "code", code));
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
