package dev.vpccni.acceptance.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.acceptance.cluster.ClusterPods.Running;
import dev.vpccni.acceptance.lab.LabUnderTest;
import dev.vpccni.acceptance.lab.NodeStatus;
import dev.vpccni.acceptance.lab.WantedLab;
import dev.vpccni.json.JsonObject;
import dev.vpccni.lab.cluster.Machine;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.Ipv4Cidr;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** The lab's cluster: nodes as those of EKS, and pods that our plugin connects. */
@Tag("cluster")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class LabClusterTest {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Ipv4Cidr VPC = Ipv4Cidr.parse("10.0.0.0/16");
    private static final int NODES = 3;
    private static final int PODS = 20;

    private final LabUnderTest lab = up();
    private Kubectl kubectl = new Kubectl("", "");

    private static LabUnderTest up() {
        try {
            return LabUnderTest.upWithKubernetes(WantedLab.nodes(NODES, "c5.large"));
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @BeforeAll
    void find() throws Exception {
        kubectl = Kubectl.of(lab);
    }

    @AfterAll
    void down() throws Exception {
        lab.close();
    }

    @Test
    void nodesAreReadyAndNamedAndLabelledAsThoseOfEks() throws Exception {
        List<JsonObject> nodes = kubectl.list("nodes");

        assertThat(nodes).hasSize(NODES);
        var names = new TreeMap<String, String>();
        for (JsonObject node : nodes) {
            JsonObject labels = node.object("metadata").object("labels");
            NodeStatus status = lab.status(labels.string(Machine.LAB_LABEL));
            String primary = status.enis().getFirst().addresses().getFirst().address();
            String name = node.object("metadata").string("name");
            names.put(status.name(), name);
            assertThat(name)
                    .isEqualTo("ip-" + primary.replace('.', '-') + ".us-west-2.compute.internal");
            assertThat(labels.string("topology.kubernetes.io/zone")).isEqualTo(status.zone());
            assertThat(labels.string("topology.kubernetes.io/region")).isEqualTo("us-west-2");
            assertThat(labels.string("node.kubernetes.io/instance-type")).isEqualTo("c5.large");
            assertThat(node.object("spec").string("providerID"))
                    .matches("aws:///" + status.zone() + "/i-[0-9a-f]{17}");
            assertThat(node.object("status").object("allocatable").string("pods")).isEqualTo("29");
            assertThat(ready(node)).isTrue();
        }
        assertThat(names.keySet()).containsExactly("node-1", "node-2", "node-3");
    }

    @Test
    void podsHaveAddressesOfTheVpcAndReachEachOtherAndTheirService() throws Exception {
        ClusterPods web = ClusterPods.start(kubectl, "web", PODS);
        List<Running> pods = web.running();

        assertThat(pods).hasSize(PODS);
        assertThat(pods.stream().map(Running::node).distinct()).hasSize(NODES);
        Map<String, String> known = assigned();
        for (Running pod : pods) {
            assertThat(VPC.contains(Ipv4Address.parse(pod.address()))).as(pod.toString()).isTrue();
            assertThat(known).containsEntry(pod.address(), pod.name());
        }

        Running first = pods.getFirst();
        for (Running other : pods) {
            assertThat(web.fetch(first, other.address())).isEqualTo(other.name());
        }
        Set<String> answered = new HashSet<>();
        for (int i = 0; i < PODS; i++) {
            answered.add(web.fetch(first, web.service()));
        }
        assertThat(answered).hasSizeGreaterThan(1);
        assertThat(pods.stream().map(Running::name)).containsAll(answered);

        web.remove();
        lab.await(
                "no address of a pod that is gone",
                PATIENCE,
                () -> assigned().values().stream().noneMatch(pod -> pod.startsWith("web-")));
    }

    @Test
    void aKubeletThatCrashedFindsItsPodsAsTheyWere() throws Exception {
        ClusterPods kept = ClusterPods.start(kubectl, "kept", NODES);
        List<Running> before = kept.running();
        program("kill", "node-1", "kubelet");
        program("kill", "node-1", "containerd");
        program("start", "node-1", "containerd");
        program("start", "node-1", "kubelet");

        kubectl.must("wait", "--for=condition=Ready", "nodes", "--all", "--timeout=60s");
        assertThat(kept.running()).isEqualTo(before);
        for (Running pod : before) {
            // A kubelet that is ready may not have heard of its pods yet.
            lab.await(
                    "an answer by way of " + pod,
                    PATIENCE,
                    () -> kept.tryToFetch(pod, kept.service()).startsWith("kept-"));
        }
        kept.remove();
    }

    private void program(String action, String machine, String program) throws Exception {
        lab.ask(
                Map.of(
                        "verb", "program", "action", action, "machine", machine, "program",
                        program));
    }

    /** Returns which pod has which address, as the nodes' daemons have written it down. */
    private Map<String, String> assigned() throws Exception {
        var assigned = new TreeMap<String, String>();
        for (NodeStatus node : lab.status()) {
            for (NodeStatus.Eni eni : node.enis()) {
                for (NodeStatus.Slot slot : eni.addresses()) {
                    if (slot.state().equals("assigned")) {
                        assigned.put(slot.address(), slot.pod().replaceFirst(".*/", ""));
                    }
                }
            }
        }
        return assigned;
    }

    private static boolean ready(JsonObject node) throws Exception {
        for (JsonObject condition : node.object("status").objects("conditions")) {
            if (condition.string("type").equals("Ready")) {
                return condition.string("status").equals("True");
            }
        }
        return false;
    }
}
