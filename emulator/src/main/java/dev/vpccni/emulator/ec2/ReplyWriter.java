package dev.vpccni.emulator.ec2;

import dev.vpccni.model.InstanceType;
import dev.vpccni.model.SecurityGroupId;
import dev.vpccni.vpc.Naming;
import dev.vpccni.vpc.api.Ec2Error;
import dev.vpccni.vpc.api.Ec2Reply;
import dev.vpccni.vpc.api.EniDescription;
import dev.vpccni.vpc.api.EniDescription.AttachmentDescription;
import dev.vpccni.vpc.api.InstanceDescription;
import dev.vpccni.vpc.api.SubnetDescription;
import dev.vpccni.vpc.api.VpcDescription;
import dev.vpccni.vpc.settings.VpcSettings;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/** Writes replies as EC2 does; elements without a value are left out, outer lists never. */
final class ReplyWriter {

    private static final String NAMESPACE = "http://ec2.amazonaws.com/doc/2016-11-15/";
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);

    private final VpcSettings settings;

    ReplyWriter(VpcSettings settings) {
        this.settings = settings;
    }

    /** Writes an error. */
    static String error(Ec2Error error, String requestId) {
        return Xml.document(
                "Response",
                "",
                xml -> {
                    xml.element(
                            "Errors",
                            errors ->
                                    errors.element(
                                            "Error",
                                            it -> {
                                                it.leaf("Code", error.code());
                                                it.leaf("Message", error.message());
                                            }));
                    xml.leaf("RequestID", requestId);
                });
    }

    /** Writes a reply. */
    String write(String action, Ec2Reply reply, String requestId) {
        return Xml.document(
                action + "Response",
                NAMESPACE,
                xml -> {
                    xml.leaf("requestId", requestId);
                    content(xml, reply);
                });
    }

    private void content(Xml xml, Ec2Reply reply) {
        switch (reply) {
            case Ec2Reply.Nothing() -> xml.leaf("return", true);
            case Ec2Reply.InterfaceCreated(EniDescription eni, String token) -> {
                xml.element("networkInterface", it -> eni(it, eni, true));
                if (!token.isEmpty()) {
                    xml.leaf("clientToken", token);
                }
            }
            case Ec2Reply.InterfaceAttached(var attachment, int card) -> {
                xml.leaf("attachmentId", attachment);
                xml.leaf("networkCardIndex", card);
            }
            case Ec2Reply.AddressesAssigned(var id, var addresses) -> {
                xml.leaf("networkInterfaceId", id);
                xml.list(
                        "assignedPrivateIpAddressesSet",
                        addresses,
                        (item, address) -> item.leaf("privateIpAddress", address));
                xml.leaf("return", true);
            }
            case Ec2Reply.Interfaces(var enis, var next) -> {
                xml.list("networkInterfaceSet", enis, (item, eni) -> eni(item, eni, true));
                next(xml, next);
            }
            case Ec2Reply.Instances(var instances, var next) -> {
                xml.list("reservationSet", instances, this::reservation);
                next(xml, next);
            }
            case Ec2Reply.Subnets(var subnets, var next) -> {
                xml.list("subnetSet", subnets, this::subnet);
                next(xml, next);
            }
            case Ec2Reply.Vpcs(var vpcs) -> xml.list("vpcSet", vpcs, this::vpc);
            case Ec2Reply.Types(var types, var next) -> {
                xml.list("instanceTypeSet", types, ReplyWriter::type);
                next(xml, next);
            }
            case Ec2Reply.VpcCreated _,
                    Ec2Reply.GroupCreated _,
                    Ec2Reply.SubnetCreated _,
                    Ec2Reply.InstanceStarted _ ->
                    throw new IllegalArgumentException("not served over HTTP: " + reply);
        }
    }

    private static void next(Xml xml, @Nullable String token) {
        if (token != null) {
            xml.leaf("nextToken", token);
        }
    }

    /** Writes an interface; within an instance EC2 says less of it. */
    private void eni(Xml xml, EniDescription eni, boolean whole) {
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
        groups(xml, eni.groups());
        if (eni.attachment() != null) {
            AttachmentDescription attachment = eni.attachment();
            xml.element("attachment", it -> attachment(it, attachment, whole));
        }
        if (whole) {
            tags(xml, eni.tags());
        }
        xml.list(
                "privateIpAddressesSet",
                eni.addresses(),
                (item, address) -> {
                    item.leaf("privateIpAddress", address);
                    item.leaf("privateDnsName", Naming.privateDnsName(settings.region(), address));
                    item.leaf("primary", address.equals(eni.primaryAddress()));
                });
        xml.list("ipv6AddressesSet", List.of(), (_, _) -> {});
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

    private void reservation(Xml xml, InstanceDescription instance) {
        xml.leaf("reservationId", instance.reservation());
        xml.leaf("ownerId", settings.account());
        xml.list("groupSet", List.of(), (_, _) -> {});
        xml.list("instancesSet", List.of(instance), this::instance);
    }

    private void instance(Xml xml, InstanceDescription instance) {
        xml.leaf("instanceId", instance.id());
        xml.leaf("imageId", "ami-0abcdef0123456789");
        xml.element(
                "instanceState",
                it -> {
                    it.leaf("code", instance.running() ? 16 : 48);
                    it.leaf("name", instance.running() ? "running" : "terminated");
                });
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
            groups(xml, primary.groups());
        }
        xml.leaf("architecture", "x86_64");
        xml.leaf("virtualizationType", "hvm");
        tags(xml, instance.tags());
        xml.leaf("hypervisor", "xen"); // so EC2 says of Nitro instances, too
        xml.list("networkInterfaceSet", instance.enis(), (item, eni) -> eni(item, eni, false));
        xml.leaf("ebsOptimized", false);
        xml.leaf("enaSupport", true);
    }

    private void subnet(Xml xml, SubnetDescription subnet) {
        xml.leaf("subnetId", subnet.id());
        xml.leaf(
                "subnetArn",
                "arn:aws:ec2:"
                        + settings.region()
                        + ":"
                        + settings.account()
                        + ":subnet/"
                        + subnet.id());
        xml.leaf("state", "available");
        xml.leaf("ownerId", settings.account());
        xml.leaf("vpcId", subnet.vpc());
        xml.leaf("cidrBlock", subnet.cidr());
        xml.list("ipv6CidrBlockAssociationSet", List.of(), (_, _) -> {});
        xml.leaf("availableIpAddressCount", subnet.availableAddresses());
        xml.leaf("availabilityZone", subnet.zone());
        xml.leaf("availabilityZoneId", Naming.zoneId(subnet.zone()));
        xml.leaf("defaultForAz", false);
        xml.leaf("mapPublicIpOnLaunch", false);
        xml.leaf("assignIpv6AddressOnCreation", false);
        xml.leaf("ipv6Native", false);
        tags(xml, subnet.tags());
    }

    private void vpc(Xml xml, VpcDescription vpc) {
        xml.leaf("vpcId", vpc.id());
        xml.leaf("ownerId", settings.account());
        xml.leaf("state", "available");
        xml.leaf("cidrBlock", vpc.cidrs().getFirst());
        xml.list(
                "cidrBlockAssociationSet",
                vpc.cidrs(),
                (item, cidr) -> {
                    item.leaf("cidrBlock", cidr);
                    item.element("cidrBlockState", it -> it.leaf("state", "associated"));
                });
        xml.leaf("instanceTenancy", "default");
        xml.leaf("isDefault", false);
        tags(xml, vpc.tags());
    }

    private static void type(Xml xml, InstanceType type) {
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

    private static void groups(Xml xml, SortedMap<SecurityGroupId, String> groups) {
        xml.list(
                "groupSet",
                groups.entrySet(),
                (item, group) -> {
                    item.leaf("groupId", group.getKey());
                    item.leaf("groupName", group.getValue());
                });
    }

    private static void tags(Xml xml, SortedMap<String, String> tags) {
        xml.list(
                "tagSet",
                tags.entrySet(),
                (Xml item, Map.Entry<String, String> tag) -> {
                    item.leaf("key", tag.getKey());
                    item.leaf("value", tag.getValue());
                });
    }

    private static String time(Instant instant) {
        return TIME.format(instant);
    }
}
