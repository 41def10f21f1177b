package dev.vpccni.vpc.action;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.model.Cidr;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.model.Ipv6Cidr;
import dev.vpccni.model.SubnetId;
import dev.vpccni.model.VpcId;
import dev.vpccni.vpc.World;
import dev.vpccni.vpc.api.Ec2Request.CreateNetworkInterface;
import dev.vpccni.vpc.api.Ec2Request.CreateSecurityGroup;
import dev.vpccni.vpc.api.Ec2Request.CreateSubnet;
import dev.vpccni.vpc.api.Ec2Request.CreateVpc;
import dev.vpccni.vpc.api.Ec2Request.DeleteNetworkInterface;
import dev.vpccni.vpc.api.Ec2Request.DescribeInstances;
import dev.vpccni.vpc.api.Ec2Request.DescribeVpcs;
import dev.vpccni.vpc.api.Ec2Request.RunInstances;
import dev.vpccni.vpc.api.Ec2Request.TerminateInstances;
import dev.vpccni.vpc.api.Filter;
import dev.vpccni.vpc.api.InstanceDescription;
import dev.vpccni.vpc.api.NetworkRequest.AssociateSubnetCidrBlock;
import dev.vpccni.vpc.api.NetworkRequest.AssociateVpcCidrBlock;
import dev.vpccni.vpc.api.NetworkRequest.DeleteSubnet;
import dev.vpccni.vpc.api.NetworkRequest.DescribeAvailabilityZones;
import dev.vpccni.vpc.api.NetworkRequest.DescribeSecurityGroups;
import dev.vpccni.vpc.api.Page;
import dev.vpccni.vpc.api.TagDescription;
import dev.vpccni.vpc.api.TagRequest.CreateTags;
import dev.vpccni.vpc.api.TagRequest.DeleteTags;
import dev.vpccni.vpc.api.TagRequest.DescribeTags;
import dev.vpccni.vpc.api.VpcDescription;
import dev.vpccni.vpc.api.WantedBlocks;
import dev.vpccni.vpc.settings.Latency;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** VPCs, subnets, security groups, instances and tags. */
class NetworkActionsTest {

    private final World world = World.instant();

    @Test
    void aVpcHasSeveralBlocksOfBothFamilies() {
        world.call(new AssociateVpcCidrBlock(world.vpc, Cidr.parse("100.64.0.0/16")));
        world.call(new AssociateVpcCidrBlock(world.vpc, World.IPV6));
        Cidr chosen = world.call(new AssociateVpcCidrBlock(world.vpc, null)).cidr();

        VpcDescription vpc = vpc(world.vpc);
        assertThat(vpc.cidrs().toString()).isEqualTo("[10.42.0.0/16, 100.64.0.0/16]");
        assertThat(vpc.ipv6Cidrs()).hasSize(2).contains(World.IPV6, (Ipv6Cidr) chosen);
        assertThat(world.subnet("us-west-2a", "100.64.0.0/24")).isNotNull();
    }

    @ParameterizedTest
    @CsvSource({
        "10.42.128.0/17, InvalidVpc.Range",
        "10.43.0.0/15, InvalidVpc.Range",
        "10.43.0.0/29, InvalidVpc.Range",
        "2001:db8::/64, InvalidVpc.Range",
    })
    void aBlockMustBeOfItsSizeAndApart(String cidr, String code) {
        var request = new AssociateVpcCidrBlock(world.vpc, Cidr.parse(cidr));
        assertThat(world.refused(request).code()).isEqualTo(code);
    }

    @Test
    void aVpcHasFiveBlocksAtMost() {
        for (int i = 1; i < 5; i++) {
            world.call(new AssociateVpcCidrBlock(world.vpc, Cidr.parse("10.5" + i + ".0.0/16")));
        }
        var sixth = new AssociateVpcCidrBlock(world.vpc, Cidr.parse("10.60.0.0/16"));
        assertThat(world.refused(sixth).code()).isEqualTo("CidrLimitExceeded");
    }

