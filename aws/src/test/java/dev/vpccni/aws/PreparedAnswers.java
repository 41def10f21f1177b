package dev.vpccni.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.vpccni.model.AttachmentId;
import dev.vpccni.model.BlockKind;
import dev.vpccni.model.InstanceId;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.IpFamily;
import dev.vpccni.model.SecurityGroupId;
import dev.vpccni.model.SubnetId;
import dev.vpccni.node.port.Ec2.NewInterface;
import dev.vpccni.node.port.Ec2Exception;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A client of EC2 whose server gives the answers that a test has prepared. */
abstract class PreparedAnswers {

    static final InterfaceId ENI = new InterfaceId("eni-0123456789abcdef0");
    static final InterfaceId OTHER = new InterfaceId("eni-0fedcba9876543210");
    static final AttachmentId ATTACHMENT = new AttachmentId("eni-attach-0a");
    static final InstanceId INSTANCE = new InstanceId("i-0a");
    static final Map<String, String> KEYS =
            Map.of("AWS_ACCESS_KEY_ID", "AKIATEST", "AWS_SECRET_ACCESS_KEY", "secret");

    static final String DESCRIBED =
            """
            <networkInterfaceId>eni-0123456789abcdef0</networkInterfaceId><subnetId>subnet-1</subnetId>
            <description>d</description><status>in-use</status><macAddress>02:00:00:00:00:01</macAddress>
            <privateIpAddress>10.0.0.9</privateIpAddress><interfaceType>interface</interfaceType>
            <attachment><attachmentId>eni-attach-0a</attachmentId><instanceId>i-0a</instanceId>
            <deviceIndex>1</deviceIndex><networkCardIndex>0</networkCardIndex><status>attached</status>
            <deleteOnTermination>true</deleteOnTermination></attachment>
            <groupSet><item><groupId>sg-2</groupId></item><item><groupId>sg-1</groupId></item></groupSet>
            <tagSet><item><key>b</key><value>2</value></item><item><key>a</key><value/></item></tagSet>
            <privateIpAddressesSet><item><privateIpAddress>10.0.0.9</privateIpAddress><primary>true</primary></item>
            <item><privateIpAddress>10.0.0.11</privateIpAddress><primary>false</primary></item>
            <item><privateIpAddress>10.0.0.10</privateIpAddress><primary>false</primary></item></privateIpAddressesSet>
            """;

    final SkippingTempo tempo = new SkippingTempo();
    final List<String> calls = new ArrayList<>();
    ScriptedServer server;
    AwsEc2 ec2;

    @BeforeEach
    void start() throws IOException {
        server = new ScriptedServer();
        ec2 = ec2(KEYS);
    }

    @AfterEach
    void stop() {
        ec2.close();
        server.close();
    }

    AwsEc2 ec2(Map<String, String> environment) {
        var settings =
                AwsSettings.from(
                        with(environment, "AWS_ENDPOINT_URL_EC2", server.uri().toString()),
                        "us-west-2",
                        "v1.2.3");
        return new AwsEc2(
                settings, tempo, (action, took, error) -> calls.add(action + " " + error));
    }

    static Map<String, String> with(Map<String, String> map, String name, String value) {
        Map<String, String> more = new TreeMap<>(map);
        more.put(name, value);
        return more;
    }

    static NewInterface wanted(int secondary) {
        return wanted(IpFamily.IPV4, BlockKind.ADDRESS, secondary);
    }

    static NewInterface wanted(IpFamily family, BlockKind kind, int count) {
        return new NewInterface(
                "token-1",
                new SubnetId("subnet-1"),
                List.of(new SecurityGroupId("sg-1"), new SecurityGroupId("sg-2")),
                "aws-K8S-i-0a",
                new TreeMap<>(Map.of("a", "1", "b", "2")),
                family,
                kind,
                count);
    }

    SortedMap<String, String> onlyForm() {
        assertThat(server.heard()).hasSize(1);
        return form(0);
    }

    SortedMap<String, String> form(int i) {
        return server.heard().get(i).form();
    }

    static Ec2Exception failure(ThrowingCallable call) {
        Ec2Exception e = catchThrowableOfType(Ec2Exception.class, call);
        assertThat(e).as("a failure").isNotNull();
        return e;
    }
}
