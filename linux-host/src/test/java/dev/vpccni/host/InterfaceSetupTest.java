package dev.vpccni.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vpccni.dataplane.InterfaceSetup;
import dev.vpccni.linux.namespace.NamespaceThread;
import dev.vpccni.linux.route.RouteMonitor;
import dev.vpccni.linux.route.RouteMonitor.Topic;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.model.MacAddress;
import dev.vpccni.node.port.HostException;
import dev.vpccni.node.port.HostFailure;
import java.time.Duration;
import java.util.EnumSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class InterfaceSetupTest extends HostFixture {

    private static final Ipv4Address ADDRESS = Ipv4Address.parse("10.0.1.10");
    private static final InterfaceSetup SETUP =
            new InterfaceSetup(TestNode.SECONDARY, ADDRESS, Ipv4Cidr.parse("10.0.1.0/24"), 2, 9001);
    private static final MacAddress LATE = MacAddress.parse("0a:58:00:00:01:77");

    @Test
    void anInterfaceHasWhatUpstreamGivesIt() throws Exception {
        var _ = host.setUpInterface(SETUP);

        assertThatItIsSetUp();
        assertThat(node.node.ip("link show ens6")).contains("mtu 9001").contains("state UP");
        assertThat(node.node.ip("-4 route show table local dev ens6"))
                .contains("broadcast 10.0.1.255");
    }

    @Test
    void aSecondRunChangesNothingNotEvenForAMoment() throws Exception {
        var _ = host.setUpInterface(SETUP);
        try (var thread = NamespaceThread.start("monitor");
                RouteMonitor monitor =
                        thread.inside(
                                node.node.path(),
                                () ->
                                        RouteMonitor.open(
                                                EnumSet.of(
                                                        Topic.LINKS,
                                                        Topic.IPV4_ADDRESSES,
                                                        Topic.IPV4_ROUTES,
                                                        Topic.IPV4_RULES)))) {
            var _ = host.setUpInterface(SETUP);

            assertThat(monitor.receive(Duration.ZERO)).isEmpty();
        }
        assertThatItIsSetUp();
    }

    @Test
    void whatUpstreamLeftIsTakenOver() throws Exception {
        node.node.ip("link set ens6 mtu 9001 up");
        node.node.ip("addr add 10.0.1.10/24 brd 10.0.1.255 dev ens6");
        node.node.ip("route replace 10.0.1.1 dev ens6 scope link table 2");
        node.node.ip("route replace default via 10.0.1.1 dev ens6 table 2");
        assertThat(node.node.ip("route")).contains("10.0.1.0/24 dev ens6");
        var _ = host.setUpInterface(SETUP);

        assertThatItIsSetUp();
    }

    @Test
    void anotherAddressGoesAndTheRoutesStay() throws Exception {
        node.node.ip("link set ens6 up");
        node.node.ip("addr add 10.0.1.99/24 dev ens6");
        var _ = host.setUpInterface(SETUP);

        assertThatItIsSetUp();
        assertThat(node.node.ip("-4 addr show dev ens6")).doesNotContain("10.0.1.99");
    }

    @Test
    void whatIsMissingIsAdded() throws Exception {
        var _ = host.setUpInterface(SETUP);
        node.node.ip("route del default table 2");
        node.node.ip("rule del pref 32765");
        var _ = host.setUpInterface(SETUP);

        assertThatItIsSetUp();
    }

    @Test
    void aRuleToAnotherTableGoes() throws Exception {
        node.node.ip("rule add from 10.0.1.10 lookup 7 pref 32765");
        var _ = host.setUpInterface(SETUP);

        assertThatItIsSetUp();
    }

    /** As amazon-ec2-net-utils has one for each interface that it finds. */
    @Test
    void onAFurtherCardARuleOfAnotherToolStaysAndIsNotReliedOn() throws Exception {
        node.node.ip("rule add from 10.0.1.10 lookup 4242 pref 10101");
        var _ =
                host.setUpInterface(
                        new InterfaceSetup(
                                TestNode.SECONDARY,
                                ADDRESS,
                                Ipv4Cidr.parse("10.0.1.0/24"),
                                10_101,
                                9001));

        assertThat(node.node.ip("rule"))
                .contains("10101:\tfrom 10.0.1.10 lookup 4242")
                .contains("32765:\tfrom 10.0.1.10 lookup 10101");
        assertThat(node.node.ip("route show table 10101"))
                .contains("default via 10.0.1.1 dev ens6")
                .contains("10.0.1.1 dev ens6 scope link");
    }

    @Test
    void tornDownItHasNoRules() throws Exception {
        var _ = host.setUpInterface(SETUP);
        host.tearDownInterface(ADDRESS);
        host.tearDownInterface(ADDRESS);

        assertThat(node.node.ip("rule")).doesNotContain("10.0.1.10");
    }

    @Test
    void aLinkThatIsNotThereIsNamed() {
        var setup = new InterfaceSetup(LATE, ADDRESS, Ipv4Cidr.parse("10.0.1.0/24"), 2, 9001);

        assertThatThrownBy(() -> host.setUpInterface(setup))
                .isInstanceOfSatisfying(
                        HostException.class,
                        e -> assertThat(e.failure()).isEqualTo(new HostFailure.NoLink(LATE)));
    }

    @Test
    void aLinkIsAwaited() throws Exception {
        CompletableFuture<Boolean> awaited =
                CompletableFuture.supplyAsync(() -> {
                    try {
                        return host.awaitLink(LATE, Duration.ofSeconds(20));
                    } catch (HostException | InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                });
        node.attach("ens7", LATE);

        assertThat(awaited.get(10, TimeUnit.SECONDS)).isTrue();
        assertThat(host.awaitLink(LATE, Duration.ZERO)).isTrue();
    }

    @Test
    void aLinkThatDoesNotComeIsGivenUp() throws Exception {
        assertThat(host.awaitLink(LATE, Duration.ofMillis(20))).isFalse();
    }

    @Test
    void whoeverStopsWaitingIsLetGo() throws Exception {
        var waiting =
                new Thread(() -> {
                    try {
                        var _ = host.awaitLink(LATE, Duration.ofMinutes(5));
                    } catch (HostException | InterruptedException e) {
                        // As asked.
                    }
                });
        waiting.start();
        waiting.interrupt();
        waiting.join(Duration.ofSeconds(10));

        assertThat(waiting.isAlive()).isFalse();
    }

    private void assertThatItIsSetUp() {
        assertThat(node.node.ip("-o -4 addr show dev ens6"))
                .contains("inet 10.0.1.10/24 brd 10.0.1.255 scope global");
        assertThat(node.node.ip("route show table 2"))
                .isEqualTo("default via 10.0.1.1 dev ens6\n10.0.1.1 dev ens6 scope link");
        assertThat(node.node.ip("route")).doesNotContain("ens6");
        assertThat(node.node.ip("rule").lines().filter(l -> l.contains("10.0.1.10")))
                .containsExactly("32765:\tfrom 10.0.1.10 lookup 2");
    }
}
