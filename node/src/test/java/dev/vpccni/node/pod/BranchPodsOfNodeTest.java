package dev.vpccni.node.pod;

import static dev.vpccni.node.pod.BranchPodsUnderTest.ADDRESS;
import static dev.vpccni.node.pod.BranchPodsUnderTest.MAC;
import static dev.vpccni.node.pod.BranchPodsUnderTest.ROUTER;
import static dev.vpccni.node.pod.BranchPodsUnderTest.TRUNK;
import static dev.vpccni.node.pod.BranchPodsUnderTest.VETH;
import static dev.vpccni.node.pod.BranchPodsUnderTest.error;
import static dev.vpccni.node.pod.BranchPodsUnderTest.kernel;
import static dev.vpccni.node.pod.BranchPodsUnderTest.namespace;
import static dev.vpccni.node.pod.BranchPodsUnderTest.result;
import static dev.vpccni.node.pod.BranchPodsUnderTest.with;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.cni.BranchAttachment;
import dev.vpccni.cni.CniCommand;
import dev.vpccni.cni.CniError;
import dev.vpccni.cni.CniRequest;
import dev.vpccni.cni.CniResult;
import dev.vpccni.cni.NetworkConfig;
import dev.vpccni.dataplane.InterfaceNames;
import dev.vpccni.model.IpFamily;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.node.fake.Nouns;
import dev.vpccni.node.fake.Requests;
import dev.vpccni.node.port.BranchSource;
import dev.vpccni.node.port.BranchSource.Branch;
import dev.vpccni.node.port.HostFailure;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Pods that have interfaces of their own: how they are connected, and kept so. */
final class BranchPodsOfNodeTest {

    private static final String WIRED =
            "wire 10.7.1.150 107 " + VETH + " vlan.eth.7 " + MAC + " on " + TRUNK + " STRICT";

    private final BranchPodsUnderTest node = new BranchPodsUnderTest(IpFamily.IPV4);

    @Test
    void anAddTakesNoAddressOfTheNodes() throws Exception {
        node.give(1, 7);

        CniResult result = node.add(1);

        assertThat(node.asked).containsExactly(Nouns.pod(1) + " ");
        assertThat(node.fixture.host.calls()).containsExactly(WIRED);
        assertThat(node.fixture.hasGrant(1)).isFalse();
        assertThat(BranchAttachment.find(result, "eth0"))
                .isEqualTo(new BranchAttachment("/run/netns/1", VETH, "eth0", ADDRESS, ROUTER, 7));
    }

    @Test
    void aPodWithoutAnInterfaceOfItsOwnIsAnOrdinaryOne() throws Exception {
        node.give(1, 7);
        node.add(2);

        assertThat(node.fixture.hasGrant(2)).isTrue();
    }

    @Test
    void standardPodsHaveTheOrdinaryPrefix() throws Exception {
        node.give(1, 7);
        CniRequest strict = Requests.of(CniCommand.ADD, 1, null);
        NetworkConfig c = strict.config();
        var config =
                new NetworkConfig(
                        c.version(),
                        c.name(),
                        "eni",
                        9001,
                        NetworkConfig.EnforcingMode.STANDARD,
                        false,
                        null,
                        null);

        node.pods.add(with(strict, "/run/netns/1", config), namespace(), Duration.ZERO);

        String veth = InterfaceNames.host("eni", Nouns.pod(1));
        assertThat(node.fixture.host.calls().getFirst())
                .startsWith("wire 10.7.1.150 107 " + veth)
                .endsWith("STANDARD");
    }

    @Test
    void inAnIpv6ClusterItHasTheIpv6Address() throws Exception {
        var node = new BranchPodsUnderTest(IpFamily.IPV6);
        node.give(1, 7);

        CniResult result = node.add(1);

        assertThat(result.ips().getFirst().address()).isEqualTo("2001:db8::7/128");
        assertThat(result.ips().getFirst().gateway()).isEqualTo("fe80:ec2::1");
    }

