package dev.vpccni.vpc.api;

import dev.vpccni.model.Cidr;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.model.Ipv6Cidr;
import dev.vpccni.model.SecurityGroupId;
import dev.vpccni.model.SubnetId;
import dev.vpccni.model.VpcId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An action on what instances and interfaces live in. The records are named as EC2 names the
 * actions.
 *
 * @param <R> what it replies
 */
public sealed interface NetworkRequest<R extends Ec2Reply> extends Ec2Request<R> {

    /**
     * Gives a VPC another block.
     *
     * @param cidr an IPv4 block of /16 to /28, an IPv6 block of /56, or null for any of the latter
     */
    record AssociateVpcCidrBlock(VpcId vpc, @Nullable Cidr cidr)
            implements NetworkRequest<Ec2Reply.VpcBlockAssociated> {}

    /**
     * Gives a subnet IPv6 addresses.
     *
     * @param cidr a /64 within a block of the VPC, apart from its other subnets
     */
    record AssociateSubnetCidrBlock(SubnetId subnet, Ipv6Cidr cidr)
            implements NetworkRequest<Ec2Reply.SubnetBlockAssociated> {}

    /** Deletes a subnet without interfaces. */
    record DeleteSubnet(SubnetId id) implements NetworkRequest<Ec2Reply.Nothing> {}

    /**
     * Keeps a part of a subnet from being chosen from. What is assigned already stays so.
     *
     * @param cidr within the subnet, apart from its other reservations
     */
    record CreateSubnetCidrReservation(
            SubnetId subnet, Ipv4Cidr cidr, CidrReservation.Kind kind, String description)
            implements NetworkRequest<Ec2Reply.ReservationCreated> {}

    /** Ends a reservation; nothing is unassigned. */
    record DeleteSubnetCidrReservation(String id)
            implements NetworkRequest<Ec2Reply.ReservationDeleted> {}

    /** Describes the reservations of a subnet. */
    record GetSubnetCidrReservations(SubnetId subnet, List<Filter> filters, Page page)
            implements NetworkRequest<Ec2Reply.Reservations> {

        public GetSubnetCidrReservations {
            filters = List.copyOf(filters);
        }
    }

    /** Describes security groups: those of an identifier or a name, or all that match. */
    record DescribeSecurityGroups(
            List<SecurityGroupId> ids, List<String> names, List<Filter> filters, Page page)
            implements NetworkRequest<Ec2Reply.Groups> {

        public DescribeSecurityGroups {
            ids = List.copyOf(ids);
            names = List.copyOf(names);
            filters = List.copyOf(filters);
        }
    }

    /** Describes the region's zones: those of a name such as {@code us-west-2a}, or all. */
    record DescribeAvailabilityZones(List<String> names, List<Filter> filters)
            implements NetworkRequest<Ec2Reply.Zones> {

        public DescribeAvailabilityZones {
            names = List.copyOf(names);
            filters = List.copyOf(filters);
        }
    }

    /** Describes the one region that there is. */
    record DescribeRegions() implements NetworkRequest<Ec2Reply.Regions> {}
}
