package dev.vpccni.doctor.cluster;

import static dev.vpccni.doctor.check.Severity.WARNING;
import static dev.vpccni.doctor.check.Severity.WRONG;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.doctor.Diagnosis;
import dev.vpccni.doctor.check.Finding;
import dev.vpccni.doctor.cluster.seen.ClusterSnapshot;
import dev.vpccni.doctor.cluster.seen.NetworkPlan;
import dev.vpccni.doctor.cluster.seen.SeenAccess;
import dev.vpccni.doctor.cluster.seen.SeenDaemonSet;
import dev.vpccni.doctor.cluster.seen.SeenDefinition;
import dev.vpccni.doctor.cluster.seen.SeenNode;
import dev.vpccni.doctor.cluster.seen.SeenPermission;
import dev.vpccni.doctor.cluster.seen.SeenPort;
import dev.vpccni.doctor.cluster.seen.SeenProxy;
import dev.vpccni.doctor.cluster.seen.SeenWebhook;
import dev.vpccni.doctor.snapshot.Fact;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ClusterChecksTest {

    private static final NetworkPlan PLAIN = plan(false, false, false, false, -1, "0.4.0");

    private NetworkPlan plan = PLAIN;
    private List<SeenPermission> permissions = List.of();
    private List<SeenAccess> access = List.of();
    private List<SeenDefinition> definitions = List.of();
    private Fact<SeenProxy> proxy = new Fact.Absent<>();
    private List<SeenDaemonSet> networks = List.of();
    private List<SeenPort> ports = List.of();
    private List<SeenNode> nodes = List.of();
    private List<SeenWebhook> webhooks = List.of();

    private static NetworkPlan plan(
            boolean ipv6,
            boolean prefixes,
            boolean custom,
            boolean podInterfaces,
            int interfacesMax,
            String conflist) {
        return new NetworkPlan(
                "DaemonSet kube-system/aws-node",
                "kube-system",
                "aws-node",
                "aws-node",
                List.of(),
                List.of(),
                ipv6,
                prefixes,
                custom,
                podInterfaces,
                interfacesMax,
                0x80,
                conflist,
                List.of());
    }

    private List<Finding> found() {
        return ClusterDoctor.examine(
                        new ClusterSnapshot(
                                plan,
                                new Fact.Seen<>(permissions),
                                new Fact.Seen<>(access),
                                new Fact.Seen<>(definitions),
                                proxy,
                                new Fact.Seen<>(networks),
                                new Fact.Seen<>(ports),
                                new Fact.Seen<>(nodes),
                                new Fact.Seen<>(webhooks)))
                .findings();
    }

    private Finding only() {
        assertThat(found()).hasSize(1);
        return found().getFirst();
    }

    @Test
    void inAGoodClusterNothingIsFound() {
        permissions = List.of(new SeenPermission("CreateTags", true, ""));
        access = List.of(new SeenAccess("", "nodes", "get", "", true));
        definitions = List.of(new SeenDefinition("eniconfigs.crd.k8s.amazonaws.com", true, true));
        proxy = new Fact.Seen<>(SeenProxy.parse("kube-system/kube-proxy-config", "mode: iptables"));
        networks =
                List.of(
                        new SeenDaemonSet(
                                "kube-system", "aws-node", List.of("r.example/vpc-cni:v1"), 3),
                        new SeenDaemonSet("kube-system", "flannel", List.of("flannel:v1"), 0),
                        new SeenDaemonSet("logging", "fluent-bit", List.of("fluent-bit:3"), 3));
        ports =
                List.of(
                        new SeenPort("kube-system/aws-node-x", "n", "DaemonSet/aws-node", 61678),
                        new SeenPort("d/web", "n", "", 8080));
        nodes = List.of(new SeenNode("n", "c5.large", 29, "containerd://2.1.4", "AL2023"));
        webhooks = List.of(webhook(true, true, true, true), webhook(false, true, true, false));
        assertThat(found()).isEmpty();
    }

    @Test
    void whatNobodySawIsNoFindingAndIsListed() {
        Diagnosis diagnosis =
                ClusterDoctor.examine(
                        new ClusterSnapshot(
                                PLAIN,
                                new Fact.Unseen<>("a"),
                                new Fact.Unseen<>("b"),
                                new Fact.Unseen<>("c"),
                                new Fact.Unseen<>("d"),
                                new Fact.Unseen<>("e"),
                                new Fact.Unseen<>("f"),
                                new Fact.Unseen<>("g"),
                                new Fact.Unseen<>("h")));
        assertThat(diagnosis.findings()).isEmpty();
        assertThat(diagnosis.unseen()).hasSize(8).allMatch(line -> line.matches(".*: [a-h]"));
    }

    @Test
    void aPermissionThatLacksIsNamedWithWhatGivesIt() {
        permissions = List.of(new SeenPermission("CreateTags", false, "UnauthorizedOperation: no"));
        assertThat(only().severity()).isEqualTo(WRONG);
        assertThat(only().seen()).contains("ec2:CreateTags", "UnauthorizedOperation");
        assertThat(only().remedy()).contains("put-role-policy", "\"ec2:CreateTags\"");
    }

    @Test
    void rightsThatLackAreOneFindingForEachResource() {
        access =
                List.of(
                        new SeenAccess("", "nodes", "watch", "", false),
                        new SeenAccess("", "nodes", "get", "", false),
                        new SeenAccess("events.k8s.io", "events", "create", "", false),
                        new SeenAccess("", "pods", "get", "", true));
        assertThat(found()).hasSize(2);
        assertThat(found().getFirst().severity()).isEqualTo(WRONG);
        assertThat(found().getFirst().remedy())
                .isEqualTo(
                        "kubectl create clusterrole vpc-cni-nodes --verb=get,watch"
                                + " --resource=nodes && kubectl create clusterrolebinding"
                                + " vpc-cni-nodes --clusterrole=vpc-cni-nodes"
                                + " --serviceaccount=kube-system:aws-node");
        assertThat(found().getLast().severity()).isEqualTo(WARNING);
    }

    @Test
    void aDefinitionIsMissedAsFarAsItIsNeeded() {
        definitions =
                List.of(
                        new SeenDefinition("eniconfigs.crd.k8s.amazonaws.com", true, false),
                        new SeenDefinition("cninodes.vpcresources.k8s.aws", false, false));
        assertThat(found()).extracting(Finding::severity).containsOnly(WARNING);
        plan = plan(false, false, true, false, -1, "0.4.0");
        assertThat(found()).extracting(Finding::severity).containsExactly(WRONG, WARNING);
        assertThat(found().getFirst().seen()).contains("does not serve v1alpha1");
        plan = plan(false, false, false, true, -1, "0.4.0");
        assertThat(found().getFirst().seen()).contains("cninodes").contains("is not defined");
    }

    @ParameterizedTest
    @CsvSource({
        "kube-flannel-ds, docker.io/flannel/flannel:v0.26, WRONG",
        "net, weaveworks/weave-kube:2.8, WRONG",
        "aws-node-2, 602401143452.dkr.ecr.us-west-2.amazonaws.com/amazon-k8s-cni:v1.19, WRONG",
        "calico-node, quay.io/calico/node:v3.29, WARNING",
        "agent, quay.io/cilium/cilium:v1.17, WARNING",
    })
    void anotherNetworkIsFoundByNameOrImage(String name, String image, String severity) {
        networks = List.of(new SeenDaemonSet("kube-system", name, List.of(image), 2));
        assertThat(only().severity()).hasToString(severity);
        assertThat(only().remedy()).contains("delete daemonset " + name);
    }

    @Test
    void aPortThatIsTakenIsNamedWithWhoHasIt() {
        ports =
                List.of(
                        new SeenPort("m/exporter-abc", "n1", "DaemonSet/exporter", 61678),
                        new SeenPort("m/aws-node-evil", "n1", "DaemonSet/aws-node", 61679),
                        new SeenPort("m/web-5f-x", "", "ReplicaSet/web-5f", 50051));
        assertThat(found()).extracting(Finding::severity).containsOnly(WRONG).hasSize(3);
        assertThat(found().getFirst().remedy()).endsWith("kubectl -n m edit DaemonSet/exporter");
        assertThat(found().getLast().remedy()).endsWith("kubectl -n m edit Deployment/web");
    }

    @Test
    void theProxysConfigurationIsReadAsItStands() {
        SeenProxy read =
                SeenProxy.parse(
                        "kube-system/kube-proxy-config",
                        """
                        apiVersion: kubeproxy.config.k8s.io/v1alpha1
                        clusterCIDR: "10.244.0.0/16" # of kubeadm
                        iptables:
                          masqueradeBit: 7
                        nftables:
                          masqueradeBit: 5
                        mode: 'ipvs'
                        """);
        assertThat(read)
                .isEqualTo(
                        new SeenProxy("kube-system/kube-proxy-config", "ipvs", 7, "10.244.0.0/16"));
        assertThat(SeenProxy.parse("a/b", "mode: nftables\nnftables:\n  masqueradeBit: 5\n"))
                .isEqualTo(new SeenProxy("a/b", "nftables", 5, ""));
        assertThat(SeenProxy.parse("a/b", "mode: \"\"\nclusterCIDR: null\n"))
                .isEqualTo(new SeenProxy("a/b", "", 14, ""));

        proxy = new Fact.Seen<>(read);
        assertThat(found()).extracting(Finding::severity).containsExactly(WRONG, WARNING, WARNING);
        assertThat(found().getFirst().seen()).contains("masqueradeBit 7 is in the mark 0x80");
    }

    private static SeenWebhook webhook(
            boolean required, boolean ofPods, boolean ofSystem, boolean served) {
        return new SeenWebhook(
                "validatingwebhookconfiguration",
                "policy",
                "pods.policy.io",
                required,
                ofPods,
                ofSystem,
                "policy/server",
                served);
    }

    @Test
    void aWebhookThatNobodyServesIsFoundWhereItRefusesPods() {
        webhooks = List.of(webhook(true, true, true, false));
        assertThat(only().severity()).isEqualTo(WRONG);
        assertThat(only().remedy())
                .contains("kubectl delete validatingwebhookconfiguration policy");
        webhooks = List.of(webhook(true, true, false, false));
        assertThat(only().severity()).isEqualTo(WARNING);
        webhooks = List.of(webhook(true, false, true, false), webhook(false, true, true, false));
        assertThat(found()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        // ipv6, prefixes, custom, podInterfaces, max; type, pods: what is found
        "false, false, false, false, -1, c5.large, 29, 0",
        "false, false, false, false, -1, c5.large, 30, 1",
        "false, false, true, false, -1, c5.large, 20, 0",
        "false, false, true, false, -1, c5.large, 29, 1",
        "false, false, false, true, -1, m5.large, 20, 0",
        "false, false, false, true, -1, m5.large, 29, 1",
        "false, false, false, false, 1, c5.large, 12, 1",
        "false, true, false, false, -1, c5.large, 110, 0",
        "false, true, false, false, -1, m4.large, 110, 2",
        "true, true, false, false, -1, c5.large, 250, 0",
        "true, true, false, false, -1, m4.large, 20, 1",
        "false, false, false, true, -1, t3.medium, 17, 1",
        "false, false, false, false, -1, no.such, 1000, 0",
    })
    void nodesThatTakeMorePodsThanTheyHaveAddressesForAreFound(
            boolean ipv6,
            boolean prefixes,
            boolean custom,
            boolean podInterfaces,
            int interfacesMax,
            String type,
            int pods,
            int findings) {
        plan = plan(ipv6, prefixes, custom, podInterfaces, interfacesMax, "0.4.0");
        nodes = List.of(new SeenNode("n", type, pods, "containerd://1.7.1", ""));
        assertThat(found()).hasSize(findings);
    }

    @Test
    void manyNodesOfOneKindAreOneFinding() {
        plan = plan(false, false, false, false, -1, "1.1.0");
        nodes =
                List.of("a", "b", "c", "d", "e", "f", "g").stream()
                        .map(name -> new SeenNode(name, "c5.large", 110, "containerd://1.7.22", ""))
                        .toList();
        assertThat(found()).hasSize(2);
        assertThat(found().getFirst().severity()).isEqualTo(WRONG);
        assertThat(found().getFirst().seen()).contains("a, b, c, d, e and 2 others");
        assertThat(found().getLast().remedy()).contains("--max-pods=29");
    }

    @Test
    void eachSettingThatContradictsIsTold() {
        plan =
                new NetworkPlan(
                        "DaemonSet kube-system/aws-node",
                        "kube-system",
                        "aws-node",
                        "aws-node",
                        List.of("ENABLE_IPv6 goes not together with ENABLE_IPv4"),
                        List.of("WARM_IP_TARGET is no number; using 0"),
                        false,
                        false,
                        false,
                        false,
                        -1,
                        0x80,
                        "0.4.0",
                        List.of());
        assertThat(found()).extracting(Finding::severity).containsExactly(WRONG, WARNING);
        assertThat(found().getFirst().seen()).startsWith("DaemonSet kube-system/aws-node: ENABLE_");
    }

    @Test
    void thePageIsAsItIsWritten() throws Exception {
        assertThat(Files.readString(Path.of("../docs/doctor-cluster.md")))
                .as("run: bin/vpc-cni doctor cluster --list > docs/doctor-cluster.md")
                .isEqualTo(ClusterDoctor.page());
    }
}
