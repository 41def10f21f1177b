package dev.vpccni.daemon;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.daemon.environment.EnvironmentTable;
import dev.vpccni.daemon.log.LogLevel;
import dev.vpccni.dataplane.NodeSetup.EarlyDemux;
import dev.vpccni.dataplane.NodeSetup.SnatPorts;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.node.settings.PodsMax;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each variable of the environment alone: which setting it decides, and that none is ignored. */
final class EnvironmentVariablesTest {

    static Stream<Arguments> mappings() {
        return Stream.of(
                mapping("WARM_IP_TARGET", "5", s -> s.node().pool().warmAddresses(), 5),
                mapping("MINIMUM_IP_TARGET", "7", s -> s.node().pool().minimumAddresses(), 7),
                mapping("WARM_ENI_TARGET", "0", s -> s.node().pool().warmInterfaces(), 0),
                mapping("WARM_PREFIX_TARGET", "2", s -> s.node().addressing().warmPrefixes(), 2),
                mapping("ENABLE_MULTI_NIC", "t", s -> s.node().addressing().everyCard(), true),
                mapping(
                        "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG",
                        "true",
                        s -> s.node().addressing().customNetworking(),
                        true),
                mapping(
                        "ENABLE_V6_EGRESS",
                        "true",
                        s -> s.daemon().conflist().egress().enabled(),
                        true),
                mapping(
                        "ENABLE_V4_EGRESS",
                        "true",
                        s -> s.daemon().conflist().egress().enabled(),
                        false),
                mapping(
                        "AWS_VPC_K8S_EGRESS_V6_PLUGIN_LOG_FILE",
                        "/l",
                        s -> s.daemon().conflist().egress().logFile(),
                        "/l"),
                mapping("ENABLE_POD_ENI", "true", s -> s.node().pool().trunk(), true),
                mapping("MAX_ENI", "2", s -> s.node().pool().interfacesMax(), 2),
                mapping("MAX_ENI", "0", s -> s.node().pool().interfacesMax(), -1),
                mapping("IP_COOLDOWN_PERIOD", "0", s -> s.node().pool().cooldown(), Duration.ZERO),
                mapping("AWS_VPC_ENI_MTU", "1500", s -> s.node().kernel().interfaceMtu(), 1500),
                mapping("AWS_VPC_ENI_MTU", "1500", s -> s.node().kernel().podMtu(), 1500),
                mapping("AWS_VPC_ENI_MTU", "1500", s -> s.daemon().conflist().mtu(), 1500),
                mapping("POD_MTU", "576", s -> s.node().kernel().podMtu(), 576),
                mapping(
                        "AWS_VPC_K8S_CNI_VETHPREFIX",
                        "vpc",
                        s -> s.node().kernel().vethPrefix(),
                        "vpc"),
                mapping(
                        "AWS_VPC_K8S_CNI_VETHPREFIX",
                        "vpc",
                        s -> s.daemon().conflist().vethPrefix(),
                        "vpc"),
                mapping(
                        "AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS",
                        " 10.1.2.3/16,192.168.0.0/24 ",
                        s -> s.node().kernel().snatExclusions(),
                        List.of(Ipv4Cidr.parse("10.1.0.0/16"), Ipv4Cidr.parse("192.168.0.0/24"))),
                mapping(
                        "AWS_EXTERNAL_SERVICE_CIDRS",
                        "10.9.0.0/16",
                        s -> s.node().kernel().externalServiceCidrs(),
                        List.of(Ipv4Cidr.parse("10.9.0.0/16"))),
                mapping(
                        "AWS_VPC_K8S_CNI_EXTERNALSNAT",
                        "t",
                        s -> s.node().kernel().externalSnat(),
                        true),
                mapping(
                        "AWS_VPC_K8S_CNI_EXTERNALSNAT",
                        "",
                        s -> s.node().kernel().externalSnat(),
                        false),
                mapping(
                        "AWS_VPC_K8S_CNI_RANDOMIZESNAT",
                        "hashrandom",
                        s -> s.node().kernel().snatPorts(),
                        SnatPorts.RANDOM),
                mapping(
                        "AWS_VPC_K8S_CNI_RANDOMIZESNAT",
                        "none",
                        s -> s.node().kernel().snatPorts(),
                        SnatPorts.ORIGINAL),
                mapping(
                        "AWS_VPC_K8S_CNI_RANDOMIZESNAT",
                        "",
                        s -> s.node().kernel().snatPorts(),
                        SnatPorts.RANDOM_FULLY),
                mapping(
                        "AWS_VPC_CNI_NODE_PORT_SUPPORT",
                        "False",
                        s -> s.node().kernel().nodePortSupport(),
                        false),
                mapping("ANNOTATE_POD_IP", "true", s -> s.daemon().duties().annotatesPods(), true),
                mapping(
                        "VPC_CNI_NODE_CONDITION",
                        "true",
                        s -> s.daemon().duties().condition(),
                        true),
                mapping(
                        "VPC_CNI_STARTUP_TAINT",
                        "example.com/wait",
                        s -> s.daemon().duties().startupTaint(),
                        "example.com/wait"),
                mapping("VPC_CNI_FAST_RULES", "true", s -> s.node().kernel().fastRules(), true),
                mapping(
                        "AWS_VPC_K8S_CNI_CONNMARK",
                        "0x40",
                        s -> s.node().kernel().connectionMark(),
                        0x40L),
                mapping(
                        "AWS_VPC_K8S_CNI_CONNMARK",
                        "4294967295",
                        s -> s.node().kernel().connectionMark(),
                        0xffff_ffffL),
                mapping("CLUSTER_NAME", "prod", s -> s.node().cloud().clusterName(), "prod"),
                mapping(
                        "ADDITIONAL_ENI_TAGS",
                        "{\"a\":\"b\",\"a\":\"c\"}",
                        s -> s.node().cloud().additionalTags(),
                        Map.of("a", "c")),
                mapping(
                        "DISABLE_NETWORK_RESOURCE_PROVISIONING",
                        "1",
                        s -> s.node().cloud().provisioning(),
                        false),
                mapping(
                        "ENABLE_SUBNET_DISCOVERY",
                        "false",
                        s -> s.node().cloud().subnetDiscovery(),
                        false),
                mapping(
                        "ENABLE_IMDS_ONLY_MODE",
                        "true",
                        s -> s.daemon().metadataOnly() && !s.node().cloud().provisioning(),
                        true),
                mapping("MANAGE_UNTAGGED_ENI", "F", s -> s.node().cloud().manageUntagged(), false),
                mapping(
                        "DISABLE_LEAKED_ENI_CLEANUP",
                        "TRUE",
                        s -> s.node().cloud().cleanUpLeaks(),
                        false),
                mapping(
                        "NETWORK_POLICY_ENFORCING_MODE",
                        "STRICT",
                        s -> s.node().networkPolicyMode(),
                        "STRICT"),
                mapping(
                        "AWS_VPC_K8S_CNI_BACKING_STORE",
                        "/x/y.json",
                        s -> s.daemon().backingStore(),
                        Path.of("/x/y.json")),
                mapping(
                        "AWS_VPC_K8S_CNI_BACKING_STORE",
                        "",
                        s -> s.daemon().backingStore(),
                        Path.of("/var/run/aws-node/ipam.json")),
                mapping(
                        "VPC_CNI_CLUSTER_FILE",
                        "/etc/cluster.json",
                        s -> String.valueOf(s.daemon().clusterFile()),
                        "/etc/cluster.json"),
                mapping("MY_NODE_NAME", "ip-10-0-0-1", s -> s.daemon().nodeName(), "ip-10-0-0-1"),
                mapping(
                        "ENI_CONFIG_ANNOTATION_DEF",
                        "my/config",
                        s -> s.node().cluster().configAnnotation(),
                        "my/config"),
                mapping(
                        "ENI_CONFIG_LABEL_DEF",
                        "topology.kubernetes.io/zone",
                        s -> s.node().cluster().configLabel(),
                        "topology.kubernetes.io/zone"),
                mapping(
                        "VPC_CNI_RUN_FOLDER",
                        "/run/x",
                        s -> s.daemon().pluginSocket(),
                        Path.of("/run/x/cni.sock")),
                mapping(
                        "WARM_ENI_TARGET",
                        "2147483647",
                        s -> s.node().pool().warmInterfaces(),
                        100_000),
                mapping(
                        "WARM_IP_TARGET",
                        "2147483647",
                        s -> s.node().pool().warmAddresses(),
                        100_000),
                mapping(
                        "MINIMUM_IP_TARGET",
                        "2147483647",
                        s -> s.node().pool().minimumAddresses(),
                        100_000),
                mapping(
                        "AWS_VPC_K8S_CNI_LOGLEVEL",
                        "WARN",
                        s -> s.daemon().log().level(),
                        LogLevel.WARN),
                mapping(
                        "AWS_VPC_K8S_CNI_LOG_FILE",
                        "stdout",
                        s -> s.daemon().log().file(),
                        "stdout"),
                mapping("VPC_CNI_VERSION", "v9", s -> s.daemon().version(), "v9"),
                mapping(
                        "POD_SECURITY_GROUP_ENFORCING_MODE",
                        "standard",
                        s -> s.daemon().conflist().enforcingMode(),
                        "standard"),
                mapping(
                        "AWS_VPC_K8S_PLUGIN_LOG_FILE",
                        "",
                        s -> s.daemon().conflist().logFile(),
                        ""),
                mapping(
                        "AWS_VPC_K8S_PLUGIN_LOG_LEVEL",
                        "info",
                        s -> s.daemon().conflist().logLevel(),
                        "info"),
                mapping(
                        "ENABLE_BANDWIDTH_PLUGIN",
                        "true",
                        s -> s.daemon().conflist().bandwidth(),
                        true),
                mapping("ENABLE_V6_EGRESS", "true", s -> s.node().kernel().ipv6Egress(), true),
                mapping(
                        "DISABLE_TCP_EARLY_DEMUX",
                        "true",
                        s -> s.node().kernel().earlyDemux(),
                        EarlyDemux.OFF),
                mapping(
                        "DISABLE_TCP_EARLY_DEMUX",
                        "false",
                        s -> s.node().kernel().earlyDemux(),
                        EarlyDemux.ON),
                mapping("DISABLE_POD_V6", "true", s -> s.daemon().conflist().withoutIpv6(), true),
                mapping(
                        "HOST_CNI_CONFDIR_PATH",
                        "/c",
                        s -> "" + s.daemon().installation().conflistFolder(),
                        "/c"),
                mapping(
                        "HOST_CNI_BIN_PATH",
                        "/b",
                        s -> "" + s.daemon().installation().binaryFolder(),
                        "/b"),
                mapping(
                        "VPC_CNI_PLUGIN_FOLDER",
                        "/p",
                        s -> "" + s.daemon().installation().plugins(),
                        "/p"),
                mapping(
                        "VPC_CNI_CONFLIST_TEMPLATE",
                        "/t",
                        s -> "" + s.daemon().installation().template(),
                        "/t"),
                mapping(
                        "VPC_CNI_CONFLIST_VERSION",
                        "1.1.0",
                        s -> s.daemon().conflist().version(),
                        "1.1.0"));
    }

