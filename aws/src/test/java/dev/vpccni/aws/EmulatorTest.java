package dev.vpccni.aws;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.vpccni.emulator.Emulator;
import dev.vpccni.emulator.EmulatorSettings;
import dev.vpccni.emulator.metadata.MetadataEndpoint;
import dev.vpccni.emulator.metadata.MetadataOptions;
import dev.vpccni.emulator.state.CallCounts;
import dev.vpccni.model.AttachmentId;
import dev.vpccni.model.BlockKind;
import dev.vpccni.model.Cidr;
import dev.vpccni.model.InstanceId;
import dev.vpccni.model.InstanceType;
import dev.vpccni.model.InstanceTypes;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.IpFamily;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.model.SecurityGroupId;
import dev.vpccni.model.SubnetId;
import dev.vpccni.model.VpcId;
import dev.vpccni.node.port.Ec2.NewInterface;
import dev.vpccni.node.port.Ec2Exception;
import dev.vpccni.node.port.Ec2Failure;
import dev.vpccni.node.port.Metadata;
import dev.vpccni.node.port.MetadataException;
import dev.vpccni.node.port.ObservedInterface;
import dev.vpccni.vpc.api.Ec2Error;
import dev.vpccni.vpc.api.Ec2Reply;
import dev.vpccni.vpc.api.Ec2Request;
import dev.vpccni.vpc.fault.Effect;
import dev.vpccni.vpc.fault.Fault;
import dev.vpccni.vpc.fault.FaultTable;
import dev.vpccni.vpc.settings.Latency;
import dev.vpccni.vpc.settings.VpcSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Both ports against a cloud that behaves, with the credentials of the instance's role. */
final class EmulatorTest {

    private static final InetSocketAddress ANY =
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    private static final InterfaceId NOBODY = new InterfaceId("eni-0123456789abcdef0");

    private final SkippingTempo tempo = new SkippingTempo();
    private Emulator emulator;
    private MetadataEndpoint endpoint;
    private InstanceMetadata metadata;
    private AwsEc2 ec2;
    private VpcId vpc;
    private SubnetId subnet;
    private InstanceId instance;

    @BeforeEach
    void start() throws IOException {
        emulator =
                Emulator.start(
                        new EmulatorSettings(
                                ANY, VpcSettings.of(1, Latency.INSTANT), this::cloudTime));
        vpc =
                made(new Ec2Request.CreateVpc(
                                List.of(
                                        Ipv4Cidr.parse("10.0.0.0/16"),
                                        Ipv4Cidr.parse("100.64.0.0/16")),
                                new TreeMap<>()))
                        .id();
        subnet = subnet("10.0.0.0/28"); // 11 addresses, of which the node takes one
        InstanceType type = Objects.requireNonNull(InstanceTypes.known().find("m5.large"));
        instance = emulator.runInstance(type, subnet, "node").id();
        endpoint = emulator.listenMetadata(instance, ANY, MetadataOptions.V2_ONLY);
        metadata = new InstanceMetadata(endpoint.uri(), tempo, new Random(1), CallListener.NONE);
        var environment =
                Map.of(
                        "AWS_ENDPOINT_URL",
                        emulator.endpoint().toString(),
                        "AWS_EC2_METADATA_SERVICE_ENDPOINT",
                        endpoint.uri().toString());
        ec2 =
                new AwsEc2(
                        AwsSettings.from(environment, "us-west-2", "v1"), tempo, CallListener.NONE);
    }

    @AfterEach
    void stop() {
        ec2.close();
        emulator.close();
    }

