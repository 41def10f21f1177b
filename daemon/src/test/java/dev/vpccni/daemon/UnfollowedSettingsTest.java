package dev.vpccni.daemon;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.node.settings.PodsMax;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Values that are not followed: what is said of them, and with which the daemon does not start. */
final class UnfollowedSettingsTest {

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
                "ENABLE_IPv6 | TrUe | using false",
                "WARM_PREFIX_TARGET | -1 | using 0",
                "HTTP_TIMEOUT | 9 | using 10",
                "HTTP_TIMEOUT | 10 | ",
                "INTROSPECTION_BIND_ADDRESS | unix:/x | nothing listens there",
                "INTROSPECTION_BIND_ADDRESS | 127.0.0.1:61679 | ",
                "DISABLE_METRICS | true | ",
                "AWS_MAX_ATTEMPTS | 5 | one attempt for each request; what asks again is ours",
                "ENABLE_NFTABLES | true | what the node's iptables writes to is found out",
                "ENABLE_NFTABLES | false | ",
                "ENABLE_NFTABLES | '' | ",
                "AWS_REGION | us-west-2 | ",
                "KUBERNETES_SERVICE_HOST | 10.100.0.1 | ",
                "ENABLE_V4_EGRESS | false | ",
                "ENABLE_IPv4 | '' | using true",
                "AWS_VPC_K8S_CNI_LOGLEVEL | trace | using debug",
                "POD_SECURITY_GROUP_ENFORCING_MODE | lax | using strict",
                "ENABLE_BANDWIDTH_PLUGIN | '' | using false",
                "DISABLE_POD_V6 | x | using false",
                "ENABLE_POD_ENI | true | ",
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
        "VPC_CNI_PLUGIN_FOLDER, '/app/a\0b'",
        "VPC_CNI_CONFLIST_VERSION, 1.1",
        "AWS_EC2_METADATA_SERVICE_ENDPOINT, 'http://a b'",
        "ENABLE_IPv4, false",
    })
    void areNotToBeStartedWith(String name, String value) {
        EnvironmentSettings settings = parse(Map.of(name, value));
        assertThat(settings.faults()).hasSize(1);
        assertThat(settings.faults().getFirst()).startsWith(name + "=\"" + value + "\" ");
    }

    @Test
    void tellAllFaultsAtOnce() {
        assertThat(parse(Map.of("ENABLE_IPv4", "false", "POD_MTU", "1", "MAX_ENI", "")).faults())
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
