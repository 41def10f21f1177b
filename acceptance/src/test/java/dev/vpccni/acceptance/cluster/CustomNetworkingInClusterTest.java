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
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Pods in subnets of their own, in two zones: an ENIConfig for each, by the zone's label. */
@Tag("cluster")
final class CustomNetworkingInClusterTest {

    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /** Two in each zone, in turn. */
    private static final List<String> SUBNETS =
            List.of("100.64.0.0/24", "100.64.1.0/24", "100.64.2.0/24", "100.64.3.0/24");

    /** One interface beside the primary one has 9 addresses for pods. */
    private static final int MORE_THAN_ONE_INTERFACE = 22;

    @Test
    void podsAreInTheSubnetsOfTheirZones() throws Exception {
        WantedLab wanted = WantedLab.nodes(2, "c5.large").podSubnets(SUBNETS);
        try (var lab = LabUnderTest.upWithKubernetes(wanted.withoutDaemons())) {
            var cluster = new InstalledCluster(lab, Kubectl.of(lab));
            Kubectl kubectl = cluster.kubectl();
            List<String> subnets = subnets(lab);
            cluster.install(
                    "--set",
                    "env.AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG=true",
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
            cluster.awaitReady();
            ClusterPods web = ClusterPods.start(kubectl, "web", 4);

            List<Running> first = web.running();
            assertThat(first).allSatisfy(pod -> assertThat(within(cluster, pod, 0)).isTrue());
            for (Running pod : first) {
                assertThat(web.fetch(first.getFirst(), pod.address())).isEqualTo(pod.name());
                assertThat(web.fetch(pod, web.service())).startsWith("web-");
            }

            // The kubelets admit what nodes without custom networking have addresses for.
            lab.await(
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
                assertThat(within(cluster, pod, 0) || within(cluster, pod, 2))
                        .as("%s", pod)
                        .isTrue();
                assertThat(web.fetch(first.getFirst(), pod.address())).isEqualTo(pod.name());
            }
            assertThat(all).anySatisfy(pod -> assertThat(within(cluster, pod, 2)).isTrue());
            assertThat(all).extracting(Running::address).doesNotHaveDuplicates();
        }
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
