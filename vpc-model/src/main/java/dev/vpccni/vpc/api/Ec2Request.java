package dev.vpccni.vpc.api;

import dev.vpccni.model.AttachmentId;
import dev.vpccni.model.InstanceId;
import dev.vpccni.model.InstanceType;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.model.Ipv6Address;
import dev.vpccni.model.Ipv6Cidr;
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
public sealed interface Ec2Request<R extends Ec2Reply>
        permits NetworkRequest,
                TagRequest,
                TrunkRequest,
                Ec2Request.CreateNetworkInterface,
                Ec2Request.AttachNetworkInterface,
                Ec2Request.ModifyNetworkInterfaceAttribute,
                Ec2Request.DetachNetworkInterface,
                Ec2Request.DeleteNetworkInterface,
                Ec2Request.AssignPrivateIpAddresses,
                Ec2Request.UnassignPrivateIpAddresses,
                Ec2Request.AssignIpv6Addresses,
                Ec2Request.UnassignIpv6Addresses,
                Ec2Request.DescribeNetworkInterfaces,
                Ec2Request.DescribeInstances,
                Ec2Request.DescribeSubnets,
                Ec2Request.DescribeVpcs,
                Ec2Request.DescribeInstanceTypes,
                Ec2Request.CreateVpc,
                Ec2Request.CreateSubnet,
                Ec2Request.CreateSecurityGroup,
                Ec2Request.RunInstances,
                Ec2Request.TerminateInstances {

    /** Returns EC2's name of the action, such as {@code AttachNetworkInterface}. */
    default String action() {
        return getClass().getSimpleName();
    }

    /**
     * Makes an interface that is not attached.
     *
     * @param token a repeated request with the same token answers with the first one's interface;
     *     empty for none
     * @param type {@code interface}, {@code efa} or {@code trunk}
     * @param groups the VPC's default group if empty
     * @param primary the primary address, or null for any free one
     * @param ipv4 what else it gets of IPv4
     * @param ipv6 what it gets of IPv6
     */
    record CreateNetworkInterface(
            String token,
            SubnetId subnet,
            String type,
            String description,
            List<SecurityGroupId> groups,
            SortedMap<String, String> tags,
            @Nullable Ipv4Address primary,
            WantedBlocks ipv4,
            WantedBlocks ipv6)
            implements Ec2Request<Ec2Reply.InterfaceCreated> {

        public CreateNetworkInterface {
            groups = List.copyOf(groups);
            tags = sorted(tags);
        }

        /** Makes a request for an ordinary interface that leaves every address to EC2. */
        public CreateNetworkInterface(
                String token,
                SubnetId subnet,
                String description,
                List<SecurityGroupId> groups,
                SortedMap<String, String> tags,
                int secondaryCount) {
            this(
                    token,
                    subnet,
                    description,
                    groups,
                    tags,
                    WantedBlocks.anyAddresses(secondaryCount),
                    WantedBlocks.NONE);
        }

        /** Makes a request for an ordinary interface with any primary address. */
        public CreateNetworkInterface(
                String token,
                SubnetId subnet,
                String description,
                List<SecurityGroupId> groups,
                SortedMap<String, String> tags,
                WantedBlocks ipv4,
                WantedBlocks ipv6) {
            this(token, subnet, "interface", description, groups, tags, null, ipv4, ipv6);
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
     * Adds secondary addresses or prefixes.
     *
     * @param allowReassignment whether a listed address may be taken from another interface
     */
    record AssignPrivateIpAddresses(InterfaceId id, WantedBlocks wanted, boolean allowReassignment)
            implements Ec2Request<Ec2Reply.AddressesAssigned> {

        /** Makes a request for any {@code count} addresses. */
        public AssignPrivateIpAddresses(InterfaceId id, int count) {
            this(id, WantedBlocks.anyAddresses(count), false);
        }
    }

    /** Gives secondary addresses and prefixes back. */
    record UnassignPrivateIpAddresses(
            InterfaceId id, List<Ipv4Address> addresses, List<Ipv4Cidr> prefixes)
            implements Ec2Request<Ec2Reply.Nothing> {

        public UnassignPrivateIpAddresses {
            addresses = List.copyOf(addresses);
            prefixes = List.copyOf(prefixes);
        }

        /** Makes a request for single addresses. */
        public UnassignPrivateIpAddresses(InterfaceId id, List<Ipv4Address> addresses) {
            this(id, addresses, List.of());
        }
    }

    /** Adds IPv6 addresses or prefixes. */
    record AssignIpv6Addresses(InterfaceId id, WantedBlocks wanted)
            implements Ec2Request<Ec2Reply.Ipv6AddressesAssigned> {}

    /** Gives IPv6 addresses and prefixes back. */
    record UnassignIpv6Addresses(
            InterfaceId id, List<Ipv6Address> addresses, List<Ipv6Cidr> prefixes)
            implements Ec2Request<Ec2Reply.Ipv6AddressesUnassigned> {

        public UnassignIpv6Addresses {
            addresses = List.copyOf(addresses);
            prefixes = List.copyOf(prefixes);
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
    record DescribeVpcs(List<VpcId> ids, List<Filter> filters, Page page)
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
     * @param cidrs its IPv4 blocks, each of /16 to /28, the first one primary
     * @param ipv6 whether it gets an IPv6 block, which EC2 chooses
     */
    record CreateVpc(List<Ipv4Cidr> cidrs, boolean ipv6, SortedMap<String, String> tags)
            implements Ec2Request<Ec2Reply.VpcCreated> {

        public CreateVpc {
            cidrs = List.copyOf(cidrs);
            tags = sorted(tags);
        }

        /** Makes a request for a VPC without IPv6. */
        public CreateVpc(List<Ipv4Cidr> cidrs, SortedMap<String, String> tags) {
            this(cidrs, false, tags);
        }
    }

    /**
     * Makes a subnet.
     *
     * @param zone such as {@code us-west-2a} or its identifier {@code usw2-az1}; empty for any
     * @param cidr /16 to /28 within a block of the VPC, apart from its other subnets
     * @param ipv6Cidr the same of IPv6, a /64; null for none
     */
    record CreateSubnet(
            VpcId vpc,
            String zone,
            Ipv4Cidr cidr,
            @Nullable Ipv6Cidr ipv6Cidr,
            SortedMap<String, String> tags)
            implements Ec2Request<Ec2Reply.SubnetCreated> {

        public CreateSubnet {
            tags = sorted(tags);
        }

        /** Makes a request for a subnet without IPv6. */
        public CreateSubnet(VpcId vpc, String zone, Ipv4Cidr cidr, SortedMap<String, String> tags) {
            this(vpc, zone, cidr, null, tags);
        }
    }

    /** Makes a security group, whose name no other of the VPC has. */
    record CreateSecurityGroup(
            VpcId vpc, String name, String description, SortedMap<String, String> tags)
            implements Ec2Request<Ec2Reply.GroupCreated> {

        public CreateSecurityGroup {
            tags = sorted(tags);
        }

        /** Makes a request for a group that says nothing of itself. */
        public CreateSecurityGroup(VpcId vpc, String name) {
            this(vpc, name, name, new TreeMap<>());
        }
    }

    /**
     * Starts instances, each with its primary interface.
     *
     * @param token a repeated request with the same token answers with the first one's instances;
     *     empty for none
     * @param type may be one that EC2 does not have
     * @param count how many; all of them start, or none
     * @param primary what the primary interface of each is like
     * @param deleteOnTermination whether it is deleted together with its instance
     */
    record RunInstances(
            String token,
            InstanceType type,
            int count,
            CreateNetworkInterface primary,
            boolean deleteOnTermination,
            SortedMap<String, String> tags)
            implements Ec2Request<Ec2Reply.InstancesStarted> {

        public RunInstances {
            tags = sorted(tags);
        }

        /** Makes a request for one instance with one address. */
        public RunInstances(
                InstanceType type,
                SubnetId subnet,
                List<SecurityGroupId> groups,
                SortedMap<String, String> tags) {
            this(
                    "",
                    type,
                    1,
                    new CreateNetworkInterface("", subnet, "", groups, new TreeMap<>(), 0),
                    true,
                    tags);
        }
    }

    /** Ends instances; their interfaces are deleted or become free. */
    record TerminateInstances(List<InstanceId> ids)
            implements Ec2Request<Ec2Reply.InstancesTerminated> {

        public TerminateInstances {
            ids = List.copyOf(ids);
        }

        /** Makes a request to end one. */
        public TerminateInstances(InstanceId id) {
            this(List.of(id));
        }
    }

    private static SortedMap<String, String> sorted(SortedMap<String, String> map) {
        return Collections.unmodifiableSortedMap(new TreeMap<>(map));
    }
}
