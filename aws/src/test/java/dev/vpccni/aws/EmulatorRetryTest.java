package dev.vpccni.aws;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.emulator.state.CallCounts.Service;
import dev.vpccni.vpc.api.Ec2Error;
import dev.vpccni.vpc.api.Ec2Request.DescribeNetworkInterfaces;
import dev.vpccni.vpc.api.Naming;
import dev.vpccni.vpc.fault.Effect;
import dev.vpccni.vpc.fault.Fault;
import dev.vpccni.vpc.fault.FaultTable;
import dev.vpccni.vpc.settings.Latency;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.services.ec2.Ec2Client;
import software.amazon.awssdk.services.ec2.model.NetworkInterface;

/** What the plain SDK does by itself when the emulator is slow, loses answers or refuses. */
class EmulatorRetryTest extends PlainSdk {

    @Test
    void theSameTokenMakesOneInterface() {
        var request = request(1).toBuilder().clientToken(UUID.randomUUID().toString()).build();
        String first = ec2.createNetworkInterface(request).networkInterface().networkInterfaceId();

        assertThat(ec2.createNetworkInterface(request).networkInterface().networkInterfaceId())
                .isEqualTo(first);
        var other = request.toBuilder().secondaryPrivateIpAddressCount(2).build();
        assertThat(codeOf(() -> ec2.createNetworkInterface(other)))
                .isEqualTo("IdempotentParameterMismatch");
    }

    @Test
    void theSdkRetriesWhatWasLostAndNothingIsMadeTwice() {
        emulator.faults(
                FaultTable.of(
                        Fault.next("CreateNetworkInterface", 1, new Effect.LoseAnswer()),
                        Fault.next(
                                "CreateNetworkInterface", 1, new Effect.Fail(Ec2Error.internal())),
                        Fault.next(
                                "CreateNetworkInterface",
                                1,
                                new Effect.Fail(Ec2Error.throttled()))));
        int before = interfaces();

        String eni = create(0);

        assertThat(describe(eni).statusAsString()).isEqualTo("available");
        assertThat(interfaces()).isEqualTo(before + 1);
        assertThat(calls("CreateNetworkInterface")).isEqualTo(4);
    }

    @Test
    void aDryRunIsAnErrorThatIsNotRetried() {
        assertThat(
                        codeOf(() ->
                                ec2.createNetworkInterface(
                                        request(0).toBuilder().dryRun(true).build())))
                .isEqualTo("DryRunOperation");
        assertThat(calls("CreateNetworkInterface")).isEqualTo(1);
    }

    @Test
    void callsAreCountedForTheInstanceThatTheKeyBelongsTo() {
        var id = emulator.cloud().ports(emulator.now()).values().iterator().next().instance();
        try (Ec2Client node = client(Naming.accessKeyId(id))) {
            node.describeSubnets();
        }

        assertThat(emulator.calls().of(Service.EC2).get(id.value()))
                .containsOnlyKeys("DescribeSubnets");
    }

    @Test
    void callsTakeTheirTimeInParallel() throws Exception {
        emulator.latency(Latency.scenario(Duration.ofMillis(200), Duration.ZERO));
        long before = System.nanoTime();
        var threads = new ArrayList<Thread>();
        for (int i = 0; i < 8; i++) {
            threads.add(Thread.ofVirtual().start(() -> ec2.describeSubnets()));
        }
        for (Thread thread : threads) {
            thread.join();
        }

        assertThat(Duration.ofNanos(System.nanoTime() - before))
                .isBetween(Duration.ofMillis(200), Duration.ofMillis(1_500));
    }

    private String create(int secondaries) {
        return ec2.createNetworkInterface(request(secondaries))
                .networkInterface()
                .networkInterfaceId();
    }

    private NetworkInterface describe(String eni) {
        return ec2.describeNetworkInterfaces(request -> request.networkInterfaceIds(eni))
                .networkInterfaces()
                .getFirst();
    }

    private int interfaces() {
        return emulator.apply(DescribeNetworkInterfaces.where()).reply().enis().size();
    }

    private long calls(String action) {
        return Objects.requireNonNull(emulator.calls().total(Service.EC2).get(action)).calls();
    }
}
