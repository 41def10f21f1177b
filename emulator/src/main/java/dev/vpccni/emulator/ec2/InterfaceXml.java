package dev.vpccni.emulator.ec2;

import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.model.Ipv6Cidr;
import dev.vpccni.vpc.api.EniDescription;
import dev.vpccni.vpc.api.EniDescription.AttachmentDescription;
import dev.vpccni.vpc.api.InstanceDescription;
import dev.vpccni.vpc.api.Naming;
import dev.vpccni.vpc.api.TrunkAssociation;
import dev.vpccni.vpc.settings.VpcSettings;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;

/** Writes interfaces and instances as EC2 does. */
final class InterfaceXml {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    private final VpcSettings settings;

    InterfaceXml(VpcSettings settings) {
        this.settings = settings;
    }

    /** Writes an interface; within an instance EC2 says less of it. */
    void eni(Xml xml, EniDescription eni, boolean whole) {
        xml.leaf("networkInterfaceId", eni.id());
        xml.leaf("subnetId", eni.subnet());
        xml.leaf("vpcId", eni.vpc());
        if (whole) {
            xml.leaf("availabilityZone", eni.zone());
            xml.leaf("availabilityZoneId", Naming.zoneId(eni.zone()));
        }
        xml.leaf("description", eni.description());
        xml.leaf("ownerId", settings.account());
        if (whole) {
            xml.leaf("requesterManaged", false);
        }
        xml.leaf("status", eni.status());
        xml.leaf("macAddress", eni.mac());
        xml.leaf("privateIpAddress", eni.primaryAddress());
        xml.leaf("privateDnsName", Naming.privateDnsName(settings.region(), eni.primaryAddress()));
        xml.leaf("sourceDestCheck", eni.sourceDestCheck());
        ResourceXml.groups(xml, eni.groups());
        if (eni.attachment() != null) {
            AttachmentDescription attachment = eni.attachment();
            xml.element("attachment", it -> attachment(it, attachment, whole));
        }
        if (whole) {
            ResourceXml.tags(xml, eni.tags());
        }
        xml.list(
                "privateIpAddressesSet",
                eni.addresses(),
                (item, address) -> {
                    item.leaf("privateIpAddress", address);
                    item.leaf("privateDnsName", Naming.privateDnsName(settings.region(), address));
                    item.leaf("primary", address.equals(eni.primaryAddress()));
                });
        ipv4Prefixes(xml, "ipv4PrefixSet", eni.held().prefixes());
        xml.list(
                "ipv6AddressesSet",
                eni.held().ipv6Addresses(),
                (item, address) -> {
                    item.leaf("ipv6Address", address);
                    item.leaf("isPrimaryIpv6", false);
                });
        ipv6Prefixes(xml, "ipv6PrefixSet", eni.held().ipv6Prefixes());
        xml.leaf("interfaceType", eni.type());
        if (whole) {
            xml.leaf("denyAllIgwTraffic", false);
            xml.element("operator", it -> it.leaf("managed", false));
        }
    }

    private void attachment(Xml xml, AttachmentDescription attachment, boolean whole) {
        xml.leaf("attachmentId", attachment.id());
        if (whole) {
            xml.leaf("instanceId", attachment.instance());
            xml.leaf("instanceOwnerId", settings.account());
        }
        xml.leaf("deviceIndex", attachment.device());
        xml.leaf("networkCardIndex", attachment.card());
        xml.leaf("status", attachment.status());
        xml.leaf("attachTime", time(attachment.attachTime()));
        xml.leaf("deleteOnTermination", attachment.deleteOnTermination());
    }

    static void branch(Xml xml, TrunkAssociation association) {
        xml.leaf("associationId", association.id());
        xml.leaf("branchInterfaceId", association.branch());
        xml.leaf("trunkInterfaceId", association.trunk());
        xml.leaf("interfaceProtocol", "VLAN");
        xml.leaf("vlanId", association.vlan());
        xml.list("tagSet", List.of(), (_, _) -> {});
    }

    void reservation(Xml xml, InstanceDescription instance) {
        xml.leaf("reservationId", instance.reservation());
        xml.leaf("ownerId", settings.account());
        xml.list("groupSet", List.of(), (_, _) -> {});
        xml.list("instancesSet", List.of(instance), this::instance);
    }

    void instance(Xml xml, InstanceDescription instance) {
        xml.leaf("instanceId", instance.id());
        xml.leaf("imageId", "ami-0abcdef0123456789");
        xml.element("instanceState", it -> ReplyWriter.state(it, instance.running()));
        if (!instance.enis().isEmpty()) {
            EniDescription primary = instance.enis().getFirst();
            xml.leaf(
                    "privateDnsName",
                    Naming.privateDnsName(settings.region(), primary.primaryAddress()));
        }
        xml.leaf("amiLaunchIndex", 0);
        xml.leaf("instanceType", instance.type().name());
        xml.leaf("launchTime", time(instance.launchTime()));
        xml.element(
                "placement",
                it -> {
                    it.leaf("availabilityZone", instance.zone());
                    it.leaf("availabilityZoneId", Naming.zoneId(instance.zone()));
                    it.leaf("groupName", "");
                    it.leaf("tenancy", "default");
                });
        xml.leaf("subnetId", instance.subnet());
        xml.leaf("vpcId", instance.vpc());
        if (!instance.enis().isEmpty()) {
            EniDescription primary = instance.enis().getFirst();
            xml.leaf("privateIpAddress", primary.primaryAddress());
            xml.leaf("sourceDestCheck", primary.sourceDestCheck());
            ResourceXml.groups(xml, primary.groups());
        }
        xml.leaf("architecture", "x86_64");
        xml.leaf("virtualizationType", "hvm");
        ResourceXml.tags(xml, instance.tags());
        xml.leaf("hypervisor", "xen"); // so EC2 says of Nitro instances, too
        xml.list("networkInterfaceSet", instance.enis(), (item, eni) -> eni(item, eni, false));
        if (!instance.enis().isEmpty()) {
            instance.enis().getFirst().held().ipv6Addresses().stream()
                    .limit(1)
                    .forEach(address -> xml.leaf("ipv6Address", address));
        }
        xml.leaf("ebsOptimized", false);
        xml.leaf("enaSupport", true);
    }

    /** Writes a list of prefixes, and nothing if there are none. */
    static void ipv4Prefixes(Xml xml, String name, List<Ipv4Cidr> prefixes) {
        if (!prefixes.isEmpty()) {
            xml.list(name, prefixes, (item, prefix) -> item.leaf("ipv4Prefix", prefix));
        }
    }

    private static void ipv6Prefixes(Xml xml, String name, List<Ipv6Cidr> prefixes) {
        if (!prefixes.isEmpty()) {
            xml.list(name, prefixes, (item, prefix) -> item.leaf("ipv6Prefix", prefix));
        }
    }

    private static String time(Instant instant) {
        return TIME.format(instant);
    }
}
