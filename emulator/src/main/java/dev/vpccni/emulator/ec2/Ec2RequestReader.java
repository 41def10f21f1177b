package dev.vpccni.emulator.ec2;

import dev.vpccni.model.InstanceId;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.SubnetId;
import dev.vpccni.model.VpcId;
import dev.vpccni.vpc.api.Ec2Error;
import dev.vpccni.vpc.api.Ec2Request;
import dev.vpccni.vpc.api.Ec2Request.ModifyNetworkInterfaceAttribute;
import dev.vpccni.vpc.api.Ec2Request.ModifyNetworkInterfaceAttribute.Change;
import dev.vpccni.vpc.api.TagRequest;
import dev.vpccni.vpc.api.TrunkRequest;
import dev.vpccni.vpc.api.WantedBlocks;
import java.util.ArrayList;
import java.util.SortedMap;
import java.util.TreeMap;

/** Turns the fields of a request into the action that they ask for. */
final class Ec2RequestReader {

    private static final SortedMap<String, Reading> ACTIONS = new TreeMap<>();

    static {
        ACTIONS.put("CreateNetworkInterface", Ec2RequestReader::create);
        ACTIONS.put("AttachNetworkInterface", Ec2RequestReader::attach);
        ACTIONS.put("ModifyNetworkInterfaceAttribute", Ec2RequestReader::modify);
        ACTIONS.put("DetachNetworkInterface", Ec2RequestReader::detach);
        ACTIONS.put(
                "DeleteNetworkInterface",
                reader -> new Ec2Request.DeleteNetworkInterface(reader.fields.eni()));
        ACTIONS.put("AssignPrivateIpAddresses", Ec2RequestReader::assign);
        ACTIONS.put("UnassignPrivateIpAddresses", Ec2RequestReader::unassign);
        ACTIONS.put("AssignIpv6Addresses", Ec2RequestReader::assignIpv6);
        ACTIONS.put("UnassignIpv6Addresses", Ec2RequestReader::unassignIpv6);
        ACTIONS.put("AssociateTrunkInterface", Ec2RequestReader::associateTrunk);
        ACTIONS.put("DisassociateTrunkInterface", Ec2RequestReader::disassociateTrunk);
        ACTIONS.put("DescribeTrunkInterfaceAssociations", Ec2RequestReader::describeBranches);
        ACTIONS.put("CreateTags", Ec2RequestReader::createTags);
        ACTIONS.put("DeleteTags", Ec2RequestReader::deleteTags);
        ACTIONS.put("DescribeTags", Ec2RequestReader::describeTags);
        ACTIONS.put("DescribeNetworkInterfaces", Ec2RequestReader::describeInterfaces);
        ACTIONS.put("DescribeInstances", Ec2RequestReader::describeInstances);
        ACTIONS.put("DescribeSubnets", Ec2RequestReader::describeSubnets);
        ACTIONS.put("DescribeVpcs", Ec2RequestReader::describeVpcs);
        ACTIONS.put("DescribeInstanceTypes", Ec2RequestReader::describeTypes);
        ACTIONS.put("CreateVpc", reader -> reader.network.createVpc());
        ACTIONS.put("AssociateVpcCidrBlock", reader -> reader.network.associateVpcBlock());
        ACTIONS.put("CreateSubnet", reader -> reader.network.createSubnet());
        ACTIONS.put("DeleteSubnet", reader -> reader.network.deleteSubnet());
        ACTIONS.put("AssociateSubnetCidrBlock", reader -> reader.network.associateSubnetBlock());
        ACTIONS.put("CreateSubnetCidrReservation", reader -> reader.network.reserve());
        ACTIONS.put("DeleteSubnetCidrReservation", reader -> reader.network.unreserve());
        ACTIONS.put("GetSubnetCidrReservations", reader -> reader.network.reservations());
        ACTIONS.put("CreateSecurityGroup", reader -> reader.network.createGroup());
        ACTIONS.put("DescribeSecurityGroups", reader -> reader.network.groups());
        ACTIONS.put("DescribeAvailabilityZones", reader -> reader.network.zones());
        ACTIONS.put("DescribeRegions", reader -> reader.network.regions());
        ACTIONS.put("RunInstances", reader -> reader.network.run());
        ACTIONS.put("TerminateInstances", reader -> reader.network.terminate());
    }

