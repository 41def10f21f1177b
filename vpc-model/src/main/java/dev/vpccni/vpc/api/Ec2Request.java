package dev.vpccni.vpc.api;

import dev.vpccni.model.AttachmentId;
import dev.vpccni.model.InstanceId;
import dev.vpccni.model.InstanceType;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.model.SecurityGroupId;
import dev.vpccni.model.SubnetId;
import dev.vpccni.model.VpcId;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * An EC2 action with its parameters. The records are named as EC2 names the actions.
 *
 * @param <R> what it replies
 */
public sealed interface Ec2Request<R extends Ec2Reply> {

    /** Returns EC2's name of the action, such as {@code AttachNetworkInterface}. */
    default String action() {
        return getClass().getSimpleName();
    }

    /**
     * Makes an interface that is not attached.
     *
     * @param token a repeated request with the same token answers with the first one's interface;
     *     empty for none
     * @param groups the VPC's default group if empty
     * @param primary the primary address, or null for any free one
     * @param secondary explicit secondary addresses
     * @param secondaryCount how many further secondary addresses, any that are free
     */
    record CreateNetworkInterface(
            String token,
            SubnetId subnet,
            String description,
            List<SecurityGroupId> groups,
            SortedMap<String, String> tags,
            @Nullable Ipv4Address primary,
            List<Ipv4Address> secondary,
            int secondaryCount)
            implements Ec2Request<Ec2Reply.InterfaceCreated> {

        public CreateNetworkInterface {
            groups = List.copyOf(groups);
            tags = sorted(tags);
            secondary = List.copyOf(secondary);
        }

        /** Makes a request that leaves every address to EC2. */
        public CreateNetworkInterface(
                String token,
                SubnetId subnet,
                String description,
                List<SecurityGroupId> groups,
                SortedMap<String, String> tags,
                int secondaryCount) {
            this(token, subnet, description, groups, tags, null, List.of(), secondaryCount);
        }
    }

    /** Attaches a free interface to a running instance. */
    record AttachNetworkInterface(InterfaceId id, InstanceId instance, int card, int device)
            implements Ec2Request<Ec2Reply.InterfaceAttached> {}

    /** Changes one attribute of an interface. */
    record ModifyNetworkInterfaceAttribute(InterfaceId id, Change change)
            implements Ec2Request<Ec2Reply.Nothing> {

        /** The attribute and its new value. */
        public sealed interface Change {

            /** Whether the interface is deleted together with its instance. */
            record DeleteOnTermination(AttachmentId attachment, boolean value) implements Change {}

            /** All its security groups. */
            record SecurityGroups(List<SecurityGroupId> groups) implements Change {

                public SecurityGroups {
                    groups = List.copyOf(groups);
                }
            }

            /** Whether packets of other addresses are dropped. */
            record SourceDestCheck(boolean value) implements Change {}

            /** Its description. */
            record Description(String value) implements Change {}
        }
    }

    /** Starts to detach; the interface is free later. */
    record DetachNetworkInterface(AttachmentId attachment, boolean force)
            implements Ec2Request<Ec2Reply.Nothing> {}

    /** Deletes a free interface. */
    record DeleteNetworkInterface(InterfaceId id) implements Ec2Request<Ec2Reply.Nothing> {}

    /**
     * Adds secondary addresses: those listed, or any {@code count}.
     *
     * @param allowReassignment whether a listed address may be taken from another interface
     */
    record AssignPrivateIpAddresses(
            InterfaceId id, List<Ipv4Address> addresses, int count, boolean allowReassignment)
            implements Ec2Request<Ec2Reply.AddressesAssigned> {

        public AssignPrivateIpAddresses {
            addresses = List.copyOf(addresses);
        }

        /** Makes a request for any {@code count} addresses. */
        public AssignPrivateIpAddresses(InterfaceId id, int count) {
            this(id, List.of(), count, false);
        }
    }

    /** Gives secondary addresses back. */
    record UnassignPrivateIpAddresses(InterfaceId id, List<Ipv4Address> addresses)
            implements Ec2Request<Ec2Reply.Nothing> {

        public UnassignPrivateIpAddresses {
            addresses = List.copyOf(addresses);
        }
    }

