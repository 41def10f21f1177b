package dev.vpccni.aws;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.emulator.state.CallCounts.Service;
import dev.vpccni.vpc.settings.Latency;
import dev.vpccni.vpc.settings.Spread;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.ec2.model.CreateNetworkInterfaceResponse;
import software.amazon.awssdk.services.ec2.model.Ec2Exception;
import software.amazon.awssdk.services.ec2.model.Filter;
import software.amazon.awssdk.services.ec2.model.NetworkInfo;
import software.amazon.awssdk.services.ec2.model.NetworkInterface;
import software.amazon.awssdk.services.ec2.model.NetworkInterfaceAttachment;
import software.amazon.awssdk.services.ec2.model.NetworkInterfacePrivateIpAddress;
import software.amazon.awssdk.services.ec2.model.ResourceType;
import software.amazon.awssdk.services.ec2.model.Tag;
import software.amazon.awssdk.services.ec2.model.TagSpecification;

/** The emulator as a program sees it that knows only AWS: through the plain SDK. */
class EmulatorWireTest extends PlainSdk {

    @Test
    void everythingAboutANewInterfaceIsRead() {
        var tags =
                TagSpecification.builder()
                        .resourceType(ResourceType.NETWORK_INTERFACE)
                        .tags(tag("a", "1"), tag("b", ""))
                        .build();
        CreateNetworkInterfaceResponse made =
                ec2.createNetworkInterface(request ->
                        request.subnetId(instance.subnetId())
                                .description("aws-K8S-" + instance.instanceId())
                                .groups(groupIds())
                                .secondaryPrivateIpAddressCount(2)
                                .tagSpecifications(tags));

        NetworkInterface eni = made.networkInterface();
        assertThat(eni.statusAsString()).isEqualTo("pending");
        assertThat(made.clientToken()).isNotEmpty();
        assertThat(eni.vpcId()).isEqualTo(instance.vpcId());
        assertThat(eni.subnetId()).isEqualTo(instance.subnetId());
        assertThat(eni.availabilityZone()).isEqualTo("us-west-2a");
        assertThat(eni.availabilityZoneId()).isEqualTo("usw2-az1");
        assertThat(eni.description()).isEqualTo("aws-K8S-" + instance.instanceId());
        assertThat(eni.macAddress()).matches("0[26ae](:[0-9a-f]{2}){5}");
        assertThat(eni.sourceDestCheck()).isTrue();
        assertThat(eni.groups().getFirst().groupName()).isEqualTo("default");
        assertThat(eni.tagSet()).containsExactlyInAnyOrder(tag("a", "1"), tag("b", ""));
        assertThat(eni.interfaceTypeAsString()).isEqualTo("interface");
        assertThat(eni.attachment()).isNull();
        assertThat(eni.privateIpAddresses()).hasSize(3);
        assertThat(eni.privateIpAddresses().getFirst().primary()).isTrue();
        assertThat(eni.privateIpAddresses().getFirst().privateIpAddress())
                .isEqualTo(eni.privateIpAddress());
        assertThat(eni.privateDnsName())
                .isEqualTo(
                        "ip-"
                                + eni.privateIpAddress().replace('.', '-')
                                + ".us-west-2.compute.internal");
    }

    @Test
    void anInstanceIsDescribedWithItsInterfaces() {
        assertThat(instance.instanceTypeAsString()).isEqualTo("t3.medium");
        assertThat(instance.state().nameAsString()).isEqualTo("running");
        assertThat(instance.state().code()).isEqualTo(16);
        assertThat(instance.placement().availabilityZone()).isEqualTo("us-west-2a");
        assertThat(instance.tags()).containsExactly(tag("Name", "node1"));
        assertThat(instance.networkInterfaces()).hasSize(1);
        var primary = instance.networkInterfaces().getFirst();
        assertThat(primary.attachment().deviceIndex()).isZero();
        assertThat(primary.attachment().networkCardIndex()).isZero();
        assertThat(primary.attachment().deleteOnTermination()).isTrue();
        assertThat(primary.privateIpAddress()).isEqualTo(instance.privateIpAddress());
    }

