package dev.vpccni.node.instance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.ipam.ledger.InterfaceRole;
import dev.vpccni.ipam.reconcile.SeenInterface;
import dev.vpccni.model.Cidr;
import dev.vpccni.model.IpFamily;
import dev.vpccni.model.Ipv6Address;
import dev.vpccni.node.fake.Nouns;
import dev.vpccni.node.port.ObservedInterface;
import dev.vpccni.node.settings.AddressingSettings;
import dev.vpccni.node.settings.CloudSettings;
import java.util.List;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What pods may have of an interface: by its subnet, its role and the node's settings. */
class SeenInterfacesTest {

    private static final String EXCLUDED = "kubernetes.io/role/cni=0";
    private static final Cidr BLOCK_6 = Cidr.parse("2001:db8::/64");
    private static final AddressingSettings IPV6 =
            new AddressingSettings(IpFamily.IPV6, true, 0, false, false);
    private static final AddressingSettings CUSTOM =
            new AddressingSettings(IpFamily.IPV4, false, 0, true, false);

    private final Instance plain = instance(CloudSettings.DEFAULT, AddressingSettings.DEFAULT);

    @Test
    void prefixesAreBlocksLikeAddresses() {
        assertThat(seen(plain, Nouns.with(Nouns.shown(1, 1), Nouns.prefixes(1, 2))).blocks())
                .containsExactly(Nouns.block(1, 0), Nouns.prefix(1, 0), Nouns.prefix(1, 1));
    }

    @Test
    void ofAnExcludedSubnetNoInterfaceIsUsable() {
        Instance taught = plain.with(List.of(Nouns.subnet("subnet-1", 9, EXCLUDED)));

        assertThat(usable(taught, Nouns.shown(0, 1))).as("not even the primary one").isFalse();
        assertThat(usable(taught, Nouns.shown(1, 1))).isFalse();
        assertThat(seen(taught, Nouns.shown(1, 1)).facts().role())
                .as("it is ours all the same")
                .isEqualTo(InterfaceRole.SECONDARY);
        assertThat(seen(taught, Nouns.shown(1, 1)).blocks())
                .as("its pods keep theirs")
                .containsExactly(Nouns.block(1, 0));
    }

    @Test
    void anotherClustersSubnetIsExcludedToo() {
        var settings = new CloudSettings("blue", new TreeMap<>(), true, true, true, true);
        String[] others = {
            "kubernetes.io/role/cni=1", "cni.networking.k8s.aws/cluster/green=shared"
        };

        assertThat(usable(instance(settings, AddressingSettings.DEFAULT), Nouns.shown(1, 1)))
                .isTrue();
        Instance taught =
                instance(settings, AddressingSettings.DEFAULT)
                        .with(List.of(Nouns.subnet("subnet-1", 9, others)));
        assertThat(usable(taught, Nouns.shown(1, 1))).isFalse();
    }

    @Test
    void whatMetadataAloneSaysOfASubnetExcludesNothing() {
        assertThat(usable(plain.with(Nouns.SUBNET, List.of(Nouns.BLOCK)), Nouns.shown(1, 1)))
                .isTrue();
    }

    @Test
    void withoutDiscoveryTagsExcludeNothing() {
        var settings = new CloudSettings("", new TreeMap<>(), true, false, true, true);
        Instance taught =
                instance(settings, AddressingSettings.DEFAULT)
                        .with(List.of(Nouns.subnet("subnet-1", 9, EXCLUDED)));

        assertThat(usable(taught, Nouns.shown(1, 1))).isTrue();
    }

    /** Upstream makes such a node another interface at its start. */
    @Test
    void ofIpv6TagsExcludeThePrimaryOneToo() {
        Instance taught =
                instance(CloudSettings.DEFAULT, IPV6)
                        .with(List.of(Nouns.subnet("subnet-1", 9, EXCLUDED)));

        assertThat(usable(taught, Nouns.shown(0, 1))).isFalse();
    }

    @Test
    void anUnmanagedInterfaceIsNotUsable() {
        assertThat(usable(plain, shown(1, "efa-only"))).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"interface", "trunk", "efa"})
    void thoseWithAnotherPurposeAreUsableAndTheirRoleSaysWhatFor(String type) {
        assertThat(usable(plain, shown(1, type))).isTrue();
    }

    @Test
    void withCustomNetworkingThePrimaryOneGivesNothing() {
        Instance custom = instance(CloudSettings.DEFAULT, CUSTOM);

        assertThat(usable(custom, Nouns.shown(0, 1))).isFalse();
        assertThat(usable(custom, Nouns.shown(1, 1))).isTrue();
    }

    @Test
    void ofIpv6ItsPrefixesAreSeenAndItsOwnAddressAndBlock() {
        Instance instance =
                instance(CloudSettings.DEFAULT, IPV6)
                        .with(Nouns.SUBNET, List.of(Nouns.BLOCK, BLOCK_6));
        Ipv6Address own = Ipv6Address.parse("2001:db8::5");
        ObservedInterface shown = Nouns.with(Nouns.shown(0, 2), List.of(Nouns.prefix6(0)));
        ObservedInterface with =
                new ObservedInterface(
                        shown.id(),
                        shown.status(),
                        shown.type(),
                        shown.description(),
                        shown.mac(),
                        shown.subnet(),
                        shown.primaryAddress(),
                        shown.secondaryAddresses(),
                        List.of(own),
                        List.of(Nouns.prefix(0, 0), Nouns.prefix6(0)),
                        shown.groups(),
                        shown.tags(),
                        shown.attachment());

        SeenInterface seen = seen(instance, with);

        assertThat(seen.blocks()).containsExactly(Nouns.prefix6(0));
        assertThat(seen.facts().primaryAddress()).isEqualTo(own);
        assertThat(seen.facts().subnetCidr()).isEqualTo(BLOCK_6);
        assertThat(seen(instance, shown).facts().primaryAddress())
                .as("one that has no address of IPv6")
                .isEqualTo(Nouns.address(0, -1));
    }

    private static boolean usable(Instance instance, ObservedInterface shown) {
        return seen(instance, shown).facts().usable();
    }

    private static SeenInterface seen(Instance instance, ObservedInterface shown) {
        return Objects.requireNonNull(instance.seen(shown));
    }

    private static ObservedInterface shown(int n, String type) {
        return Nouns.shown(n, 1, type, Nouns.tags(), Nouns.attached(n));
    }

    private static Instance instance(CloudSettings settings, AddressingSettings addressing) {
        return new Instance(Nouns.IDENTITY, settings, addressing, 0, new TreeMap<>())
                .with(List.of(Nouns.subnet("subnet-1", 9)));
    }
}
