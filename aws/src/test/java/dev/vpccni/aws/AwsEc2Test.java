package dev.vpccni.aws;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.model.BlockKind;
import dev.vpccni.model.Cidr;
import dev.vpccni.model.InstanceType;
import dev.vpccni.model.IpFamily;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.MacAddress;
import dev.vpccni.model.SecurityGroupId;
import dev.vpccni.model.SubnetId;
import dev.vpccni.model.VpcId;
import dev.vpccni.node.port.Ec2Failure;
import dev.vpccni.node.port.ObservedInterface;
import dev.vpccni.node.port.ObservedSubnet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The wire form of each request, and what is read of its answer. */
final class AwsEc2Test extends PreparedAnswers {

    private static final String SUBNET =
            "<item><subnetId>subnet-1</subnetId><cidrBlock>10.0.0.0/24</cidrBlock>"
                    + "<availableIpAddressCount>7</availableIpAddressCount></item>";

    @Test
    void createsWithTokenTagsAndAddresses() throws Exception {
        server.thenAnswer(
                "CreateNetworkInterface", "<networkInterface>" + DESCRIBED + "</networkInterface>");
        assertThat(ec2.createInterface(wanted(3)).id()).isEqualTo(ENI);

        assertThat(onlyForm())
                .containsEntry("Action", "CreateNetworkInterface")
                .containsEntry("ClientToken", "token-1")
                .containsEntry("SubnetId", "subnet-1")
                .containsEntry("SecurityGroupId.1", "sg-1")
                .containsEntry("SecurityGroupId.2", "sg-2")
                .containsEntry("Description", "aws-K8S-i-0a")
                .containsEntry("SecondaryPrivateIpAddressCount", "3")
                .containsEntry("TagSpecification.1.ResourceType", "network-interface")
                .containsEntry("TagSpecification.1.Tag.1.Key", "a")
                .containsEntry("TagSpecification.1.Tag.1.Value", "1")
                .containsEntry("TagSpecification.1.Tag.2.Key", "b");
        assertThat(server.heard().getFirst().headers().get("User-Agent"))
                .contains("aws-sdk-java/")
                .endsWith("amazon-vpc-cni-k8s/v1.2.3");
        assertThat(server.heard().getFirst().headers().get("Authorization"))
                .contains("Credential=AKIATEST/")
                .contains("/us-west-2/ec2/aws4_request");
        assertThat(calls).containsExactly("CreateNetworkInterface ");
    }

    @Test
    void leavesOutTheCountOfNoAddresses() throws Exception {
        server.thenAnswer(
                "CreateNetworkInterface", "<networkInterface>" + DESCRIBED + "</networkInterface>");
        ec2.createInterface(wanted(0));
        assertThat(onlyForm()).doesNotContainKey("SecondaryPrivateIpAddressCount");
    }

    @Test
    void attachesModifiesDetachesAndDeletes() throws Exception {
        server.thenAnswer("AttachNetworkInterface", "<attachmentId>eni-attach-0a</attachmentId>")
                .thenAnswer("ModifyNetworkInterfaceAttribute", "<return>true</return>")
                .thenAnswer("ModifyNetworkInterfaceAttribute", "<return>true</return>")
                .thenAnswer("DetachNetworkInterface", "<return>true</return>")
                .thenAnswer("DeleteNetworkInterface", "<return>true</return>");

        assertThat(ec2.attach(ENI, INSTANCE, 0, 2)).isEqualTo(ATTACHMENT);
        ec2.deleteOnTermination(ENI, ATTACHMENT);
        ec2.setSecurityGroups(
                ENI, List.of(new SecurityGroupId("sg-1"), new SecurityGroupId("sg-2")));
        ec2.detach(ATTACHMENT);
        ec2.delete(ENI);

        assertThat(form(0))
                .containsEntry("DeviceIndex", "2")
                .containsEntry("InstanceId", "i-0a")
                .containsEntry("NetworkCardIndex", "0")
                .containsEntry("NetworkInterfaceId", ENI.value());
        assertThat(form(1))
                .containsEntry("NetworkInterfaceId", ENI.value())
                .containsEntry("Attachment.AttachmentId", "eni-attach-0a")
                .containsEntry("Attachment.DeleteOnTermination", "true");
        assertThat(form(2))
                .containsEntry("NetworkInterfaceId", ENI.value())
                .containsEntry("SecurityGroupId.1", "sg-1")
                .containsEntry("SecurityGroupId.2", "sg-2");
        assertThat(form(3)).containsEntry("AttachmentId", "eni-attach-0a");
        assertThat(form(4)).containsEntry("NetworkInterfaceId", ENI.value());
    }

