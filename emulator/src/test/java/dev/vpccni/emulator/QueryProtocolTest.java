package dev.vpccni.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vpccni.emulator.state.CallCounts;
import dev.vpccni.emulator.state.CallCounts.Count;
import dev.vpccni.emulator.state.CallCounts.Service;
import dev.vpccni.vpc.api.Ec2Error;
import dev.vpccni.vpc.api.Ec2Request.DescribeNetworkInterfaces;
import dev.vpccni.vpc.fault.Effect;
import dev.vpccni.vpc.fault.Fault;
import dev.vpccni.vpc.fault.FaultTable;
import dev.vpccni.vpc.settings.Latency;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class QueryProtocolTest {

    private static final String VERSION = "&Version=2016-11-15";

    private final SmallCloud cloud = new SmallCloud(Latency.INSTANT);

    QueryProtocolTest() throws IOException {}

    @AfterEach
    void stop() {
        cloud.close();
    }

    @Test
    void aReplyIsXmlInEc2sNamespace() throws Exception {
        var response = cloud.post("Action=DescribeSubnets" + VERSION);

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type"))
                .hasValue("text/xml;charset=UTF-8");
        String id = response.headers().firstValue("x-amzn-requestid").orElseThrow();
        assertThat(response.body())
                .startsWith(
                        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
                                + "<DescribeSubnetsResponse"
                                + " xmlns=\"http://ec2.amazonaws.com/doc/2016-11-15/\">"
                                + "<requestId>"
                                + id
                                + "</requestId><subnetSet><item><subnetId>"
                                + cloud.subnet)
                .contains("<availableIpAddressCount>250</availableIpAddressCount>");
    }

    @Test
    void anErrorIsXmlWithoutNamespace() throws Exception {
        var response =
                cloud.post(
                        "Action=DeleteNetworkInterface&NetworkInterfaceId=eni-0fffffffffffffff1");

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body())
                .contains(
                        "<Response><Errors><Error>"
                                + "<Code>InvalidNetworkInterfaceID.NotFound</Code>"
                                + "<Message>The networkInterface ID 'eni-0fffffffffffffff1' does"
                                + " not exist</Message></Error></Errors><RequestID>");
    }

    @ParameterizedTest
    @CsvSource({
        "Action=NoSuchAction, InvalidAction",
        "Action=DescribeSubnets&Version=2011-06-15, NoSuchVersion",
        "Action=DescribeSubnets&Filter.1.Name=no-such&Filter.1.Value.1=x, InvalidParameterValue",
        "Action=DescribeSubnets&MaxResults=4, InvalidParameterValue",
        "Action=DescribeSubnets&MaxResults=0, InvalidParameterValue",
        "Action=DescribeSubnets&MaxResults=many, InvalidParameterValue",
        "Action=DescribeSubnets&MaxResults=5&NextToken=made-up, InvalidNextToken",
        "Action=DescribeNetworkInterfaces&NetworkInterfaceId.1=x,"
                + " InvalidNetworkInterfaceId.Malformed",
        "Action=DescribeInstances&InstanceId.1=node1, InvalidInstanceID.Malformed",
        "Action=DetachNetworkInterface&AttachmentId=x,"
                + " InvalidNetworkInterfaceAttachmentId.Malformed",
        "Action=DetachNetworkInterface, MissingParameter",
        "Action=CreateNetworkInterface, MissingParameter",
        "Action=CreateNetworkInterface&SubnetId=s&SecondaryPrivateIpAddressCount=1"
                + "&Ipv4PrefixCount=1, InvalidParameterCombination",
        "Action=CreateNetworkInterface&SubnetId=s&Ipv6PrefixCount=1&Ipv6AddressCount=1,"
                + " InvalidParameterCombination",
        "Action=CreateNetworkInterface&SubnetId=s&Ipv4Prefix.1.Ipv4Prefix=10.42.1.5/28,"
                + " InvalidParameterValue",
        "Action=CreateNetworkInterface&SubnetId=s&InterfaceType=efa-only, UnsupportedOperation",
        "Action=CreateNetworkInterface&SubnetId=s&EnablePrimaryIpv6=true, UnsupportedOperation",
        "Action=CreateNetworkInterface&SubnetId=s"
                + "&ConnectionTrackingSpecification.UdpTimeout=30, UnsupportedOperation",
        "Action=RunInstances&UserData=x, UnsupportedOperation",
        "Action=RunInstances&ImageId=a&MinCount=0&MaxCount=1, InvalidParameterValue",
        "Action=RunInstances&ImageId=a&MinCount=1&MaxCount=1&InstanceType=z9.nano,"
                + " InvalidParameterValue",
        "Action=RunInstances&ImageId=a&MetadataOptions.HttpTokens=optional, UnsupportedOperation",
        "Action=CreateSubnet&VpcId=v&CidrBlock=10.0.0.0, InvalidParameterValue",
        "Action=CreateSubnet&VpcId=v&Ipv6Native=true, UnsupportedOperation",
        "Action=CreateSubnet&VpcId=v, MissingParameter",
        "Action=CreateVpc&CidrBlock=10.0.0.0/8, InvalidVpc.Range",
        "Action=CreateVpc&Ipv4IpamPoolId=p, UnsupportedOperation",
        "Action=CreateSubnetCidrReservation&SubnetId=s&Cidr=10.0.0.0/24&ReservationType=x,"
                + " InvalidParameterValue",
        "Action=CreateSubnetCidrReservation&SubnetId=s&Cidr=fd00::/80&ReservationType=prefix,"
                + " UnsupportedOperation",
        "Action=UnassignIpv6Addresses&NetworkInterfaceId=eni-0fffffffffffffff1"
                + "&Ipv6Prefix.1=10.42.1.16/28, InvalidParameterValue",
        "Action=UnassignPrivateIpAddresses&NetworkInterfaceId=eni-0fffffffffffffff1"
                + "&Ipv4Prefix.1=10.42.1.16, InvalidParameterValue",
        "Action=DescribeAvailabilityZones&ZoneName.1=us-west-2z, InvalidParameterValue",
        "Action=DeleteTags&Tag.1.Key=a, MissingParameter",
        "Action=TerminateInstances, MissingParameter",
        "Action=AssignPrivateIpAddresses&NetworkInterfaceId=eni-0fffffffffffffff1"
                + "&PrivateIpAddress.1=10.0.0.300, InvalidParameterValue",
        "Action=%zz, MalformedQueryString",
    })
    void whatCannotBeIsRefused(String form, String code) throws Exception {
        var response = cloud.post(form);

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).contains("<Code>" + code + "</Code>");
    }

    @Test
    void aGetIsAsGoodAsAPost() throws Exception {
        String query = "?Version=2016-11-15&Action=DescribeSubnets";
        var response = cloud.get(URI.create(cloud.emulator.endpoint() + "/" + query));

        assertThat(response.body()).contains("<subnetId>" + cloud.subnet + "</subnetId>");
    }

    @Test
    void listsMayHaveGapsAndTagsAnyCharacter() throws Exception {
        String eni = cloud.emulator.cloud().ports(cloud.emulator.now()).firstKey().value();

        var response =
                cloud.post(
                        "Tag.7.Value=1+%2B+1+%3C+3%26&Tag.7.Key=sum&Tag.3.Key=empty&ResourceId.4="
                                + eni
                                + "&Action=CreateTags"
                                + VERSION);

        assertThat(response.body()).contains("<return>true</return>");
        var tags =
                cloud.emulator
                        .apply(DescribeNetworkInterfaces.where())
                        .reply()
                        .enis()
                        .getFirst()
                        .tags();
        assertThat(tags).hasSize(2).containsEntry("sum", "1 + 1 < 3&").containsEntry("empty", "");
        assertThat(cloud.post("Action=DescribeNetworkInterfaces" + VERSION).body())
                .contains("<key>sum</key><value>1 + 1 &lt; 3&amp;</value>");
    }

    @Test
    void aDryRunChangesNothing() throws Exception {
        var response = cloud.post(create() + "&DryRun=true");

        assertThat(response.statusCode()).isEqualTo(412);
        assertThat(response.body()).contains("<Code>DryRunOperation</Code>");
        assertThat(interfaces()).isEqualTo(1);
    }

    @Test
    void callsAreCountedByInstanceAndAction() throws Exception {
        cloud.post("Action=DescribeSubnets" + VERSION);
        cloud.post("Action=DescribeSubnets" + VERSION);
        cloud.post("Action=NoSuchAction" + VERSION);
        cloud.get(URI.create(cloud.emulator.endpoint() + "/?Action=DescribeSubnets"));

        CallCounts calls = cloud.emulator.calls();
        SortedMap<String, Long> none = new TreeMap<>();
        assertThat(calls.of(Service.EC2).get(cloud.instance.value()))
                .containsEntry("DescribeSubnets", new Count(2, none))
                .containsEntry("NoSuchAction", new Count(1, failed("InvalidAction")));
        assertThat(calls.of(Service.EC2)).containsKey("anonymous");
        assertThat(calls.total(Service.EC2)).containsEntry("DescribeSubnets", new Count(3, none));
    }

    @Test
    void requestsBeyondTheLimitAreThrottled() throws Exception {
        cloud.emulator.throttling(true);
        int throttled = 0;
        for (int i = 0; i < 120; i++) {
            var response = cloud.post("Action=DetachNetworkInterface" + VERSION);
            throttled += response.statusCode() == 503 ? 1 : 0;
        }

        assertThat(throttled).isBetween(40, 70);
        assertThat(cloud.post("Action=DescribeSubnets" + VERSION).statusCode()).isEqualTo(200);
    }

    @Test
    void aLostAnswerIsCarriedOutAndALostRequestIsNot() throws Exception {
        cloud.emulator.faults(
                FaultTable.of(
                        Fault.next("CreateNetworkInterface", 1, new Effect.LoseRequest()),
                        Fault.next("CreateNetworkInterface", 1, new Effect.LoseAnswer())));

        assertThatThrownBy(() -> cloud.post(create())).isInstanceOf(IOException.class);
        assertThat(interfaces()).isEqualTo(1);
        assertThatThrownBy(() -> cloud.post(create())).isInstanceOf(IOException.class);
        assertThat(interfaces()).isEqualTo(2);
        assertThat(cloud.post(create()).statusCode()).isEqualTo(200);
        assertThat(interfaces()).isEqualTo(2);
    }

    @Test
    void anInjectedErrorChangesNothing() throws Exception {
        var denied = Ec2Error.denied("arn:aws:sts::1:assumed-role/r", "CreateNetworkInterface");
        cloud.emulator.faults(
                FaultTable.of(Fault.next("CreateNetworkInterface", 1, new Effect.Fail(denied))));

        var response = cloud.post(create());

        assertThat(response.statusCode()).isEqualTo(403);
        assertThat(response.body()).contains("<Code>UnauthorizedOperation</Code>");
        assertThat(interfaces()).isEqualTo(1);
    }

    @Test
    void callsTakeAsLongAsTheProfileSays() throws Exception {
        cloud.emulator.latency(Latency.scenario(Duration.ofMillis(150), Duration.ZERO));
        long before = System.nanoTime();

        cloud.post("Action=DescribeSubnets" + VERSION);

        assertThat(Duration.ofNanos(System.nanoTime() - before))
                .isGreaterThanOrEqualTo(Duration.ofMillis(150));
    }

    private static SortedMap<String, Long> failed(String code) {
        return new TreeMap<>(Map.of(code, 1L));
    }

    private String create() {
        return "Action=CreateNetworkInterface&ClientToken=once&SubnetId=" + cloud.subnet + VERSION;
    }

    private int interfaces() {
        return cloud.emulator.apply(DescribeNetworkInterfaces.where()).reply().enis().size();
    }
}
