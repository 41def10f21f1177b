package dev.vpccni.dataplane.egress;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EgressNamesTest {

    @ParameterizedTest
    @CsvSource({
        "a7f2c1d8e9b04f35a1c6d2e3f4a5b6c7d8e9f0a1b2c3d4e5f60718293a4b5c6d,"
                + " CNI-E4-53f7cc772754f56fd23aa",
        "containerId-123, CNI-E4-5740307710ebfd5fb24f5",
    })
    void aChainHasUpstreamsName(String container, String chain) {
        assertThat(EgressNames.chain(EgressFamily.IPV4, "aws-cni", container)).isEqualTo(chain);
    }

    @Test
    void theOtherFamilyHasTheSameDigits() {
        assertThat(EgressNames.chain(EgressFamily.IPV6, "aws-cni", "containerId-123"))
                .isEqualTo("CNI-E6-5740307710ebfd5fb24f5");
    }

    @Test
    void aHostInterfaceHasEightDigitsWhateverTheNumber() {
        assertThat(EgressNames.hostInterface(0)).isEqualTo("veth00000000");
        assertThat(EgressNames.hostInterface(-1)).isEqualTo("vethffffffff");
        assertThat(EgressNames.isHost("veth0000beef")).isTrue();
        assertThat(EgressNames.isHost("veth0000bee")).isFalse();
        assertThat(EgressNames.isHost("vethc440f455693")).isFalse();
    }
}
