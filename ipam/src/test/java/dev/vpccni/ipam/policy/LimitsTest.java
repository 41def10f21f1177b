package dev.vpccni.ipam.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.vpccni.ipam.policy.WarmTarget.Addresses;
import dev.vpccni.ipam.policy.WarmTarget.Interfaces;
import dev.vpccni.ipam.policy.WarmTarget.OnePrefix;
import dev.vpccni.ipam.policy.WarmTarget.Prefixes;
import dev.vpccni.ipam.world.World;
import dev.vpccni.model.BlockKind;
import dev.vpccni.model.InstanceType;
import dev.vpccni.model.InstanceTypes;
import dev.vpccni.model.IpFamily;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What limits and targets there can be. */
class LimitsTest {

    @ParameterizedTest
    @CsvSource({
        // MAX_ENI, interfaces, addresses; an m5.large has 3 interfaces with 9 addresses each
        "-1, 3, 27",
        "0, 3, 27",
        "1, 1, 9",
        "2, 2, 18",
        "3, 3, 27",
        "4, 3, 27",
    })
    void theSettingLowersWhatTheTypeAllows(int setting, int interfaces, int addresses) {
        PoolLimits limits = World.limits("m5.large", setting, 29);

        assertThat(limits)
                .isEqualTo(
                        new PoolLimits(
                                "m5.large",
                                3,
                                interfaces,
                                0,
                                0,
                                9,
                                BlockKind.ADDRESS,
                                IpFamily.IPV4,
                                29));
        assertThat(limits.addressesMax()).isEqualTo(addresses);
    }

    @Test
    void eachCardHasItsOwn() {
        var type = new InstanceType("x", "nitro", false, List.of(8, 2), 10);

        assertThat(PoolLimits.of(type, 0, 5, 100).interfacesMax()).isEqualTo(5);
        assertThat(PoolLimits.of(type, 1, 5, 100).interfacesMax()).isEqualTo(2);
        assertThat(PoolLimits.of(type, 1, 5, 100).instanceInterfaces()).isEqualTo(2);
        assertThat(PoolLimits.of(type, 5, 100)).isEqualTo(PoolLimits.of(type, 0, 5, 100));
    }

    @Test
    void targetsReachAsFarAsTheLargestSubnet() {
        assertThat(new Addresses(0, 0)).hasToString("WARM_IP_TARGET=0 MINIMUM_IP_TARGET=0");
        assertThat(new Addresses(65_536, 65_536))
                .hasToString("WARM_IP_TARGET=65536 MINIMUM_IP_TARGET=65536");
        assertThat(new Interfaces(0, 9)).hasToString("WARM_ENI_TARGET=0");
        assertThat(new Interfaces(4, 16_384)).hasToString("WARM_ENI_TARGET=4");
        assertThat(new Interfaces(Integer.MAX_VALUE, 0)).isNotNull();
        assertThat(new Prefixes(4_096)).hasToString("WARM_PREFIX_TARGET=4096");
        assertThat(new OnePrefix()).hasToString("one IPv6 prefix");
        assertThat(
                        new PoolLimits("x", 1, 1, 0, 0, 0, BlockKind.ADDRESS, IpFamily.IPV4, 0)
                                .addressesMax())
                .isZero();
    }

    @Test
    void aPrefixTakesThePlaceOfAnAddress() {
        PoolLimits prefixes = World.limits("m5.large", 0, 432).withKind(BlockKind.PREFIX);

        assertThat(prefixes.blocksEach()).isEqualTo(9);
        assertThat(prefixes.blockSize()).isEqualTo(16);
        assertThat(prefixes.addressesMax()).isEqualTo(432);
    }

    @ParameterizedTest
    @CsvSource({"0, 27", "1, 18", "3, 0", "4, 0"})
    void whatIsWithheldGivesPodsNoAddress(int withheld, int addresses) {
        var limits =
                new PoolLimits(
                        "m5.large", 3, 3, withheld, 0, 9, BlockKind.ADDRESS, IpFamily.IPV4, 29);

        assertThat(limits.addressesMax()).isEqualTo(addresses);
    }