    private final Parameters parameters;
    private final RequestFields fields;
    private final AddressFields addresses;
    private final NetworkRequestReader network;

    private Ec2RequestReader(Parameters parameters) {
        this.parameters = parameters;
        this.fields = new RequestFields(parameters);
        this.addresses = new AddressFields(parameters, "");
        this.network = new NetworkRequestReader(parameters, fields);
    }

    /** Reads the fields of one action. */
    private interface Reading {

        Ec2Request<?> read(Ec2RequestReader reader) throws BadRequestException;
    }

    /** Tells whether there is an action of this name. */
    static boolean knows(String action) {
        return ACTIONS.containsKey(action);
    }

    /**
     * Reads a request.
     *
     * @throws BadRequestException if the action is unknown, or a parameter is missing, malformed or
     *     in the way of another
     */
    static Ec2Request<?> read(Parameters parameters) throws BadRequestException {
        String action = parameters.get("Action", "");
        Reading reading = ACTIONS.get(action);
        if (reading == null) {
            throw new BadRequestException(invalidAction(action));
        }
        return reading.read(new Ec2RequestReader(parameters));
    }

    private Ec2Request<?> create() throws BadRequestException {
        parameters.refuse("ConnectionTrackingSpecification", "Operator");
        if (parameters.bool("EnablePrimaryIpv6", false)) {
            throw Parameters.unsupported("EnablePrimaryIpv6");
        }
        AddressFields.NewAddresses wanted = addresses.ofNewInterface();
        return new Ec2Request.CreateNetworkInterface(
                parameters.get("ClientToken", ""),
                new SubnetId(parameters.require("SubnetId")),
                InterfaceTypes.read(parameters, ""),
                parameters.get("Description", ""),
                fields.groups("SecurityGroupId"),
                fields.newTags("network-interface"),
                wanted.primary().isEmpty() ? null : wanted.primary().getFirst(),
                wanted.ipv4(),
                wanted.ipv6());
    }

    private Ec2Request<?> attach() throws BadRequestException {
        InterfaceId eni = fields.eni();
        InstanceId instance = fields.instance();
        parameters.require("DeviceIndex");
        return new Ec2Request.AttachNetworkInterface(
                eni,
                instance,
                parameters.integer("NetworkCardIndex", 0),
                parameters.integer("DeviceIndex", 0));
    }

    private Ec2Request<?> detach() throws BadRequestException {
        return new Ec2Request.DetachNetworkInterface(
                fields.attachment("AttachmentId"), parameters.bool("Force", false));
    }

    private ModifyNetworkInterfaceAttribute modify() throws BadRequestException {
        var changes = new ArrayList<Change>();
        if (parameters.has("Attachment")) {
            changes.add(
                    new Change.DeleteOnTermination(
                            fields.attachment("Attachment.AttachmentId"),
                            parameters.bool("Attachment.DeleteOnTermination", false)));
        }
        if (parameters.has("SecurityGroupId")) {
            changes.add(new Change.SecurityGroups(fields.groups("SecurityGroupId")));
        }
        if (parameters.has("SourceDestCheck")) {
            changes.add(new Change.SourceDestCheck(parameters.bool("SourceDestCheck.Value", true)));
        }
        if (parameters.has("Description")) {
            changes.add(new Change.Description(parameters.get("Description.Value", "")));
        }
        if (changes.size() > 1) {
            throw new BadRequestException(
                    Ec2Error.of(
                            "InvalidParameterCombination",
                            "Fields for multiple attribute types specified"));
        }
        InterfaceId eni = fields.eni();
        if (changes.isEmpty()) {
            throw new BadRequestException(Ec2Error.missing("SecurityGroupId"));
        }
        return new ModifyNetworkInterfaceAttribute(eni, changes.getFirst());
    }