    @Test
    void aVpcIsMadeWithIpv6() {
        VpcId id =
                world.call(
                                new CreateVpc(
                                        List.of(Ipv4Cidr.parse("10.7.0.0/16")),
                                        true,
                                        World.NO_TAGS))
                        .id();
        assertThat(vpc(id).ipv6Cidrs())
                .hasSize(1)
                .allMatch(cidr -> cidr.prefixLength() == 56)
                .allMatch(cidr -> cidr.toString().startsWith("2600:1f14:"));
    }

    @Test
    void aSubnetOfIpv6LiesInItsVpcsBlockAndApart() {
        Ipv6Cidr taken = world.addIpv6(world.subnetA, 1);
        var same = new AssociateSubnetCidrBlock(world.subnetB, taken);
        assertThat(world.refused(same).code()).isEqualTo("InvalidSubnet.Conflict");
        for (String cidr : List.of("2001:db8::/64", "2600:1f14:aaaa:bb02::/63")) {
            var request = new AssociateSubnetCidrBlock(world.subnetB, Ipv6Cidr.parse(cidr));
            assertThat(world.refused(request).code()).isEqualTo("InvalidSubnet.Range");
        }
        var second =
                new AssociateSubnetCidrBlock(
                        world.subnetA, Ipv6Cidr.parse("2600:1f14:aaaa:bb02::/64"));
        assertThat(world.refused(second).code()).isEqualTo("SubnetCidrLimitExceeded");
        var made =
                world.call(
                        new CreateSubnet(
                                world.vpc,
                                "us-west-2b",
                                Ipv4Cidr.parse("10.42.9.0/24"),
                                Ipv6Cidr.parse("2600:1f14:aaaa:bb02::/64"),
                                World.NO_TAGS));
        assertThat(world.describe(made.id()).ipv6Cidr())
                .isEqualTo(Ipv6Cidr.parse("2600:1f14:aaaa:bb02::/64"));
    }

    @Test
    void aSubnetIsDeletedOnceNothingOfAnInterfaceIsSeenInIt() {
        World late = World.with(Latency.AWS_LIKE);
        SubnetId subnet = late.subnet("us-west-2a", "10.42.16.0/28");
        InterfaceId eni = late.eni(subnet, 1).id();
        var delete = new DeleteSubnet(subnet);
        assertThat(late.refused(delete).code()).isEqualTo("DependencyViolation");

        late.call(new DeleteNetworkInterface(eni));
        late.pass(Latency.AWS_LIKE.describe().plusSeconds(1));
        late.call(delete);

        assertThat(late.refused(delete).code()).isEqualTo("InvalidSubnetID.NotFound");
        late.subnet("us-west-2a", "10.42.16.0/28");
    }

    @Test
    void anInstanceThatHasEndedIsDescribedWithoutItsSubnet() {
        SubnetId subnet = world.subnet("us-west-2a", "10.42.16.0/28");
        var type = World.type("m5.large");
        var run = new RunInstances(type, subnet, List.of(), World.NO_TAGS);
        var instance = world.call(run).id();
        var ended = world.call(new TerminateInstances(instance)).ended();
        assertThat(ended).isEqualTo(Map.of(instance, true));
        world.call(new DeleteSubnet(subnet));

        InstanceDescription seen =
                world.call(new DescribeInstances(List.of(instance), List.of(), Page.ALL))
                        .instances()
                        .getFirst();
        assertThat(seen.subnet()).isEqualTo(subnet);
        assertThat(seen.zone()).isEqualTo("us-west-2a");
        assertThat(world.call(new TerminateInstances(instance)).ended())
                .isEqualTo(Map.of(instance, false));
    }

    @Test
    void severalInstancesStartTogetherOrNotAtAll() {
        SubnetId small = world.subnet("us-west-2a", "10.42.16.0/28");
        RunInstances request = run(small, "once", 3);

        var started = world.call(request);
        assertThat(started.instances())
                .hasSize(3)
                .allMatch(instance -> instance.enis().getFirst().addresses().size() == 3);
        assertThat(started.instances().stream().map(InstanceDescription::reservation).distinct())
                .hasSize(1);

        assertThat(world.call(request).instances()).hasSameElementsAs(started.instances());
        assertThat(world.refused(run(small, "once", 2)).code())
                .isEqualTo("IdempotentParameterMismatch");
        assertThat(world.refused(run(small, "", 1)).code())
                .isEqualTo("InsufficientFreeAddressesInSubnet");
    }

