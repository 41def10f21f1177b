package dev.vpccni.node.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vpccni.dataplane.NodeSetup;
import dev.vpccni.ipam.policy.PoolLimits;
import dev.vpccni.ipam.policy.WarmTarget;
import dev.vpccni.model.BlockKind;
import dev.vpccni.model.InstanceType;
import dev.vpccni.model.IpFamily;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.node.fake.Nouns;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsTest {

    private static final InstanceType TYPE =
            new InstanceType("m5.large", "nitro", false, List.of(3), 10);

    private static final AddressingSettings IPV6 =
            new AddressingSettings(IpFamily.IPV6, true, 0, false, false);

    @ParameterizedTest
    @CsvSource({"1, 0", "0, 1", "2, 3"})
    void aTargetOfAddressesComesBeforeOneOfInterfaces(int warm, int minimum) {
        assertThat(
                        PoolSettings.DEFAULT
                                .withTargets(warm, minimum, 7)
                                .target(TYPE, AddressingSettings.DEFAULT))
                .isEqualTo(new WarmTarget.Addresses(warm, minimum));
    }

    @Test
    void withoutOneWholeInterfacesAreKept() {
        assertThat(
                        PoolSettings.DEFAULT
                                .withTargets(0, 0, 2)
                                .target(TYPE, AddressingSettings.DEFAULT))
                .isEqualTo(new WarmTarget.Interfaces(2, 9));
    }

    @Test
    void theLimitsAreTheTypesOrFewer() {
        assertThat(PoolSettings.DEFAULT.limits(TYPE, AddressingSettings.DEFAULT))
                .isEqualTo(
                        new PoolLimits(
                                "m5.large", 3, 3, 0, 0, 9, BlockKind.ADDRESS, IpFamily.IPV4, 110));
        assertThat(
                        PoolSettings.DEFAULT
                                .withInterfacesMax(2)
                                .limits(TYPE, AddressingSettings.DEFAULT))
                .isEqualTo(
                        new PoolLimits(
                                "m5.large", 3, 2, 0, 0, 9, BlockKind.ADDRESS, IpFamily.IPV4, 110));
    }

    @Test
    void withPrefixesTheyAreCountedWhereNoTargetOfAddressesIsSet() {
        AddressingSettings two = prefixes(2);

        assertThat(PoolSettings.DEFAULT.withTargets(0, 0, 7).target(TYPE, two))
                .isEqualTo(new WarmTarget.Prefixes(2));
        assertThat(PoolSettings.DEFAULT.withTargets(3, 4, 7).target(TYPE, two))
                .isEqualTo(new WarmTarget.Addresses(3, 4));
        assertThat(PoolSettings.DEFAULT.limits(TYPE, two))
                .isEqualTo(
                        new PoolLimits(
                                "m5.large", 3, 3, 0, 0, 9, BlockKind.PREFIX, IpFamily.IPV4, 110));
    }

    @ParameterizedTest
    @CsvSource({
        "nitro, false, PREFIX",
        "xen, false, ADDRESS",
        "unknown, false, ADDRESS",
        "unknown, true, PREFIX",
        "xen, true, PREFIX"
    })
    void prefixesAreForNitroAndMetal(String hypervisor, boolean metal, BlockKind kind) {
        var type = new InstanceType("x", hypervisor, metal, List.of(3), 10);

        assertThat(PoolSettings.DEFAULT.limits(type, prefixes(1)).kind()).isEqualTo(kind);
        assertThat(PoolSettings.DEFAULT.target(type, prefixes(1)) instanceof WarmTarget.Prefixes)
                .isEqualTo(kind == BlockKind.PREFIX);
    }

    @Test
    void ofIpv6OnePrefixIsHeldWhateverTheTargetsSay() {
        assertThat(PoolSettings.DEFAULT.withTargets(3, 4, 7).target(TYPE, IPV6))
                .isEqualTo(new WarmTarget.OnePrefix());
        assertThat(PoolSettings.DEFAULT.limits(TYPE, IPV6))
                .isEqualTo(
                        new PoolLimits(
                                "m5.large", 3, 3, 0, 0, 9, BlockKind.PREFIX, IpFamily.IPV6, 110));
    }

    /** For IPv6 there is nothing in place of prefixes. */
    @Test
    void whatTakesNoPrefixesHasNoAddressesOfIpv6() {
        var old = new InstanceType("t2.medium", "xen", false, List.of(3), 6);

        PoolLimits limits = PoolSettings.DEFAULT.limits(old, IPV6);

        assertThat(limits.kind()).isEqualTo(BlockKind.PREFIX);
        assertThat(limits.addressesMax()).isZero();
    }

    /** The first card has the primary interface, and the trunk if there will be one. */
    @Test
    void furtherCardsWithholdNothing() {
        var custom = new AddressingSettings(IpFamily.IPV4, false, 0, true, true);
        var two = new InstanceType("x.large", "nitro", false, List.of(4, 4), 9);
        PoolSettings settings = NodeSettings.DEFAULT.pool().withTrunk();

        assertThat(settings.limits(two, custom, 0).withheld()).isEqualTo(1);
        assertThat(settings.limits(two, custom, 1).withheld()).isZero();
        assertThat(settings.limits(two, AddressingSettings.DEFAULT, 0).withheld()).isZero();
        assertThat(settings.expectsTrunk(two, 1)).isFalse();
    }

    @Test
    void customNetworkingWithholdsThePrimaryInterface() {
        var custom = new AddressingSettings(IpFamily.IPV4, false, 0, true, false);

        PoolLimits limits = PoolSettings.DEFAULT.limits(TYPE, custom);

        assertThat(limits.withheld()).isEqualTo(1);
        assertThat(limits.addressesMax()).isEqualTo(18);
    }

    @Test
    void whatCannotBeTogetherIsNotMade() {
        assertThatThrownBy(() -> new AddressingSettings(IpFamily.IPV6, false, 0, false, false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("IPv6");
        assertThatThrownBy(() -> new AddressingSettings(IpFamily.IPV6, true, 0, true, false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("IPv6");
        assertThatThrownBy(() -> prefixes(-1)).hasMessage("a target is negative: -1");
    }

    private static AddressingSettings prefixes(int warm) {
        return new AddressingSettings(IpFamily.IPV4, true, warm, false, false);
    }

    @Test
    void whatIsSetOtherwiseChangesNothingElse() {
        PoolSettings pool = PoolSettings.DEFAULT.withTargets(1, 2, 3).withInterfacesMax(4);

        assertThat(pool)
                .isEqualTo(
                        new PoolSettings(
                                1, 2, 3, 4, false, PodsMax.UNKNOWN, Duration.ofSeconds(30)));
        var cloud = new CloudSettings("blue", new TreeMap<>(), false, false, false, false);
        assertThat(NodeSettings.DEFAULT.withPool(pool).withCloud(cloud))
                .isEqualTo(
                        new NodeSettings(
                                pool,
                                KernelSettings.DEFAULT,
                                cloud,
                                AddressingSettings.DEFAULT,
                                ClusterSettings.DEFAULT,
                                ""));
    }

    @ParameterizedTest
    @CsvSource({
        "nitro, false, true",
        "nitro, true, true",
        "xen, false, false",
        "unknown, false, false",
        "unknown, true, true",
    })
    void prefixesAreForNitroAndMetal(String hypervisor, boolean metal, boolean prefixes) {
        var type = new InstanceType("some", hypervisor, metal, List.of(3), 10);
        var asked = new AddressingSettings(IpFamily.IPV4, true, 1, false, false);

        assertThat(asked.prefixesOn(type)).isEqualTo(prefixes);
        assertThat(AddressingSettings.takesPrefixes(type)).isEqualTo(prefixes);
        assertThat(AddressingSettings.DEFAULT.prefixesOn(type)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"IPV4, true, -1, false", "IPV6, false, 0, false", "IPV6, true, 0, true"})
    void someKindsOfAddressesThereAreNot(
            IpFamily family, boolean prefixes, int warm, boolean custom) {
        assertThatThrownBy(() -> new AddressingSettings(family, prefixes, warm, custom, false))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({"-1, 0, 0, -1, 0", "0, -1, 0, -1, 0", "0, 0, -1, -1, 0"})
    void aTargetIsNotNegative(int warm, int minimum, int whole, int most, int seconds) {
        assertThatThrownBy(() -> pool(warm, minimum, whole, most, seconds))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("a target is negative");
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "-2, 0", "-1, -1"})
    void neitherIsTheCooldownNorTheMostInterfaces(int most, int seconds) {
        assertThatThrownBy(() -> pool(0, 0, 0, most, seconds))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("cooldown or interfacesMax out of range");
    }

    @Test
    void zeroAndOneAreAllowed() {
        assertThat(pool(0, 0, 0, -1, 0).cooldown()).isZero();
        assertThat(pool(0, 0, 0, 1, 0).interfacesMax()).isEqualTo(1);
    }

    @Test
    void theMostPodsAreListedOrPublishedOrAssumed() {
        var listed = new TreeMap<String, Integer>();
        listed.put("m5.large", 5);

        assertThat(new PodsMax(listed, true, 1).on(TYPE)).isEqualTo(5);
        assertThat(PodsMax.PUBLISHED.on(TYPE)).isEqualTo(29);
        assertThat(PodsMax.UNKNOWN.on(TYPE)).isEqualTo(110);
        assertThatThrownBy(() -> new PodsMax(listed, true, 0))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theKernelsPartIsWhatTheSettingsAndTheInstanceSay() {
        List<Ipv4Cidr> excluded = List.of(Ipv4Cidr.parse("172.16.0.0/12"));
        List<Ipv4Cidr> services = List.of(Ipv4Cidr.parse("192.168.0.0/16"));
        var settings =
                new KernelSettings(
                        1500,
                        1400,
                        "veth",
                        excluded,
                        services,
                        true,
                        NodeSetup.SnatPorts.RANDOM_FULLY,
                        false,
                        0x40,
                        false,
                        true,
                        true,
                        NodeSetup.EarlyDemux.OFF);

        assertThat(settings.nodeSetup(IpFamily.IPV6, Nouns.IDENTITY, List.of(Nouns.BLOCK)))
                .isEqualTo(
                        new NodeSetup(
                                IpFamily.IPV6,
                                true,
                                true,
                                NodeSetup.EarlyDemux.OFF,
                                Nouns.mac(0),
                                Nouns.address(0, -1),
                                List.of(Nouns.BLOCK),
                                excluded,
                                services,
                                true,
                                NodeSetup.SnatPorts.RANDOM_FULLY,
                                false,
                                0x40,
                                false,
                                "veth",
                                1500));
    }

    private static PoolSettings pool(int warm, int minimum, int whole, int most, int seconds) {
        return new PoolSettings(
                warm, minimum, whole, most, false, PodsMax.UNKNOWN, Duration.ofSeconds(seconds));
    }
}
