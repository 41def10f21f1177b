package dev.vpccni.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.daemon.log.LogLevel;
import dev.vpccni.daemon.log.LogSettings;
import dev.vpccni.dataplane.NodeSetup.SnatPorts;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.node.settings.NodeSettings;
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
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class EnvironmentSettingsTest {

    @Test
    void areTheDefaultsWhereNothingIsSet() {
        EnvironmentSettings settings = parse(Map.of());
        assertThat(settings.node()).isEqualTo(NodeSettings.DEFAULT);
        assertThat(settings.daemon())
                .isEqualTo(
                        new DaemonSettings(
                                Path.of("/var/run/aws-node"),
                                Path.of("/var/run/aws-node/ipam.json"),
                                new LogSettings(
                                        "/host/var/log/aws-routed-eni/ipamd.log", LogLevel.DEBUG),
                                "",
                                Conflist.DEFAULT,
                                null));
        assertThat(settings.reports()).isEmpty();
        assertThat(settings.faults()).isEmpty();
    }

    static Stream<Arguments> mappings() {
        return Stream.of(
                mapping("WARM_IP_TARGET", "5", s -> s.node().pool().warmAddresses(), 5),
                mapping("MINIMUM_IP_TARGET", "7", s -> s.node().pool().minimumAddresses(), 7),
                mapping("WARM_ENI_TARGET", "0", s -> s.node().pool().warmInterfaces(), 0),
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
                mapping("DISABLE_POD_V6", "true", s -> s.daemon().conflist().withoutIpv6(), true),
                mapping(
                        "HOST_CNI_CONFDIR_PATH",
                        "/c",
                        s -> "" + s.daemon().conflistFolder(),
                        "/c"));
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

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "WARM_IP_TARGET | -1 | using 0",
                "WARM_IP_TARGET | 5 | ",
                "MINIMUM_IP_TARGET | five | using 0",
                "WARM_ENI_TARGET | -1 | using 1",
                "WARM_ENI_TARGET | 1.5 | using 1",
                "MAX_ENI | x | using -1",
                "AWS_VPC_K8S_CNI_VETHPREFIX | '' | using eni",
                "AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS | 10.0.0.0/8,fd00::/8 | leaving out fd00::/8",
                "AWS_EXTERNAL_SERVICE_CIDRS | 10.0.0.0 | leaving out 10.0.0.0",
                "AWS_VPC_K8S_CNI_EXTERNALSNAT | yes | using false",
                "AWS_VPC_K8S_CNI_RANDOMIZESNAT | always | using prng",
                "AWS_VPC_CNI_NODE_PORT_SUPPORT | TrUe | using true",
                "AWS_VPC_K8S_CNI_CONNMARK | 0 | using 0x80",
                "AWS_VPC_K8S_CNI_CONNMARK | 0x100000000 | using 0x80",
                "AWS_VPC_K8S_CNI_CONNMARK | mark | using 0x80",
                "ADDITIONAL_ENI_TAGS | [] | no additional tags",
                "ADDITIONAL_ENI_TAGS | {\"a\":1} | no additional tags",
                "ADDITIONAL_ENI_TAGS | {\"x.k8s.amazonaws.com/y\":\"1\"} "
                        + "| leaving out x.k8s.amazonaws.com/y",
                "DISABLE_NETWORK_RESOURCE_PROVISIONING | '' | using false",
                "ENABLE_SUBNET_DISCOVERY | on | using true",
                "MANAGE_UNTAGGED_ENI | '' | using true",
                "DISABLE_LEAKED_ENI_CLEANUP | no | using false",
                "ENABLE_PREFIX_DELEGATION | yes | using false",
                "ENABLE_IPv4 | '' | using true",
                "AWS_VPC_K8S_CNI_LOGLEVEL | trace | using debug",
                "POD_SECURITY_GROUP_ENFORCING_MODE | lax | using strict",
                "ENABLE_BANDWIDTH_PLUGIN | '' | using false",
                "DISABLE_POD_V6 | x | using false",
                "ANNOTATE_POD_IP | true | pods are not annotated",
                "AWS_MANAGE_ENIS_NON_SCHEDULABLE | true | every node counts as schedulable",
                "ENABLE_V6_EGRESS | x | using false",
                "ENABLE_V4_EGRESS | x | using true",
            })
    void reportOnceWhatTheyDoNotFollow(String name, String value, String used) {
        EnvironmentSettings settings = parse(Map.of(name, value));
        if (used == null) {
            assertThat(settings.reports()).isEmpty();
        } else {
            assertThat(settings.reports()).hasSize(1);
            assertThat(settings.reports().getFirst().used()).isEqualTo(used);
            assertThat(settings.reports().getFirst().toString())
                    .startsWith(name + "=\"" + value + "\" ")
                    .endsWith(": " + used);
        }
        assertThat(settings.faults()).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "AWS_VPC_ENI_MTU, 575",
        "AWS_VPC_ENI_MTU, 9002",
        "AWS_VPC_ENI_MTU, ''",
        "AWS_VPC_ENI_MTU, x",
        "POD_MTU, 100",
        "POD_MTU, 1500.0",
        "IP_COOLDOWN_PERIOD, -1",
        "IP_COOLDOWN_PERIOD, 30s",
        "IP_COOLDOWN_PERIOD, ''",
        "AWS_VPC_K8S_CNI_VETHPREFIX, veth0",
        "AWS_VPC_K8S_CNI_VETHPREFIX, eth",
        "AWS_VPC_K8S_CNI_VETHPREFIX, lo",
        "AWS_VPC_K8S_CNI_VETHPREFIX, vlan",
        "AWS_VPC_K8S_CNI_VETHPREFIX, a/b",
        "NETWORK_POLICY_ENFORCING_MODE, ''",
        "NETWORK_POLICY_ENFORCING_MODE, lax",
        "AWS_VPC_K8S_PLUGIN_LOG_FILE, stdout",
        "AWS_ENDPOINT_URL_EC2, localhost",
        "AWS_ENDPOINT_URL_EC2, ftp://localhost",
        "AWS_ENDPOINT_URL, http://localhost:65536",
        "AWS_ENDPOINT_URL_STS, localhost",
        "VPC_CNI_RUN_FOLDER, '/run/a\0b'",
        "AWS_VPC_K8S_CNI_BACKING_STORE, '/run/a\0b'",
        "AWS_VPC_K8S_CNI_LOG_FILE, '/log/a\0b'",
        "HOST_CNI_CONFDIR_PATH, '/etc/a\0b'",
        "AWS_EC2_METADATA_SERVICE_ENDPOINT, 'http://a b'",
        "ENABLE_IPv4, false",
        "ENABLE_IPv6, true",
        "ENABLE_PREFIX_DELEGATION, true",
        "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG, true",
        "ENABLE_POD_ENI, true",
        "ENABLE_MULTI_NIC, true",
        "ENABLE_IMDS_ONLY_MODE, true",
    })
    void areNotToBeStartedWith(String name, String value) {
        EnvironmentSettings settings = parse(Map.of(name, value));
        assertThat(settings.faults()).hasSize(1);
        assertThat(settings.faults().getFirst()).startsWith(name + "=\"" + value + "\" ");
    }

    @Test
    void tellAllFaultsAtOnce() {
        assertThat(parse(Map.of("ENABLE_IPv6", "true", "POD_MTU", "1", "MAX_ENI", "")).faults())
                .hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "t", "T", "TRUE", "true", "True"})
    void knowEachSpellingOfTrue(String value) {
        Map<String, String> environment = Map.of("AWS_VPC_K8S_CNI_EXTERNALSNAT", value);
        assertThat(parse(environment).node().kernel().externalSnat()).isTrue();
    }

    private static EnvironmentSettings parse(Map<String, String> environment) {
        return EnvironmentSettings.parse(environment, PodsMax.UNKNOWN);
    }
}
