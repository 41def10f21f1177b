package dev.vpccni.emulator.ec2;

import dev.vpccni.model.Cidr;
import dev.vpccni.model.InstanceType;
import dev.vpccni.model.InstanceTypes;
import dev.vpccni.model.SubnetId;
import dev.vpccni.model.VpcId;
import dev.vpccni.vpc.api.CidrReservation;
import dev.vpccni.vpc.api.Ec2Error;
import dev.vpccni.vpc.api.Ec2Request;
import dev.vpccni.vpc.api.NetworkRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the actions on instances and on what they live in. */
final class NetworkRequestReader {

    private final Parameters parameters;
    private final RequestFields fields;
    private final AddressFields addresses;

    NetworkRequestReader(Parameters parameters, RequestFields fields) {
        this.parameters = parameters;
        this.fields = fields;
        this.addresses = new AddressFields(parameters, "");
    }

    Ec2Request.CreateVpc createVpc() throws BadRequestException {
        parameters.refuse(
                "Ipv6Pool",
                "Ipv6CidrBlock",
                "Ipv4IpamPoolId",
                "Ipv4NetmaskLength",
                "Ipv6IpamPoolId",
                "Ipv6NetmaskLength");
        return new Ec2Request.CreateVpc(
                List.of(addresses.ipv4Block("CidrBlock")),
                parameters.bool("AmazonProvidedIpv6CidrBlock", false),
                fields.newTags("vpc"));
    }

    NetworkRequest.AssociateVpcCidrBlock associateVpcBlock() throws BadRequestException {
        parameters.refuse(
                "Ipv4IpamPoolId", "Ipv4NetmaskLength", "Ipv6IpamPoolId", "Ipv6NetmaskLength");
        boolean provided = parameters.bool("AmazonProvidedIpv6CidrBlock", false);
        parameters.refuseTogether("CidrBlock", "Ipv6CidrBlock");
        if (provided) {
            parameters.refuseTogether("AmazonProvidedIpv6CidrBlock", "CidrBlock", "Ipv6CidrBlock");
        }
        Cidr cidr = null;
        if (parameters.has("Ipv6CidrBlock")) {
            cidr = addresses.ipv6Block("Ipv6CidrBlock");
        } else if (!provided) {
            cidr = addresses.ipv4Block("CidrBlock");
        }
        return new NetworkRequest.AssociateVpcCidrBlock(vpc(), cidr);
    }

    Ec2Request.CreateSubnet createSubnet() throws BadRequestException {
        parameters.refuse(
                "OutpostArn",
                "Ipv4IpamPoolId",
                "Ipv4NetmaskLength",
                "Ipv6IpamPoolId",
                "Ipv6NetmaskLength");
        if (parameters.bool("Ipv6Native", false)) {
            throw Parameters.unsupported("Ipv6Native");
        }
        parameters.refuseTogether("AvailabilityZone", "AvailabilityZoneId");
        return new Ec2Request.CreateSubnet(
                vpc(),
                parameters.get("AvailabilityZone", parameters.get("AvailabilityZoneId", "")),
                addresses.ipv4Block("CidrBlock"),
                parameters.has("Ipv6CidrBlock") ? addresses.ipv6Block("Ipv6CidrBlock") : null,
                fields.newTags("subnet"));
    }

    NetworkRequest.AssociateSubnetCidrBlock associateSubnetBlock() throws BadRequestException {
        parameters.refuse("Ipv6IpamPoolId", "Ipv6NetmaskLength");
        return new NetworkRequest.AssociateSubnetCidrBlock(
                subnet(), addresses.ipv6Block("Ipv6CidrBlock"));
    }

    NetworkRequest.CreateSubnetCidrReservation reserve() throws BadRequestException {
        parameters.refuse("TagSpecification");
        String type = parameters.require("ReservationType");
        CidrReservation.Kind kind =
                switch (type) {
                    case "prefix" -> CidrReservation.Kind.PREFIX;
                    case "explicit" -> CidrReservation.Kind.EXPLICIT;
                    default -> throw Parameters.invalid(type, "ReservationType");
                };
        if (parameters.require("Cidr").indexOf(':') >= 0) {
            throw Parameters.unsupported("Cidr with an IPv6 block");
        }
        return new NetworkRequest.CreateSubnetCidrReservation(
                subnet(), addresses.ipv4Block("Cidr"), kind, parameters.get("Description", ""));
    }

    NetworkRequest.DeleteSubnetCidrReservation unreserve() throws BadRequestException {
        return new NetworkRequest.DeleteSubnetCidrReservation(
                parameters.require("SubnetCidrReservationId"));
    }

    NetworkRequest.GetSubnetCidrReservations reservations() throws BadRequestException {
        return new NetworkRequest.GetSubnetCidrReservations(
                subnet(), fields.filters(), fields.page());
    }