    private static Arguments mapping(
            String name,
            String value,
            Function<EnvironmentSettings, Object> read,
            Object expected) {
        return Arguments.of(name, value, read, expected);
    }

    @ParameterizedTest(name = "{0}={1}")
    @MethodSource("mappings")
    void followEachVariable(
            String name,
            String value,
            Function<EnvironmentSettings, Object> read,
            Object expected) {
        EnvironmentSettings settings = parse(Map.of(name, value));
        assertThat(read.apply(settings)).isEqualTo(expected);
        assertThat(settings.reports()).isEmpty();
        assertThat(settings.faults()).isEmpty();
    }

    /** Every variable that is in effect is read, by these settings or by what is named here. */
    @Test
    void readWhatTheTableSaysIsInEffect() {
        Stream<String> here =
                Stream.concat(
                        mappings().map(mapping -> (String) mapping.get()[0]),
                        Stream.of(
                                "ENABLE_IPv4", // see EnvironmentSettingsTest
                                "AWS_MANAGE_ENIS_NON_SCHEDULABLE", // of the cluster, there too
                                "ENABLE_IPv6",
                                "ENABLE_PREFIX_DELEGATION", // with a target
                                "AWS_VPC_K8S_EGRESS_V4_PLUGIN_LOG_FILE", // of IPv6 clusters
                                "VPC_CNI_INIT_FOLDER")); // see NodeInitTest
        Stream<String> byTheSdkAndItsAdapters =
                Stream.of(
                        "HTTP_TIMEOUT",
                        "AWS_EC2_ENDPOINT",
                        "AWS_ENDPOINT_URL_EC2",
                        "AWS_ENDPOINT_URL_STS",
                        "AWS_ENDPOINT_URL",
                        "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
                        "AWS_EC2_METADATA_SERVICE_ENDPOINT",
                        "AWS_ACCESS_KEY_ID",
                        "AWS_SECRET_ACCESS_KEY",
                        "AWS_SESSION_TOKEN",
                        "AWS_WEB_IDENTITY_TOKEN_FILE",
                        "AWS_ROLE_ARN",
                        "AWS_ROLE_SESSION_NAME",
                        "AWS_PROFILE",
                        "AWS_CONTAINER_CREDENTIALS_FULL_URI",
                        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
                        "CLUSTER_ENDPOINT", // see ApiAccessTest
                        "KUBECONFIG",
                        "KUBERNETES_SERVICE_HOST",
                        "KUBERNETES_SERVICE_PORT",
                        "MY_POD_NAME"); // of the lock
        assertThat(Stream.concat(here, byTheSdkAndItsAdapters).collect(toSet()))
                .containsExactlyInAnyOrderElementsOf(EnvironmentTable.namesInEffect());
    }

    private static EnvironmentSettings parse(Map<String, String> environment) {
        return EnvironmentSettings.parse(environment, PodsMax.UNKNOWN);
    }
}