    @Test
    void metadataShowsWhatTheInstanceIs() throws Exception {
        Metadata.Identity identity = metadata.identity();
        assertThat(identity.instance()).isEqualTo(instance);
        assertThat(identity.instanceType()).isEqualTo("m5.large");
        assertThat(identity.region()).isEqualTo("us-west-2");
        assertThat(identity.zone()).isEqualTo("us-west-2a");
        assertThat(identity.vpc()).isEqualTo(vpc);
        assertThat(identity.subnet()).isEqualTo(subnet);
        assertThat(metadata.vpcCidrs())
                .containsExactly(Ipv4Cidr.parse("10.0.0.0/16"), Ipv4Cidr.parse("100.64.0.0/16"));
        assertThat(metadata.securityGroups()).hasSize(1);
        assertThat(metadata.macs()).containsExactly(identity.mac());
        assertThat(metadata.interfaces())
                .singleElement()
                .satisfies(only -> {
                    assertThat(only.id()).isEqualTo(identity.primaryInterface());
                    assertThat(only.mac()).isEqualTo(identity.mac());
                    assertThat(only.device()).isZero();
                    assertThat(only.subnetCidrs()).containsExactly(Cidr.parse("10.0.0.0/28"));
                    assertThat(only.addresses()).containsExactly(identity.address());
                });
    }

    @Test
    void metadataSurvivesAnOutageAndExpiredTokens() throws Exception {
        assertThat(metadata.securityGroups()).hasSize(1);
        endpoint.expireTokens();
        endpoint.fail(2);
        assertThat(metadata.securityGroups()).hasSize(1);
        endpoint.options(MetadataOptions.DISABLED);
        MetadataException e =
                catchThrowableOfType(MetadataException.class, () -> metadata.vpcCidrs());
        assertThat(e).hasMessageContaining("403");
    }

    @Test
    void metadataIsReadWithoutTokensWhereTheyAreNotRequired() throws Exception {
        endpoint.options(MetadataOptions.V1_ALLOWED);
        assertThat(metadata.identity().instance()).isEqualTo(instance);
    }

    @Test
    void anInterfaceLivesFromCreationToDeletion() throws Exception {
        ObservedInterface made = ec2.createInterface(wanted("t", 2));
        assertThat(made.description()).isEqualTo("aws-K8S-" + instance);
        assertThat(made.tags()).containsExactlyEntriesOf(new TreeMap<>(Map.of("k", "v")));
        assertThat(made.attachment()).isNull();
        assertThat(made.secondaryAddresses()).hasSize(2);

        AttachmentId attachment = ec2.attach(made.id(), instance, 0, 1);
        ec2.deleteOnTermination(made.id(), attachment);
        List<Cidr> more = ec2.assign(made.id(), IpFamily.IPV4, BlockKind.ADDRESS, 2);
        ec2.unassign(made.id(), List.of(more.getFirst()));
        ec2.tag(made.id(), new TreeMap<>(Map.of("l", "w")));

        ObservedInterface seen = ec2.describe(List.of(made.id())).getFirst();
        assertThat(seen.status()).isEqualTo("in-use");
        assertThat(seen.type()).isEqualTo("interface");
        assertThat(seen.mac()).isEqualTo(made.mac());
        assertThat(seen.secondaryAddresses())
                .hasSize(3)
                .containsAll(made.secondaryAddresses())
                .contains((Ipv4Address) more.getLast().network());
        assertThat(seen.tags()).containsOnlyKeys("k", "l");
        assertThat(seen.attachment())
                .isEqualTo(new ObservedInterface.Attachment(attachment, "attached", 0, 1, true));
        assertThat(ec2.describeAttached(instance)).hasSize(2).contains(seen);
        assertThat(ec2.describeByDescription(vpc, made.description())).containsExactly(seen);
        assertThat(metadata.addresses(made.mac())).hasSize(4);

        ec2.detach(attachment);
        ec2.delete(made.id());
        assertThat(failure(() -> ec2.describe(List.of(made.id())))).isEqualTo(gone(made.id()));
        assertThat(failure(() -> ec2.delete(made.id()))).isEqualTo(gone(made.id()));
    }