    Ec2Request.CreateSecurityGroup createGroup() throws BadRequestException {
        return new Ec2Request.CreateSecurityGroup(
                vpc(),
                parameters.require("GroupName"),
                parameters.require("GroupDescription"),
                fields.newTags("security-group"));
    }

    NetworkRequest.DescribeSecurityGroups groups() throws BadRequestException {
        return new NetworkRequest.DescribeSecurityGroups(
                fields.groups("GroupId"),
                parameters.list("GroupName"),
                fields.filters(),
                fields.page());
    }

    NetworkRequest.DescribeAvailabilityZones zones() throws BadRequestException {
        parameters.refuse("ZoneId");
        return new NetworkRequest.DescribeAvailabilityZones(
                parameters.list("ZoneName"), fields.filters());
    }

    NetworkRequest.DescribeRegions regions() throws BadRequestException {
        parameters.refuse("RegionName", "Filter");
        return new NetworkRequest.DescribeRegions();
    }

    /** Reads what starts instances, whose only interface is the primary one. */
    Ec2Request.RunInstances run() throws BadRequestException {
        parameters.refuse(
                "UserData",
                "Placement",
                "LaunchTemplate",
                "IamInstanceProfile",
                "Ipv6Addresses",
                "Ipv6AddressCount",
                "PrivateIpAddress",
                "NetworkInterface.2");
        checkMetadataOptions();
        parameters.require("ImageId");
        int least = atLeastOne("MinCount");
        int most = atLeastOne("MaxCount");
        if (least > most) {
            throw Parameters.invalid(String.valueOf(least), "MinCount");
        }
        return new Ec2Request.RunInstances(
                parameters.get("ClientToken", ""),
                type(parameters.get("InstanceType", "m1.small")),
                most,
                primary(),
                parameters.bool("NetworkInterface.1.DeleteOnTermination", true),
                fields.newTagsOf("instance"));
    }

    Ec2Request.TerminateInstances terminate() throws BadRequestException {
        return new Ec2Request.TerminateInstances(fields.instances());
    }

    private Ec2Request.CreateNetworkInterface primary() throws BadRequestException {
        boolean apart = parameters.has("NetworkInterface.1");
        String at = apart ? "NetworkInterface.1." : "";
        if (apart) {
            parameters.refuse("SubnetId", "SecurityGroupId");
            parameters.refuse(at + "NetworkInterfaceId", at + "AssociatePublicIpAddress");
            if (parameters.integer(at + "DeviceIndex", 0) != 0
                    || parameters.integer(at + "NetworkCardIndex", 0) != 0) {
                throw Parameters.unsupported(at + "DeviceIndex other than 0");
            }
        }
        AddressFields.NewAddresses wanted = new AddressFields(parameters, at).ofNewInterface();
        return new Ec2Request.CreateNetworkInterface(
                "",
                new SubnetId(parameters.require(at + "SubnetId")),
                InterfaceTypes.read(parameters, at),
                parameters.get(at + "Description", ""),
                fields.groups(at + "SecurityGroupId"),
                fields.newTagsOf("network-interface"),
                wanted.primary().isEmpty() ? null : wanted.primary().getFirst(),
                wanted.ipv4(),
                wanted.ipv6());
    }

    /** Metadata is served to whoever has a token, however many hops away. */
    private void checkMetadataOptions() throws BadRequestException {
        parameters.refuse(
                "MetadataOptions.HttpProtocolIpv6", "MetadataOptions.InstanceMetadataTags");
        if (!parameters.get("MetadataOptions.HttpTokens", "required").equals("required")) {
            throw Parameters.unsupported("MetadataOptions.HttpTokens other than required");
        }
        if (!parameters.get("MetadataOptions.HttpEndpoint", "enabled").equals("enabled")) {
            throw Parameters.unsupported("MetadataOptions.HttpEndpoint other than enabled");
        }
        if (parameters.integer("MetadataOptions.HttpPutResponseHopLimit", 2) < 2) {
            throw Parameters.unsupported("MetadataOptions.HttpPutResponseHopLimit below 2");
        }
    }

    private int atLeastOne(String name) throws BadRequestException {
        parameters.require(name);
        int count = parameters.integer(name, 0);
        if (count < 1) {
            throw Parameters.invalid(String.valueOf(count), name);
        }
        return count;
    }

    private static InstanceType type(String name) throws BadRequestException {
        @Nullable InstanceType type = InstanceTypes.known().find(name);
        if (type == null) {
            throw new BadRequestException(
                    Ec2Error.invalidValue("Invalid value '" + name + "' for InstanceType."));
        }
        return type;
    }

    private VpcId vpc() throws BadRequestException {
        return new VpcId(parameters.require("VpcId"));
    }

    private SubnetId subnet() throws BadRequestException {
        return new SubnetId(parameters.require("SubnetId"));
    }

    NetworkRequest.DeleteSubnet deleteSubnet() throws BadRequestException {
        return new NetworkRequest.DeleteSubnet(subnet());
    }
}
