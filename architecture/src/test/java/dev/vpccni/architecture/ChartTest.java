package dev.vpccni.architecture;

import static dev.vpccni.architecture.Manifests.HOME;
import static dev.vpccni.architecture.Manifests.at;
import static dev.vpccni.architecture.Manifests.list;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.lab.node.DaemonRights;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What the Helm chart renders to, which is kept in {@code charts/tests}; {@code make test-chart}
 * renders it.
 */
final class ChartTest {

    private static final String NODE = "aws-node";
    private static final String INIT = "aws-vpc-cni-init";

    /** Opens files of a checkout in the lab; an image's are everybody's. */
    private static final String OF_THE_LAB_ALONE = "DAC_READ_SEARCH";

    static List<String> cases() throws IOException {
        try (Stream<Path> files = Files.list(HOME.resolve("charts/tests"))) {
            List<String> names =
                    files.map(file -> file.getFileName().toString())
                            .filter(name -> name.endsWith(".values.yaml"))
                            .map(name -> name.replace(".values.yaml", ""))
                            .filter(name -> !name.equals("shadow")) // which has no daemon
                            .sorted()
                            .toList();
            assertThat(names).hasSizeGreaterThan(3);
            return names;
        }
    }

    @Test
    void whatIsKeptWasRenderedFromTheseFiles() throws Exception {
        var digests = new StringBuilder();
        for (Path file : sources()) {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
            digests.append(HexFormat.of().formatHex(digest))
                    .append("  ")
                    .append(HOME.resolve("charts").relativize(file))
                    .append('\n');
        }
        assertThat(HOME.resolve("charts/tests/digests"))
                .as("run: scripts/test-chart update")
                .hasContent(digests.toString());
        assertThat(HOME.resolve("manifests/aws-k8s-cni.yaml"))
                .hasSameTextualContentAs(HOME.resolve("charts/tests/defaults.rendered.yaml"));
    }