    @Test
    void whatHangsOnNothingIsFoundByItsTags() throws Exception {
        var tagged = ec2.createInterface(wanted("t", 0));
        var attached = ec2.createInterface(wanted("u", 0));
        ec2.attach(attached.id(), instance, 0, 1);
        assertThat(ec2.describeAvailable(vpc, "k", new TreeMap<>(Map.of("k", "v"))))
                .extracting(ObservedInterface::id)
                .containsExactly(tagged.id());
        assertThat(ec2.describeAvailable(vpc, "k", new TreeMap<>(Map.of("k", "w")))).isEmpty();
        assertThat(ec2.describeAvailable(vpc, "other", new TreeMap<>())).isEmpty();
    }

    @Test
    void securityGroupsAreReplaced() throws Exception {
        InterfaceId primary = metadata.identity().primaryInterface();
        SecurityGroupId group = made(new Ec2Request.CreateSecurityGroup(vpc, "g")).id();
        ec2.setSecurityGroups(primary, List.of(group));
        assertThat(ec2.describe(List.of(primary)).getFirst().groups()).containsExactly(group);
        assertThat(metadata.securityGroups()).containsExactly(group);
    }

    @Test
    void anInstanceTypeIsDescribed() throws Exception {
        assertThat(ec2.instanceType("m5.large")).isEqualTo(InstanceTypes.known().find("m5.large"));
        assertThat(failure(() -> ec2.instanceType("m99.large")))
                .isEqualTo(new Ec2Failure.Rejected("InvalidInstanceType"));
    }

    @Test
    void theSubnetsOfAZoneAreListed() throws Exception {
        SubnetId other = subnet("10.0.1.0/24");
        assertThat(ec2.subnets(vpc, "us-west-2a"))
                .extracting(s -> s.id() + " " + s.cidrs() + " " + s.availableAddresses())
                .containsExactlyInAnyOrder(
                        subnet + " [10.0.0.0/28] 10", other + " [10.0.1.0/24] 251");
        assertThat(ec2.subnets(vpc, "us-west-2b")).isEmpty();
    }

    @Test
    void aLostAnswerDoesNotMakeASecondInterface() throws Exception {
        emulator.faults(
                FaultTable.of(Fault.next("CreateNetworkInterface", 1, new Effect.LoseAnswer())));
        assertThat(failure(() -> ec2.createInterface(wanted("t", 1))))
                .isEqualTo(new Ec2Failure.Ambiguous());
        InterfaceId made = ec2.createInterface(wanted("t", 1)).id();
        assertThat(ec2.describeByDescription(vpc, "aws-K8S-" + instance))
                .extracting(ObservedInterface::id)
                .containsExactly(made);
        assertThat(ec2.createInterface(wanted("t", 1)).id()).isEqualTo(made);
        assertThat(calls("CreateNetworkInterface")).isEqualTo(3);
    }

    @Test
    void aLostAnswerToAnAssignmentIsTheCallersToResolve() throws Exception {
        emulator.faults(
                FaultTable.of(Fault.next("AssignPrivateIpAddresses", 1, new Effect.LoseAnswer())));
        InterfaceId primary = metadata.identity().primaryInterface();
        assertThat(failure(() -> ec2.assign(primary, IpFamily.IPV4, BlockKind.ADDRESS, 2)))
                .isEqualTo(new Ec2Failure.Ambiguous());
        assertThat(calls("AssignPrivateIpAddresses")).isEqualTo(1);
        assertThat(ec2.describe(List.of(primary)).getFirst().secondaryAddresses()).hasSize(2);
    }

