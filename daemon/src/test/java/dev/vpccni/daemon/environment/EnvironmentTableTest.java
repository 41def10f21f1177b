package dev.vpccni.daemon.environment;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class EnvironmentTableTest {

    private static final Path PAGE = Path.of("../docs/environment.md");

    /** What upstream's v1.23.1 reads in the daemon and its containers, or has read before. */
    private static final List<String> UPSTREAMS =
            """
            ADDITIONAL_ENI_TAGS
            ANNOTATE_POD_IP
            AWS_CA_BUNDLE
            AWS_EC2_ENDPOINT
            AWS_EC2_METADATA_DISABLED
            AWS_EC2_METADATA_SERVICE_ENDPOINT
            AWS_EXTERNAL_SERVICE_CIDRS
            AWS_MANAGE_ENIS_NON_SCHEDULABLE
            AWS_MAX_ATTEMPTS
            AWS_REGION
            AWS_RETRY_MODE
            AWS_ROLE_ARN
            AWS_VPC_CNI_NODE_PORT_SUPPORT
            AWS_VPC_ENI_MTU
            AWS_VPC_K8S_CNI_BACKING_STORE
            AWS_VPC_K8S_CNI_CONFIGURE_RPFILTER
            AWS_VPC_K8S_CNI_CONNMARK
            AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG
            AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS
            AWS_VPC_K8S_CNI_EXTERNALSNAT
            AWS_VPC_K8S_CNI_LOGLEVEL
            AWS_VPC_K8S_CNI_LOG_FILE
            AWS_VPC_K8S_CNI_RANDOMIZESNAT
            AWS_VPC_K8S_CNI_VETHPREFIX
            AWS_VPC_K8S_EGRESS_V4_PLUGIN_LOG_FILE
            AWS_VPC_K8S_EGRESS_V6_PLUGIN_LOG_FILE
            AWS_VPC_K8S_PLUGIN_LOG_FILE
            AWS_VPC_K8S_PLUGIN_LOG_LEVEL
            AWS_WEB_IDENTITY_TOKEN_FILE
            CLUSTER_ENDPOINT
            CLUSTER_NAME
            DISABLE_INTROSPECTION
            DISABLE_LEAKED_ENI_CLEANUP
            DISABLE_METRICS
            DISABLE_NETWORK_RESOURCE_PROVISIONING
            DISABLE_POD_V6
            DISABLE_TCP_EARLY_DEMUX
            ENABLE_BANDWIDTH_PLUGIN
            ENABLE_IMDS_ONLY_MODE
            ENABLE_IPv4
            ENABLE_IPv6
            ENABLE_MULTI_NIC
            ENABLE_NFTABLES
            ENABLE_POD_ENI
            ENABLE_PREFIX_DELEGATION
            ENABLE_SUBNET_DISCOVERY
            ENABLE_V4_EGRESS
            ENABLE_V6_EGRESS
            ENI_CONFIG_ANNOTATION_DEF
            ENI_CONFIG_LABEL_DEF
            HOST_CNI_BIN_PATH
            HOST_CNI_CONFDIR_PATH
            HTTP_TIMEOUT
            INTROSPECTION_BIND_ADDRESS
            IP_COOLDOWN_PERIOD
            KUBECONFIG
            KUBERNETES_SERVICE_HOST
            KUBERNETES_SERVICE_PORT
            MANAGE_UNTAGGED_ENI
            MAX_ENI
            MINIMUM_IP_TARGET
            MY_NODE_NAME
            MY_POD_NAME
            NETWORK_POLICY_ENFORCING_MODE
            POD_MTU
            POD_SECURITY_GROUP_ENFORCING_MODE
            VPC_CNI_VERSION
            WARM_ENI_TARGET
            WARM_IP_TARGET
            WARM_PREFIX_TARGET
            """
                    .lines()
                    .toList();

    @Test
    void hasEveryVariableOfUpstream() {
        assertThat(EnvironmentTable.variables())
                .extracting(Variable::name)
                .doesNotHaveDuplicates()
                .containsAll(UPSTREAMS);
    }

    @Test
    void saysOfEachWhatItDoes() {
        assertThat(EnvironmentTable.variables())
                .allSatisfy(variable -> {
                    boolean ignored = variable.support() instanceof Support.Ignored;
                    assertThat(variable.here().isEmpty()).isEqualTo(ignored);
                    assertThat(variable.upstream()).isNotEmpty();
                    assertThat(variable.since()).matches("(1\\.[0-9]+\\.[0-9]+)?");
                    assertThat(variable.toString()).doesNotContain("|", "\n");
                });
    }

    @Test
    void asksForNothingByItsDefaults() {
        for (Variable variable : EnvironmentTable.variables()) {
            var in = new Variables(Map.of(variable.name(), variable.otherwise()));
            EnvironmentTable.noteWhatIsNotFollowed(in);
            assertThat(in.reports()).as(variable.name()).isEmpty();
            assertThat(in.faults()).as(variable.name()).isEmpty();
        }
    }

    @Test
    void isWhatTheDocumentationSays() throws Exception {
        assertThat(Files.readString(PAGE))
                .as(
                        "run: make build && bin/vpc-cni daemon --print-environment > docs/environment.md")
                .isEqualTo(EnvironmentDocument.render());
    }
}
