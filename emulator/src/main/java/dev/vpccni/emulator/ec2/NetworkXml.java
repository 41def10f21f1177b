package dev.vpccni.emulator.ec2;

import dev.vpccni.model.InstanceType;
import dev.vpccni.model.IpFamily;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.model.Ipv6Cidr;
import dev.vpccni.model.SubnetId;
import dev.vpccni.model.VpcId;
import dev.vpccni.vpc.api.AddressLimits;
import dev.vpccni.vpc.api.CidrReservation;
import dev.vpccni.vpc.api.Naming;
import dev.vpccni.vpc.api.SecurityGroupDescription;
import dev.vpccni.vpc.api.SubnetDescription;
import dev.vpccni.vpc.api.VpcDescription;
import dev.vpccni.vpc.settings.VpcSettings;
import java.util.List;
import java.util.Locale;

/** Writes what instances and interfaces live in as EC2 does. */
final class NetworkXml {

    private static final String VPC_BLOCK = "vpc-cidr-assoc-";
    private static final String SUBNET_BLOCK = "subnet-cidr-assoc-";

    private final VpcSettings settings;

    NetworkXml(VpcSettings settings) {
        this.settings = settings;
    }

    void subnet(Xml xml, SubnetDescription subnet) {
        xml.leaf("subnetId", subnet.id());
        xml.leaf("subnetArn", arn("subnet", subnet.id()));
        xml.leaf("state", "available");
        xml.leaf("ownerId", settings.account());
        xml.leaf("vpcId", subnet.vpc());
        xml.leaf("cidrBlock", subnet.cidr());
        List<Ipv6Cidr> six = subnet.ipv6Cidr() == null ? List.of() : List.of(subnet.ipv6Cidr());
        xml.list(
                "ipv6CidrBlockAssociationSet",
                six,
                (item, cidr) -> ipv6Association(item, SUBNET_BLOCK, subnet.id(), cidr));
        xml.leaf("availableIpAddressCount", subnet.availableAddresses());
        xml.leaf("availabilityZone", subnet.zone());
        xml.leaf("availabilityZoneId", Naming.zoneId(subnet.zone()));
        xml.leaf("defaultForAz", false);
        xml.leaf("mapPublicIpOnLaunch", false);
        xml.leaf("assignIpv6AddressOnCreation", false);
        xml.leaf("ipv6Native", false);
        ResourceXml.tags(xml, subnet.tags());
    }

    void vpc(Xml xml, VpcDescription vpc) {
        xml.leaf("vpcId", vpc.id());
        xml.leaf("ownerId", settings.account());
        xml.leaf("state", "available");
        xml.leaf("cidrBlock", vpc.cidrs().getFirst());
        xml.list(
                "cidrBlockAssociationSet",
                vpc.cidrs(),
                (item, cidr) -> ipv4Association(item, vpc.id(), cidr));
        if (!vpc.ipv6Cidrs().isEmpty()) {
            xml.list(
                    "ipv6CidrBlockAssociationSet",
                    vpc.ipv6Cidrs(),
                    (item, cidr) -> ipv6VpcAssociation(item, vpc.id(), cidr));
        }
        xml.leaf("instanceTenancy", "default");
        xml.leaf("isDefault", false);
        ResourceXml.tags(xml, vpc.tags());
    }

    static void type(Xml xml, InstanceType type) {
        xml.leaf("instanceType", type.name());
        xml.leaf("bareMetal", type.bareMetal());
        if (!type.bareMetal() && !type.hypervisor().equals("unknown")) {
            xml.leaf("hypervisor", type.hypervisor());
        }
        List<Integer> cards = type.interfacesPerCard();
        xml.element(
                "networkInfo",
                it -> {
                    it.leaf("maximumNetworkInterfaces", type.allInterfaces());
                    it.leaf("maximumNetworkCards", cards.size());
                    it.leaf("defaultNetworkCardIndex", 0);
                    it.element("networkCards", list -> cards(list, cards));
                    it.leaf("ipv4AddressesPerInterface", type.addressesPerInterface());
                    it.leaf(
                            "ipv6AddressesPerInterface",
                            AddressLimits.perInterface(type, IpFamily.IPV6));
                    it.leaf("ipv6Supported", AddressLimits.hasIpv6(type));
                });
    }

