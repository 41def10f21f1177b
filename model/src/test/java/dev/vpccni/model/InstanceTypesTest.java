package dev.vpccni.model;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InstanceTypesTest {

    @Test
    void knows1391Types() {
        assertThat(InstanceTypes.known().all()).hasSize(1_391);
    }

    @ParameterizedTest
    @CsvSource({
        "t3.small, nitro, 3, 4, 11",
        "m5.large, nitro, 3, 10, 29",
        "c5.large, nitro, 3, 10, 29",
        "m5.xlarge, nitro, 4, 15, 58",
        "m4.4xlarge, xen, 8, 30, 234",
        "p3dn.24xlarge, nitro, 15, 50, 737",
        "p5.48xlarge, nitro, 2, 50, 100",
        "m5.metal, unknown, 15, 50, 737",
    })
    void knowsTheirLimits(String name, String hypervisor, int enis, int addresses, int pods) {
        InstanceType type = requireNonNull(InstanceTypes.known().find(name));
        assertThat(type.hypervisor()).isEqualTo(hypervisor);
        assertThat(type.maxInterfaces()).isEqualTo(enis);
        assertThat(type.addressesPerInterface()).isEqualTo(addresses);
        assertThat(type.maxPods()).isEqualTo(pods);
    }

    @Test
    void knowsTheLimitsOfEachNetworkCard() {
        InstanceType type = requireNonNull(InstanceTypes.known().find("p4d.24xlarge"));
        assertThat(type.interfacesPerCard()).containsExactly(15, 15, 15, 15);
    }

    @Test
    void hasNothingForATypeThatItDoesNotKnow() {
        assertThat(InstanceTypes.known().find("z99.nano")).isNull();
    }

    @Test
    void refusesATableThatContradictsItself() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> InstanceTypes.parse("1x2 nitro: a.b\n2x2 nitro: a.b"))
                .withMessageContaining("a.b");
        assertThatIllegalArgumentException().isThrownBy(() -> InstanceTypes.parse("nonsense"));
    }

    @ParameterizedTest
    @CsvSource({
        "m5.large, true",
        "c5.metal, true",
        "t3.small, false",
        "t3a.2xlarge, false",
        "t4g.nano, false",
        "t2.small, false",
        "p3.2xlarge, false",
        "i4i.large, false",
        "i4i.xlarge, true",
        "u-6tb1.112xlarge, false",
        "u-6tb1.metal, true",
    })
    void thoseOfNitroCanHaveATrunkButForAFew(String name, boolean trunkable) {
        InstanceType type = requireNonNull(InstanceTypes.known().find(name));
        assertThat(type.trunkable()).isEqualTo(trunkable);
    }
}