    @Test
    void aFullSubnetALimitAndAnInterfaceInUseAreToldApart() throws Exception {
        InterfaceId primary = metadata.identity().primaryInterface();
        assertThat(failure(() -> ec2.assign(primary, IpFamily.IPV4, BlockKind.ADDRESS, 10)))
                .isEqualTo(new Ec2Failure.LimitExceeded());
        ec2.assign(primary, IpFamily.IPV4, BlockKind.ADDRESS, 9);
        assertThat(failure(() -> ec2.createInterface(wanted("t", 1))))
                .isEqualTo(new Ec2Failure.SubnetFull());
        assertThat(failure(() -> ec2.delete(primary))).isEqualTo(new Ec2Failure.WrongState());
        InterfaceId other =
                made(new Ec2Request.CreateNetworkInterface(
                                "", subnet("10.0.2.0/28"), "", List.of(), new TreeMap<>(), 0))
                        .eni()
                        .id();
        assertThat(failure(() -> ec2.attach(other, instance, 0, 0)))
                .isEqualTo(new Ec2Failure.DeviceTaken());
        assertThat(failure(() -> ec2.describe(List.of(primary, NOBODY)))).isEqualTo(gone(NOBODY));
    }

    @Test
    void throttlingAndARefusalAreToldApart() throws Exception {
        emulator.faults(
                FaultTable.of(
                        Fault.next("CreateTags", 1, new Effect.Fail(Ec2Error.throttled())),
                        Fault.always(
                                "AssignPrivateIpAddresses",
                                new Effect.Fail(
                                        Ec2Error.denied("role", "AssignPrivateIpAddresses")))));
        InterfaceId primary = metadata.identity().primaryInterface();
        assertThat(failure(() -> ec2.tag(primary, new TreeMap<>(Map.of("k", "v")))))
                .isEqualTo(new Ec2Failure.Throttled());
        assertThat(calls("CreateTags")).isEqualTo(1);
        assertThat(failure(() -> ec2.assign(primary, IpFamily.IPV4, BlockKind.ADDRESS, 1)))
                .isEqualTo(new Ec2Failure.Denied("ec2:AssignPrivateIpAddresses"));
    }

    @Test
    void ourOwnPaceStaysBelowTheLimitsOfEc2() throws Exception {
        emulator.throttling(true);
        InterfaceId primary = metadata.identity().primaryInterface();
        for (int i = 0; i < 103; i++) {
            ec2.tag(primary, new TreeMap<>(Map.of("k", "v" + i)));
        }
        assertThat(emulator.calls().total(CallCounts.Service.EC2).get("CreateTags"))
                .isEqualTo(new CallCounts.Count(103, new TreeMap<>()));
        assertThat(tempo.pauses())
                .containsExactly(
                        Duration.ofMillis(100), Duration.ofMillis(100), Duration.ofMillis(100));
    }

    /** Real time, and what the node has skipped. */
    private Instant cloudTime() {
        return InstantSource.system().instant().plusNanos(tempo.nanos());
    }

    private NewInterface wanted(String token, int secondary) throws Exception {
        List<SecurityGroupId> groups = metadata.securityGroups();
        return new NewInterface(
                token,
                subnet,
                groups,
                "aws-K8S-" + instance,
                new TreeMap<>(Map.of("k", "v")),
                IpFamily.IPV4,
                BlockKind.ADDRESS,
                secondary);
    }

    private SubnetId subnet(String cidr) {
        return made(new Ec2Request.CreateSubnet(
                        vpc, "us-west-2a", Ipv4Cidr.parse(cidr), new TreeMap<>()))
                .id();
    }

    private <R extends Ec2Reply> R made(Ec2Request<R> request) {
        return emulator.apply(request).reply();
    }

    private long calls(String action) {
        CallCounts.Count count = emulator.calls().total(CallCounts.Service.EC2).get(action);
        return count == null ? 0 : count.calls();
    }

    private static Ec2Failure gone(InterfaceId id) {
        return new Ec2Failure.Gone(id);
    }

    private static Ec2Failure failure(ThrowingCallable call) {
        Ec2Exception e = catchThrowableOfType(Ec2Exception.class, call);
        assertThat(e).as("a failure").isNotNull();
        return e.failure();
    }
}
