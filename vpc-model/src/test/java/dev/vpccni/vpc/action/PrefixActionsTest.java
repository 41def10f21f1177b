package dev.vpccni.vpc.action;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.model.Cidr;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.model.Ipv6Cidr;
import dev.vpccni.model.SubnetId;
import dev.vpccni.vpc.World;
import dev.vpccni.vpc.api.AddressBlocks;
import dev.vpccni.vpc.api.CidrReservation;
import dev.vpccni.vpc.api.Ec2Request;
import dev.vpccni.vpc.api.Ec2Request.AssignIpv6Addresses;
import dev.vpccni.vpc.api.Ec2Request.AssignPrivateIpAddresses;
import dev.vpccni.vpc.api.Ec2Request.CreateNetworkInterface;
import dev.vpccni.vpc.api.Ec2Request.UnassignIpv6Addresses;
import dev.vpccni.vpc.api.Ec2Request.UnassignPrivateIpAddresses;
import dev.vpccni.vpc.api.EniDescription;
import dev.vpccni.vpc.api.NetworkRequest.CreateSubnetCidrReservation;
import dev.vpccni.vpc.api.NetworkRequest.DeleteSubnetCidrReservation;
import dev.vpccni.vpc.api.WantedBlocks;
import dev.vpccni.vpc.settings.Latency;
import dev.vpccni.vpc.settings.VpcSettings;
import dev.vpccni.vpc.settings.VpcSettings.AddressChoice;
import dev.vpccni.vpc.settings.VpcSettings.ShortageCode;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Prefixes of both families, single IPv6 addresses, and reservations for them. */
class PrefixActionsTest {

    private final World world = World.instant();

    @Test
    void anInterfaceIsMadeWithPrefixesThatCountSixteenEach() {
        int before = available(world.subnetA);

        EniDescription eni = world.eni(world.subnetA, WantedBlocks.anyPrefixes(2), none());

        assertThat(eni.addresses()).hasSize(1);
        assertThat(eni.held().prefixes())
                .hasSize(2)
                .doesNotContain(Ipv4Cidr.parse("10.42.1.0/28"), Ipv4Cidr.parse("10.42.1.240/28"))
                .allMatch(prefix -> prefix.prefixLength() == 28)
                .allMatch(prefix -> Ipv4Cidr.parse("10.42.1.0/24").contains(prefix))
                .noneMatch(prefix -> prefix.contains(eni.primaryAddress()));
        assertThat(available(world.subnetA)).isEqualTo(before - 33);
        assertThat(world.describe(eni.id()).held()).isEqualTo(eni.held());
    }

    @Test
    void anEmptySubnetHasFourteenPrefixesOfSixteen() {
        World lowest = lowest();
        EniDescription eni = lowest.eni(lowest.subnetA, WantedBlocks.anyPrefixes(14), none());

        var all = new TreeSet<>(eni.held().prefixes());
        assertThat(all).hasSize(14);
        assertThat(all.first()).isEqualTo(Ipv4Cidr.parse("10.42.1.16/28"));
        assertThat(all.last()).isEqualTo(Ipv4Cidr.parse("10.42.1.224/28"));
        assertThat(lowest.describe(lowest.subnetA).availableAddresses()).isEqualTo(26);
        assertThat(lowest.refused(prefixes(eni.id(), 1)).code())
                .isEqualTo("InsufficientCidrBlocks");
        assertThat(lowest.refused(prefixes(eni.id(), 2)).code())
                .isEqualTo("InsufficientFreeAddressesInSubnet");
    }

    @Test
    void anAssignmentRepliesJustTheNewPrefixes() {
        EniDescription eni = world.eni(world.subnetA, WantedBlocks.anyPrefixes(1), none());

        AddressBlocks assigned = world.call(prefixes(eni.id(), 2)).assigned();

        assertThat(assigned.addresses()).isEmpty();
        assertThat(assigned.prefixes())
                .hasSize(2)
                .doesNotContainAnyElementsOf(eni.held().prefixes());
        assertThat(world.describe(eni.id()).held().prefixes()).hasSize(3);
    }

    @Test
    void singleAddressesFragmentASubnet() {
        EniDescription eni = world.eni(world.subnetA, 0);
        for (int block = 1; block < 15; block++) {
            listed(eni.id(), "10.42.1." + (16 * block + 7));
        }
        assertThat(available(world.subnetA)).isGreaterThan(230);

        assertThat(world.refused(prefixes(eni.id(), 1)).code()).isEqualTo("InsufficientCidrBlocks");
        assertThat(world.call(new AssignPrivateIpAddresses(eni.id(), 3)).addresses()).hasSize(3);
    }

