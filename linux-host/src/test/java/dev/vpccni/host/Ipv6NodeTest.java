package dev.vpccni.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.dataplane.InterfaceSetup;
import dev.vpccni.linux.namespace.NamespaceThread;
import dev.vpccni.linux.route.RouteMonitor;
import dev.vpccni.linux.route.RouteMonitor.Topic;
import dev.vpccni.model.Cidr;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.IpFamily;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A node whose pods have IPv6 addresses, and its interfaces. */
class Ipv6NodeTest {

    private static final IpAddress ADDRESS = IpAddress.parse("2001:db8:0:2::10");
    private static final InterfaceSetup SETUP =
            new InterfaceSetup(
                    TestNode.SECONDARY, ADDRESS, Cidr.parse("2001:db8:0:2::/64"), 2, 9001);

    private TestNode node;

    @BeforeEach
    void makeNode() {
        node = new TestNode();
    }

    @AfterEach
    void removeNode() {
        node.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"iptables-legacy", "iptables-nft"})
    void itForwardsAndTranslatesNothing(String iptables) throws Exception {
        node.node.run("sysctl -q -w net.ipv6.conf.all.disable_ipv6=1");
        setUp(iptables, IpFamily.IPV6, false);

        assertThat(parameter("all.disable_ipv6")).isEqualTo("0");
        assertThat(parameter("all.forwarding")).isEqualTo("1");
        assertThat(parameter("ens5.accept_ra")).isEqualTo("2");
        assertThat(node.node.ip("-6 rule"))
                .isEqualTo(
                        """
                        0:	from all lookup local
                        1024:	from all fwmark 0x80/0x80 lookup main
                        32766:	from all lookup main\
                        """);
        assertThat(node.node.count("-4 rule")).isEqualTo(3);
        for (String table : List.of("nat", "mangle")) {
            assertThat(node.node.run(iptables + "-save -t " + table)).doesNotContain("AWS");
        }
        assertThat(node.node.attempt("nft list table ip aws-cni").status()).isNotZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"iptables-legacy", "iptables-nft"})
    void whatItHadForIpv4IsTakenAway(String iptables) throws Exception {
        setUp(iptables, IpFamily.IPV4, false);
        setUp(iptables, IpFamily.IPV6, false);

        for (String table : List.of("nat", "mangle")) {
            assertThat(node.node.run(iptables + "-save -t " + table)).doesNotContain("AWS");
        }
        assertThat(node.node.attempt("nft list table ip aws-cni").status()).isNotZero();
    }

    @Test
    void withIpv4PodsItForwardsIpv6WhereTheyReachIt() throws Exception {
        setUp("iptables", IpFamily.IPV4, false);
        assertThat(parameter("all.forwarding")).isEqualTo("0");
        setUp("iptables", IpFamily.IPV4, true);

        assertThat(parameter("all.forwarding")).isEqualTo("1");
        assertThat(parameter("ens5.accept_ra")).isEqualTo("2");
        assertThat(node.node.count("-6 rule")).isEqualTo(2);
    }

    @Test
    void aSecondaryInterfaceHasATableOfItsOwn() throws Exception {
        try (LinuxHost host = node.host()) {
            var _ = host.setUpInterface(SETUP);
        }

        assertThatItIsSetUp();
        assertThat(node.node.ip("-6 addr show dev ens6 tentative")).isEmpty();
        assertThat(parameter("ens6.accept_dad")).isEqualTo("0");
        assertThat(node.node.ip("-4 addr show dev ens6")).isEmpty();
    }

    @Test
    void aSecondRunChangesNothingNotEvenForAMoment() throws Exception {
        try (LinuxHost host = node.host();
                var thread = NamespaceThread.start("monitor")) {
            // Up already, so that the kernel does not give it an address of its own meanwhile.
            node.node.run("sysctl -q -w net.ipv6.conf.ens6.addr_gen_mode=1");
            var _ = host.setUpInterface(SETUP);
            try (RouteMonitor monitor =
                    thread.inside(
                            node.node.path(),
                            () ->
                                    RouteMonitor.open(
                                            EnumSet.of(
                                                    Topic.LINKS,
                                                    Topic.IPV6_ADDRESSES,
                                                    Topic.IPV6_ROUTES,
                                                    Topic.IPV6_RULES)))) {
                var _ = host.setUpInterface(SETUP);

                assertThat(monitor.receive(Duration.ZERO)).isEmpty();
            }
        }
        assertThatItIsSetUp();
    }

    @Test
    void whatUpstreamLeftIsTakenOver() throws Exception {
        node.node.ip("link set ens6 mtu 9001 up");
        node.node.ip("addr add 2001:db8:0:2::10/64 dev ens6 nodad");
        node.node.ip("addr add 2001:db8:0:2::99/64 dev ens6 nodad");
        node.node.ip("-6 route replace fe80:ec2::1 dev ens6 table 2");
        assertThat(node.node.ip("-6 route")).contains("2001:db8:0:2::/64 dev ens6");
        try (LinuxHost host = node.host()) {
            var _ = host.setUpInterface(SETUP);
        }

        assertThatItIsSetUp();
        assertThat(node.node.ip("-6 addr show dev ens6")).doesNotContain("::99");
    }

    @Test
    void tornDownItHasNoRulesOfItsFamily() throws Exception {
        node.node.ip("rule add from 10.0.1.10 lookup 2 pref 32765");
        try (LinuxHost host = node.host()) {
            var _ = host.setUpInterface(SETUP);
            host.tearDownInterface(ADDRESS);
            host.tearDownInterface(ADDRESS);
        }

        assertThat(node.node.count("-6 rule")).isEqualTo(2);
        assertThat(node.node.ip("-4 rule")).contains("32765:\tfrom 10.0.1.10 lookup 2");
    }

    private void assertThatItIsSetUp() {
        assertThat(node.node.ip("-o -6 addr show dev ens6 scope global"))
                .contains("inet6 2001:db8:0:2::10/64 scope global");
        assertThat(lines("-6 route show table 2"))
                .containsExactlyInAnyOrder(
                        "default via fe80:ec2::1 dev ens6 metric 1024 pref medium",
                        "fe80:ec2::1 dev ens6 metric 1024 pref medium");
        assertThat(node.node.ip("-6 route")).doesNotContain("2001:db8:0:2::/64");
        assertThat(lines("-6 rule").filter(line -> line.contains("2001:")))
                .containsExactly("32765:\tfrom 2001:db8:0:2::10 lookup 2");
        assertThat(node.node.ip("link show ens6")).contains("mtu 9001").contains("state UP");
    }

    private Stream<String> lines(String arguments) {
        return node.node.ip(arguments).lines();
    }

    private String parameter(String name) {
        return node.node.run("sysctl -n net.ipv6.conf." + name).strip();
    }

    private void setUp(String iptables, IpFamily family, boolean ipv6Egress) throws Exception {
        node.setUp(iptables, new WantedNode().family(family).ipv6Egress(ipv6Egress).setup());
    }
}