    static Stream<Arguments> impossible() {
        return Stream.of(
                impossible(
                        "reserved is negative: -1",
                        () ->
                                new PoolLimits(
                                        "x", 4, 4, 0, -1, 9, BlockKind.ADDRESS, IpFamily.IPV4, 9)),
                impossible("warm out of range: -1", () -> new Addresses(-1, 0)),
                impossible("warm out of range: 65537", () -> new Addresses(65_537, 0)),
                impossible("minimum out of range: -1", () -> new Addresses(0, -1)),
                impossible("minimum out of range: 65537", () -> new Addresses(0, 65_537)),
                impossible("warm out of range: -1", () -> new Interfaces(-1, 9)),
                impossible("warm out of range: 4", () -> new Interfaces(4, 16_385)),
                impossible(
                        "warm out of range: 2147483647",
                        () -> new Interfaces(Integer.MAX_VALUE, 9)),
                impossible("addressesEach out of range: -1", () -> new Interfaces(1, -1)),
                impossible(
                        "x cannot have 0 interfaces",
                        () ->
                                new PoolLimits(
                                        "x", 4, 0, 0, 0, 9, BlockKind.ADDRESS, IpFamily.IPV4, 9)),
                impossible(
                        "x cannot have 5 interfaces",
                        () ->
                                new PoolLimits(
                                        "x", 4, 5, 0, 0, 9, BlockKind.ADDRESS, IpFamily.IPV4, 9)),
                impossible(
                        "x cannot have 4 interfaces",
                        () ->
                                new PoolLimits(
                                        "x", 4, 4, 0, 0, -1, BlockKind.ADDRESS, IpFamily.IPV4, 9)),
                impossible(
                        "podsMax is negative: -1",
                        () ->
                                new PoolLimits(
                                        "x", 4, 4, 0, 0, 9, BlockKind.ADDRESS, IpFamily.IPV4, -1)),
                impossible(
                        "withheld is negative: -1",
                        () ->
                                new PoolLimits(
                                        "x", 4, 4, -1, 0, 9, BlockKind.ADDRESS, IpFamily.IPV4, 9)),
                impossible("warm out of range: -1", () -> new Prefixes(-1)),
                impossible("warm out of range: 4097", () -> new Prefixes(4_097)));
    }

    @Test
    void whatIsReservedTakesAPlaceAndGivesPodsNoAddress() {
        PoolLimits limits =
                PoolLimits.of(
                                Objects.requireNonNull(InstanceTypes.known().find("m5.large")),
                                -1,
                                110)
                        .withReserved(1);

        assertThat(limits.places()).isEqualTo(2);
        assertThat(limits.addressesMax()).isEqualTo(18);
        assertThat(limits.withKind(BlockKind.PREFIX).addressesMax()).isEqualTo(18 * 16);
        assertThat(limits.inWords())
                .isEqualTo(
                        "a m5.large holds 18 pod addresses (2 interfaces with 9 each, and 1 kept"
                                + " for a trunk)");
    }

    @Test
    void theOnlyInterfaceIsNotReserved() {
        PoolLimits limits =
                PoolLimits.of(
                                Objects.requireNonNull(InstanceTypes.known().find("m5.large")),
                                1,
                                110)
                        .withReserved(1);

        assertThat(limits.places()).isEqualTo(1);
        assertThat(limits.inWords())
                .isEqualTo(
                        "a m5.large with MAX_ENI=1 holds 9 pod addresses (1 interface with 9 each)");
    }

    @ParameterizedTest
    @MethodSource("impossible")
    void othersCannotBeMade(String message, Supplier<Object> making) {
        assertThatIllegalArgumentException().isThrownBy(making::get).withMessage(message);
    }

    private static Arguments impossible(String message, Supplier<Object> making) {
        return Arguments.of(message, making);
    }
}
