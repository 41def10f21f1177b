package dev.vpccni.acceptance.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.acceptance.cluster.ClusterPods.Running;
import dev.vpccni.acceptance.lab.LabUnderTest;
import dev.vpccni.acceptance.lab.WantedLab;
import dev.vpccni.json.JsonObject;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.Ipv4Cidr;
import java.time.Duration;
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

/** Pods in subnets of their own, in two zones: an ENIConfig for each, by the zone's label. */
@Tag("cluster")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(OrderAnnotation.class)
final class CustomNetworkingInClusterTest {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /** Two in each zone, in turn. */
    private static final List<String> SUBNETS =
            List.of("100.64.0.0/24", "100.64.1.0/24", "100.64.2.0/24", "100.64.3.0/24");

    /** One interface beside the primary one has 9 addresses for pods. */
    private static final int MORE_THAN_ONE_INTERFACE = 22;

    /** Most of what two interfaces on two nodes have: CoreDNS may be on one of them. */
    private static final int ALMOST_ALL = 30;

    private static final String DEFINITION = "eniconfigs.crd.k8s.amazonaws.com";

    /** Of the same name, with other fields. */
    private static final String OTHER =
            """
            apiVersion: apiextensions.k8s.io/v1
            kind: CustomResourceDefinition
            metadata: {name: eniconfigs.crd.k8s.amazonaws.com}
            spec:
              group: crd.k8s.amazonaws.com
              scope: Cluster
              names: {kind: ENIConfig, plural: eniconfigs, singular: eniconfig}
              versions:
              - name: v1alpha1
                served: true
                storage: true
                schema:
                  openAPIV3Schema:
                    type: object
                    properties:
                      spec: {type: object, properties: {network: {type: string}}}
            """;

    private static final String CONFIG =
            """
            apiVersion: crd.k8s.amazonaws.com/v1alpha1
            kind: ENIConfig
            metadata: {name: $NAME}
            spec: {network: mine}
            """;

    private final InstalledCluster cluster = up();
    private final Kubectl kubectl = cluster.kubectl();