    @Test
    void assignsAndUnassigns() throws Exception {
        server.thenAnswer(
                        "AssignPrivateIpAddresses",
                        """
                        <networkInterfaceId>x</networkInterfaceId><assignedPrivateIpAddressesSet>
                        <item><privateIpAddress>10.0.0.12</privateIpAddress></item>
                        <item><privateIpAddress>10.0.0.7</privateIpAddress></item>
                        </assignedPrivateIpAddressesSet><return>true</return>
                        """)
                .thenAnswer("UnassignPrivateIpAddresses", "<return>true</return>");
        Cidr seven = Cidr.parse("10.0.0.7/32");

        assertThat(ec2.assign(ENI, IpFamily.IPV4, BlockKind.ADDRESS, 2))
                .containsExactly(Cidr.parse("10.0.0.12/32"), seven);
        ec2.unassign(ENI, List.of(seven));

        assertThat(form(0))
                .containsEntry("SecondaryPrivateIpAddressCount", "2")
                .doesNotContainKey("Ipv4PrefixCount");
        assertThat(form(1))
                .containsEntry("PrivateIpAddress.1", "10.0.0.7")
                .doesNotContainKey("Ipv4Prefix.1");
        assertThat(calls)
                .containsExactly("AssignPrivateIpAddresses ", "UnassignPrivateIpAddresses ");
    }

    @Test
    void attachesToAnotherCard() throws Exception {
        server.thenAnswer("AttachNetworkInterface", "<attachmentId>eni-attach-0a</attachmentId>");

        ec2.attach(ENI, INSTANCE, 3, 1);

        assertThat(onlyForm())
                .containsEntry("NetworkCardIndex", "3")
                .containsEntry("DeviceIndex", "1");
    }

    @Test
    void describesOneSubnet() throws Exception {
        server.thenAnswer("DescribeSubnets", "<subnetSet>" + SUBNET + "</subnetSet>")
                .thenError(
                        400, "InvalidSubnetID.NotFound", "The subnet ID 'subnet-9' does not exist")
                .thenAnswer("DescribeSubnets", "<subnetSet/>");

        assertThat(ec2.subnet(new SubnetId("subnet-1")).id()).isEqualTo(new SubnetId("subnet-1"));
        assertThat(failure(() -> ec2.subnet(new SubnetId("subnet-9"))).failure())
                .isEqualTo(new Ec2Failure.Gone(null));
        assertThat(failure(() -> ec2.subnet(new SubnetId("subnet-9"))).failure())
                .as("an answer with nothing in it is none")
                .isEqualTo(new Ec2Failure.Unavailable());

        assertThat(form(0)).containsEntry("SubnetId.1", "subnet-1");
    }

    @Test
    void describesEverythingOfAnInterface() throws Exception {
        server.thenAnswer(
                "DescribeNetworkInterfaces",
                "<networkInterfaceSet><item>" + DESCRIBED + "</item></networkInterfaceSet>");
        assertThat(ec2.describe(List.of(ENI)))
                .containsExactly(
                        new ObservedInterface(
                                ENI,
                                "in-use",
                                "interface",
                                "d",
                                MacAddress.parse("02:00:00:00:00:01"),
                                new SubnetId("subnet-1"),
                                Ipv4Address.parse("10.0.0.9"),
                                List.of(
                                        Ipv4Address.parse("10.0.0.11"),
                                        Ipv4Address.parse("10.0.0.10")),
                                List.of(),
                                List.of(),
                                List.of(new SecurityGroupId("sg-2"), new SecurityGroupId("sg-1")),
                                new TreeMap<>(Map.of("a", "", "b", "2")),
                                new ObservedInterface.Attachment(
                                        ATTACHMENT, "attached", 0, 1, true)));
        assertThat(onlyForm())
                .containsEntry("NetworkInterfaceId.1", ENI.value())
                .doesNotContainKey("MaxResults");
        assertThat(ec2.describe(List.of())).isEmpty();
        assertThat(server.heard()).hasSize(1);
    }