    private static void cards(Xml xml, List<Integer> interfaces) {
        for (int card = 0; card < interfaces.size(); card++) {
            int index = card;
            xml.element(
                    "item",
                    item -> {
                        item.leaf("networkCardIndex", index);
                        item.leaf("maximumNetworkInterfaces", interfaces.get(index));
                    });
        }
    }

    /** Writes a VPC's IPv4 block with the fact that it has it. */
    static void ipv4Association(Xml xml, VpcId vpc, Ipv4Cidr cidr) {
        xml.leaf("associationId", Naming.associationId(VPC_BLOCK, vpc, cidr));
        xml.leaf("cidrBlock", cidr);
        xml.element("cidrBlockState", it -> it.leaf("state", "associated"));
    }

    /** Writes a VPC's IPv6 block with the fact that it has it. */
    void ipv6VpcAssociation(Xml xml, VpcId vpc, Ipv6Cidr cidr) {
        ipv6Association(xml, VPC_BLOCK, vpc, cidr);
        xml.leaf("networkBorderGroup", settings.region());
        xml.leaf("ipv6Pool", "Amazon");
    }

    /** Writes a subnet's IPv6 block with the fact that it has it. */
    static void ipv6SubnetAssociation(Xml xml, SubnetId subnet, Ipv6Cidr cidr) {
        ipv6Association(xml, SUBNET_BLOCK, subnet, cidr);
    }

    private static void ipv6Association(Xml xml, String prefix, Object owner, Ipv6Cidr cidr) {
        xml.leaf("associationId", Naming.associationId(prefix, owner, cidr));
        xml.leaf("ipv6CidrBlock", cidr);
        xml.element("ipv6CidrBlockState", it -> it.leaf("state", "associated"));
    }

    void group(Xml xml, SecurityGroupDescription group) {
        xml.leaf("ownerId", settings.account());
        xml.leaf("groupId", group.id());
        xml.leaf("groupName", group.name());
        xml.leaf("groupDescription", group.description());
        xml.leaf("vpcId", group.vpc());
        xml.leaf("securityGroupArn", groupArn(group));
        ResourceXml.tags(xml, group.tags());
    }

    /** Returns the resource name of {@code group}. */
    String groupArn(SecurityGroupDescription group) {
        return arn("security-group", group.id());
    }

    void reservation(Xml xml, CidrReservation reservation) {
        xml.leaf("subnetCidrReservationId", reservation.id());
        xml.leaf("subnetId", reservation.subnet());
        xml.leaf("cidr", reservation.cidr());
        xml.leaf("reservationType", reservation.kind().name().toLowerCase(Locale.ROOT));
        xml.leaf("ownerId", settings.account());
        if (!reservation.description().isEmpty()) {
            xml.leaf("description", reservation.description());
        }
    }

    void zone(Xml xml, String name) {
        xml.leaf("optInStatus", "opt-in-not-required");
        xml.leaf("zoneName", name);
        xml.leaf("zoneId", Naming.zoneId(name));
        xml.leaf("zoneState", "available");
        xml.leaf("regionName", settings.region());
        xml.leaf("groupName", settings.region() + "-zg-1");
        xml.leaf("networkBorderGroup", settings.region());
        xml.leaf("zoneType", "availability-zone");
        xml.list("messageSet", List.of(), (_, _) -> {});
    }

    static void region(Xml xml, String name) {
        xml.leaf("regionName", name);
        xml.leaf("regionEndpoint", "ec2." + name + ".amazonaws.com");
        xml.leaf("optInStatus", "opt-in-not-required");
    }

    private String arn(String kind, Object id) {
        return "arn:aws:ec2:"
                + settings.region()
                + ":"
                + settings.account()
                + ":"
                + kind
                + "/"
                + id;
    }
}
