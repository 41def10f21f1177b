package dev.vpccni.vpc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.model.AttachmentId;
import dev.vpccni.model.Cidr;
import dev.vpccni.model.InstanceId;
import dev.vpccni.model.SecurityGroupId;
import dev.vpccni.vpc.api.Ec2Request;
import dev.vpccni.vpc.api.Ec2Request.AssignIpv6Addresses;
import dev.vpccni.vpc.api.Ec2Request.AssignPrivateIpAddresses;
import dev.vpccni.vpc.api.Ec2Request.CreateSecurityGroup;
import dev.vpccni.vpc.api.Ec2Request.DetachNetworkInterface;
import dev.vpccni.vpc.api.Ec2Request.ModifyNetworkInterfaceAttribute;
import dev.vpccni.vpc.api.Ec2Request.ModifyNetworkInterfaceAttribute.Change;
import dev.vpccni.vpc.api.Ec2Request.UnassignPrivateIpAddresses;
import dev.vpccni.vpc.api.EniDescription;
import dev.vpccni.vpc.api.Naming;
import dev.vpccni.vpc.api.NetworkRequest.AssociateVpcCidrBlock;
import dev.vpccni.vpc.api.WantedBlocks;
import dev.vpccni.vpc.settings.Latency;
import dev.vpccni.vpc.settings.Spread;
import java.time.Duration;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MetadataTest {

    /** Each lag has a length of its own. */
    private static final Latency LAGS =
            new Latency(
                    new TreeMap<>(),
                    Spread.NONE,
                    Spread.always(Duration.ofSeconds(1)),
                    Spread.always(Duration.ofSeconds(2)),
                    Spread.always(Duration.ofSeconds(4)),
                    Spread.always(Duration.ofSeconds(8)),
                    Spread.always(Duration.ofSeconds(16)),
                    Duration.ZERO,
                    Duration.ZERO);

    private final World world = World.with(LAGS);
    private final InstanceId instance = world.instance("m5.large");
    private final String mac = world.read(instance, "mac");

    @Test
    void anInstanceKnowsWhoItIs() {
        assertThat(world.metadata(instance, "instance-id")).isEqualTo(instance.value());
        assertThat(world.metadata(instance, "instance-type")).isEqualTo("m5.large");
        assertThat(world.metadata(instance, "placement/availability-zone")).isEqualTo("us-west-2a");
        assertThat(world.metadata(instance, "placement/availability-zone-id"))
                .isEqualTo("usw2-az1");
        assertThat(world.metadata(instance, "network/interfaces/macs/")).isEqualTo(mac + "/");
        assertThat(of(mac, "vpc-id")).isEqualTo(world.vpc.value());
        assertThat(of(mac, "subnet-id")).isEqualTo(world.subnetA.value());
        assertThat(of(mac, "subnet-ipv4-cidr-block")).isEqualTo("10.42.1.0/24");
        assertThat(of(mac, "vpc-ipv4-cidr-blocks")).isEqualTo("10.42.0.0/16");
        assertThat(of(mac, "device-number")).isEqualTo("0");
        assertThat(of(mac, "local-ipv4s")).isEqualTo(world.metadata(instance, "local-ipv4"));
        assertThat(world.cloud().metadata(instance, "/2021-03-23/meta-data/mac/", world.now()))
                .isEqualTo(mac);
        assertThat(
                        world.cloud()
                                .metadata(
                                        instance,
                                        "/latest/dynamic/instance-identity/document",
                                        world.now()))
                .contains("\"region\" : \"us-west-2\"", "\"instanceId\" : \"" + instance);
    }

    @Test
    void aFolderListsWhatIsInIt() {
        assertThat(lines(mac, ""))
                .contains("interface-id", "local-ipv4s", "security-group-ids")
                .doesNotContain("network-card", "ipv6s", "ipv4-prefix");
        assertThat(world.read(instance, "placement").lines())
                .containsExactly("availability-zone", "availability-zone-id", "region");
        assertThat(world.read(instance, "").lines()).contains("network/", "mac");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ipv6",
                "no-such",
                "network/interfaces/macs/02:00:00:00:00:01",
                "network/interfaces/macs/MAC/ipv4-prefix",
                "network/interfaces/macs/MAC/ipv6s",
                "network/interfaces/macs/MAC/network-card",
            })
    void whatIsAbsentIsNotEmpty(String path) {
        assertThat(world.metadata(instance, path.replace("MAC", mac))).isNull();
    }

    @Test
    void severalCardsAreNumbered() {
        InstanceId large = world.instance("p5.48xlarge");
        String primary = world.metadata(large, "mac");

        assertThat(world.metadata(large, "network/interfaces/macs/" + primary + "/network-card"))
                .isEqualTo("0");
    }

    @Test
    void anInterfaceAppearsInTwoStagesAndNeverHalf() {
        EniDescription eni = world.eni(world.subnetA, 2);
        String added = eni.mac().toString();
        world.attach(eni.id(), instance, 1);

        world.pass(Duration.ofMillis(2_999));
        assertThat(of(added, "interface-id")).isNull();
        world.pass(Duration.ofMillis(1));
        assertThat(of(added, "interface-id")).isEqualTo(eni.id().value());
        assertThat(of(added, "local-ipv4s")).isEqualTo(eni.primaryAddress().toString());
        world.pass(Duration.ofSeconds(4));
        assertThat(lines(added, "local-ipv4s"))
                .containsExactlyElementsOf(eni.addresses().stream().map(Object::toString).toList());
    }

    @Test
    void changesOfAddressesShowLater() {
        EniDescription eni = world.eni(world.subnetA, 1);
        String added = eni.mac().toString();
        world.attach(eni.id(), instance, 1);
        world.pass(Duration.ofMinutes(1));

        world.call(new UnassignPrivateIpAddresses(eni.id(), eni.secondaryAddresses()));
        var assigned = world.call(new AssignPrivateIpAddresses(eni.id(), 1)).addresses();

        world.pass(Duration.ofSeconds(7));
        assertThat(lines(added, "local-ipv4s"))
                .containsExactlyElementsOf(eni.addresses().stream().map(Object::toString).toList());
        world.pass(Duration.ofSeconds(1));
        assertThat(lines(added, "local-ipv4s"))
                .containsExactly(eni.primaryAddress().toString(), assigned.getFirst().toString());
    }

    @Test
    void aDetachedInterfaceLingers() {
        EniDescription eni = world.eni(world.subnetA, 0);
        String added = eni.mac().toString();
        AttachmentId attachment = world.attach(eni.id(), instance, 1);
        world.pass(Duration.ofMinutes(1));

        world.call(new DetachNetworkInterface(attachment, false));
        world.pass(Duration.ofSeconds(16));
        world.call(new Ec2Request.DeleteNetworkInterface(eni.id()));
        assertThat(of(added, "interface-id")).isEqualTo(eni.id().value());
        world.pass(Duration.ofSeconds(8));
        assertThat(of(added, "interface-id")).isNull();
    }

    @Test
    void changesOfGroupsShowLater() {
        SecurityGroupId group = world.call(new CreateSecurityGroup(world.vpc, "web")).id();
        var primary = world.cloud().ports(world.now()).firstKey();
        String before = of(mac, "security-group-ids");

        world.call(
                new ModifyNetworkInterfaceAttribute(
                        primary, new Change.SecurityGroups(List.of(group))));

        assertThat(of(mac, "security-group-ids")).isEqualTo(before);
        world.pass(Duration.ofSeconds(8));
        assertThat(of(mac, "security-group-ids")).isEqualTo(group.value());
        assertThat(of(mac, "security-groups")).isEqualTo("web");
    }

    @Test
    void credentialsNameTheInstance() {
        String role = world.metadata(instance, "iam/security-credentials/");
        String credentials = world.metadata(instance, "iam/security-credentials/" + role);

        assertThat(credentials).contains(Naming.accessKeyId(instance));
        assertThat(Naming.instanceOf(Naming.accessKeyId(instance))).isEqualTo(instance);
        assertThat(Naming.instanceOf("AKIAIOSFODNN7EXAMPLE")).isNull();
    }

    @Test
    void prefixesAndIpv6AreShownWithTheirLagAndNotFoundBefore() {
        world.addIpv6(world.subnetA, 1);
        for (String absent : List.of("ipv4-prefix", "ipv6-prefix", "ipv6s")) {
            assertThat(of(mac, absent)).isNull();
        }
        assertThat(world.metadata(instance, "ipv6")).isNull();
        var eni = world.cloud().ports(world.now()).firstKey();
        var four =
                world.call(new AssignPrivateIpAddresses(eni, WantedBlocks.anyPrefixes(2), false));
        var six = world.call(new AssignIpv6Addresses(eni, WantedBlocks.anyPrefixes(1)));
        var single = world.call(new AssignIpv6Addresses(eni, WantedBlocks.anyAddresses(1)));
        assertThat(of(mac, "ipv4-prefix")).isNull();

        world.pass(Duration.ofSeconds(60));

        assertThat(lines(mac, "ipv4-prefix"))
                .containsExactlyElementsOf(texts(four.assigned().prefixes()));
        assertThat(lines(mac, "ipv6-prefix"))
                .containsExactlyElementsOf(texts(six.assigned().ipv6Prefixes()));
        assertThat(lines(mac, "ipv6s"))
                .containsExactlyElementsOf(texts(single.assigned().ipv6Addresses()));
        assertThat(world.metadata(instance, "ipv6")).isEqualTo(of(mac, "ipv6s"));
        assertThat(lines(mac, "")).contains("ipv4-prefix", "ipv6-prefix", "ipv6s");

        world.call(new UnassignPrivateIpAddresses(eni, List.of(), four.assigned().prefixes()));
        assertThat(of(mac, "ipv4-prefix")).isNotNull();
        world.pass(Duration.ofSeconds(60));
        assertThat(of(mac, "ipv4-prefix")).isNull();
    }

    @Test
    void theBlocksOfSubnetAndVpcAreShownAsTheyAre() {
        assertThat(of(mac, "subnet-ipv6-cidr-blocks")).isNull();
        assertThat(of(mac, "vpc-ipv6-cidr-blocks")).isNull();
        world.addIpv6(world.subnetA, 1);
        world.call(new AssociateVpcCidrBlock(world.vpc, Cidr.parse("100.64.0.0/16")));

        assertThat(of(mac, "subnet-ipv6-cidr-blocks")).isEqualTo("2600:1f14:aaaa:bb01::/64");
        assertThat(of(mac, "vpc-ipv6-cidr-blocks")).isEqualTo("2600:1f14:aaaa:bb00::/56");
        assertThat(of(mac, "vpc-ipv4-cidr-block")).isEqualTo("10.42.0.0/16");
        assertThat(lines(mac, "vpc-ipv4-cidr-blocks"))
                .containsExactly("10.42.0.0/16", "100.64.0.0/16");
    }

    @Test
    void theCardIsShownWhereThereAreSeveral() {
        InstanceId wide = world.instance("p4d.24xlarge");
        EniDescription eni = world.eni(world.subnetA, 1);
        world.call(new Ec2Request.AttachNetworkInterface(eni.id(), wide, 3, 0));
        world.pass(Duration.ofSeconds(60));

        String at = "network/interfaces/macs/" + eni.mac() + "/";
        assertThat(world.metadata(wide, at + "network-card")).isEqualTo("3");
        assertThat(world.metadata(wide, at + "device-number")).isEqualTo("0");
        assertThat(of(mac, "network-card")).isNull();
    }

    private static List<String> texts(List<?> values) {
        return values.stream().map(Object::toString).toList();
    }

    private Stream<String> lines(String interfaceMac, String key) {
        return world.read(instance, "network/interfaces/macs/" + interfaceMac + "/" + key).lines();
    }

    private @Nullable String of(String interfaceMac, String key) {
        return world.metadata(instance, "network/interfaces/macs/" + interfaceMac + "/" + key);
    }
}
