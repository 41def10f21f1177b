package dev.vpccni.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.vpccni.model.AttachmentId;
import dev.vpccni.model.InstanceId;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.model.MacAddress;
import dev.vpccni.model.SecurityGroupId;
import dev.vpccni.model.SubnetId;
import dev.vpccni.model.VpcId;
import dev.vpccni.node.port.Ec2.NewInterface;
import dev.vpccni.node.port.Ec2Exception;
import dev.vpccni.node.port.Ec2Failure;
import dev.vpccni.node.port.ObservedInterface;
import dev.vpccni.node.port.ObservedSubnet;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Wire forms, kinds of failure and repetitions, against prepared answers. */
final class AwsEc2Test {

    private static final InterfaceId ENI = new InterfaceId("eni-0123456789abcdef0");
    private static final InterfaceId OTHER = new InterfaceId("eni-0fedcba9876543210");
    private static final AttachmentId ATTACHMENT = new AttachmentId("eni-attach-0a");
    private static final InstanceId INSTANCE = new InstanceId("i-0a");
    private static final Map<String, String> KEYS =
            Map.of("AWS_ACCESS_KEY_ID", "AKIATEST", "AWS_SECRET_ACCESS_KEY", "secret");

    private static final String DESCRIBED =
            """
            <networkInterfaceId>eni-0123456789abcdef0</networkInterfaceId><subnetId>subnet-1</subnetId>
            <description>d</description><status>in-use</status><macAddress>02:00:00:00:00:01</macAddress>
            <privateIpAddress>10.0.0.9</privateIpAddress><interfaceType>interface</interfaceType>
            <attachment><attachmentId>eni-attach-0a</attachmentId><instanceId>i-0a</instanceId>
            <deviceIndex>1</deviceIndex><networkCardIndex>0</networkCardIndex><status>attached</status>
            <deleteOnTermination>true</deleteOnTermination></attachment>
            <tagSet><item><key>b</key><value>2</value></item><item><key>a</key><value/></item></tagSet>
            <privateIpAddressesSet><item><privateIpAddress>10.0.0.9</privateIpAddress><primary>true</primary></item>
            <item><privateIpAddress>10.0.0.11</privateIpAddress><primary>false</primary></item>
            <item><privateIpAddress>10.0.0.10</privateIpAddress><primary>false</primary></item></privateIpAddressesSet>
            """;

    private final SkippingTempo tempo = new SkippingTempo();
    private final List<String> calls = new ArrayList<>();
    private ScriptedServer server;
    private AwsEc2 ec2;

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
                .thenAnswer("DetachNetworkInterface", "<return>true</return>")
                .thenAnswer("DeleteNetworkInterface", "<return>true</return>");

        assertThat(ec2.attach(ENI, INSTANCE, 2)).isEqualTo(ATTACHMENT);
        ec2.deleteOnTermination(ENI, ATTACHMENT);
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
        assertThat(form(2)).containsEntry("AttachmentId", "eni-attach-0a");
        assertThat(form(3)).containsEntry("NetworkInterfaceId", ENI.value());
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
        var seven = Ipv4Address.parse("10.0.0.7");

        assertThat(ec2.assign(ENI, 2)).containsExactly(Ipv4Address.parse("10.0.0.12"), seven);
        ec2.unassign(ENI, List.of(seven));

        assertThat(form(0)).containsEntry("SecondaryPrivateIpAddressCount", "2");
        assertThat(form(1)).containsEntry("PrivateIpAddress.1", "10.0.0.7");
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
                                Ipv4Cidr.parse("10.0.0.0/24"),
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

    @ParameterizedTest
    @CsvSource({
        "400, InsufficientFreeAddressesInSubnet, not enough, SubnetFull",
        "400, InvalidParameterValue, There aren't sufficient free Ipv4 addresses or prefixes, SubnetFull",
        "400, InsufficientCidrBlocks, no block, Fragmented",
        "400, PrivateIpAddressLimitExceeded, too many, LimitExceeded",
        "400, AttachmentLimitExceeded, too many, LimitExceeded",
        "400, NetworkInterfaceLimitExceeded, too many, LimitExceeded",
        "400, IncorrectState, not yet, WrongState",
        "400, InvalidNetworkInterface.InUse, in use, WrongState",
        "400, RequestExpired, too late, NoCredentials",
        "500, InternalError, oops, Ambiguous",
        "400, InvalidGroup.NotFound, no such group, Gone[id=null]",
        "400, InvalidParameterValue, something else, Rejected[code=InvalidParameterValue]",
        "400, IdempotentParameterMismatch, differs, Rejected[code=IdempotentParameterMismatch]",
    })
    void classifiesByCodeWithoutRepeating(
            int status, String code, String message, String expected) {
        server.thenError(status, code, message);
        Ec2Exception e = failure(() -> ec2.assign(ENI, 1));
        String kind = e.failure().toString();
        assertThat(expected.contains("[") ? kind : e.failure().getClass().getSimpleName())
                .isEqualTo(expected);
        assertThat(e.action()).isEqualTo("AssignPrivateIpAddresses");
        assertThat(e).hasMessageContaining(code).hasMessageContaining(message);
        assertThat(server.heard()).hasSize(1);
    }

