package dev.vpccni.node.instance;

import dev.vpccni.model.AttachmentId;
import dev.vpccni.model.BlockKind;
import dev.vpccni.model.Cidr;
import dev.vpccni.model.InstanceId;
import dev.vpccni.model.InstanceType;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.IpFamily;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.SecurityGroupId;
import dev.vpccni.model.SubnetId;
import dev.vpccni.model.VpcId;
import dev.vpccni.node.port.Ec2;
import dev.vpccni.node.port.Ec2Exception;
import dev.vpccni.node.port.Ec2Failure;
import dev.vpccni.node.port.Metadata;
import dev.vpccni.node.port.Metadata.MetadataInterface;
import dev.vpccni.node.port.MetadataException;
import dev.vpccni.node.port.ObservedInterface;
import dev.vpccni.node.port.ObservedSubnet;
import dev.vpccni.node.settings.AddressingSettings;
import java.util.Collection;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * EC2 as far as metadata tells, for a node that may not ask EC2 itself (upstream's {@code
 * ENABLE_IMDS_ONLY_MODE}): which interfaces are attached, and their addresses. It shows no tags,
 * and neither trunks nor EFAs. Whatever would change something, or ask about other instances, is
 * refused.
 */
public final class MetadataAsEc2 implements Ec2 {

    private static final String NOT_ASKED = "is not asked of EC2, as ENABLE_IMDS_ONLY_MODE says";

    /** Nobody detaches by it here; EC2's own is learnt once EC2 is asked again. */
    private static final String ATTACHMENT_PREFIX = "unknown-of-";

    /** More than any instance type has interfaces on a card, and addresses on an interface. */
    private static final int INTERFACES_MAX = 32;

    private static final int ADDRESSES_MAX = 64;

    private final Metadata metadata;

    public MetadataAsEc2(Metadata metadata) {
        this.metadata = metadata;
    }

    /** An interface without addresses is one that metadata lags behind, or cannot serve pods. */
    @Override
    public List<ObservedInterface> describeAttached(InstanceId instance)
            throws Ec2Exception, InterruptedException {
        try {
            return metadata.interfaces().stream()
                    .filter(shown -> !shown.addresses().isEmpty())
                    .map(MetadataAsEc2::observed)
                    .toList();
        } catch (MetadataException e) {
            throw new Ec2Exception(
                    "metadata", new Ec2Failure.Unavailable(), String.valueOf(e.getMessage()), e);
        }
    }

    private static ObservedInterface observed(MetadataInterface shown) {
        List<Ipv4Address> addresses = shown.addresses();
        return new ObservedInterface(
                shown.id(),
                "in-use",
                "interface",
                "",
                shown.mac(),
                shown.subnet(),
                addresses.getFirst(),
                addresses.subList(1, addresses.size()),
                List.of(),
                shown.prefixes(),
                List.of(),
                new TreeMap<>(),
                new ObservedInterface.Attachment(
                        new AttachmentId(ATTACHMENT_PREFIX + shown.id()),
                        "attached",
                        shown.card(),
                        shown.device(),
                        true));
    }

    /** What no instance exceeds: nothing grows, so it only must not seem full. */
    @Override
    public InstanceType instanceType(String name) {
        return new InstanceType(
                name, AddressingSettings.NITRO, false, List.of(INTERFACES_MAX), ADDRESSES_MAX);
    }

    @Override
    public List<ObservedInterface> describe(Collection<InterfaceId> ids) throws Ec2Exception {
        throw refused("DescribeNetworkInterfaces");
    }

    @Override
    public List<ObservedInterface> describeByDescription(VpcId vpc, String description)
            throws Ec2Exception {
        throw refused("DescribeNetworkInterfaces");
    }

    @Override
    public List<ObservedInterface> describeAvailable(
            VpcId vpc, String tagKey, SortedMap<String, String> tags) throws Ec2Exception {
        throw refused("DescribeNetworkInterfaces");
    }

    @Override
    public ObservedSubnet subnet(SubnetId id) throws Ec2Exception {
        throw refused("DescribeSubnets");
    }

    @Override
    public List<ObservedSubnet> subnets(VpcId vpc, String zone) throws Ec2Exception {
        throw refused("DescribeSubnets");
    }

    @Override
    public ObservedInterface createInterface(NewInterface wanted) throws Ec2Exception {
        throw refused("CreateNetworkInterface");
    }

    @Override
    public AttachmentId attach(InterfaceId id, InstanceId instance, int card, int device)
            throws Ec2Exception {
        throw refused("AttachNetworkInterface");
    }

    @Override
    public void setSecurityGroups(InterfaceId id, List<SecurityGroupId> groups)
            throws Ec2Exception {
        throw refused("ModifyNetworkInterfaceAttribute");
    }

    @Override
    public void deleteOnTermination(InterfaceId id, AttachmentId attachment) throws Ec2Exception {
        throw refused("ModifyNetworkInterfaceAttribute");
    }

    @Override
    public void detach(AttachmentId attachment) throws Ec2Exception {
        throw refused("DetachNetworkInterface");
    }

    @Override
    public void delete(InterfaceId id) throws Ec2Exception {
        throw refused("DeleteNetworkInterface");
    }

    @Override
    public List<Cidr> assign(InterfaceId id, IpFamily family, BlockKind kind, int count)
            throws Ec2Exception {
        throw refused("AssignPrivateIpAddresses");
    }

    @Override
    public void unassign(InterfaceId id, Collection<Cidr> blocks) throws Ec2Exception {
        throw refused("UnassignPrivateIpAddresses");
    }

    @Override
    public void tag(InterfaceId id, SortedMap<String, String> tags) throws Ec2Exception {
        throw refused("CreateTags");
    }

    private static Ec2Exception refused(String action) {
        return new Ec2Exception(action, new Ec2Failure.Rejected("NotAsked"), NOT_ASKED, null);
    }
}