    @Test
    void aPrefixComesBackWithTheLastAddressInIt() {
        World lowest = lowest();
        EniDescription eni = lowest.eni(lowest.subnetA, 0);
        for (int block = 1; block < 15; block++) {
            lowest.call(listed(eni.id(), List.of(Ipv4Address.parse("10.42.1." + (16 * block)))));
        }
        assertThat(lowest.refused(prefixes(eni.id(), 1)).code())
                .isEqualTo("InsufficientCidrBlocks");

        var freed = List.of(Ipv4Address.parse("10.42.1.80"));
        lowest.call(new UnassignPrivateIpAddresses(eni.id(), freed));

        assertThat(lowest.call(prefixes(eni.id(), 1)).assigned().prefixes())
                .containsExactly(Ipv4Cidr.parse("10.42.1.80/28"));
    }

    @Test
    void someAccountsHearAnotherCodeOfEveryShortage() {
        World other = new World(VpcSettings.of(1, Latency.INSTANT).with(ShortageCode.NEW));
        SubnetId small = other.subnet("us-west-2a", "10.42.16.0/28");
        InterfaceId eni = other.eni(small, 0).id();

        for (Ec2Request<?> request :
                List.of(prefixes(eni, 1), new AssignPrivateIpAddresses(eni, 11))) {
            assertThat(other.refused(request).code()).isEqualTo("InvalidParameterValue");
            assertThat(other.refused(request).message())
                    .isEqualTo("There aren't sufficient free Ipv4 addresses or prefixes");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "10.42.1.48/28, InvalidIPAddress.InUse",
        "10.42.1.64/28, Resource.AlreadyAssigned",
        "10.42.1.80/28, InvalidIPAddress.InUse",
        "10.42.1.0/28, InvalidParameterValue",
        "10.42.1.240/28, InvalidParameterValue",
        "10.42.1.96/27, InvalidParameterValue",
        "10.42.2.16/28, InvalidParameterValue",
    })
    void aListedPrefixMustBeFree(String prefix, String code) {
        InterfaceId other =
                world.eni(
                                world.subnetA,
                                WantedBlocks.listedPrefixes(List.of(Cidr.parse("10.42.1.48/28"))),
                                none())
                        .id();
        world.call(listed(other, List.of(Ipv4Address.parse("10.42.1.85"))));
        InterfaceId eni = lonely("10.42.1.200");
        world.call(listedPrefix(eni, "10.42.1.64/28"));

        assertThat(world.refused(listedPrefix(eni, prefix)).code()).isEqualTo(code);
    }

    @Test
    void anAddressWithinAPrefixIsInUse() {
        InterfaceId eni = lonely("10.42.1.200");
        world.call(listedPrefix(eni, "10.42.1.64/28"));
        var request = listed(lonely("10.42.1.201"), List.of(Ipv4Address.parse("10.42.1.70")));

        assertThat(world.refused(request).code()).isEqualTo("InvalidIPAddress.InUse");
    }

    @Test
    void aPrefixTakesAPlaceAsAnAddressDoes() {
        InterfaceId eni = world.eni(world.subnetA, 2).id();
        world.attach(eni, world.instance("t3.medium"), 1);

        assertThat(world.refused(prefixes(eni, 4)).code())
                .isEqualTo("PrivateIpAddressLimitExceeded");
        world.call(prefixes(eni, 3));
        assertThat(world.refused(new AssignPrivateIpAddresses(eni, 1)).code())
                .isEqualTo("PrivateIpAddressLimitExceeded");
    }

    @Test
    void onlyNitroInterfacesHavePrefixes() {
        InterfaceId attached = world.eni(world.subnetA, 0).id();
        world.attach(attached, world.instance("t2.medium"), 1);
        assertThat(world.refused(prefixes(attached, 1)).code()).isEqualTo("InvalidParameterValue");

        InterfaceId free = world.eni(world.subnetA, WantedBlocks.anyPrefixes(1), none()).id();
        var attach = new Ec2Request.AttachNetworkInterface(free, world.instance("m4.large"), 0, 1);
        assertThat(world.refused(attach).code()).isEqualTo("InvalidParameterValue");
    }

