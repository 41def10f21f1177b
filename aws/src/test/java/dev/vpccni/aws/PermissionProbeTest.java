package dev.vpccni.aws;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.aws.PermissionProbe.Verdict;
import dev.vpccni.emulator.Emulator;
import dev.vpccni.emulator.EmulatorSettings;
import dev.vpccni.emulator.state.CallCounts;
import dev.vpccni.model.InstanceType;
import dev.vpccni.model.InstanceTypes;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.model.SecurityGroupId;
import dev.vpccni.vpc.api.Ec2Error;
import dev.vpccni.vpc.api.Ec2Reply;
import dev.vpccni.vpc.api.Ec2Request;
import dev.vpccni.vpc.api.Naming;
import dev.vpccni.vpc.fault.Effect;
import dev.vpccni.vpc.fault.Fault;
import dev.vpccni.vpc.fault.FaultTable;
import dev.vpccni.vpc.settings.Latency;
import dev.vpccni.vpc.settings.VpcSettings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What EC2 says to dry runs, and that it does nothing. */
final class PermissionProbeTest {

    private static final InetSocketAddress ANY =
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

    private Emulator emulator;
    private AwsSettings settings;
    private PermissionProbe.Subject subject;

    @BeforeEach
    void start() throws IOException {
        emulator =
                Emulator.start(
                        new EmulatorSettings(
                                ANY, VpcSettings.of(1, Latency.INSTANT), () -> Instant.EPOCH));
        var vpc =
                made(new Ec2Request.CreateVpc(
                                List.of(Ipv4Cidr.parse("10.0.0.0/16")), new TreeMap<>()))
                        .id();
        var subnet =
                made(new Ec2Request.CreateSubnet(
                                vpc, "us-west-2a", Ipv4Cidr.parse("10.0.0.0/24"), new TreeMap<>()))
                        .id();
        InstanceType type = Objects.requireNonNull(InstanceTypes.known().find("m5.large"));
        var instance = emulator.runInstance(type, subnet, "node");
        settings =
                AwsSettings.from(
                        Map.of(
                                "AWS_ENDPOINT_URL",
                                emulator.endpoint().toString(),
                                "AWS_ACCESS_KEY_ID",
                                Naming.accessKeyId(instance.id()),
                                "AWS_SECRET_ACCESS_KEY",
                                "any"),
                        "us-west-2",
                        "v1");
        subject =
                new PermissionProbe.Subject(
                        instance.id(),
                        "m5.large",
                        emulator.cloud().ports(emulator.now()).keySet().iterator().next(),
                        subnet,
                        List.of(new SecurityGroupId("sg-0123456789abcdef0")));
    }

    @AfterEach
    void stop() {
        emulator.close();
    }

    private <R extends Ec2Reply> R made(Ec2Request<R> request) {
        return emulator.apply(request).reply();
    }

    @Test
    void everyActionIsAskedForAndNothingIsDone() throws Exception {
        SortedSet<String> all = new TreeSet<>();
        for (Ec2Action action : Ec2Action.values()) {
            all.add(action.wireName());
        }
        var before = emulator.cloud().ports(emulator.now());
        Map<String, Verdict> verdicts = PermissionProbe.ask(settings, subject, all);

        assertThat(verdicts.keySet()).isEqualTo(all);
        assertThat(verdicts.values()).containsOnly(new Verdict.Allowed());
        assertThat(emulator.cloud().ports(emulator.now())).isEqualTo(before);
        assertThat(emulator.calls().total(CallCounts.Service.EC2).keySet()).containsAll(all);
    }

    @Test
    void whatIsDeniedOrUnclearIsToldApart() throws Exception {
        emulator.faults(
                FaultTable.of(
                        Fault.next(
                                "CreateTags",
                                1,
                                new Effect.Fail(Ec2Error.denied("somebody", "CreateTags"))),
                        Fault.next(
                                "DetachNetworkInterface",
                                1,
                                new Effect.Fail(
                                        Ec2Error.of("InvalidAttachmentID.NotFound", "no such"))),
                        Fault.next("DescribeSubnets", 1, new Effect.LoseAnswer())));
        SortedSet<String> needed = PermissionProbe.needed(true, false, true, false);
        Map<String, Verdict> verdicts = PermissionProbe.ask(settings, subject, needed);

        assertThat(verdicts.get("CreateTags")).isInstanceOf(Verdict.Denied.class);
        assertThat(verdicts.get("DetachNetworkInterface"))
                .isInstanceOfSatisfying(
                        Verdict.Unknown.class,
                        unknown -> assertThat(unknown.why()).contains("NotFound"));
        assertThat(verdicts.get("DeleteNetworkInterface")).isEqualTo(new Verdict.Allowed());
    }

    @Test
    void onlyWhatSettingsNeedIsAskedFor() {
        assertThat(PermissionProbe.needed(false, false, false, false))
                .containsExactly("DescribeNetworkInterfaces");
        assertThat(PermissionProbe.needed(true, true, true, true))
                .contains("AssignIpv6Addresses", "DescribeInstanceTypes", "DescribeSubnets")
                .doesNotContain("AssignPrivateIpAddresses");
        assertThat(PermissionProbe.needed(true, false, false, false))
                .contains("AssignPrivateIpAddresses", "CreateTags")
                .doesNotContain("AssignIpv6Addresses", "DescribeSubnets");
    }
}