    private static InstalledCluster up() {
        try {
            WantedLab wanted = WantedLab.nodes(2, "c5.large").podSubnets(SUBNETS);
            LabUnderTest lab = LabUnderTest.upWithKubernetes(wanted.withoutDaemons());
            return new InstalledCluster(lab, Kubectl.of(lab));
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    @AfterAll
    void down() throws Exception {
        cluster.close();
    }

    @Test
    @Order(1)
    void podsAreInTheSubnetsOfTheirZones() throws Exception {
        List<String> subnets = subnets(cluster.lab());
        install(subnets);
        cluster.awaitReady();
        ClusterPods web = ClusterPods.start(kubectl, "web", 4);

        List<Running> first = web.running();
        assertThat(first).allSatisfy(pod -> assertThat(within(cluster, pod, 0)).isTrue());
        for (Running pod : first) {
            assertThat(web.fetch(first.getFirst(), pod.address())).isEqualTo(pod.name());
            assertThat(web.fetch(pod, web.service())).startsWith("web-");
        }

        // The kubelets admit what nodes without custom networking have addresses for.
        cluster.lab()
                .await(
                        "the warning of too many pods",
                        PATIENCE,
                        () -> kubectl.must("get", "events", "-A").contains("MaxPodsTooHigh"));

        patch(kubectl, "us-west-2a", subnets.get(2));
        patch(kubectl, "us-west-2b", subnets.get(3));
        kubectl.must("scale", "deployment/web", "--replicas=" + MORE_THAN_ONE_INTERFACE);
        web.awaitAll();

        List<Running> all = web.running();
        assertThat(all).containsAll(first);
        for (Running pod : all) {
            assertThat(within(cluster, pod, 0) || within(cluster, pod, 2)).as("%s", pod).isTrue();
            assertThat(web.fetch(first.getFirst(), pod.address())).isEqualTo(pod.name());
        }
        assertThat(all).anySatisfy(pod -> assertThat(within(cluster, pod, 2)).isTrue());
        assertThat(all).extracting(Running::address).doesNotHaveDuplicates();
    }

    /** One that is not there, and then one that keeps nothing of what an ENIConfig says. */
    @Test
    @Order(2)
    void aWrongDefinitionIsNamedAndLosesNothing() throws Exception {
        ClusterPods web = new ClusterPods(kubectl, "web");
        List<Running> before = web.running();
        kubectl.must("delete", "crd", DEFINITION);
        awaitEvents("MissingENIConfig", "does not exist: create it");
        awaitEvents("MissingCRD", "install the CustomResourceDefinition " + DEFINITION);
        assertThat(log()).contains("install the CustomResourceDefinition " + DEFINITION);

        kubectl.mustWith(OTHER, "apply", "-f", "-");
        kubectl.must("wait", "--for=condition=Established", "crd", DEFINITION, "--timeout=30s");
        for (String zone : List.of("us-west-2a", "us-west-2b")) {
            kubectl.mustWith(CONFIG.replace("$NAME", zone), "apply", "-f", "-");
        }
        awaitEvents("UnusableENIConfig", "names no subnet: set its spec.subnet");
        assertThat(log()).contains("names no subnet: set its spec.subnet");
        assertThat(web.running()).isEqualTo(before);
        for (Running pod : before) {
            assertThat(web.fetch(before.getFirst(), pod.address())).isEqualTo(pod.name());
        }

        kubectl.must("delete", "crd", DEFINITION);
        List<String> subnets = subnets(cluster.lab());
        install(subnets);
        kubectl.must("scale", "deployment/web", "--replicas=" + ALMOST_ALL);
        web.awaitAll();
        assertThat(web.running()).containsAll(before);
        for (Running pod : web.running()) {
            assertThat(within(cluster, pod, 0) || within(cluster, pod, 2)).as("%s", pod).isTrue();
        }
    }

    private void install(List<String> subnets) throws Exception {
        cluster.install(
                "--set",
                "env.AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG=true",
                "--set",
                "env.AWS_VPC_K8S_CNI_LOG_FILE=stdout",
                "--set",
                "env.ENI_CONFIG_LABEL_DEF=topology.kubernetes.io/zone",
                "--set",
                "env.WARM_IP_TARGET=1",
                "--set",
                "env.MINIMUM_IP_TARGET=1",
                "--set",
                "eniConfig.create=true",
                "--set",
                "eniConfig.subnets.a.id=" + subnets.get(0),
                "--set",
                "eniConfig.subnets.b.id=" + subnets.get(1));
    }

    /** Waits until each Node has an event of the kind that says this. */
    private void awaitEvents(String reason, String text) throws Exception {
        for (String node : cluster.machines().keySet()) {
            cluster.lab()
                    .await(
                            reason + " at " + node,
                            PATIENCE,
                            () ->
                                    kubectl.must(
                                                    "get",
                                                    "events",
                                                    "--all-namespaces",
                                                    "--field-selector",
                                                    "involvedObject.name="
                                                            + node
                                                            + ",reason="
                                                            + reason,
                                                    "-o",
                                                    "jsonpath={.items[*].message}")
                                            .contains(text));
        }
    }

    private String log() throws Exception {
        return kubectl.must(
                "logs",
                "--namespace",
                InstalledCluster.DAEMONS,
                "-l",
                "k8s-app=aws-node",
                "-c",
                "aws-node",
                "--tail=-1");
    }

    /** Tells whether a pod is in the subnet of its node's zone, of the first or later ones. */
    private static boolean within(InstalledCluster cluster, Running pod, int from)
            throws Exception {
        int zone =
                cluster.kubectl()
                                .must(
                                        "get",
                                        "node",
                                        pod.node(),
                                        "-o",
                                        "jsonpath={.metadata.labels['topology\\.kubernetes\\.io/zone']}")
                                .endsWith("a")
                        ? 0
                        : 1;
        return Ipv4Cidr.parse(SUBNETS.get(from + zone)).contains(IpAddress.parse(pod.address()));
    }

    private static void patch(Kubectl kubectl, String zone, String subnet) throws Exception {
        kubectl.must(
                "patch",
                "eniconfig",
                zone,
                "--type=merge",
                "-p",
                "{\"spec\":{\"subnet\":\"" + subnet + "\"}}");
    }

    private static List<String> subnets(LabUnderTest lab) throws Exception {
        var subnets = new ArrayList<String>();
        for (JsonObject subnet : lab.ask(Map.of("verb", "subnets")).objects("subnets")) {
            if (subnet.truth("pods", false)) {
                subnets.add(subnet.string("id"));
            }
        }
        return subnets;
    }
}