    private static List<Path> sources() throws IOException {
        try (Stream<Path> files = Files.walk(HOME.resolve("charts"))) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> !file.toString().endsWith(".rendered.yaml"))
                    .filter(file -> !file.endsWith("tests/digests"))
                    .sorted((a, b) -> compareBytes(a.toString(), b.toString()))
                    .toList();
        }
    }

    private static int compareBytes(String a, String b) {
        return Arrays.compareUnsigned(a.getBytes(UTF_8), b.getBytes(UTF_8));
    }

    @Test
    void isTheDaemonSetThatUpstreamHas() throws IOException {
        var manifests = Manifests.rendered("defaults");
        Map<?, ?> set = manifests.one("DaemonSet");
        assertThat(at(set, "metadata", "name")).isEqualTo(NODE);
        assertThat(at(set, "metadata", "namespace")).isEqualTo("kube-system");
        assertThat(at(set, "metadata", "labels", "k8s-app")).isEqualTo(NODE);
        assertThat(at(set, "spec", "updateStrategy", "rollingUpdate", "maxUnavailable"))
                .isEqualTo("10%");
        Map<?, ?> pod = manifests.pod();
        assertThat(at(pod, "hostNetwork")).isEqualTo(true);
        assertThat(at(pod, "priorityClassName")).isEqualTo("system-node-critical");
        assertThat(at(pod, "terminationGracePeriodSeconds")).isEqualTo(10);
        assertThat(at(pod, "tolerations")).hasToString("[{operator=Exists}]");
        assertThat(list(pod, "initContainers")).hasSize(1);
        assertThat(list(pod, "containers")).hasSize(1);
        assertThat(at(manifests.container(INIT), "args")).hasToString("[--init]");
        assertThat(at(manifests.container(NODE), "ports"))
                .hasToString("[{name=metrics, containerPort=61678}]");
    }

    /** Those of upstream's DaemonSet (ipamd.md 9.4), and where our own things are put. */
    @Test
    void setsTheVariablesThatUpstreamSets() throws IOException {
        Map<String, String> expected = new TreeMap<>();
        expected.put("ADDITIONAL_ENI_TAGS", "{}");
        expected.put("AWS_VPC_CNI_NODE_PORT_SUPPORT", "true");
        expected.put("AWS_VPC_ENI_MTU", "9001");
        expected.put("AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG", "false");
        expected.put("AWS_VPC_K8S_CNI_EXTERNALSNAT", "false");
        expected.put("AWS_VPC_K8S_CNI_LOGLEVEL", "DEBUG");
        expected.put("AWS_VPC_K8S_CNI_LOG_FILE", "/host/var/log/aws-routed-eni/ipamd.log");
        expected.put("AWS_VPC_K8S_CNI_RANDOMIZESNAT", "prng");
        expected.put("AWS_VPC_K8S_CNI_VETHPREFIX", "eni");
        expected.put("AWS_VPC_K8S_PLUGIN_LOG_FILE", "/var/log/aws-routed-eni/plugin.log");
        expected.put("AWS_VPC_K8S_PLUGIN_LOG_LEVEL", "DEBUG");
        expected.put("DISABLE_INTROSPECTION", "false");
        expected.put("DISABLE_METRICS", "false");
        expected.put("DISABLE_NETWORK_RESOURCE_PROVISIONING", "false");
        expected.put("ENABLE_IMDS_ONLY_MODE", "false");
        expected.put("ENABLE_IPv4", "true");
        expected.put("ENABLE_IPv6", "false");
        expected.put("ENABLE_MULTI_NIC", "false");
        expected.put("ENABLE_POD_ENI", "false");
        expected.put("ENABLE_PREFIX_DELEGATION", "false");
        expected.put("ENABLE_SUBNET_DISCOVERY", "true");
        expected.put("VPC_CNI_VERSION", "v0.1.0");
        expected.put("WARM_ENI_TARGET", "1");
        expected.put("WARM_PREFIX_TARGET", "1");
        expected.put("MY_NODE_NAME", "from elsewhere");
        expected.put("MY_POD_NAME", "from elsewhere");
        expected.put("HOST_CNI_BIN_PATH", "/host/opt/cni/bin");
        expected.put("HOST_CNI_CONFDIR_PATH", "/host/etc/cni/net.d");
        expected.put("VPC_CNI_CONFLIST_VERSION", "0.4.0");
        var manifests = Manifests.rendered("defaults");
        assertThat(manifests.variables(NODE)).containsExactlyInAnyOrderEntriesOf(expected);
        assertThat(manifests.variables(INIT))
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of(
                                "DISABLE_TCP_EARLY_DEMUX",
                                "false",
                                "ENABLE_IPv6",
                                "false",
                                "HOST_CNI_BIN_PATH",
                                "/host/opt/cni/bin"));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void setsOnlyVariablesThatThereAre(String name) throws IOException {
        String page = Files.readString(HOME.resolve("docs/environment.md"));
        var manifests = Manifests.rendered(name);
        assertThat(manifests.variables(NODE).keySet())
                .allSatisfy(variable -> assertThat(page).contains("| `" + variable + "` |"));
        assertThat(manifests.variables(INIT).keySet())
                .allSatisfy(variable -> assertThat(page).contains("| `" + variable + "` |"));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void theDaemonHasTheRightsThatItHasInTheLab(String name) throws IOException {
        var manifests = Manifests.rendered(name);
        Map<?, ?> context = (Map<?, ?>) at(manifests.container(NODE), "securityContext");
        assertThat(context.get("readOnlyRootFilesystem")).isEqualTo(true);
        assertThat(context.get("allowPrivilegeEscalation")).isEqualTo(false);
        assertThat(context.get("privileged")).isNull();
        assertThat(list(context, "capabilities", "drop").toString()).isEqualTo("[ALL]");
        List<String> inTheLab = capabilitiesInTheLab();
        assertThat(inTheLab.remove(OF_THE_LAB_ALONE)).isTrue();
        assertThat(list(context, "capabilities", "add").toString()).isEqualTo(inTheLab.toString());

        var writable = new TreeSet<>(writableInTheLab());
        writable.add("/opt/cni/bin"); // which the lab has filled before
        var mounted = new TreeSet<String>();
        for (Object mount : list(manifests.container(NODE), "volumeMounts")) {
            String path = hostPath(manifests, (Map<?, ?>) mount);
            if (!path.isEmpty() && !Boolean.TRUE.equals(((Map<?, ?>) mount).get("readOnly"))) {
                mounted.add(path.replaceFirst("^/var/run/", "/run/"));
            }
        }
        assertThat(mounted).isEqualTo(writable);
    }

    private static List<String> capabilitiesInTheLab() {
        var found =
                Pattern.compile("--bounding-set=-all,(\\S+)")
                        .matcher(String.join(" ", DaemonRights.confine(List.of())));
        assertThat(found.find()).isTrue();
        return new ArrayList<>(
                Stream.of(found.group(1).split(",", -1))
                        .map(word -> word.substring(1).toUpperCase(Locale.ROOT))
                        .toList());
    }

    private static List<String> writableInTheLab() {
        List<String> words = DaemonRights.confine(List.of());
        List<String> paths = words.stream().filter(word -> word.matches("/[^\\s]+")).toList();
        assertThat(paths).hasSizeGreaterThan(3);
        return paths;
    }

    private static String hostPath(Manifests manifests, Map<?, ?> mount) {
        for (Object volume : list(manifests.pod(), "volumes")) {
            Map<?, ?> one = (Map<?, ?>) volume;
            if (Objects.equals(one.get("name"), mount.get("name"))) {
                return one.get("hostPath") instanceof Map<?, ?> host
                        ? String.valueOf(host.get("path"))
                        : "";
            }
        }
        throw new AssertionError("nothing is mounted by " + mount);
    }

    @Test
    void onlyTheInitContainerIsPrivileged() throws IOException {
        var manifests = Manifests.rendered("defaults");
        assertThat(at(manifests.container(INIT), "securityContext"))
                .hasToString("{privileged=true}");
        assertThat(at(Manifests.rendered("adopted").container(INIT), "securityContext"))
                .hasToString("{privileged=false}");
        assertThat(manifests.pod().get("hostPID")).isNull();
    }

    @Test
    void withoutFeaturesItMayReadAndSpeakOnly() throws IOException {
        assertThat(Manifests.rendered("defaults").rules())
                .containsExactly(
                        "[] [nodes] [get, list, watch]",
                        "[] [pods] [get, list, watch]",
                        "[, events.k8s.io] [events] [create, patch]");
        assertThat(Manifests.rendered("ipv6").rules())
                .isEqualTo(Manifests.rendered("defaults").rules());
    }

    @Test
    void eachFeatureBringsItsRights() throws IOException {
        assertThat(Manifests.rendered("features").rules())
                .containsExactly(
                        "[] [nodes] [get, list, watch, patch]",
                        "[] [nodes/status] [patch]",
                        "[] [pods] [get, list, watch, patch]",
                        "[, events.k8s.io] [events] [create, patch]",
                        "[crd.k8s.amazonaws.com] [eniconfigs] [get, list, watch]",
                        "[vpcresources.k8s.aws] [cninodes] [get, list, watch, patch]");
        assertThat(Manifests.rendered("adopted").rules())
                .contains(
                        "[networking.k8s.aws] [policyendpoints, clusterpolicyendpoints]"
                                + " [get, list, watch]");
    }

    @Test
    void followsItsValues() throws IOException {
        var features = Manifests.rendered("features");
        assertThat(features.variables(NODE))
                .containsEntry("WARM_IP_TARGET", "5")
                .containsEntry("ENABLE_POD_ENI", "true")
                .containsEntry("VPC_CNI_CONFLIST_VERSION", "1.1.0")
                .doesNotContainKeys("WARM_ENI_TARGET", "NETWORK_POLICY_ENFORCING_MODE");
        assertThat(features.ofKind("ENIConfig"))
                .extracting(config -> at(config, "metadata", "name") + " " + at(config, "spec"))
                .containsExactly(
                        "us-west-2a {subnet=subnet-0123456789abcdef0,"
                                + " securityGroups=[sg-0123456789abcdef0]}",
                        "us-west-2b {subnet=subnet-0123456789abcdef1}");
        assertThat(at(features.one("ServiceAccount"), "metadata", "annotations"))
                .hasToString("{eks.amazonaws.com/role-arn=arn:aws:iam::123456789012:role/vpc-cni}");
        assertThat(Manifests.rendered("ipv6").variables(INIT)).containsEntry("ENABLE_IPv6", "true");
    }

    @Test
    void takesThePlaceOfWhatIsThere() throws IOException {
        var adopted = Manifests.rendered("adopted");
        assertThat(at(adopted.one("DaemonSet"), "spec", "selector", "matchLabels"))
                .hasToString("{k8s-app=aws-node}");
        assertThat(at(adopted.container(NODE), "image"))
                .isEqualTo("123456789012.dkr.ecr.eu-central-1.amazonaws.com/vpc-cni:v9");
        assertThat(at(adopted.container(INIT), "image")).isEqualTo("example.com/init:v9");
        assertThat(at(adopted.container("aws-eks-nodeagent"), "image"))
                .isEqualTo("example.com/agent:v1.4.1");
        assertThat(adopted.variables(NODE))
                .containsEntry("NETWORK_POLICY_ENFORCING_MODE", "standard");
        assertThat(adopted.ofKind("CustomResourceDefinition")).isEmpty();
        assertThat(adopted.ofKind("ConfigMap")).hasSize(2);
        assertThat(list(adopted.container(NODE), "volumeMounts").toString())
                .contains("mountPath=/app/10-aws.conflist, subPath=10-aws.conflist");
    }

    @ParameterizedTest
    @MethodSource("cases")
    void whatIsSelectedIsLabelledSo(String name) throws IOException {
        Map<?, ?> set = Manifests.rendered(name).one("DaemonSet");
        Map<?, ?> labels = (Map<?, ?>) at(set, "spec", "template", "metadata", "labels");
        Map<?, ?> selector = (Map<?, ?>) at(set, "spec", "selector", "matchLabels");
        assertThat(labels.entrySet().containsAll(selector.entrySet())).isTrue();
    }

    @Test
    void whatControllersReadIsThere() throws IOException {
        assertThat(at(Manifests.rendered("defaults").one("ConfigMap"), "data"))
                .hasToString(
                        "{enable-windows-ipam=false, enable-network-policy-controller=false,"
                                + " enable-windows-prefix-delegation=false, warm-prefix-target=0,"
                                + " warm-ip-target=1, minimum-ip-target=3, branch-eni-cooldown=60}");
    }

    @Test
    void removingTheChartKeepsWhatIsConfigured() throws IOException {
        List<Map<?, ?>> definitions =
                Manifests.rendered("defaults").ofKind("CustomResourceDefinition");
        assertThat(definitions)
                .extracting(definition -> at(definition, "metadata", "name"))
                .hasToString("[eniconfigs.crd.k8s.amazonaws.com, cninodes.vpcresources.k8s.aws]");
        assertThat(definitions)
                .allSatisfy(definition ->
                        assertThat(at(definition, "metadata", "annotations"))
                                .hasToString("{helm.sh/resource-policy=keep}"));
    }
}
