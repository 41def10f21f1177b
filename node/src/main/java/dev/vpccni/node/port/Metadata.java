package dev.vpccni.node.port;

import dev.vpccni.model.Cidr;
import dev.vpccni.model.InstanceId;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.IpFamily;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.model.Ipv6Address;
import dev.vpccni.model.MacAddress;
import dev.vpccni.model.SecurityGroupId;
import dev.vpccni.model.SubnetId;
import dev.vpccni.model.VpcId;
import java.util.List;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/**
 * The instance's own view of itself (IMDSv2). It is a hint: it may lag behind EC2 in both
 * directions.
 */
public interface Metadata {

    /** Returns what never changes while the instance lives. */
    Identity identity() throws MetadataException, InterruptedException;

    /**
     * Who the instance is.
     *
     * @param instanceType such as {@code m5.large}
     * @param zone such as {@code us-west-2a}
     * @param address the primary address of the primary interface
     * @param ipv6 its first IPv6 address; null if it has none
     * @param mac of the primary interface
     */
    record Identity(
            InstanceId instance,
            String instanceType,
            String region,
            String zone,
            VpcId vpc,
            SubnetId subnet,
            InterfaceId primaryInterface,
            MacAddress mac,
            Ipv4Address address,
            @Nullable Ipv6Address ipv6) {}

    /** Returns every attached interface that metadata shows. */
    List<MetadataInterface> interfaces() throws MetadataException, InterruptedException;

    /** Returns the MAC addresses of the attached interfaces that metadata shows. */
    SortedSet<MacAddress> macs() throws MetadataException, InterruptedException;

    /** Returns the IPv4 addresses (primary first) of an interface, or none if it is not shown. */
    List<Ipv4Address> addresses(MacAddress mac) throws MetadataException, InterruptedException;

    /** Returns the prefixes that are delegated to an interface, or none if it is not shown. */
    List<Cidr> prefixes(MacAddress mac, IpFamily family)
            throws MetadataException, InterruptedException;

    /**
     * An interface in metadata.
     *
     * @param subnetCidrs of its subnet, at least that of IPv4
     * @param addresses the primary one first; empty while metadata lags
     * @param prefixes delegated to it, of both families
     */
    record MetadataInterface(
            InterfaceId id,
            MacAddress mac,
            int card,
            int device,
            SubnetId subnet,
            List<Cidr> subnetCidrs,
            List<Ipv4Address> addresses,
            List<Cidr> prefixes) {

        public MetadataInterface {
            subnetCidrs = List.copyOf(subnetCidrs);
            addresses = List.copyOf(addresses);
            prefixes = List.copyOf(prefixes);
        }
    }

    /** Returns the blocks of an interface's subnet, or none if the interface is not shown. */
    List<Cidr> subnetCidrs(MacAddress mac) throws MetadataException, InterruptedException;

    /** Returns the VPC's IPv4 blocks, in metadata's order. */
    List<Ipv4Cidr> vpcCidrs() throws MetadataException, InterruptedException;

    /** Returns the security groups of the primary interface. */
    List<SecurityGroupId> securityGroups() throws MetadataException, InterruptedException;
}
