package dev.vpccni.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class BranchLimitsTest {

    @ParameterizedTest
    @CsvSource({
        "m5.large, 9",
        "m5.xlarge, 18",
        "m5.24xlarge, 107",
        "p5.48xlarge, 120",
        "c5.large, 9",
        "t3.medium, 0",
        "m4.large, 0",
        "none.such, 0",
    })
    void areThoseOfTheControllersTable(String type, int limit) {
        assertThat(BranchLimits.known().of(type)).isEqualTo(limit);
    }

    /** The pool keeps an interface for a trunk by a rule of its own. */
    @Test
    void whoeverHasALimitIsATypeThatCanHaveATrunk() {
        for (InstanceType type : InstanceTypes.known().all()) {
            if (BranchLimits.known().of(type.name()) > 0) {
                assertThat(type.trunkable()).as(type.name()).isTrue();
            }
        }
    }

    @Test
    void aTableOfAnotherFormIsRefused() {
        assertThatThrownBy(() -> BranchLimits.parse("9 large m5"))
                .hasMessageContaining("9 large m5");
        assertThatThrownBy(() -> BranchLimits.parse("9 large: m5\n8 large: c5 m5"))
                .hasMessageContaining("m5.large");
    }
}
