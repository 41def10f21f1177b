package dev.vpccni.aws;

import dev.vpccni.model.InstanceId;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.SecurityGroupId;
import dev.vpccni.model.SubnetId;
import dev.vpccni.node.port.Ec2Exception;
import dev.vpccni.node.port.Ec2Failure;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.AssignIpv6AddressesRequest;
import software.amazon.awssdk.services.ec2.model.AssignPrivateIpAddressesRequest;
import software.amazon.awssdk.services.ec2.model.AssociateTrunkInterfaceRequest;
import software.amazon.awssdk.services.ec2.model.AttachNetworkInterfaceRequest;
import software.amazon.awssdk.services.ec2.model.CreateNetworkInterfaceRequest;
import software.amazon.awssdk.services.ec2.model.CreateTagsRequest;
import software.amazon.awssdk.services.ec2.model.DeleteNetworkInterfaceRequest;
import software.amazon.awssdk.services.ec2.model.DescribeInstanceTypesRequest;
import software.amazon.awssdk.services.ec2.model.DescribeNetworkInterfacesRequest;
import software.amazon.awssdk.services.ec2.model.DescribeSubnetsRequest;
import software.amazon.awssdk.services.ec2.model.DescribeTrunkInterfaceAssociationsRequest;
import software.amazon.awssdk.services.ec2.model.DetachNetworkInterfaceRequest;
import software.amazon.awssdk.services.ec2.model.DisassociateTrunkInterfaceRequest;
import software.amazon.awssdk.services.ec2.model.InstanceType;
import software.amazon.awssdk.services.ec2.model.ModifyNetworkInterfaceAttributeRequest;
import software.amazon.awssdk.services.ec2.model.Tag;
import software.amazon.awssdk.services.ec2.model.UnassignIpv6AddressesRequest;
import software.amazon.awssdk.services.ec2.model.UnassignPrivateIpAddressesRequest;

/**
 * Asks EC2 whether it would do what a daemon asks of it, and has it do none of it.
 *
 * @see <a
 *     href="https://docs.aws.amazon.com/AWSEC2/latest/APIReference/CommonParameters.html">Amazon
 *     EC2 API Reference, "Common parameters": DryRun</a>
 */
public final class PermissionProbe {

    private static final String WOULD = "DryRunOperation";

    /** Well-formed, and nobody's. */
    private static final String ATTACHMENT = "eni-attach-00000000000000000";

    private static final String ASSOCIATION = "trunk-assoc-00000000000000000";

    private static final String NOBODYS = "eni-00000000000000000";

    private PermissionProbe() {}

    /** What EC2 says about an action. */
    public sealed interface Verdict {

        /** It would do it. */
        record Allowed() implements Verdict {}

        /** Whoever asks may not. */
        record Denied(String said) implements Verdict {}

        /** It said something else first, or nothing. */
        record Unknown(String why) implements Verdict {}
    }

    /**
     * What requests are about: things that exist, so that EC2 has nothing else to say.
     *
     * @param network its primary interface
     * @param instanceType such as {@code c5.large}
     */
    public record Subject(
            InstanceId instance,
            String instanceType,
            InterfaceId network,
            SubnetId subnet,
            List<SecurityGroupId> groups) {

        public Subject {
            groups = List.copyOf(groups);
        }
    }

    /**
     * Returns the names of the actions that a daemon needs (docs/iam.md).
     *
     * @param provisions whether it changes anything in EC2
     * @param ipv6 whether pods have IPv6 addresses
     * @param subnets whether it looks for subnets
     * @param types whether it asks what its instance's type can do
     */
    public static SortedSet<String> needed(
            boolean provisions, boolean ipv6, boolean subnets, boolean types) {
        var needed = new TreeSet<String>();
        for (Ec2Action action : Ec2Action.values()) {
            boolean wanted =
                    switch (action) {
                        case DESCRIBE_INTERFACES -> true;
                        case DESCRIBE_SUBNETS -> subnets;
                        case DESCRIBE_INSTANCE_TYPES -> types;
                        case ASSIGN_ADDRESSES, UNASSIGN_ADDRESSES -> provisions && !ipv6;
                        case ASSIGN_IPV6_ADDRESSES, UNASSIGN_IPV6_ADDRESSES -> provisions && ipv6;
                        case CREATE_INTERFACE,
                                ATTACH_INTERFACE,
                                MODIFY_INTERFACE,
                                DETACH_INTERFACE,
                                DELETE_INTERFACE,
                                CREATE_TAGS ->
                                provisions;
                        case ASSOCIATE_TRUNK, DISASSOCIATE_TRUNK, DESCRIBE_ASSOCIATIONS -> false;
                    };
            if (wanted) {
                needed.add(action.wireName());
            }
        }
        return needed;
    }

    /** Returns what EC2 says about each of these actions; each is asked for once. */
    public static SortedMap<String, Verdict> ask(
            AwsSettings settings, Subject subject, SortedSet<String> actions)
            throws InterruptedException {
        SortedMap<String, Verdict> verdicts = new TreeMap<>();
        try (var sdk = new SdkEc2(settings)) {
            for (Ec2Action action : Ec2Action.values()) {
                if (actions.contains(action.wireName())) {
                    verdicts.put(action.wireName(), verdict(sdk, action, subject));
                }
            }
        }
        return verdicts;
    }

    private static Verdict verdict(SdkEc2 sdk, Ec2Action action, Subject subject)
            throws InterruptedException {
        try {
            sdk.rehearse(action, client -> send(client, action, subject));
            return new Verdict.Unknown("EC2 takes no notice of DryRun");
        } catch (Ec2Exception e) {
            String said = String.valueOf(e.getMessage());
            if (said.contains(WOULD)) {
                return new Verdict.Allowed();
            }
            if (hasNoDryRun(action) && e.failure() instanceof Ec2Failure.Gone) {
                return new Verdict.Allowed();
            }
            return e.failure() instanceof Ec2Failure.Denied
                    ? new Verdict.Denied(said)
                    : new Verdict.Unknown(said);
        }
    }