    @Test
    void aPrefixGivenBackIsAgainOneOfTheSubnets() {
        EniDescription eni = world.eni(world.subnetA, WantedBlocks.anyPrefixes(2), none());
        int before = available(world.subnetA);
        Ipv4Cidr gone = eni.held().prefixes().getFirst();

        world.call(new UnassignPrivateIpAddresses(eni.id(), List.of(), List.of(gone)));

        assertThat(world.describe(eni.id()).held().prefixes())
                .containsExactly(eni.held().prefixes().getLast());
        assertThat(available(world.subnetA)).isEqualTo(before + 16);
        var again = new UnassignPrivateIpAddresses(eni.id(), List.of(), List.of(gone));
        assertThat(world.refused(again).code()).isEqualTo("InvalidParameterValue");
    }

    @Test
    void prefixesExcludeEverythingElse() {
        var both = new WantedBlocks(List.of(), 1, List.of(), 1);
        var request =
                new CreateNetworkInterface(
                        "", world.subnetA, "", List.of(), World.NO_TAGS, both, none());
        assertThat(world.refused(request).code()).isEqualTo("InvalidParameterCombination");
    }

    @Test
    void aReservationForPrefixesGivesPrefixesAndNothingElse() {
        int before = available(world.subnetA);
        reserve("10.42.1.128/27", CidrReservation.Kind.PREFIX);
        assertThat(available(world.subnetA)).isEqualTo(before - 32);

        EniDescription eni = world.eni(world.subnetA, WantedBlocks.anyPrefixes(2), none());
        assertThat(eni.held().prefixes())
                .containsExactlyInAnyOrder(
                        Ipv4Cidr.parse("10.42.1.128/28"), Ipv4Cidr.parse("10.42.1.144/28"));
        assertThat(world.refused(prefixes(eni.id(), 1)).code()).isEqualTo("InsufficientCidrBlocks");
        assertThat(available(world.subnetA)).isEqualTo(before - 33);

        var addresses = new ArrayList<Ipv4Address>();
        for (int i = 0; i < 4; i++) {
            addresses.addAll(world.eni(world.subnetA, 49).addresses());
        }
        assertThat(addresses).noneMatch(Ipv4Cidr.parse("10.42.1.128/27")::contains);
    }

    @Test
    void aReservationForListedAddressesIsNeverChosenFrom() {
        String id = reserve("10.42.1.128/25", CidrReservation.Kind.EXPLICIT);
        EniDescription eni = world.eni(world.subnetA, WantedBlocks.anyPrefixes(3), none());
        assertThat(eni.held().prefixes()).noneMatch(Ipv4Cidr.parse("10.42.1.128/25")::contains);

        world.call(listed(eni.id(), List.of(Ipv4Address.parse("10.42.1.130"))));
        EniDescription many = world.eni(world.subnetA, 59);
        assertThat(many.addresses()).noneMatch(Ipv4Cidr.parse("10.42.1.128/25")::contains);
        assertThat(world.refused(new AssignPrivateIpAddresses(eni.id(), 40)).code())
                .isEqualTo("InsufficientFreeAddressesInSubnet");

        world.call(new DeleteSubnetCidrReservation(id));
        world.call(new AssignPrivateIpAddresses(eni.id(), 40));
    }

    @Test
    void reservationsDoNotOverlapAndLieInTheirSubnet() {
        reserve("10.42.1.128/26", CidrReservation.Kind.PREFIX);
        for (String cidr : List.of("10.42.1.128/25", "10.42.1.144/28", "10.42.2.0/28")) {
            var request =
                    new CreateSubnetCidrReservation(
                            world.subnetA, Ipv4Cidr.parse(cidr), CidrReservation.Kind.EXPLICIT, "");
            assertThat(world.refused(request).code()).startsWith("Invalid");
        }
        assertThat(world.refused(new DeleteSubnetCidrReservation("scr-1")).code())
                .isEqualTo("InvalidSubnetCidrReservationID.NotFound");
    }

