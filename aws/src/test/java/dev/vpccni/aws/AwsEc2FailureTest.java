package dev.vpccni.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.vpccni.model.BlockKind;
import dev.vpccni.model.IpFamily;
import dev.vpccni.model.VpcId;
import dev.vpccni.node.port.Ec2Exception;
import dev.vpccni.node.port.Ec2Failure;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Kinds of failure, and that nothing is sent twice, against prepared answers. */
final class AwsEc2FailureTest extends PreparedAnswers {

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
    void classifiesByCode(int status, String code, String message, String expected) {
        server.thenError(status, code, message);
        Ec2Exception e = failure(() -> ec2.assign(ENI, IpFamily.IPV4, BlockKind.ADDRESS, 1));
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
        assertThat(failure(() -> ec2.assign(ENI, IpFamily.IPV4, BlockKind.ADDRESS, 1)).failure())
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
    void tellsAnInterfaceInUseFromADeviceIndexInUse() {
        server.thenError(400, "InvalidParameterValue", "Network interface is currently in use.")
                .thenError(400, "InvalidParameterValue", "already has an interface attached");
        assertThat(failure(() -> ec2.delete(ENI)).failure()).isEqualTo(new Ec2Failure.WrongState());
        assertThat(failure(() -> ec2.attach(ENI, INSTANCE, 0, 1)).failure())
                .isEqualTo(new Ec2Failure.DeviceTaken());
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
        assertThat(failure(() -> ec2.assign(ENI, IpFamily.IPV4, BlockKind.ADDRESS, 1)).failure())
                .isEqualTo(new Ec2Failure.Denied("ec2:AssignPrivateIpAddresses"));
    }

    @Test
    void sendsNothingTwiceByItself() {
        server.thenError(503, "RequestLimitExceeded", "Request limit exceeded.")
                .thenError(503, "Unavailable", "later")
                .thenHangUp();
        assertThat(failure(() -> ec2.detach(ATTACHMENT)).failure())
                .isEqualTo(new Ec2Failure.Throttled());
        assertThat(failure(() -> ec2.subnets(new VpcId("vpc-1"), "z")).failure())
                .isEqualTo(new Ec2Failure.Unavailable());
        assertThat(failure(() -> ec2.createInterface(wanted(1))).failure())
                .isEqualTo(new Ec2Failure.Ambiguous());
        assertThat(calls)
                .containsExactly(
                        "DetachNetworkInterface Throttled",
                        "DescribeSubnets Unavailable",
                        "CreateNetworkInterface Ambiguous");
        assertThat(server.heard()).hasSize(3);
        assertThat(tempo.pauses()).isEmpty();
    }

    @Test
    void sendsNoMoreThanEc2AllowsAndSaysSo() throws Exception {
        for (int i = 0; i < 60; i++) {
            server.thenAnswer("DetachNetworkInterface", "<return>true</return>");
        }
        for (int i = 0; i < 60; i++) {
            ec2.detach(ATTACHMENT);
        }
        assertThat(tempo.pauses()).as("fifty at once, then five a second").hasSize(10);
        assertThat(tempo.nanos()).isEqualTo(Duration.ofSeconds(2).toNanos());
    }

    @Test
    void slowsDownWhereEc2Throttles() throws Exception {
        server.thenError(503, "RequestLimitExceeded", "Request limit exceeded.");
        assertThat(failure(() -> ec2.detach(ATTACHMENT)).failure())
                .isEqualTo(new Ec2Failure.Throttled());
        server.thenAnswer("DetachNetworkInterface", "<return>true</return>");
        ec2.detach(ATTACHMENT);
        assertThat(tempo.pauses()).containsExactly(Duration.ofMillis(200));
    }

    @Test
    void doesNotAskToGiveNothingBack() {
        assertThat(catchThrowable(() -> ec2.unassign(ENI, List.of())))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(server.heard()).isEmpty();
    }

    @Test
    void sendsNothingTwiceThatMayHaveHappened() {
        for (int i = 0; i < 3; i++) {
            server.thenHangUp();
        }
        assertThat(failure(() -> ec2.assign(ENI, IpFamily.IPV4, BlockKind.ADDRESS, 1)).failure())
                .isEqualTo(new Ec2Failure.Ambiguous());
        assertThat(failure(() -> ec2.attach(ENI, INSTANCE, 0, 1)).failure())
                .isEqualTo(new Ec2Failure.Ambiguous());
        assertThat(server.heard()).hasSize(2);
    }

    @Test
    void sendsNothingTwiceOnAConnectionThatWorkedBefore() throws Exception {
        server.thenAnswer("DetachNetworkInterface", "<return>true</return>").thenHangUp();
        ec2.detach(ATTACHMENT);
        assertThat(failure(() -> ec2.assign(ENI, IpFamily.IPV4, BlockKind.ADDRESS, 1)).failure())
                .isEqualTo(new Ec2Failure.Ambiguous());
        assertThat(server.heard()).hasSize(2);
    }

    @Test
    void doubtsAnAnswerThatItCannotRead() throws Exception {
        server.then(200, "<AssignPrivateIpAddressesResponse><netw")
                .then(200, "<DescribeSubnetsResponse><subn");
        assertThat(failure(() -> ec2.assign(ENI, IpFamily.IPV4, BlockKind.ADDRESS, 1)).failure())
                .isEqualTo(new Ec2Failure.Ambiguous());
        assertThat(failure(() -> ec2.subnets(new VpcId("vpc-1"), "z")).failure())
                .isEqualTo(new Ec2Failure.Unavailable());
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
        try (var nowhere = new AwsEc2(settings, tempo, CallListener.NONE)) {
            assertThat(
                            failure(() -> nowhere.assign(ENI, IpFamily.IPV4, BlockKind.ADDRESS, 1))
                                    .failure())
                    .isEqualTo(new Ec2Failure.Unavailable());
        }
    }

    @Test
    void saysThatThereAreNoCredentials() throws IOException {
        try (var metadata = new ScriptedServer()) {
            for (int i = 0; i < 40; i++) {
                metadata.then(404, "");
            }
            try (var poor =
                    ec2(Map.of("AWS_EC2_METADATA_SERVICE_ENDPOINT", metadata.uri().toString()))) {
                assertThat(
                                failure(() -> poor.assign(ENI, IpFamily.IPV4, BlockKind.ADDRESS, 1))
                                        .failure())
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
                new AwsSettings("us-west-2", server.uri(), "v", Duration.ofMillis(300), KEYS);
        try (var hasty = new AwsEc2(settings, tempo, CallListener.NONE)) {
            assertThat(
                            failure(() -> hasty.assign(ENI, IpFamily.IPV4, BlockKind.ADDRESS, 1))
                                    .failure())
                    .isEqualTo(new Ec2Failure.Ambiguous());
        }
        assertThat(server.heard()).hasSize(1);
    }

    @Test
    void endsWhenItIsToldTo() throws Exception {
        server.thenSaysNothing();
        var ended = new CompletableFuture<Throwable>();
        Thread caller =
                Thread.startVirtualThread(() ->
                        ended.complete(
                                catchThrowable(() ->
                                        ec2.assign(ENI, IpFamily.IPV4, BlockKind.ADDRESS, 1))));
        for (int i = 0; i < 1000 && server.heard().isEmpty(); i++) {
            caller.join(Duration.ofMillis(10));
        }
        caller.interrupt();
        assertThat(ended.get(5, TimeUnit.SECONDS)).isInstanceOf(InterruptedException.class);
    }
}