    /**
     * Sets tags of interfaces, instances, subnets or VPCs, replacing those of the same keys.
     *
     * @param resources identifiers as EC2 writes them
     */
    record CreateTags(List<String> resources, SortedMap<String, String> tags)
            implements Ec2Request<Ec2Reply.Nothing> {

        public CreateTags {
            resources = List.copyOf(resources);
            tags = sorted(tags);
        }
    }

    /** Describes interfaces: those named, or all that match. */
    record DescribeNetworkInterfaces(List<InterfaceId> ids, List<Filter> filters, Page page)
            implements Ec2Request<Ec2Reply.Interfaces> {

        public DescribeNetworkInterfaces {
            ids = List.copyOf(ids);
            filters = List.copyOf(filters);
        }

        /** Makes a request for the interfaces named. */
        public static DescribeNetworkInterfaces of(List<InterfaceId> ids) {
            return new DescribeNetworkInterfaces(ids, List.of(), Page.ALL);
        }

        /** Makes a request for every interface that matches. */
        public static DescribeNetworkInterfaces where(Filter... filters) {
            return new DescribeNetworkInterfaces(List.of(), List.of(filters), Page.ALL);
        }
    }

    /** Describes instances: those named, or all that match. */
    record DescribeInstances(List<InstanceId> ids, List<Filter> filters, Page page)
            implements Ec2Request<Ec2Reply.Instances> {

        public DescribeInstances {
            ids = List.copyOf(ids);
            filters = List.copyOf(filters);
        }
    }

    /** Describes subnets: those named, or all that match. */
    record DescribeSubnets(List<SubnetId> ids, List<Filter> filters, Page page)
            implements Ec2Request<Ec2Reply.Subnets> {

        public DescribeSubnets {
            ids = List.copyOf(ids);
            filters = List.copyOf(filters);
        }

        /** Makes a request for every subnet that matches. */
        public static DescribeSubnets where(Filter... filters) {
            return new DescribeSubnets(List.of(), List.of(filters), Page.ALL);
        }
    }

    /** Describes VPCs: those named, or all that match. */
    record DescribeVpcs(List<VpcId> ids, List<Filter> filters)
            implements Ec2Request<Ec2Reply.Vpcs> {

        public DescribeVpcs {
            ids = List.copyOf(ids);
            filters = List.copyOf(filters);
        }
    }

    /** Describes instance types: those named, or all. */
    record DescribeInstanceTypes(List<String> names, List<Filter> filters, Page page)
            implements Ec2Request<Ec2Reply.Types> {

        public DescribeInstanceTypes {
            names = List.copyOf(names);
            filters = List.copyOf(filters);
        }
    }

    /**
     * Makes a VPC.
     *
     * @param cidrs its blocks, each of /16 to /28, the first one primary
     */
    record CreateVpc(List<Ipv4Cidr> cidrs, SortedMap<String, String> tags)
            implements Ec2Request<Ec2Reply.VpcCreated> {

        public CreateVpc {
            cidrs = List.copyOf(cidrs);
            tags = sorted(tags);
        }
    }

    /**
     * Makes a subnet.
     *
     * @param zone such as {@code us-west-2a}
     * @param cidr /16 to /28 within a block of the VPC, apart from its other subnets
     */
    record CreateSubnet(VpcId vpc, String zone, Ipv4Cidr cidr, SortedMap<String, String> tags)
            implements Ec2Request<Ec2Reply.SubnetCreated> {

        public CreateSubnet {
            tags = sorted(tags);
        }
    }

    /** Makes a security group. */
    record CreateSecurityGroup(VpcId vpc, String name)
            implements Ec2Request<Ec2Reply.GroupCreated> {}

    /**
     * Starts one instance with its primary interface.
     *
     * @param type may be one that EC2 does not have
     * @param groups the VPC's default group if empty
     */
    record RunInstances(
            InstanceType type,
            SubnetId subnet,
            List<SecurityGroupId> groups,
            SortedMap<String, String> tags)
            implements Ec2Request<Ec2Reply.InstanceStarted> {

        public RunInstances {
            groups = List.copyOf(groups);
            tags = sorted(tags);
        }
    }

    /** Ends one instance; its interfaces are deleted or become free. */
    record TerminateInstances(InstanceId id) implements Ec2Request<Ec2Reply.Nothing> {}

    private static SortedMap<String, String> sorted(SortedMap<String, String> map) {
        return Collections.unmodifiableSortedMap(new TreeMap<>(map));
    }
}