    /** The SDK's HTTP client shows no body beside this status, so there is no code to go by. */
    @Test
    void takesRefusedKeysForNone() {
        server.thenError(401, "AuthFailure", "who are you");
        assertThat(failure(() -> ec2.assign(ENI, 1)).failure())
                .isEqualTo(new Ec2Failure.NoCredentials());
    }

    @Test
    void namesTheInterfaceThatIsGone() {
        server.thenError(400, "InvalidNetworkInterfaceID.NotFound", "The ID 'eni-x' does not exist")
                .thenError(
                        400,
                        "InvalidNetworkInterfaceID.NotFound",
                        "The networkInterface ID '" + OTHER + "' does not exist");
        assertThat(failure(() -> ec2.delete(ENI)).failure()).isEqualTo(new Ec2Failure.Gone(ENI));
        assertThat(failure(() -> ec2.describe(List.of(ENI, OTHER))).failure())
                .isEqualTo(new Ec2Failure.Gone(OTHER));
    }

    @Test
    void takesAnInterfaceOrAnIndexInUseForAWrongState() {
        server.thenError(400, "InvalidParameterValue", "Network interface is currently in use.")
                .thenError(400, "InvalidParameterValue", "already has an interface attached");
        assertThat(failure(() -> ec2.delete(ENI)).failure()).isEqualTo(new Ec2Failure.WrongState());
        assertThat(failure(() -> ec2.attach(ENI, INSTANCE, 1)).failure())
                .isEqualTo(new Ec2Failure.WrongState());
    }

    @Test
    void namesThePermissionThatIsMissing() {
        server.thenError(
                        403,
                        "UnauthorizedOperation",
                        "User: arn is not authorized to perform: ec2:CreateTags on resource: arn")
                .thenError(403, "UnauthorizedOperation", "You are not authorized.");
        assertThat(failure(() -> ec2.createInterface(wanted(1))).failure())
                .isEqualTo(new Ec2Failure.Denied("ec2:CreateTags"));
        assertThat(failure(() -> ec2.assign(ENI, 1)).failure())
                .isEqualTo(new Ec2Failure.Denied("ec2:AssignPrivateIpAddresses"));
    }

    @Test
    void waitsLongerEachTimeWhileThrottled() throws Exception {
        for (int i = 0; i < 3; i++) {
            server.thenError(503, "RequestLimitExceeded", "Request limit exceeded.");
        }
        server.thenAnswer("DetachNetworkInterface", "<return>true</return>");
        ec2.detach(ATTACHMENT);
        assertThat(server.heard()).hasSize(4);
        assertThat(calls)
                .containsExactly(
                        "DetachNetworkInterface Throttled",
                        "DetachNetworkInterface Throttled",
                        "DetachNetworkInterface Throttled",
                        "DetachNetworkInterface ");
        List<Duration> pauses = tempo.pauses();
        assertThat(pauses).hasSize(3);
        for (int i = 0; i < 3; i++) {
            assertThat(pauses.get(i))
                    .isBetween(Duration.ofMillis(400L << i), Duration.ofMillis(800L << i));
        }
    }

    @Test
    void givesUpAtTheDeadline() {
        for (int i = 0; i < 20; i++) {
            server.thenError(503, "RequestLimitExceeded", "Request limit exceeded.");
        }
        assertThat(failure(() -> ec2.detach(ATTACHMENT)).failure())
                .isEqualTo(new Ec2Failure.Throttled());
        assertThat(tempo.nanos()).isLessThan(Duration.ofSeconds(30).toNanos());
        assertThat(server.heard()).hasSizeBetween(4, 6);
    }

