package dev.vpccni.lab.cluster;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.model.InstanceTypes;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PodLimitTest {

    /** Numbers of eni-max-pods.txt and of max-pods-calculator.sh. */
    @ParameterizedTest
    @CsvSource({
        "c5.large,    false, false, 29",
        "m5.large,    false, false, 29",
        "t3.medium,   false, false, 17",
        "m5.24xlarge, false, false, 737",
        "c5.large,    false, true,  20",
        "c5.large,    true,  false, 110",
        "c5.large,    true,  true,  110",
        "t3.small,    true,  false, 110",
        "t3.nano,     true,  true,  18",
        "m5.4xlarge,  true,  false, 110",
        "m5.8xlarge,  true,  false, 250",
        "m5.24xlarge, true,  false, 250",
        "m5.metal,    true,  false, 250",
    })
    void isWhatTheBootstrapComputes(String type, boolean prefixes, boolean custom, int pods) {
        var environment =
                Map.of(
                        "ENABLE_PREFIX_DELEGATION",
                        String.valueOf(prefixes),
                        "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG",
                        String.valueOf(custom));
        assertThat(PodLimit.of(requireNonNull(InstanceTypes.known().find(type)), environment))
                .isEqualTo(pods);
    }
}
