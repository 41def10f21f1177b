package dev.vpccni.daemon;

import static dev.vpccni.model.IpFamily.IPV4;
import static dev.vpccni.model.IpFamily.IPV6;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.daemon.cluster.ClusterDuties;
import dev.vpccni.daemon.egress.EgressPlugin;
import dev.vpccni.daemon.install.Installation;
import dev.vpccni.daemon.log.LogLevel;
import dev.vpccni.daemon.log.LogSettings;
import dev.vpccni.dataplane.egress.EgressFamily;
import dev.vpccni.node.settings.AddressingSettings;
import dev.vpccni.node.settings.CloudSettings;
import dev.vpccni.node.settings.ClusterSettings;
import dev.vpccni.node.settings.NodeSettings;
import dev.vpccni.node.settings.PodsMax;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Settings that several variables decide together, and those that nothing decides. */
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
                                false,
                                "",
                                Conflist.DEFAULT,
                                new Installation(
                                        null,
                                        null,
                                        Path.of("/app/cni"),
                                        Path.of("/app/10-aws.conflist")),
                                null,
                                "",
                                ClusterDuties.NONE));
        assertThat(settings.reports()).isEmpty();
        assertThat(settings.faults()).isEmpty();
    }

    static Stream<Arguments> addressing() {
        Map<String, String> prefixes =
                Map.of("ENABLE_PREFIX_DELEGATION", "true", "WARM_PREFIX_TARGET", "2");
        Map<String, String> ipv6 = new TreeMap<>(prefixes);
        ipv6.put("ENABLE_IPv6", "true");
        Map<String, String> ipv6Only = new TreeMap<>(ipv6);
        ipv6Only.put("ENABLE_IPv4", "false");
        return Stream.of(
                Arguments.of(Map.of(), AddressingSettings.DEFAULT),
                Arguments.of(
                        Map.of("ENABLE_IPv4", "true", "ENABLE_IPv6", "false"),
                        AddressingSettings.DEFAULT),
                Arguments.of(prefixes, new AddressingSettings(IPV4, true, 2, false, false)),
                Arguments.of(ipv6, new AddressingSettings(IPV6, true, 2, false, false)),
                Arguments.of(ipv6Only, new AddressingSettings(IPV6, true, 2, false, false)),
                Arguments.of(
                        Map.of("AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG", "t"),
                        new AddressingSettings(IPV4, false, 0, true, false)),
                Arguments.of(
                        Map.of("ENABLE_MULTI_NIC", "1"),
                        new AddressingSettings(IPV4, false, 0, false, true)),
                // Not to be started with, and told so: no other exception than that.
                Arguments.of(
                        Map.of("ENABLE_IPv6", "1", "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG", "1"),
                        new AddressingSettings(IPV6, true, 0, false, false)),
                Arguments.of(
                        Map.of("ENABLE_IPv6", "1", "ENABLE_IPv4", "1"), AddressingSettings.DEFAULT),
                Arguments.of(Map.of("ENABLE_IPv4", "0"), AddressingSettings.DEFAULT));
    }

    @ParameterizedTest
    @MethodSource("addressing")
    void sayWhichAddressesAreAskedFor(
            Map<String, String> environment, AddressingSettings expected) {
        assertThat(parse(environment).node().addressing()).isEqualTo(expected);
    }

    @Test
    void askAndChangeNothingInEc2WhereOnlyMetadataIsAsked() {
        Map<String, String> environment =
                Map.of("ENABLE_IMDS_ONLY_MODE", "true", "MANAGE_UNTAGGED_ENI", "false");
        assertThat(parse(environment).node().cloud())
                .isEqualTo(new CloudSettings("", new TreeMap<>(), false, false, true, false));
    }

    @Test
    void sayWhatTheClusterIsAsked() {
        Map<String, String> environment =
                Map.of(
                        "AWS_MANAGE_ENIS_NON_SCHEDULABLE", "true",
                        "ENI_CONFIG_ANNOTATION_DEF", "a/b",
                        "ENI_CONFIG_LABEL_DEF", "");
        assertThat(parse(environment).node().cluster())
                .isEqualTo(new ClusterSettings(true, "a/b", "k8s.amazonaws.com/eniConfig"));
    }

    @Test
    void leadIpv6PodsOutOverIpv4() {
        Map<String, String> environment = new TreeMap<>();
        environment.put("ENABLE_IPv6", "true");
        environment.put("ENABLE_PREFIX_DELEGATION", "true");
        environment.put("WARM_PREFIX_TARGET", "1");
        environment.put("AWS_VPC_K8S_EGRESS_V4_PLUGIN_LOG_FILE", "/log/four");
        EnvironmentSettings settings = parse(environment);
        assertThat(settings.faults()).isEmpty();
        EgressPlugin egress = settings.daemon().conflist().egress();
        assertThat(egress.family()).isEqualTo(EgressFamily.IPV4);
        assertThat(egress.enabled()).isTrue();
        assertThat(egress.logFile()).isEqualTo("/log/four");

        environment.put("ENABLE_V4_EGRESS", "false");
        egress = parse(environment).daemon().conflist().egress();
        assertThat(egress.enabled()).isFalse();
        assertThat(egress.separates()).as("pods may have addresses from before").isTrue();
    }

    @Test
    void needALargerMtuForIpv6() {
        Map<String, String> environment =
                Map.of(
                        "ENABLE_IPv6", "true",
                        "ENABLE_PREFIX_DELEGATION", "true",
                        "WARM_PREFIX_TARGET", "1",
                        "AWS_VPC_ENI_MTU", "1280",
                        "POD_MTU", "1279");
        assertThat(parse(environment).faults())
                .contains("POD_MTU=\"1279\" is not a whole number of 1280 to 9001")
                .noneMatch(fault -> fault.startsWith("AWS_VPC_ENI_MTU"));
    }

    @ParameterizedTest
    @CsvSource({"true, strict, true", "true, standard, false", "false, strict, false"})
    void putStrictPodsBeforeTheNodesOwnAddresses(String enabled, String mode, boolean strict) {
        EnvironmentSettings settings =
                parse(Map.of("ENABLE_POD_ENI", enabled, "POD_SECURITY_GROUP_ENFORCING_MODE", mode));
        assertThat(settings.node().kernel().strictBranches()).isEqualTo(strict);
    }

    private static EnvironmentSettings parse(Map<String, String> environment) {
        return EnvironmentSettings.parse(environment, PodsMax.UNKNOWN);
    }
}
