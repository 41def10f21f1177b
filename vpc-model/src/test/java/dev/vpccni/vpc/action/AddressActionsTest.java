package dev.vpccni.vpc.action;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.model.InstanceId;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.SubnetId;
import dev.vpccni.vpc.World;
import dev.vpccni.vpc.api.Ec2Request.AssignPrivateIpAddresses;
import dev.vpccni.vpc.api.Ec2Request.CreateNetworkInterface;
import dev.vpccni.vpc.api.Ec2Request.UnassignPrivateIpAddresses;
import dev.vpccni.vpc.api.EniDescription;
import dev.vpccni.vpc.api.WantedBlocks;
import dev.vpccni.vpc.settings.Latency;
import dev.vpccni.vpc.settings.VpcSettings;
import dev.vpccni.vpc.settings.VpcSettings.AddressChoice;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AddressActionsTest {

    private final World world = World.instant();

    @ParameterizedTest
    @CsvSource({"10.42.16.0/28, 11", "10.42.17.0/24, 251", "10.42.64.0/18, 16379"})
    void fiveAddressesOfASubnetAreReserved(String cidr, int available) {
        assertThat(world.describe(world.subnet("us-west-2a", cidr)).availableAddresses())
                .isEqualTo(available);
    }

    @Test
    void anAssignmentRepliesJustTheNewAddresses() {
        EniDescription eni = world.eni(world.subnetA, 2);
        int before = world.describe(world.subnetA).availableAddresses();

        var assigned = world.call(new AssignPrivateIpAddresses(eni.id(), 3)).addresses();

        assertThat(assigned).hasSize(3).doesNotContainAnyElementsOf(eni.addresses());
        assertThat(world.describe(eni.id()).addresses())
                .containsAll(eni.addresses())
                .containsAll(assigned)
                .hasSize(6);
        assertThat(world.describe(world.subnetA).availableAddresses()).isEqualTo(before - 3);
    }

    @Test
    void aTypeLimitsWhatIsAssignedToAnAttachedInterface() {
        InterfaceId eni = world.eni(world.subnetA, 5).id();
        InstanceId instance = world.instance("t3.medium");
        world.attach(eni, instance, 1);

        assertThat(world.refused(new AssignPrivateIpAddresses(eni, 1)).code())
                .isEqualTo("PrivateIpAddressLimitExceeded");
    }

    @ParameterizedTest
    @CsvSource({
        "10.42.1.50, InvalidIPAddress.InUse",
        "10.42.1.60, Resource.AlreadyAssigned",
        "10.42.1.2, InvalidParameterValue",
        "10.42.1.255, InvalidParameterValue",
        "10.42.2.9, InvalidParameterValue",
    })
    void anExplicitAddressMustBeFree(String address, String code) {
        InterfaceId other = world.eni(world.subnetA, 0).id();
        world.call(assign(other, "10.42.1.50", false));
        InterfaceId eni = world.eni(world.subnetA, 0).id();
        world.call(assign(eni, "10.42.1.60", false));

        assertThat(world.refused(assign(eni, address, false)).code()).isEqualTo(code);
    }

    @Test
    void anAddressMayBeTakenFromAnotherInterfaceOnRequest() {
        InterfaceId other = world.eni(world.subnetA, 0).id();
        world.call(assign(other, "10.42.1.50", false));
        InterfaceId eni = world.eni(world.subnetA, 0).id();

        world.call(assign(eni, "10.42.1.50", true));

        assertThat(world.describe(other).secondaryAddresses()).isEmpty();
        assertThat(world.describe(eni).secondaryAddresses())
                .containsExactly(Ipv4Address.parse("10.42.1.50"));
    }

    @Test
    void countAndAddressesExcludeEachOther() {
        InterfaceId eni = world.eni(world.subnetA, 0).id();
        var both = new WantedBlocks(List.of(Ipv4Address.parse("10.42.1.50")), 1, List.of(), 0);

        assertThat(world.refused(new AssignPrivateIpAddresses(eni, both, false)).code())
                .isEqualTo("InvalidParameterCombination");
        assertThat(world.refused(new AssignPrivateIpAddresses(eni, 0)).code())
                .isEqualTo("MissingParameter");
    }

    @Test
    void aSubnetGivesAllOrNothing() {
        SubnetId small = world.subnet("us-west-2a", "10.42.16.0/28");
        InterfaceId eni = world.eni(small, 8).id();
        assertThat(world.describe(small).availableAddresses()).isEqualTo(2);

        assertThat(world.refused(new AssignPrivateIpAddresses(eni, 3)).code())
                .isEqualTo("InsufficientFreeAddressesInSubnet");

        world.call(new AssignPrivateIpAddresses(eni, 2));
        assertThat(world.describe(small).availableAddresses()).isZero();
        assertThat(
                        world.refused(
                                        new CreateNetworkInterface(
                                                "", small, "", List.of(), World.NO_TAGS, 0))
                                .code())
                .isEqualTo("InsufficientFreeAddressesInSubnet");
    }

    @Test
    void onlySecondaryAddressesAreUnassigned() {
        EniDescription eni = world.eni(world.subnetA, 2);
        var primary = new UnassignPrivateIpAddresses(eni.id(), List.of(eni.primaryAddress()));

        assertThat(world.refused(primary).code()).isEqualTo("InvalidParameterValue");
        world.call(new UnassignPrivateIpAddresses(eni.id(), eni.secondaryAddresses()));
        assertThat(world.describe(eni.id()).secondaryAddresses()).isEmpty();
    }

    @Test
    void whatWasGivenBackLatelyIsChosenLast() {
        World lowest = new World(VpcSettings.of(1, Latency.INSTANT).with(AddressChoice.LOWEST));
        EniDescription eni = lowest.eni(lowest.subnetA, 2);
        assertThat(eni.addresses().toString()).isEqualTo("[10.42.1.4, 10.42.1.5, 10.42.1.6]");

        lowest.call(new UnassignPrivateIpAddresses(eni.id(), eni.secondaryAddresses()));

        assertThat(lowest.call(new AssignPrivateIpAddresses(eni.id(), 1)).addresses())
                .containsExactly(Ipv4Address.parse("10.42.1.7"));
        lowest.pass(lowest.cloud().settings().reuseAfter());
        assertThat(lowest.call(new AssignPrivateIpAddresses(eni.id(), 1)).addresses())
                .containsExactly(Ipv4Address.parse("10.42.1.5"));
    }

    @Test
    void aFullSubnetReusesAtOnce() {
        SubnetId small = world.subnet("us-west-2a", "10.42.16.0/28");
        EniDescription eni = world.eni(small, 10);
        Ipv4Address freed = eni.secondaryAddresses().getFirst();
        world.call(new UnassignPrivateIpAddresses(eni.id(), List.of(freed)));

        assertThat(world.call(new AssignPrivateIpAddresses(eni.id(), 1)).addresses())
                .containsExactly(freed);
    }

    private static AssignPrivateIpAddresses assign(
            InterfaceId eni, String address, boolean reassign) {
        return new AssignPrivateIpAddresses(
                eni, WantedBlocks.listed(List.of(Ipv4Address.parse(address))), reassign);
    }
}