    private Ec2Request<?> assign() throws BadRequestException {
        WantedBlocks wanted = addresses.toAssign();
        return new Ec2Request.AssignPrivateIpAddresses(
                fields.eni(), wanted, parameters.bool("AllowReassignment", false));
    }

    private Ec2Request<?> unassign() throws BadRequestException {
        return new Ec2Request.UnassignPrivateIpAddresses(
                fields.eni(),
                addresses.ipv4List("PrivateIpAddress"),
                addresses.ipv4Prefixes("Ipv4Prefix"));
    }

    private Ec2Request<?> assignIpv6() throws BadRequestException {
        WantedBlocks wanted = addresses.toAssignOfIpv6();
        return new Ec2Request.AssignIpv6Addresses(fields.eni(), wanted);
    }

    private Ec2Request<?> unassignIpv6() throws BadRequestException {
        return new Ec2Request.UnassignIpv6Addresses(
                fields.eni(),
                addresses.ipv6List("Ipv6Addresses"),
                addresses.ipv6Prefixes("Ipv6Prefix"));
    }

    private Ec2Request<?> associateTrunk() throws BadRequestException {
        parameters.refuse("GreKey");
        InterfaceId branch = fields.eni("BranchInterfaceId");
        InterfaceId trunk = fields.eni("TrunkInterfaceId");
        parameters.require("VlanId");
        return new TrunkRequest.AssociateTrunkInterface(
                parameters.get("ClientToken", ""), branch, trunk, parameters.integer("VlanId", 0));
    }

    private Ec2Request<?> disassociateTrunk() throws BadRequestException {
        return new TrunkRequest.DisassociateTrunkInterface(
                parameters.get("ClientToken", ""), parameters.require("AssociationId"));
    }

    private Ec2Request<?> describeBranches() throws BadRequestException {
        return new TrunkRequest.DescribeTrunkInterfaceAssociations(
                parameters.list("AssociationId"), fields.filters(), fields.page());
    }

    private Ec2Request<?> createTags() throws BadRequestException {
        return new TagRequest.CreateTags(parameters.list("ResourceId"), fields.tags());
    }

    private Ec2Request<?> deleteTags() throws BadRequestException {
        return new TagRequest.DeleteTags(parameters.list("ResourceId"), fields.tagsToDelete());
    }

    private Ec2Request<?> describeTags() throws BadRequestException {
        return new TagRequest.DescribeTags(fields.filters(), fields.page());
    }

    private Ec2Request<?> describeInterfaces() throws BadRequestException {
        return new Ec2Request.DescribeNetworkInterfaces(
                fields.enis(), fields.filters(), fields.page());
    }

    private Ec2Request<?> describeInstances() throws BadRequestException {
        return new Ec2Request.DescribeInstances(
                fields.instances(), fields.filters(), fields.page());
    }

    private Ec2Request<?> describeSubnets() throws BadRequestException {
        return new Ec2Request.DescribeSubnets(
                parameters.list("SubnetId").stream().map(SubnetId::new).toList(),
                fields.filters(),
                fields.page());
    }

    private Ec2Request<?> describeVpcs() throws BadRequestException {
        return new Ec2Request.DescribeVpcs(
                parameters.list("VpcId").stream().map(VpcId::new).toList(),
                fields.filters(),
                fields.page());
    }

    private Ec2Request<?> describeTypes() throws BadRequestException {
        return new Ec2Request.DescribeInstanceTypes(
                parameters.list("InstanceType"), fields.filters(), fields.page());
    }

    static Ec2Error invalidAction(String action) {
        return Ec2Error.of(
                "InvalidAction", "The action " + action + " is not valid for this web service.");
    }
}
