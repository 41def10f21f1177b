package dev.vpccni.aws;

import dev.vpccni.model.AttachmentId;
import dev.vpccni.model.BlockKind;
import dev.vpccni.model.Cidr;
import dev.vpccni.model.InstanceType;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.model.Ipv6Address;
import dev.vpccni.model.Ipv6Cidr;
import dev.vpccni.model.MacAddress;
import dev.vpccni.model.SecurityGroupId;
import dev.vpccni.model.SubnetId;
import dev.vpccni.node.port.ObservedInterface;
import dev.vpccni.node.port.ObservedSubnet;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.ec2.model.AssignIpv6AddressesResponse;
import software.amazon.awssdk.services.ec2.model.AssignPrivateIpAddressesResponse;
import software.amazon.awssdk.services.ec2.model.InstanceTypeInfo;
import software.amazon.awssdk.services.ec2.model.NetworkCardInfo;
import software.amazon.awssdk.services.ec2.model.NetworkInfo;
import software.amazon.awssdk.services.ec2.model.NetworkInterface;
import software.amazon.awssdk.services.ec2.model.NetworkInterfaceAttachment;
import software.amazon.awssdk.services.ec2.model.NetworkInterfacePrivateIpAddress;
import software.amazon.awssdk.services.ec2.model.Subnet;
import software.amazon.awssdk.services.ec2.model.SubnetCidrBlockState;
import software.amazon.awssdk.services.ec2.model.SubnetCidrBlockStateCode;
import software.amazon.awssdk.services.ec2.model.SubnetIpv6CidrBlockAssociation;
import software.amazon.awssdk.services.ec2.model.Tag;

/** EC2's shapes as our values. What is missing or malformed shows as an unchecked exception. */
final class SdkConversions {

    private SdkConversions() {}

    static ObservedInterface observed(NetworkInterface shape) {
        List<Ipv4Address> secondary =
                shape.privateIpAddresses().stream()
                        .filter(a -> !Boolean.TRUE.equals(a.primary()))
                        .map(NetworkInterfacePrivateIpAddress::privateIpAddress)
                        .map(Ipv4Address::parse)
                        .toList();
        return new ObservedInterface(
                new InterfaceId(shape.networkInterfaceId()),
                text(shape.statusAsString()),
                text(shape.interfaceTypeAsString()),
                text(shape.description()),
                MacAddress.parse(shape.macAddress()),
                new SubnetId(shape.subnetId()),
                Ipv4Address.parse(shape.privateIpAddress()),
                secondary,
                shape.ipv6Addresses().stream()
                        .map(a -> Ipv6Address.parse(a.ipv6Address()))
                        .toList(),
                prefixes(shape),
                shape.groups().stream().map(g -> new SecurityGroupId(g.groupId())).toList(),
                tags(shape.tagSet()),
                attachment(shape.attachment()));
    }

    private static List<Cidr> prefixes(NetworkInterface shape) {
        List<Cidr> prefixes = new ArrayList<>();
        shape.ipv4Prefixes().forEach(p -> prefixes.add(Ipv4Cidr.parse(p.ipv4Prefix())));
        shape.ipv6Prefixes().forEach(p -> prefixes.add(Ipv6Cidr.parse(p.ipv6Prefix())));
        return prefixes;
    }

    /** Returns what {@code kind} of blocks were given. */
    static List<Cidr> given(AssignPrivateIpAddressesResponse shape, BlockKind kind) {
        return kind == BlockKind.ADDRESS
                ? shape.assignedPrivateIpAddresses().stream()
                        .map(a -> Ipv4Address.parse(a.privateIpAddress()).only())
                        .toList()
                : shape.assignedIpv4Prefixes().stream()
                        .map(p -> Cidr.parse(p.ipv4Prefix()))
                        .toList();
    }

    /** Returns what {@code kind} of blocks were given. */
    static List<Cidr> given(AssignIpv6AddressesResponse shape, BlockKind kind) {
        return kind == BlockKind.ADDRESS
                ? shape.assignedIpv6Addresses().stream()
                        .map(a -> Ipv6Address.parse(a).only())
                        .toList()
                : shape.assignedIpv6Prefixes().stream().map(Cidr::parse).toList();
    }

    static ObservedSubnet observed(Subnet shape) {
        return new ObservedSubnet(
                new SubnetId(shape.subnetId()),
                cidrs(shape),
                shape.availableIpAddressCount(),
                tags(shape.tags()));
    }

    private static List<Cidr> cidrs(Subnet shape) {
        List<Cidr> cidrs = new ArrayList<>();
        if (shape.cidrBlock() != null) { // There are subnets of IPv6 only.
            cidrs.add(Ipv4Cidr.parse(shape.cidrBlock()));
        }
        for (SubnetIpv6CidrBlockAssociation each : shape.ipv6CidrBlockAssociationSet()) {
            if (isThere(each.ipv6CidrBlockState())) {
                cidrs.add(Ipv6Cidr.parse(each.ipv6CidrBlock()));
            }
        }
        return cidrs;
    }

    /** A block that was taken off a subnet is shown for a while, as such. */
    private static boolean isThere(@Nullable SubnetCidrBlockState state) {
        return state == null
                || state.state() == SubnetCidrBlockStateCode.ASSOCIATED
                || state.state() == SubnetCidrBlockStateCode.ASSOCIATING;
    }

    static InstanceType type(InstanceTypeInfo shape) {
        NetworkInfo network = shape.networkInfo();
        List<Integer> byCard =
                network.networkCards().stream()
                        .map(NetworkCardInfo::maximumNetworkInterfaces)
                        .toList();
        return new InstanceType(
                shape.instanceTypeAsString(),
                shape.hypervisor() == null ? "unknown" : shape.hypervisorAsString(),
                Boolean.TRUE.equals(shape.bareMetal()),
                byCard.isEmpty() ? List.of(network.maximumNetworkInterfaces()) : byCard,
                network.ipv4AddressesPerInterface());
    }

    private static ObservedInterface.@Nullable Attachment attachment(
            @Nullable NetworkInterfaceAttachment shape) {
        if (shape == null || shape.attachmentId() == null) {
            return null;
        }
        Integer card = shape.networkCardIndex();
        return new ObservedInterface.Attachment(
                new AttachmentId(shape.attachmentId()),
                text(shape.statusAsString()),
                Objects.requireNonNullElse(card, 0),
                shape.deviceIndex(),
                Boolean.TRUE.equals(shape.deleteOnTermination()));
    }

    private static SortedMap<String, String> tags(List<Tag> shapes) {
        SortedMap<String, String> tags = new TreeMap<>();
        for (Tag each : shapes) {
            tags.put(each.key(), text(each.value()));
        }
        return tags;
    }

    private static String text(@Nullable String value) {
        return value == null ? "" : value;
    }
}