    @Test
    void aGroupsNameIsItsOwn() {
        world.call(new CreateSecurityGroup(world.vpc, "web"));
        assertThat(world.refused(new CreateSecurityGroup(world.vpc, "web")).code())
                .isEqualTo("InvalidGroup.Duplicate");

        var named =
                new DescribeSecurityGroups(
                        List.of(),
                        List.of(),
                        List.of(Filter.of("group-name", "web", "default")),
                        Page.ALL);
        assertThat(world.call(named).groups())
                .extracting(group -> group.name() + " " + group.vpc())
                .containsExactlyInAnyOrder("web " + world.vpc, "default " + world.vpc);
        var unknown = new DescribeSecurityGroups(List.of(), List.of("none"), List.of(), Page.ALL);
        assertThat(world.refused(unknown).code()).isEqualTo("InvalidGroup.NotFound");
    }

    @Test
    void zonesAreThoseThatASubnetMayBeIn() {
        var all = world.call(new DescribeAvailabilityZones(List.of(), List.of())).names();
        assertThat(all).contains("us-west-2a", "us-west-2b");
        var beyond =
                new CreateSubnet(
                        world.vpc, "us-west-2z", Ipv4Cidr.parse("10.42.9.0/24"), World.NO_TAGS);
        assertThat(world.refused(beyond).code()).isEqualTo("InvalidParameterValue");
        var unknown = new DescribeAvailabilityZones(List.of("us-west-2z"), List.of());
        assertThat(world.refused(unknown).code()).isEqualTo("InvalidParameterValue");
    }

    @Test
    void aTagGoesByItsKeyOrOnlyWithItsValue() {
        String eni = world.eni(world.subnetA, 0).id().value();
        var tags = new TreeMap<>(Map.of("a", "1", "b", "", "c", "3"));
        world.call(new CreateTags(List.of(eni), tags));

        world.call(
                new DeleteTags(
                        List.of(eni),
                        List.of(
                                new DeleteTags.Tag("a", null),
                                new DeleteTags.Tag("b", ""),
                                new DeleteTags.Tag("c", "other"))));
        assertThat(tags(Filter.of("resource-id", eni)))
                .containsExactly(new TagDescription(eni, "network-interface", "c", "3"));

        world.call(new DeleteTags(List.of(eni), List.of()));
        assertThat(tags(Filter.of("resource-id", eni))).isEmpty();
    }

    @Test
    void tagsAreFoundOnEveryKindOfResource() {
        String instance = world.instance("m5.large").value();
        String subnet = world.subnetA.value();
        String group = vpc(world.vpc).defaultGroup().value();
        var resources = List.of(instance, subnet, group, world.vpc.value());
        world.call(new CreateTags(resources, new TreeMap<>(Map.of("Name", "demo"))));

        assertThat(tags(Filter.of("key", "Name"), Filter.of("value", "demo")))
                .extracting(TagDescription::resource)
                .containsExactlyInAnyOrderElementsOf(resources);
        assertThat(tags(Filter.of("resource-type", "security-group")))
                .extracting(TagDescription::resource)
                .containsExactly(group);
        assertThat(tags(Filter.of("tag:Name", "demo"))).hasSize(4);
    }

    private List<TagDescription> tags(Filter... filters) {
        return world.call(new DescribeTags(List.of(filters), Page.ALL)).tags();
    }

    private VpcDescription vpc(VpcId id) {
        return world.call(new DescribeVpcs(List.of(id), List.of(), Page.ALL)).vpcs().getFirst();
    }

    private static RunInstances run(SubnetId subnet, String token, int count) {
        var primary =
                new CreateNetworkInterface(
                        "",
                        subnet,
                        "",
                        List.of(),
                        World.NO_TAGS,
                        WantedBlocks.anyAddresses(2),
                        WantedBlocks.NONE);
        return new RunInstances(token, World.type("m5.large"), count, primary, true, World.NO_TAGS);
    }
}