    /**
     * These know no DryRun, and are asked for of an interface that is nobody's: that it is not
     * there EC2 says to those who may ask.
     */
    private static boolean hasNoDryRun(Ec2Action action) {
        return switch (action) {
            case ASSIGN_ADDRESSES,
                    UNASSIGN_ADDRESSES,
                    ASSIGN_IPV6_ADDRESSES,
                    UNASSIGN_IPV6_ADDRESSES ->
                    true;
            case CREATE_INTERFACE,
                    ATTACH_INTERFACE,
                    MODIFY_INTERFACE,
                    DETACH_INTERFACE,
                    DELETE_INTERFACE,
                    CREATE_TAGS,
                    ASSOCIATE_TRUNK,
                    DISASSOCIATE_TRUNK,
                    DESCRIBE_ASSOCIATIONS,
                    DESCRIBE_INTERFACES,
                    DESCRIBE_SUBNETS,
                    DESCRIBE_INSTANCE_TYPES ->
                    false;
        };
    }

    private static Object send(Ec2Client client, Ec2Action action, Subject subject) {
        String network = subject.network().value();
        List<String> groups = subject.groups().stream().map(SecurityGroupId::value).toList();
        return switch (action) {
            case CREATE_INTERFACE ->
                    client.createNetworkInterface(
                            CreateNetworkInterfaceRequest.builder()
                                    .dryRun(true)
                                    .subnetId(subject.subnet().value())
                                    .groups(groups)
                                    .build());
            case ATTACH_INTERFACE ->
                    client.attachNetworkInterface(
                            AttachNetworkInterfaceRequest.builder()
                                    .dryRun(true)
                                    .networkInterfaceId(network)
                                    .instanceId(subject.instance().value())
                                    .deviceIndex(1)
                                    .build());
            case MODIFY_INTERFACE ->
                    client.modifyNetworkInterfaceAttribute(
                            ModifyNetworkInterfaceAttributeRequest.builder()
                                    .dryRun(true)
                                    .networkInterfaceId(network)
                                    .groups(groups)
                                    .build());
            case DETACH_INTERFACE ->
                    client.detachNetworkInterface(
                            DetachNetworkInterfaceRequest.builder()
                                    .dryRun(true)
                                    .attachmentId(ATTACHMENT)
                                    .build());
            case DELETE_INTERFACE ->
                    client.deleteNetworkInterface(
                            DeleteNetworkInterfaceRequest.builder()
                                    .dryRun(true)
                                    .networkInterfaceId(network)
                                    .build());
            case ASSIGN_ADDRESSES ->
                    client.assignPrivateIpAddresses(
                            AssignPrivateIpAddressesRequest.builder()
                                    .networkInterfaceId(NOBODYS)
                                    .secondaryPrivateIpAddressCount(1)
                                    .build());
            case UNASSIGN_ADDRESSES ->
                    client.unassignPrivateIpAddresses(
                            UnassignPrivateIpAddressesRequest.builder()
                                    .networkInterfaceId(NOBODYS)
                                    .privateIpAddresses("192.0.2.1")
                                    .build());
            case ASSIGN_IPV6_ADDRESSES ->
                    client.assignIpv6Addresses(
                            AssignIpv6AddressesRequest.builder()
                                    .networkInterfaceId(NOBODYS)
                                    .ipv6PrefixCount(1)
                                    .build());
            case UNASSIGN_IPV6_ADDRESSES ->
                    client.unassignIpv6Addresses(
                            UnassignIpv6AddressesRequest.builder()
                                    .networkInterfaceId(NOBODYS)
                                    .ipv6Prefixes("2001:db8::/80")
                                    .build());
            case CREATE_TAGS ->
                    client.createTags(
                            CreateTagsRequest.builder()
                                    .dryRun(true)
                                    .resources(network)
                                    .tags(Tag.builder().key("vpc-cni").value("doctor").build())
                                    .build());
            case ASSOCIATE_TRUNK ->
                    client.associateTrunkInterface(
                            AssociateTrunkInterfaceRequest.builder()
                                    .dryRun(true)
                                    .branchInterfaceId(network)
                                    .trunkInterfaceId(NOBODYS)
                                    .vlanId(1)
                                    .build());
            case DISASSOCIATE_TRUNK ->
                    client.disassociateTrunkInterface(
                            DisassociateTrunkInterfaceRequest.builder()
                                    .dryRun(true)
                                    .associationId(ASSOCIATION)
                                    .build());
            case DESCRIBE_ASSOCIATIONS ->
                    client.describeTrunkInterfaceAssociations(
                            DescribeTrunkInterfaceAssociationsRequest.builder()
                                    .dryRun(true)
                                    .build());
            case DESCRIBE_INTERFACES ->
                    client.describeNetworkInterfaces(
                            DescribeNetworkInterfacesRequest.builder()
                                    .dryRun(true)
                                    .networkInterfaceIds(network)
                                    .build());
            case DESCRIBE_SUBNETS ->
                    client.describeSubnets(
                            DescribeSubnetsRequest.builder()
                                    .dryRun(true)
                                    .subnetIds(subject.subnet().value())
                                    .build());
            case DESCRIBE_INSTANCE_TYPES ->
                    client.describeInstanceTypes(
                            DescribeInstanceTypesRequest.builder()
                                    .dryRun(true)
                                    .instanceTypes(InstanceType.fromValue(subject.instanceType()))
                                    .build());
        };
    }
}
