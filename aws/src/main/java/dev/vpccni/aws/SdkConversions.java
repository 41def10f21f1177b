package dev.vpccni.aws;

import dev.vpccni.model.AttachmentId;
import dev.vpccni.model.InstanceType;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.model.MacAddress;
import dev.vpccni.model.SecurityGroupId;
import dev.vpccni.model.SubnetId;
import dev.vpccni.node.port.ObservedInterface;
import dev.vpccni.node.port.ObservedSubnet;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.services.ec2.model.InstanceTypeInfo;
import software.amazon.awssdk.services.ec2.model.NetworkCardInfo;
import software.amazon.awssdk.services.ec2.model.NetworkInfo;
import software.amazon.awssdk.services.ec2.model.NetworkInterface;
import software.amazon.awssdk.services.ec2.model.NetworkInterfaceAttachment;
import software.amazon.awssdk.services.ec2.model.NetworkInterfacePrivateIpAddress;
import software.amazon.awssdk.services.ec2.model.Subnet;
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
                shape.groups().stream().map(g -> new SecurityGroupId(g.groupId())).toList(),
                tags(shape.tagSet()),
                attachment(shape.attachment()));
    }

    static ObservedSubnet observed(Subnet shape) {
        return new ObservedSubnet(
                new SubnetId(shape.subnetId()),
                Ipv4Cidr.parse(shape.cidrBlock()),
                shape.availableIpAddressCount(),
                tags(shape.tags()));
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
