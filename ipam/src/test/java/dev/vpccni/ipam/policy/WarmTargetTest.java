package dev.vpccni.ipam.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.ipam.policy.WarmTarget.Addresses;
import dev.vpccni.ipam.policy.WarmTarget.Interfaces;
import dev.vpccni.ipam.policy.WarmTarget.OnePrefix;
import dev.vpccni.ipam.policy.WarmTarget.Prefixes;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** How many addresses there should be, and how many where they are hard to come by. */
class WarmTargetTest {

    static Stream<Arguments> targets() {
        return Stream.of(
                Arguments.of(new Addresses(3, 0), 7, 10, 10),
                Arguments.of(new Addresses(0, 0), 7, 7, 8),
                Arguments.of(new Addresses(3, 20), 7, 20, 10),
                Arguments.of(new Interfaces(1, 9), 7, 16, 8),
                Arguments.of(new Interfaces(2, 9), 7, 25, 8),
                Arguments.of(new Interfaces(0, 9), 7, 8, 8),
                Arguments.of(new Prefixes(1), 7, 23, 8),
                Arguments.of(new Prefixes(2), 0, 32, 1),
                Arguments.of(new Prefixes(0), 7, 8, 8),
                Arguments.of(new OnePrefix(), 7, 8, 8));
    }

    @ParameterizedTest
    @MethodSource("targets")
    void isWhatPodsHaveAndSomeToSpare(WarmTarget target, int busy, long wanted, long scarce) {
        assertThat(target.wanted(busy)).isEqualTo(wanted);
        assertThat(target.scarce(busy)).isEqualTo(scarce);
    }
}
