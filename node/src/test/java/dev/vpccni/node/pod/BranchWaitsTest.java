package dev.vpccni.node.pod;

import static dev.vpccni.node.pod.BranchPodsUnderTest.ADDRESS;
import static dev.vpccni.node.pod.BranchPodsUnderTest.MAC;
import static dev.vpccni.node.pod.BranchPodsUnderTest.ROUTER;
import static dev.vpccni.node.pod.BranchPodsUnderTest.error;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vpccni.cni.CniError;
import dev.vpccni.ipam.ledger.Command;
import dev.vpccni.ipam.ledger.InterfaceRole;
import dev.vpccni.model.IpFamily;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.node.fake.Nouns;
import dev.vpccni.node.pool.NoAddressException;
import dev.vpccni.node.port.BranchSource.Branch;
import dev.vpccni.node.port.BranchSource.PendingException;
import java.time.Duration;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** ADDs of pods whose own interfaces are on their way. */
final class BranchWaitsTest {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final BranchPodsUnderTest node = new BranchPodsUnderTest(IpFamily.IPV4);

    private static PendingException coming() {
        return new PendingException("not yet", "wait", true);
    }

    private Duration elapsed() {
        return Duration.ofNanos(node.fixture.tempo.nanos());
    }

    @Test
    void anAddWaitsUntilItsInterfaceIsThereAndNoLonger() throws Exception {
        node.give(1, 7);
        node.pending(coming());
        node.fixture.tempo.after(Duration.ofMillis(2_200), () -> node.pending(null));

        assertThat(node.add(1, PATIENCE).ips().getFirst().address()).isEqualTo(ADDRESS + "/32");
        assertThat(elapsed()).isEqualTo(Duration.ofMillis(2_200));
        assertThat(node.fixture.hasGrant(1)).isFalse();
    }

    @Test
    void whatNeverComesIsRefusedWhenPatienceEnds() {
        node.pending(coming());

        assertThat(error(() -> node.add(1, PATIENCE)))
                .isEqualTo(new CniError.TryAgainLater("not yet", "wait"));
        assertThat(elapsed()).isEqualTo(PATIENCE);
        assertThat(node.fixture.hasGrant(1)).as("an address past its security groups").isFalse();
    }

    @Test
    void nobodyWaitsForWhatDoesNotCome() {
        node.pending(new PendingException("garbage", "see to the controller", false));

        assertThat(error(() -> node.add(1, PATIENCE)))
                .isEqualTo(new CniError.TryAgainLater("garbage", "see to the controller"));
        assertThat(elapsed()).isZero();
    }

    @Test
    void whatTurnsOutToBeGarbageIsWaitedForNoLonger() {
        node.pending(coming());
        node.fixture.tempo.after(
                Duration.ofSeconds(1),
                () -> node.pending(new PendingException("garbage", "see to it", false)));

        assertThat(error(() -> node.add(1, PATIENCE)))
                .isEqualTo(new CniError.TryAgainLater("garbage", "see to it"));
        assertThat(elapsed()).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void aDelEndsTheWait() {
        node.pending(coming());
        node.fixture.tempo.after(Duration.ofSeconds(1), () -> node.pods.dismiss(Nouns.key(2)));
        node.fixture.tempo.after(Duration.ofSeconds(3), () -> node.pods.dismiss(Nouns.key(1)));

        assertThat(error(() -> node.add(1, PATIENCE))).isInstanceOf(CniError.TryAgainLater.class);
        assertThat(elapsed()).isEqualTo(Duration.ofSeconds(3));
    }

    @Test
    void anInterfaceIsOfNoUseBeforeItsTrunkIsThere() throws Exception {
        node.give(1, 7);
        node.fixture.done(new Command.ForgetInterface(Nouns.id(1)));
        assertThat(error(() -> node.add(1)))
                .isInstanceOfSatisfying(
                        CniError.TryAgainLater.class,
                        e -> assertThat(e.message()).contains("eni-1", "no trunk"));

        node.fixture.tempo.after(Duration.ofSeconds(3), this::attachTrunk);
        node.add(1, PATIENCE);
        assertThat(elapsed()).isBetween(Duration.ofSeconds(3), Duration.ofMillis(3_500));
    }

    private void attachTrunk() {
        node.fixture.done(
                new Command.AddInterface(
                        Nouns.facts(1, InterfaceRole.TRUNK), Nouns.blocks(1, 0), null));
    }

    @Test
    void anyAddMayWaitWherePodsMayHaveInterfacesOfTheirOwn() {
        assertThat(node.pods.addWaits()).isTrue();
    }

    @Test
    void upstreamsPluginIsToldHowToWireIt() throws Exception {
        node.give(1, 7);
        node.fixture.host.link(Nouns.mac(0));
        node.fixture.host.link(BranchPodsUnderTest.TRUNK);
        int trunk = node.fixture.host.linkIndex(BranchPodsUnderTest.TRUNK);

        BranchService.Lease lease =
                node.pods.branches().assign(Nouns.key(1), Nouns.pod(1), PATIENCE);

        assertThat(lease).isEqualTo(new BranchService.Lease(ADDRESS, ROUTER, MAC, 7, trunk));
        assertThat(trunk).isPositive();
        assertThat(node.pods.branches().assign(Nouns.key(2), Nouns.pod(2), PATIENCE)).isNull();
        BranchService.Lease known =
                Objects.requireNonNull(node.pods.branches().of(Nouns.pod(1), ""));
        assertThat(known.vlan()).isEqualTo(7);
    }

    @Test
    void upstreamsPluginIsToldOfNothingThatCannotBeWired() throws Exception {
        node.give(1, 7);
        assertThatThrownBy(() -> lease(1)).as("no link").isInstanceOf(NoAddressException.class);
        node.fixture.host.link(BranchPodsUnderTest.TRUNK);
        assertThat(lease(1).vlan()).isEqualTo(7);
        Ipv4Cidr subnet = Ipv4Cidr.parse("10.7.1.0/24");
        node.give(1, new Branch("eni-1", MAC, ADDRESS, null, 0, subnet, null));
        assertThatThrownBy(() -> lease(1)).as("no VLAN").isInstanceOf(NoAddressException.class);
        assertThat(node.pods.branches().of(Nouns.pod(1), "")).isNull();
        node.add(2);
        node.give(1, new Branch("eni-1", MAC, Nouns.address(0, 0), null, 7, subnet, null));
        assertThatThrownBy(() -> lease(1)).as("taken").isInstanceOf(NoAddressException.class);
        node.pending(coming());
        assertThatThrownBy(() -> lease(1)).hasMessage("not yet");
        assertThat(node.pods.branches().of(Nouns.pod(1), "")).isNull();
    }

    private BranchService.Lease lease(int pod) throws Exception {
        return Objects.requireNonNull(
                node.pods.branches().assign(Nouns.key(pod), Nouns.pod(pod), Duration.ZERO));
    }
}