    @Test
    void keepsTheTokenWhenACreationsAnswerIsLost() throws Exception {
        server.thenHangUp()
                .thenError(500, "InternalError", "oops")
                .thenAnswer(
                        "CreateNetworkInterface",
                        "<networkInterface>" + DESCRIBED + "</networkInterface>");
        assertThat(ec2.createInterface(wanted(1)).id()).isEqualTo(ENI);
        assertThat(server.heard()).hasSize(3);
        assertThat(server.heard()).allMatch(h -> "token-1".equals(h.form().get("ClientToken")));
    }

    @Test
    void sendsNothingTwiceThatMayHaveHappened() {
        for (int i = 0; i < 3; i++) {
            server.thenHangUp();
        }
        assertThat(failure(() -> ec2.assign(ENI, 1)).failure())
                .isEqualTo(new Ec2Failure.Ambiguous());
        assertThat(failure(() -> ec2.attach(ENI, INSTANCE, 1)).failure())
                .isEqualTo(new Ec2Failure.Ambiguous());
        assertThat(server.heard()).hasSize(2);
    }

    @Test
    void sendsNothingTwiceOnAConnectionThatWorkedBefore() throws Exception {
        server.thenAnswer("DetachNetworkInterface", "<return>true</return>").thenHangUp();
        ec2.detach(ATTACHMENT);
        assertThat(failure(() -> ec2.assign(ENI, 1)).failure())
                .isEqualTo(new Ec2Failure.Ambiguous());
        assertThat(server.heard()).hasSize(2);
    }

    @Test
    void doubtsAnAnswerThatItCannotRead() throws Exception {
        server.then(200, "<AssignPrivateIpAddressesResponse><netw")
                .then(200, "<DescribeSubnetsResponse><subn")
                .thenAnswer("DescribeSubnets", "<subnetSet/>");
        assertThat(failure(() -> ec2.assign(ENI, 1)).failure())
                .isEqualTo(new Ec2Failure.Ambiguous());
        assertThat(ec2.subnets(new VpcId("vpc-1"), "z")).isEmpty();
    }

    @Test
    void readsAgainWhatWasLost() throws Exception {
        server.thenHangUp()
                .thenError(503, "Unavailable", "later")
                .thenAnswer("DescribeSubnets", "<subnetSet/>");
        assertThat(ec2.subnets(new VpcId("vpc-1"), "z")).isEmpty();
        assertThat(server.heard()).hasSize(3);
    }

    @Test
    void knowsThatARefusedConnectionDidNothing() throws IOException {
        int port;
        try (var unused = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = unused.getLocalPort();
        }
        var settings =
                AwsSettings.from(
                        with(KEYS, "AWS_ENDPOINT_URL_EC2", "http://127.0.0.1:" + port),
                        "us-west-2",
                        "v");
        try (var nowhere = new AwsEc2(settings, tempo, new Random(1), CallListener.NONE)) {
            assertThat(failure(() -> nowhere.assign(ENI, 1)).failure())
                    .isEqualTo(new Ec2Failure.Unavailable());
        }
        assertThat(tempo.pauses()).hasSize(5);
    }

    @Test
    void saysThatThereAreNoCredentials() throws IOException {
        try (var metadata = new ScriptedServer()) {
            for (int i = 0; i < 40; i++) {
                metadata.then(404, "");
            }
            try (var poor =
                    ec2(Map.of("AWS_EC2_METADATA_SERVICE_ENDPOINT", metadata.uri().toString()))) {
                assertThat(failure(() -> poor.assign(ENI, 1)).failure())
                        .isEqualTo(new Ec2Failure.NoCredentials());
            }
        }
        assertThat(server.heard()).isEmpty();
    }

    @Test
    void usesTheRoleOfTheInstance() throws Exception {
        try (var metadata = new ScriptedServer()) {
            metadata.then(200, "session")
                    .then(200, "node-role")
                    .then(
                            200,
                            """
                            {"Code":"Success","AccessKeyId":"ASIAROLE","SecretAccessKey":"s","Token":"t",
                             "LastUpdated":"2026-01-01T00:00:00Z","Expiration":"2999-01-01T00:00:00Z"}
                            """);
            server.thenAnswer("DetachNetworkInterface", "<return>true</return>");
            try (var rich =
                    ec2(Map.of("AWS_EC2_METADATA_SERVICE_ENDPOINT", metadata.uri().toString()))) {
                rich.detach(ATTACHMENT);
            }
        }
        assertThat(server.heard().getFirst().headers())
                .containsEntry("X-amz-security-token", "t")
                .extractingByKey("Authorization")
                .asString()
                .contains("ASIAROLE");
    }