    @Test
    void anInterfaceThatIsNotThereYetIsWaitedForByTheRuntime() {
        node.pending(
                new BranchSource.PendingException(
                        "the pod has no annotation yet", "try again", true));

        assertThat(error(() -> node.add(1)))
                .isEqualTo(
                        new CniError.TryAgainLater("the pod has no annotation yet", "try again"));
        assertThat(node.fixture.host.calls()).isEmpty();
        assertThat(node.fixture.hasGrant(1)).isFalse();
    }

    @ParameterizedTest
    @CsvSource({"0", "154", "4095", "-1"})
    void aVlanThatCannotBeIsRefused(int vlan) {
        node.give(1, vlan);

        assertThat(error(() -> node.add(1)))
                .isInstanceOfSatisfying(
                        CniError.Failed.class,
                        e -> assertThat(e.reason()).contains("eni-1", "no route table for VLAN"));
        assertThat(node.fixture.host.calls()).isEmpty();
    }

    @Test
    void anInterfaceWithoutAnAddressOrSubnetIsRefused() {
        node.give(1, new Branch("eni-1", MAC, ADDRESS, null, 7, null, null));
        assertThat(error(() -> node.add(1))).isInstanceOf(CniError.Failed.class);
        node.give(1, new Branch("eni-1", MAC, null, null, 7, null, null));
        assertThat(error(() -> node.add(1))).isInstanceOf(CniError.Failed.class);
        assertThat(node.fixture.host.calls()).isEmpty();
    }

    /** EC2 would not give it twice; a damaged annotation may. */
    @Test
    void anAddressThatIsAnotherPodsIsRefused() throws Exception {
        node.add(2);
        Ipv4Address taken = Nouns.address(0, 0);
        Ipv4Cidr subnet = Ipv4Cidr.parse("10.7.1.0/24");
        node.give(1, new Branch("eni-1", MAC, taken, null, 7, subnet, null));
        node.fixture.host.forget();

        assertThat(error(() -> node.add(1))).isInstanceOf(CniError.Failed.class);
        assertThat(node.fixture.host.calls()).isEmpty();
    }

    @Test
    void aRepeatedAddWiresOnlyWhatIsNotAsItShouldBe() throws Exception {
        node.give(1, 7);
        CniResult first = node.add(1);
        assertThat(node.add(1)).isEqualTo(first);
        assertThat(node.fixture.host.calls()).hasSize(1);

        node.fixture.host.differs("rule is missing");
        node.add(1);
        assertThat(node.fixture.host.calls()).containsExactly(WIRED, WIRED);
    }

    @Test
    void anAddThatCannotBeWiredIsForgotten() {
        node.give(1, 7);
        node.fixture.host.refuse("wire", new HostFailure.Refused("make VLAN device", 95));
        assertThat(error(() -> node.add(1))).isInstanceOf(CniError.Failed.class);
        node.fixture.host.refuseNothing();
        node.fixture.host.forget();

        assertThat(error(() -> node.pods.del(Requests.of(CniCommand.DEL, 1, null)))).isNull();
        assertThat(node.fixture.host.calls()).isEmpty();
    }

    /** After a restart the kernel is all there is. */
    @Test
    void whatAnEarlierDaemonWiredIsLearntFromTheKernel() throws Exception {
        node.fixture.host.branches(kernel(true));
        node.pods.learn();
        node.fixture.host.lose("restore vlan.eth.7", "rule is missing");
        PodRestoration restoration = node.pods.restoration();

        assertThat(restoration.lacking()).containsExactly(ADDRESS);
        assertThat(restoration.restore(ADDRESS)).containsExactly("rule is missing");
        assertThat(restoration.lacking()).isEmpty();
    }

    @Test
    void aCheckTellsWhatIsOff() throws Exception {
        CniRequest check = Requests.of(CniCommand.CHECK, 1, result(1, 7));
        node.pods.check(check, namespace());

        node.fixture.host.differs("VLAN device vlan.eth.7 is missing");
        assertThat(error(() -> node.pods.check(check, namespace())))
                .isEqualTo(
                        new CniError.NotAsExpected(List.of("VLAN device vlan.eth.7 is missing")));
    }
}
