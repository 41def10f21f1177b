package dev.vpccni.vpc.api;

import dev.vpccni.model.AttachmentId;
import dev.vpccni.model.Cidr;
import dev.vpccni.model.InstanceId;
import dev.vpccni.model.InstanceType;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.Ipv6Cidr;
import dev.vpccni.model.SecurityGroupId;
import dev.vpccni.model.SubnetId;
import dev.vpccni.model.VpcId;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What EC2 says when it has done as asked. */
public sealed interface Ec2Reply {

    /** The action has nothing to tell. */
    record Nothing() implements Ec2Reply {}

    /**
     * An interface was made, or had been made before for the same token.
     *
     * @param token as requested; empty if none was given
     */
    record InterfaceCreated(EniDescription eni, String token) implements Ec2Reply {}

    /** An interface begins to be attached. */
    record InterfaceAttached(AttachmentId attachment, int card) implements Ec2Reply {}

    /**
     * An interface is a branch of a trunk.
     *
     * @param token as requested; empty if none was given
     */
    record TrunkAssociated(TrunkAssociation association, String token) implements Ec2Reply {}

    /**
     * An interface is a branch no more.
     *
     * @param token as requested; empty if none was given
     */
    record TrunkDisassociated(String token) implements Ec2Reply {}

    /**
     * Branches of trunks, by identifier of the association.
     *
     * @param next where the next page begins; null on the last one
     */
    record TrunkAssociations(List<TrunkAssociation> associations, @Nullable String next)
            implements Ec2Reply {

        public TrunkAssociations {
            associations = List.copyOf(associations);
        }
    }

    /**
     * Addresses or prefixes were assigned.
     *
     * @param assigned just the new ones
     */
    record AddressesAssigned(InterfaceId id, AddressBlocks assigned) implements Ec2Reply {

        /** Returns the single addresses. */
        public List<Ipv4Address> addresses() {
            return assigned.addresses();
        }
    }

    /**
     * IPv6 addresses or prefixes were assigned.
     *
     * @param assigned just the new ones
     */
    record Ipv6AddressesAssigned(InterfaceId id, AddressBlocks assigned) implements Ec2Reply {}

    /** IPv6 addresses or prefixes are nobody's any more. */
    record Ipv6AddressesUnassigned(InterfaceId id, AddressBlocks unassigned) implements Ec2Reply {}

    /**
     * Interfaces, by identifier.
     *
     * @param next where the next page begins; null on the last one
     */
    record Interfaces(List<EniDescription> enis, @Nullable String next) implements Ec2Reply {

        public Interfaces {
            enis = List.copyOf(enis);
        }
    }

    /**
     * Instances, by identifier.
     *
     * @param next where the next page begins; null on the last one
     */
    record Instances(List<InstanceDescription> instances, @Nullable String next)
            implements Ec2Reply {

        public Instances {
            instances = List.copyOf(instances);
        }
    }

    /**
     * Subnets, by identifier.
     *
     * @param next where the next page begins; null on the last one
     */
    record Subnets(List<SubnetDescription> subnets, @Nullable String next) implements Ec2Reply {

        public Subnets {
            subnets = List.copyOf(subnets);
        }
    }

    /**
     * VPCs, by identifier.
     *
     * @param next where the next page begins; null on the last one
     */
    record Vpcs(List<VpcDescription> vpcs, @Nullable String next) implements Ec2Reply {

        public Vpcs {
            vpcs = List.copyOf(vpcs);
        }
    }

    /**
     * Security groups, by identifier.
     *
     * @param next where the next page begins; null on the last one
     */
    record Groups(List<SecurityGroupDescription> groups, @Nullable String next)
            implements Ec2Reply {

        public Groups {
            groups = List.copyOf(groups);
        }
    }

    /**
     * CIDR reservations of a subnet, by identifier.
     *
     * @param next where the next page begins; null on the last one
     */
    record Reservations(List<CidrReservation> reservations, @Nullable String next)
            implements Ec2Reply {

        public Reservations {
            reservations = List.copyOf(reservations);
        }
    }

    /**
     * Tags, by resource and key.
     *
     * @param next where the next page begins; null on the last one
     */
    record Tags(List<TagDescription> tags, @Nullable String next) implements Ec2Reply {

        public Tags {
            tags = List.copyOf(tags);
        }
    }

    /** The names of zones. */
    record Zones(List<String> names) implements Ec2Reply {

        public Zones {
            names = List.copyOf(names);
        }
    }

    /** The names of regions. */
    record Regions(List<String> names) implements Ec2Reply {

        public Regions {
            names = List.copyOf(names);
        }
    }

    /**
     * Instance types, by name.
     *
     * @param next where the next page begins; null on the last one
     */
    record Types(List<InstanceType> types, @Nullable String next) implements Ec2Reply {

        public Types {
            types = List.copyOf(types);
        }
    }

    /** A VPC was made, with its default security group. */
    record VpcCreated(VpcDescription vpc) implements Ec2Reply {

        /** Returns its identifier. */
        public VpcId id() {
            return vpc.id();
        }
    }

    /** A VPC has another block. */
    record VpcBlockAssociated(VpcId vpc, Cidr cidr) implements Ec2Reply {}

    /** A security group was made. */
    record GroupCreated(SecurityGroupDescription group) implements Ec2Reply {

        /** Returns its identifier. */
        public SecurityGroupId id() {
            return group.id();
        }
    }

    /** A subnet was made. */
    record SubnetCreated(SubnetDescription subnet) implements Ec2Reply {

        /** Returns its identifier. */
        public SubnetId id() {
            return subnet.id();
        }
    }

    /** A subnet has IPv6 addresses. */
    record SubnetBlockAssociated(SubnetId subnet, Ipv6Cidr cidr) implements Ec2Reply {}

    /** A part of a subnet is reserved. */
    record ReservationCreated(CidrReservation reservation) implements Ec2Reply {}

    /** A part of a subnet is reserved no more. */
    record ReservationDeleted(CidrReservation reservation) implements Ec2Reply {}

    /**
     * Instances run, or were started before for the same token.
     *
     * @param token as requested; empty if none was given
     */
    record InstancesStarted(List<InstanceDescription> instances, String token) implements Ec2Reply {

        public InstancesStarted {
            instances = List.copyOf(instances);
        }

        /** Returns the identifier of the first. */
        public InstanceId id() {
            return instances.getFirst().id();
        }

        /** Returns the primary interface of the first. */
        public EniDescription primary() {
            return instances.getFirst().enis().getFirst();
        }
    }

    /**
     * Instances have ended.
     *
     * @param ended each with whether it ran until then
     */
    record InstancesTerminated(SortedMap<InstanceId, Boolean> ended) implements Ec2Reply {

        public InstancesTerminated {
            ended = Collections.unmodifiableSortedMap(new TreeMap<>(ended));
        }
    }
}