    @Test
    void exchangesTheTokenOfAServiceAccount(@TempDir Path folder) throws Exception {
        Path token = Files.writeString(folder.resolve("token"), "service-account-token");
        try (var sts = new ScriptedServer()) {
            sts.then(
                    200,
                    """
                    <AssumeRoleWithWebIdentityResponse><AssumeRoleWithWebIdentityResult>
                    <AssumedRoleUser><AssumedRoleId>a:b</AssumedRoleId><Arn>arn:aws:sts::111122223333:assumed-role/cni/x</Arn></AssumedRoleUser>
                    <Credentials><AccessKeyId>ASIAWEB</AccessKeyId><SecretAccessKey>s</SecretAccessKey>
                    <SessionToken>web-token</SessionToken><Expiration>2999-01-01T00:00:00Z</Expiration></Credentials>
                    </AssumeRoleWithWebIdentityResult></AssumeRoleWithWebIdentityResponse>
                    """);
            server.thenAnswer("DetachNetworkInterface", "<return>true</return>");
            try (var irsa =
                    ec2(
                            Map.of(
                                    "AWS_WEB_IDENTITY_TOKEN_FILE",
                                    token.toString(),
                                    "AWS_ROLE_ARN",
                                    "arn:aws:iam::111122223333:role/cni",
                                    "AWS_ENDPOINT_URL_STS",
                                    sts.uri().toString()))) {
                irsa.detach(ATTACHMENT);
            }
            assertThat(sts.heard().getFirst().form())
                    .containsEntry("Action", "AssumeRoleWithWebIdentity")
                    .containsEntry("RoleArn", "arn:aws:iam::111122223333:role/cni")
                    .containsEntry("WebIdentityToken", "service-account-token");
        }
        assertThat(server.heard().getFirst().headers())
                .containsEntry("X-amz-security-token", "web-token")
                .extractingByKey("Authorization")
                .asString()
                .contains("ASIAWEB");
    }

    @Test
    void doubtsARequestThatIsNotAnsweredInTime() {
        server.thenSaysNothing();
        var settings =
                new AwsSettings(
                        "us-west-2",
                        server.uri(),
                        "v",
                        Duration.ofMillis(300),
                        Duration.ofSeconds(30),
                        KEYS);
        try (var hasty = new AwsEc2(settings, tempo, new Random(1), CallListener.NONE)) {
            assertThat(failure(() -> hasty.assign(ENI, 1)).failure())
                    .isEqualTo(new Ec2Failure.Ambiguous());
        }
        assertThat(server.heard()).hasSize(1);
    }

    @Test
    void endsWhenItIsToldTo() throws Exception {
        server.thenSaysNothing();
        var ended = new CompletableFuture<Throwable>();
        Thread caller =
                Thread.startVirtualThread(
                        () -> ended.complete(catchThrowable(() -> ec2.assign(ENI, 1))));
        for (int i = 0; i < 1000 && server.heard().isEmpty(); i++) {
            caller.join(Duration.ofMillis(10));
        }
        caller.interrupt();
        assertThat(ended.get(5, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
    }

    private AwsEc2 ec2(Map<String, String> environment) {
        var settings =
                AwsSettings.from(
                        with(environment, "AWS_ENDPOINT_URL_EC2", server.uri().toString()),
                        "us-west-2",
                        "v1.2.3");
        return new AwsEc2(
                settings,
                tempo,
                new Random(1),
                (action, took, error) -> calls.add(action + " " + error));
    }

    private static Map<String, String> with(Map<String, String> map, String name, String value) {
        Map<String, String> more = new TreeMap<>(map);
        more.put(name, value);
        return more;
    }

    private static NewInterface wanted(int secondary) {
        return new NewInterface(
                "token-1",
                new SubnetId("subnet-1"),
                List.of(new SecurityGroupId("sg-1"), new SecurityGroupId("sg-2")),
                "aws-K8S-i-0a",
                new TreeMap<>(Map.of("a", "1", "b", "2")),
                secondary);
    }

    private SortedMap<String, String> onlyForm() {
        assertThat(server.heard()).hasSize(1);
        return form(0);
    }

    private SortedMap<String, String> form(int i) {
        return server.heard().get(i).form();
    }

    private static Ec2Exception failure(ThrowingCallable call) {
        Ec2Exception e = catchThrowableOfType(Ec2Exception.class, call);
        assertThat(e).as("a failure").isNotNull();
        return e;
    }
}
