package dev.vpccni.emulator.ec2;

import dev.vpccni.model.InstanceId;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.model.Ipv6Cidr;
import dev.vpccni.vpc.api.Ec2Error;
import dev.vpccni.vpc.api.Ec2Reply;
import dev.vpccni.vpc.api.EniDescription;
import dev.vpccni.vpc.api.TagDescription;
import dev.vpccni.vpc.settings.VpcSettings;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes replies as EC2 does; elements without a value are left out, outer lists never. */
final class ReplyWriter {

    private static final String NAMESPACE = "http://ec2.amazonaws.com/doc/2016-11-15/";

    private final VpcSettings settings;
    private final InterfaceXml interfaces;
    private final NetworkXml networks;

    ReplyWriter(VpcSettings settings) {
        this.settings = settings;
        this.interfaces = new InterfaceXml(settings);
        this.networks = new NetworkXml(settings);
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
                xml.element("networkInterface", it -> interfaces.eni(it, eni, true));
                if (!token.isEmpty()) {
                    xml.leaf("clientToken", token);
                }
            }
            case Ec2Reply.InterfaceAttached(var attachment, int card) -> {
                xml.leaf("attachmentId", attachment);
                xml.leaf("networkCardIndex", card);
            }
            case Ec2Reply.TrunkAssociated(var association, String token) -> {
                xml.element("interfaceAssociation", it -> InterfaceXml.branch(it, association));
                if (!token.isEmpty()) {
                    xml.leaf("clientToken", token);
                }
            }
            case Ec2Reply.TrunkDisassociated(String token) -> {
                xml.leaf("return", true);
                if (!token.isEmpty()) {
                    xml.leaf("clientToken", token);
                }
            }
            case Ec2Reply.TrunkAssociations(var associations, var next) -> {
                xml.list("interfaceAssociationSet", associations, InterfaceXml::branch);
                next(xml, next);
            }
            case Ec2Reply.AddressesAssigned(var id, var assigned) -> {
                xml.leaf("networkInterfaceId", id);
                xml.list(
                        "assignedPrivateIpAddressesSet",
                        assigned.addresses(),
                        (item, address) -> item.leaf("privateIpAddress", address));
                InterfaceXml.ipv4Prefixes(xml, "assignedIpv4PrefixSet", assigned.prefixes());
                xml.leaf("return", true);
            }
            case Ec2Reply.Ipv6AddressesAssigned(var id, var assigned) -> {
                xml.leaf("networkInterfaceId", id);
                xml.texts("assignedIpv6Addresses", assigned.ipv6Addresses());
                xml.texts("assignedIpv6PrefixSet", assigned.ipv6Prefixes());
            }
            case Ec2Reply.Ipv6AddressesUnassigned(var id, var unassigned) -> {
                xml.leaf("networkInterfaceId", id);
                xml.texts("unassignedIpv6Addresses", unassigned.ipv6Addresses());
                xml.texts("unassignedIpv6PrefixSet", unassigned.ipv6Prefixes());
            }
            case Ec2Reply.Interfaces(var enis, var next) -> {
                xml.list(
                        "networkInterfaceSet",
                        enis,
                        (item, eni) -> interfaces.eni(item, eni, true));
                next(xml, next);
            }
            case Ec2Reply.Instances(var instances, var next) -> {
                xml.list("reservationSet", instances, interfaces::reservation);
                next(xml, next);
            }
            case Ec2Reply.Subnets(var subnets, var next) -> {
                xml.list("subnetSet", subnets, networks::subnet);
                next(xml, next);
            }
            case Ec2Reply.Vpcs(var vpcs, var next) -> {
                xml.list("vpcSet", vpcs, networks::vpc);
                next(xml, next);
            }
            case Ec2Reply.Groups(var groups, var next) -> {
                xml.list("securityGroupInfo", groups, networks::group);
                next(xml, next);
            }
            case Ec2Reply.Reservations(var reservations, var next) -> {
                xml.list("subnetIpv4CidrReservationSet", reservations, networks::reservation);
                xml.list("subnetIpv6CidrReservationSet", List.of(), (_, _) -> {});
                next(xml, next);
            }
            case Ec2Reply.Tags(var tags, var next) -> {
                xml.list("tagSet", tags, ReplyWriter::tag);
                next(xml, next);
            }
            case Ec2Reply.Zones(var names) ->
                    xml.list("availabilityZoneInfo", names, networks::zone);
            case Ec2Reply.Regions(var names) -> xml.list("regionInfo", names, NetworkXml::region);
            case Ec2Reply.Types(var types, var next) -> {
                xml.list("instanceTypeSet", types, NetworkXml::type);
                next(xml, next);
            }
            case Ec2Reply.VpcCreated(var vpc) -> xml.element("vpc", it -> networks.vpc(it, vpc));
            case Ec2Reply.VpcBlockAssociated(var vpc, Ipv4Cidr cidr) -> {
                xml.leaf("vpcId", vpc);
                xml.element(
                        "cidrBlockAssociation", it -> NetworkXml.ipv4Association(it, vpc, cidr));
            }
            case Ec2Reply.VpcBlockAssociated(var vpc, Ipv6Cidr cidr) -> {
                xml.leaf("vpcId", vpc);
                xml.element(
                        "ipv6CidrBlockAssociation",
                        it -> networks.ipv6VpcAssociation(it, vpc, cidr));
            }
            case Ec2Reply.GroupCreated(var group) -> {
                xml.leaf("return", true);
                xml.leaf("groupId", group.id());
                ResourceXml.tags(xml, group.tags());
                xml.leaf("securityGroupArn", networks.groupArn(group));
            }
            case Ec2Reply.SubnetCreated(var subnet) ->
                    xml.element("subnet", it -> networks.subnet(it, subnet));
            case Ec2Reply.SubnetBlockAssociated(var subnet, var cidr) -> {
                xml.leaf("subnetId", subnet);
                xml.element(
                        "ipv6CidrBlockAssociation",
                        it -> NetworkXml.ipv6SubnetAssociation(it, subnet, cidr));
            }
            case Ec2Reply.ReservationCreated(var reservation) ->
                    xml.element(
                            "subnetCidrReservation", it -> networks.reservation(it, reservation));
            case Ec2Reply.ReservationDeleted(var reservation) ->
                    xml.element(
                            "deletedSubnetCidrReservation",
                            it -> networks.reservation(it, reservation));
            case Ec2Reply.InstancesStarted(var instances, _) -> {
                xml.leaf("reservationId", instances.getFirst().reservation());
                xml.leaf("ownerId", settings.account());
                xml.list("groupSet", List.of(), (_, _) -> {});
                xml.list("instancesSet", instances, interfaces::instance);
            }
            case Ec2Reply.InstancesTerminated(var ended) ->
                    xml.list("instancesSet", ended.entrySet(), ReplyWriter::termination);
        }
    }

    private static void tag(Xml xml, TagDescription tag) {
        xml.leaf("resourceId", tag.resource());
        xml.leaf("resourceType", tag.type());
        xml.leaf("key", tag.key());
        xml.leaf("value", tag.value());
    }

    private static void termination(Xml xml, Map.Entry<InstanceId, Boolean> ended) {
        xml.leaf("instanceId", ended.getKey());
        xml.element("currentState", it -> state(it, false));
        xml.element("previousState", it -> state(it, ended.getValue()));
    }

    /** Writes whether an instance runs; it starts and ends at once here. */
    static void state(Xml xml, boolean running) {
        xml.leaf("code", running ? 16 : 48);
        xml.leaf("name", running ? "running" : "terminated");
    }

    private static void next(Xml xml, @Nullable String token) {
        if (token != null) {
            xml.leaf("nextToken", token);
        }
    }
}