    @Test
    void anAttachmentLivesAndDies() {
        String eni = create(0);
        String attachment = attach(eni, 1);
        NetworkInterfaceAttachment shown = describe(eni).attachment();
        assertThat(shown.attachmentId()).isEqualTo(attachment);
        assertThat(shown.instanceId()).isEqualTo(instance.instanceId());
        assertThat(shown.statusAsString()).isEqualTo("attached");
        assertThat(shown.deleteOnTermination()).isFalse();
        assertThat(shown.attachTime()).isBefore(emulator.now().plusSeconds(1));

        assertThat(codeOf(() -> attach(create(0), 1))).isEqualTo("InvalidParameterValue");
        assertThat(codeOf(() -> deleteOnTermination(eni, "eni-attach-0fffffffffffffff1")))
                .isEqualTo("InvalidAttachmentID.NotFound");
        deleteOnTermination(eni, attachment);
        assertThat(describe(eni).attachment().deleteOnTermination()).isTrue();

        emulator.latency(detachWithin(Duration.ofDays(1)));
        ec2.detachNetworkInterface(request -> request.attachmentId(attachment));
        assertThat(describe(eni).attachment().statusAsString()).isEqualTo("detaching");
        Ec2Exception inUse = failure(() -> delete(eni));
        assertThat(inUse.awsErrorDetails().errorCode()).isEqualTo("InvalidParameterValue");
        assertThat(inUse.awsErrorDetails().errorMessage()).endsWith("is currently in use.");
    }

    /** However long this test takes, it is still under way. */
    private static Latency detachWithin(Duration time) {
        Latency usual = Latency.INSTANT;
        return new Latency(
                usual.calls(),
                usual.otherCalls(),
                usual.device(),
                usual.metadataInterface(),
                usual.metadataAddresses(),
                usual.metadataUpdate(),
                Spread.always(time),
                usual.detachedShown(),
                usual.describe());
    }

    @Test
    void limitsOfATypeAreEnforced() {
        attach(create(0), 1);
        attach(create(0), 2);
        Ec2Exception tooMany = failure(() -> attach(create(0), 3));
        assertThat(tooMany.awsErrorDetails().errorCode()).isEqualTo("AttachmentLimitExceeded");
        assertThat(tooMany.awsErrorDetails().errorMessage())
                .isEqualTo("Interface count 4 exceeds the limit for t3.medium");
    }

    @Test
    void assignedAddressesComeAndGo() {
        String eni = create(1);
        int before = availableAddresses();

        var assigned =
                ec2.assignPrivateIpAddresses(request ->
                        request.networkInterfaceId(eni).secondaryPrivateIpAddressCount(3));

        List<String> added =
                assigned.assignedPrivateIpAddresses().stream()
                        .map(address -> address.privateIpAddress())
                        .toList();
        assertThat(added).hasSize(3);
        assertThat(addresses(eni)).hasSize(5).containsAll(added);
        assertThat(availableAddresses()).isEqualTo(before - 3);
        ec2.unassignPrivateIpAddresses(
                request -> request.networkInterfaceId(eni).privateIpAddresses(added));
        assertThat(addresses(eni)).hasSize(2).doesNotContainAnyElementsOf(added);
        assertThat(availableAddresses()).isEqualTo(before);
    }

    @Test
    void anUnknownInterfaceIsNamedInTheMessage() {
        Ec2Exception error =
                failure(() ->
                        ec2.describeNetworkInterfaces(request ->
                                request.networkInterfaceIds(create(0), "eni-0fffffffffffffff1")));

        assertThat(error.statusCode()).isEqualTo(400);
        assertThat(error.awsErrorDetails().errorCode())
                .isEqualTo("InvalidNetworkInterfaceID.NotFound");
        assertThat(error.awsErrorDetails().errorMessage()).contains("'eni-0fffffffffffffff1'");
        assertThat(error.requestId()).isNotEmpty();
    }

    @Test
    void paginatorsReachTheEnd() {
        var all = new ArrayList<String>();
        for (int i = 0; i < 12; i++) {
            all.add(create(0));
        }
        all.add(instance.networkInterfaces().getFirst().networkInterfaceId());

        List<String> listed =
                ec2
                        .describeNetworkInterfacesPaginator(request -> request.maxResults(5))
                        .networkInterfaces()
                        .stream()
                        .map(NetworkInterface::networkInterfaceId)
                        .toList();

        assertThat(listed).containsExactlyInAnyOrderElementsOf(all);
        assertThat(calls("DescribeNetworkInterfaces")).isEqualTo(3);
    }