    @Test
    void anIpv6PrefixIsAnEightiethOfTheSubnets64() {
        Ipv6Cidr subnet = world.addIpv6(world.subnetA, 0);
        InterfaceId eni = world.eni(world.subnetA, 0).id();

        var reply = world.call(new AssignIpv6Addresses(eni, WantedBlocks.anyPrefixes(1)));

        Ipv6Cidr prefix = reply.assigned().ipv6Prefixes().getFirst();
        assertThat(prefix.prefixLength()).isEqualTo(80);
        assertThat(subnet.contains(prefix)).isTrue();
        assertThat(prefix.contains(subnet.network()) || prefix.contains(subnet.last())).isFalse();
        assertThat(world.describe(eni).held().ipv6Prefixes()).containsExactly(prefix);

        world.call(new UnassignIpv6Addresses(eni, List.of(), List.of(prefix)));
        assertThat(world.describe(eni).held().ipv6Prefixes()).isEmpty();
    }

    @Test
    void ipv6AddressesAreChosenApartFromPrefixes() {
        World lowest = lowest();
        lowest.addIpv6(lowest.subnetA, 0);
        EniDescription eni = lowest.eni(lowest.subnetA, none(), WantedBlocks.anyAddresses(3));
        assertThat(eni.held().ipv6Addresses().toString())
                .isEqualTo(
                        "[2600:1f14:aaaa:bb00::4, 2600:1f14:aaaa:bb00::5, 2600:1f14:aaaa:bb00::6]");
        assertThat(
                        lowest.call(new AssignIpv6Addresses(eni.id(), WantedBlocks.anyPrefixes(1)))
                                .assigned()
                                .ipv6Prefixes()
                                .toString())
                .isEqualTo("[2600:1f14:aaaa:bb00:1::/80]");
        var within = Cidr.parse("2600:1f14:aaaa:bb00:1::9/128").network();
        var request = new AssignIpv6Addresses(eni.id(), WantedBlocks.listed(List.of(within)));
        assertThat(lowest.refused(request).code()).isEqualTo("InvalidIPAddress.InUse");
    }

    @Test
    void aSubnetWithoutIpv6GivesNone() {
        InterfaceId eni = world.eni(world.subnetA, 0).id();
        var request = new AssignIpv6Addresses(eni, WantedBlocks.anyPrefixes(1));
        assertThat(world.refused(request).code()).isEqualTo("InvalidParameterValue");
    }

    @Test
    void bothFamiliesHaveTheirOwnPlaces() {
        world.addIpv6(world.subnetA, 0);
        InterfaceId eni =
                world.eni(world.subnetA, WantedBlocks.anyAddresses(5), WantedBlocks.anyAddresses(6))
                        .id();
        world.attach(eni, world.instance("t3.medium"), 1);

        assertThat(world.refused(new AssignIpv6Addresses(eni, WantedBlocks.anyPrefixes(1))).code())
                .isEqualTo("PrivateIpAddressLimitExceeded");
    }

    private String reserve(String cidr, CidrReservation.Kind kind) {
        var request =
                new CreateSubnetCidrReservation(world.subnetA, Ipv4Cidr.parse(cidr), kind, "");
        return world.call(request).reservation().id();
    }

    private InterfaceId lonely(String primary) {
        return world.call(
                        new CreateNetworkInterface(
                                "",
                                world.subnetA,
                                "interface",
                                "",
                                List.of(),
                                World.NO_TAGS,
                                Ipv4Address.parse(primary),
                                none(),
                                none()))
                .eni()
                .id();
    }

    private int available(SubnetId subnet) {
        return world.describe(subnet).availableAddresses();
    }

    private static World lowest() {
        return new World(VpcSettings.of(1, Latency.INSTANT).with(AddressChoice.LOWEST));
    }

    private static WantedBlocks none() {
        return WantedBlocks.NONE;
    }

    private void listed(InterfaceId eni, String address) {
        if (!world.describe(eni).addresses().contains(Ipv4Address.parse(address))) {
            world.call(listed(eni, List.of(Ipv4Address.parse(address))));
        }
    }

    private static AssignPrivateIpAddresses prefixes(InterfaceId eni, int count) {
        return new AssignPrivateIpAddresses(eni, WantedBlocks.anyPrefixes(count), false);
    }

    private static AssignPrivateIpAddresses listed(InterfaceId eni, List<Ipv4Address> addresses) {
        return new AssignPrivateIpAddresses(eni, WantedBlocks.listed(addresses), false);
    }

    private static AssignPrivateIpAddresses listedPrefix(InterfaceId eni, String prefix) {
        var prefixes = List.of(Cidr.parse(prefix));
        return new AssignPrivateIpAddresses(eni, WantedBlocks.listedPrefixes(prefixes), false);
    }
}
