package dev.vpccni.vpc.api;

import dev.vpccni.model.AttachmentId;
import dev.vpccni.model.InstanceId;
import dev.vpccni.model.InstanceType;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.SecurityGroupId;
import dev.vpccni.model.SubnetId;
import dev.vpccni.model.VpcId;
import java.util.List;
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
     * Addresses were assigned.
     *
     * @param addresses just the new ones
     */
    record AddressesAssigned(InterfaceId id, List<Ipv4Address> addresses) implements Ec2Reply {

        public AddressesAssigned {
            addresses = List.copyOf(addresses);
        }
    }

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

    /** VPCs, by identifier. */
    record Vpcs(List<VpcDescription> vpcs) implements Ec2Reply {

        public Vpcs {
            vpcs = List.copyOf(vpcs);
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
    record VpcCreated(VpcId id, SecurityGroupId defaultGroup) implements Ec2Reply {}

    /** A security group was made. */
    record GroupCreated(SecurityGroupId id) implements Ec2Reply {}

    /** A subnet was made. */
    record SubnetCreated(SubnetId id) implements Ec2Reply {}

    /** An instance runs. */
    record InstanceStarted(InstanceId id, EniDescription primary) implements Ec2Reply {}
}
