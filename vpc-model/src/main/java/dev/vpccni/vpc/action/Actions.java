package dev.vpccni.vpc.action;

import dev.vpccni.vpc.api.Ec2Reply;
import dev.vpccni.vpc.api.Ec2Request;
import dev.vpccni.vpc.api.Ec2Request.AssignIpv6Addresses;
import dev.vpccni.vpc.api.Ec2Request.AssignPrivateIpAddresses;
import dev.vpccni.vpc.api.Ec2Request.AttachNetworkInterface;
import dev.vpccni.vpc.api.Ec2Request.CreateNetworkInterface;
import dev.vpccni.vpc.api.Ec2Request.CreateSecurityGroup;
import dev.vpccni.vpc.api.Ec2Request.CreateSubnet;
import dev.vpccni.vpc.api.Ec2Request.CreateVpc;
import dev.vpccni.vpc.api.Ec2Request.DeleteNetworkInterface;
import dev.vpccni.vpc.api.Ec2Request.DescribeInstanceTypes;
import dev.vpccni.vpc.api.Ec2Request.DescribeInstances;
import dev.vpccni.vpc.api.Ec2Request.DescribeNetworkInterfaces;
import dev.vpccni.vpc.api.Ec2Request.DescribeSubnets;
import dev.vpccni.vpc.api.Ec2Request.DescribeVpcs;
import dev.vpccni.vpc.api.Ec2Request.DetachNetworkInterface;
import dev.vpccni.vpc.api.Ec2Request.ModifyNetworkInterfaceAttribute;
import dev.vpccni.vpc.api.Ec2Request.RunInstances;
import dev.vpccni.vpc.api.Ec2Request.TerminateInstances;
import dev.vpccni.vpc.api.Ec2Request.UnassignIpv6Addresses;
import dev.vpccni.vpc.api.Ec2Request.UnassignPrivateIpAddresses;
import dev.vpccni.vpc.api.NetworkRequest;
import dev.vpccni.vpc.api.NetworkRequest.AssociateSubnetCidrBlock;
import dev.vpccni.vpc.api.NetworkRequest.AssociateVpcCidrBlock;
import dev.vpccni.vpc.api.NetworkRequest.CreateSubnetCidrReservation;
import dev.vpccni.vpc.api.NetworkRequest.DeleteSubnet;
import dev.vpccni.vpc.api.NetworkRequest.DeleteSubnetCidrReservation;
import dev.vpccni.vpc.api.NetworkRequest.DescribeAvailabilityZones;
import dev.vpccni.vpc.api.NetworkRequest.DescribeRegions;
import dev.vpccni.vpc.api.NetworkRequest.DescribeSecurityGroups;
import dev.vpccni.vpc.api.NetworkRequest.GetSubnetCidrReservations;
import dev.vpccni.vpc.api.TagRequest;
import dev.vpccni.vpc.api.TrunkRequest.AssociateTrunkInterface;
import dev.vpccni.vpc.api.TrunkRequest.DescribeTrunkInterfaceAssociations;
import dev.vpccni.vpc.api.TrunkRequest.DisassociateTrunkInterface;
import java.util.List;

/** Leads each request to what carries it out. */
public final class Actions {

    private Actions() {}

    /** Tells whether {@code request} changes nothing. */
    public static boolean onlyReads(Ec2Request<?> request) {
        return request.action().startsWith("Describe") || request.action().startsWith("Get");
    }

    /**
     * Carries out {@code request} on {@code draft}.
     *
     * @throws RequestRefused if it is refused
     */
    @SuppressWarnings("unchecked") // each request is declared with the reply of its action
    public static <R extends Ec2Reply> R carryOut(CloudDraft draft, Ec2Request<R> request) {
        return (R) dispatch(draft, request);
    }

    private static Ec2Reply dispatch(CloudDraft draft, Ec2Request<?> request) {
        return switch (request) {
            case NetworkRequest<?> network -> dispatch(draft, network);
            case AssociateTrunkInterface associate -> TrunkActions.associate(draft, associate);
            case DisassociateTrunkInterface end -> TrunkActions.disassociate(draft, end);
            case DescribeTrunkInterfaceAssociations describe ->
                    TrunkActions.describe(draft, describe);
            case CreateNetworkInterface create -> InterfaceActions.create(draft, create);
            case DeleteNetworkInterface delete -> InterfaceActions.delete(draft, delete);
            case ModifyNetworkInterfaceAttribute modify -> InterfaceActions.modify(draft, modify);
            case AttachNetworkInterface attach -> AttachmentActions.attach(draft, attach);
            case DetachNetworkInterface detach -> AttachmentActions.detach(draft, detach);
            case AssignPrivateIpAddresses assign -> AddressActions.assign(draft, assign);
            case UnassignPrivateIpAddresses unassign -> AddressActions.unassign(draft, unassign);
            case AssignIpv6Addresses assign -> AddressActions.assign(draft, assign);
            case UnassignIpv6Addresses unassign -> AddressActions.unassign(draft, unassign);
            case TagRequest.CreateTags create -> TagActions.create(draft, create);
            case TagRequest.DeleteTags delete -> TagActions.delete(draft, delete);
            case TagRequest.DescribeTags describe -> TagActions.describe(draft, describe);
            case DescribeNetworkInterfaces describe -> Describe.interfaces(draft, describe);
            case DescribeInstances describe -> Describe.instances(draft, describe);
            case DescribeSubnets describe -> DescribeNetwork.subnets(draft, describe);
            case DescribeVpcs describe -> DescribeNetwork.vpcs(draft, describe);
            case DescribeInstanceTypes describe -> Describe.types(draft, describe);
            case CreateVpc create -> NetworkActions.createVpc(draft, create);
            case CreateSubnet create -> SubnetActions.create(draft, create);
            case CreateSecurityGroup create -> NetworkActions.createGroup(draft, create);
            case RunInstances run -> InstanceActions.run(draft, run);
            case TerminateInstances terminate -> InstanceActions.terminate(draft, terminate);
        };
    }

    private static Ec2Reply dispatch(CloudDraft draft, NetworkRequest<?> request) {
        return switch (request) {
            case AssociateVpcCidrBlock associate -> NetworkActions.associate(draft, associate);
            case AssociateSubnetCidrBlock associate -> SubnetActions.associate(draft, associate);
            case DeleteSubnet delete -> SubnetActions.delete(draft, delete);
            case CreateSubnetCidrReservation create -> SubnetActions.reserve(draft, create);
            case DeleteSubnetCidrReservation delete -> SubnetActions.unreserve(draft, delete);
            case GetSubnetCidrReservations get -> DescribeNetwork.reservations(draft, get);
            case DescribeSecurityGroups describe -> DescribeNetwork.groups(draft, describe);
            case DescribeAvailabilityZones describe -> DescribeNetwork.zones(draft, describe);
            case DescribeRegions _ -> new Ec2Reply.Regions(List.of(draft.settings.region()));
        };
    }
}