    @Test
    void describesPageByPage() throws Exception {
        String page = "<networkInterfaceSet><item>" + DESCRIBED + "</item></networkInterfaceSet>";
        server.thenAnswer(
                        "DescribeNetworkInterfaces",
                        "<networkInterfaceSet/><nextToken>more</nextToken>")
                .thenAnswer("DescribeNetworkInterfaces", page);
        assertThat(ec2.describeAttached(INSTANCE)).hasSize(1);
        assertThat(form(0))
                .containsEntry("Filter.1.Name", "attachment.instance-id")
                .containsEntry("Filter.1.Value.1", "i-0a")
                .containsEntry("MaxResults", "1000");
        assertThat(form(1)).containsEntry("NextToken", "more");
    }

    @Test
    void describesByDescription() throws Exception {
        server.thenAnswer("DescribeNetworkInterfaces", "<networkInterfaceSet/>");
        assertThat(ec2.describeByDescription(new VpcId("vpc-1"), "aws-K8S-i-0a")).isEmpty();
        assertThat(onlyForm())
                .containsEntry("Filter.1.Name", "vpc-id")
                .containsEntry("Filter.1.Value.1", "vpc-1")
                .containsEntry("Filter.2.Name", "description")
                .containsEntry("Filter.2.Value.1", "aws-K8S-i-0a");
    }

    @Test
    void describesWhatHangsOnNothing() throws Exception {
        server.thenAnswer("DescribeNetworkInterfaces", "<networkInterfaceSet/>");
        var tags = new TreeMap<>(Map.of("cluster", "blue"));
        assertThat(ec2.describeAvailable(new VpcId("vpc-1"), "instance", tags)).isEmpty();
        assertThat(onlyForm())
                .containsEntry("Filter.1.Name", "vpc-id")
                .containsEntry("Filter.2.Name", "status")
                .containsEntry("Filter.2.Value.1", "available")
                .containsEntry("Filter.3.Name", "tag-key")
                .containsEntry("Filter.3.Value.1", "instance")
                .containsEntry("Filter.4.Name", "tag:cluster")
                .containsEntry("Filter.4.Value.1", "blue");
    }

    @Test
    void asksWhatAnInstanceTypeIs() throws Exception {
        server.thenAnswer(
                        "DescribeInstanceTypes",
                        """
                        <instanceTypeSet><item><instanceType>m99.large</instanceType>
                        <hypervisor>nitro</hypervisor><bareMetal>false</bareMetal>
                        <networkInfo><maximumNetworkInterfaces>4</maximumNetworkInterfaces>
                        <ipv4AddressesPerInterface>15</ipv4AddressesPerInterface>
                        <networkCards><item><networkCardIndex>0</networkCardIndex>
                        <maximumNetworkInterfaces>3</maximumNetworkInterfaces></item>
                        <item><networkCardIndex>1</networkCardIndex>
                        <maximumNetworkInterfaces>1</maximumNetworkInterfaces></item></networkCards>
                        </networkInfo></item></instanceTypeSet>
                        """)
                .thenAnswer("DescribeInstanceTypes", "<instanceTypeSet/>");
        assertThat(ec2.instanceType("m99.large"))
                .isEqualTo(new InstanceType("m99.large", "nitro", false, List.of(3, 1), 15));
        assertThat(form(0)).containsEntry("InstanceType.1", "m99.large");
        assertThat(failure(() -> ec2.instanceType("m99.large")).failure())
                .isEqualTo(new Ec2Failure.Unavailable());
    }

    @Test
    void tagsAndListsSubnets() throws Exception {
        server.thenAnswer("CreateTags", "<return>true</return>")
                .thenAnswer(
                        "DescribeSubnets",
                        """
                        <subnetSet><item><subnetId>subnet-1</subnetId><cidrBlock>10.0.0.0/24</cidrBlock>
                        <availableIpAddressCount>7</availableIpAddressCount>
                        <tagSet><item><key>k</key><value>v</value></item></tagSet></item></subnetSet>
                        """);
        ec2.tag(ENI, new TreeMap<>(Map.of("k", "v")));
        assertThat(ec2.subnets(new VpcId("vpc-1"), "us-west-2a"))
                .containsExactly(
                        new ObservedSubnet(
                                new SubnetId("subnet-1"),
                                List.of(Cidr.parse("10.0.0.0/24")),
                                7,
                                new TreeMap<>(Map.of("k", "v"))));
        assertThat(form(0))
                .containsEntry("ResourceId.1", ENI.value())
                .containsEntry("Tag.1.Key", "k")
                .containsEntry("Tag.1.Value", "v");
        assertThat(form(1))
                .containsEntry("Filter.1.Name", "vpc-id")
                .containsEntry("Filter.2.Name", "availability-zone")
                .containsEntry("Filter.2.Value.1", "us-west-2a");
    }
}