    @Test
    void theSweepForLeakedInterfacesFindsJustThose() {
        String leaked = create(0);
        create(0);
        String attached = create(0);
        attach(attached, 1);
        ec2.createTags(request ->
                request.resources(leaked, attached)
                        .tags(tag("node.k8s.amazonaws.com/instance_id", "i-1")));

        var found =
                ec2.describeNetworkInterfaces(request ->
                        request.maxResults(1000)
                                .filters(
                                        filter("tag-key", "node.k8s.amazonaws.com/instance_id"),
                                        filter("status", "available"),
                                        filter("vpc-id", instance.vpcId())));

        assertThat(found.networkInterfaces())
                .extracting(NetworkInterface::networkInterfaceId)
                .containsExactly(leaked);
        assertThat(found.nextToken()).isNull();
    }

    @Test
    void subnetsAndVpcsAreDescribed() {
        var subnets =
                ec2.describeSubnets(request ->
                                request.filters(
                                        filter("vpc-id", instance.vpcId()),
                                        filter("availability-zone", "us-west-2b")))
                        .subnets();
        assertThat(subnets).hasSize(1);
        assertThat(subnets.getFirst().cidrBlock()).isEqualTo("192.168.32.0/19");
        assertThat(subnets.getFirst().availableIpAddressCount()).isEqualTo(8_187);
        assertThat(ec2.describeVpcs().vpcs().getFirst().cidrBlock()).isEqualTo("192.168.0.0/16");
    }

    @Test
    void instanceTypesSumTheirCards() {
        NetworkInfo two = networkInfo("c6in.32xlarge");
        assertThat(two.maximumNetworkInterfaces()).isEqualTo(16);
        assertThat(two.networkCards())
                .extracting(card -> card.maximumNetworkInterfaces())
                .containsExactly(8, 8);
        assertThat(networkInfo("p5.48xlarge").maximumNetworkInterfaces()).isEqualTo(64);
        NetworkInfo large = networkInfo("m5.large");
        assertThat(large.maximumNetworkInterfaces()).isEqualTo(3);
        assertThat(large.ipv4AddressesPerInterface()).isEqualTo(10);
        var metal =
                ec2.describeInstanceTypes(request -> request.instanceTypesWithStrings("c7g.metal"))
                        .instanceTypes()
                        .getFirst();
        assertThat(metal.bareMetal()).isTrue();
        assertThat(metal.hypervisorAsString()).isNull();
        long all =
                ec2
                        .describeInstanceTypesPaginator(request -> request.maxResults(100))
                        .instanceTypes()
                        .stream()
                        .count();
        assertThat(all).isEqualTo(1_391);
    }

    private String create(int secondaries) {
        return ec2.createNetworkInterface(request(secondaries))
                .networkInterface()
                .networkInterfaceId();
    }

    private String attach(String eni, int device) {
        return ec2.attachNetworkInterface(request ->
                        request.networkInterfaceId(eni)
                                .instanceId(instance.instanceId())
                                .deviceIndex(device)
                                .networkCardIndex(0))
                .attachmentId();
    }

    private void deleteOnTermination(String eni, String attachment) {
        ec2.modifyNetworkInterfaceAttribute(request ->
                request.networkInterfaceId(eni)
                        .attachment(it -> it.attachmentId(attachment).deleteOnTermination(true)));
    }

    private void delete(String eni) {
        ec2.deleteNetworkInterface(request -> request.networkInterfaceId(eni));
    }

    private NetworkInterface describe(String eni) {
        return ec2.describeNetworkInterfaces(request -> request.networkInterfaceIds(eni))
                .networkInterfaces()
                .getFirst();
    }

    private List<String> addresses(String eni) {
        return describe(eni).privateIpAddresses().stream()
                .map(NetworkInterfacePrivateIpAddress::privateIpAddress)
                .toList();
    }

    private int availableAddresses() {
        return ec2.describeSubnets(request -> request.subnetIds(instance.subnetId()))
                .subnets()
                .getFirst()
                .availableIpAddressCount();
    }

    private long calls(String action) {
        return Objects.requireNonNull(emulator.calls().total(Service.EC2).get(action)).calls();
    }

    private NetworkInfo networkInfo(String type) {
        return ec2.describeInstanceTypes(request -> request.instanceTypesWithStrings(type))
                .instanceTypes()
                .getFirst()
                .networkInfo();
    }

    private List<String> groupIds() {
        return instance.securityGroups().stream().map(group -> group.groupId()).toList();
    }

    private static Filter filter(String name, String value) {
        return Filter.builder().name(name).values(value).build();
    }

    private static Tag tag(String key, String value) {
        return Tag.builder().key(key).value(value).build();
    }
}
