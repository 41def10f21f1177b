package dev.vpccni.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vpccni.dataplane.PodLink;
import dev.vpccni.dataplane.PodWiring;
import dev.vpccni.linux.Errno;
import dev.vpccni.linux.ErrnoException;
import dev.vpccni.model.IpAddress;
import dev.vpccni.node.port.HostException;
import dev.vpccni.node.port.HostFailure;
import dev.vpccni.node.port.PodNamespace;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pods with IPv6 addresses, in namespaces as runtimes make them; ip(8) tells what became of it. */
class Ipv6WiringTest extends PodFixture {

    private static final String VETH = "eniddeaa362342";
    private static final IpAddress ADDRESS = IpAddress.parse("2001:db8:0:1:1::7");
    private static final PodWiring ON_PRIMARY = wiring(VETH, ADDRESS, 254);
    private static final PodWiring ON_SECONDARY = wiring(VETH, ADDRESS, 2);

    @BeforeEach
    void haveIpv6() {
        node.node.run("sysctl -q -w net.ipv6.conf.all.forwarding=1");
        node.node.ip("addr add 2001:db8:0:1::10/64 dev ens5 nodad");
    }

    @Test
    void aPodHasWhatUpstreamGivesIt() throws Exception {
        host.wire(ON_SECONDARY, namespace);

        assertThat(pod.ip("-o -6 addr show dev eth0"))
                .contains("inet6 2001:db8:0:1:1::7/128 scope global");
        assertThat(pod.ip("-6 route show proto boot"))
                .isEqualTo(
                        """
                        fe80::1 dev eth0 metric 1024 pref medium
                        default via fe80::1 dev eth0 metric 1024 pref medium\
                        """);
        assertThat(pod.ip("-6 neigh show fe80::1"))
                .isEqualTo("fe80::1 dev eth0 lladdr " + hostMac() + " PERMANENT");
        assertThat(pod.ip("link show eth0")).contains("mtu 9001").contains("state UP");
        assertThat(node.node.ip("-6 route show dev " + VETH + " proto boot"))
                .isEqualTo(ADDRESS + " metric 1024 pref medium");
        assertThat(node.node.ip("-6 rule"))
                .isEqualTo(
                        """
                        0:	from all lookup local
                        512:	from all to 2001:db8:0:1:1::7 lookup main
                        1536:	from 2001:db8:0:1:1::7 lookup 2
                        32766:	from all lookup main\
                        """);
        assertThat(host.verify(ON_SECONDARY, namespace)).isEmpty();
    }

    @Test
    void podAndNodeReachEachOtherAtOnce() throws Exception {
        host.wire(ON_PRIMARY, namespace);

        assertThat(pod.ip("-6 addr show tentative")).isEmpty();
        pod.run("ping -6 -q -c 1 -i 0.2 -w 20 2001:db8:0:1::10");
        node.node.run("ping -6 -q -c 1 -i 0.2 -w 20 " + ADDRESS);
    }

    @Test
    void podsOfANodeReachEachOther() throws Exception {
        IpAddress other = ADDRESS.plus(1);
        TestNamespace second = node.pod();
        try (PodNamespace inside = LinuxPodNamespace.open(second.path())) {
            host.wire(ON_PRIMARY, namespace);
            host.wire(wiring("enic440f455693", other, 254), inside);
        }

        pod.run("ping -6 -q -c 1 -i 0.2 -w 20 " + other);
        second.run("ping -6 -q -c 1 -i 0.2 -w 20 " + ADDRESS);
    }

    /** Runtimes may switch IPv6 off; the kernel would spend two seconds on each address. */
    @Test
    void whatTheRuntimeSwitchedOffIsSwitchedOn() throws Exception {
        pod.run("sysctl -q -w net.ipv6.conf.all.disable_ipv6=1");
        host.wire(ON_PRIMARY, namespace);

        assertThat(pod.run("sysctl -n net.ipv6.conf.eth0.disable_ipv6").strip()).isEqualTo("0");
        assertThat(pod.run("sysctl -n net.ipv6.conf.lo.disable_ipv6").strip()).isEqualTo("0");
        assertThat(pod.run("sysctl -n net.ipv6.conf.eth0.accept_dad").strip()).isEqualTo("0");
        assertThat(pod.run("sysctl -n net.ipv6.conf.default.accept_dad").strip()).isEqualTo("1");
        pod.run("ping -6 -q -c 1 -i 0.2 -w 20 2001:db8:0:1::10");
        pod.run("ping -6 -q -c 1 -i 0.2 -w 20 ::1");
    }

    /**
     * An older plugin sets nothing: the interface's own address comes later, the pod's does not.
     */
    @Test
    void whereNobodySetsParametersThePodsAddressIsUsableAtOnce() throws Exception {
        try (PodNamespace adopted = adopt(host, pod, null)) {
            host.wire(ON_PRIMARY, adopted);

            assertThat(pod.ip("-6 addr show tentative scope global")).isEmpty();
            pod.run("ping -6 -q -c 1 -i 0.2 -w 20 2001:db8:0:1::10");
            node.node.run("ping -6 -q -c 1 -i 0.2 -w 20 " + ADDRESS);
        }
    }

    @Test
    void parametersAreSetBeforeTheInterfaceComesUp() throws Exception {
        List<String> seen = new ArrayList<>();
        NamespaceParameters recording =
                values -> {
                    seen.addAll(values.keySet());
                    seen.add(pod.ip("link show eth0 up").isEmpty() ? "down" : "up");
                };
        try (PodNamespace adopted = adopt(host, pod, recording)) {
            host.wire(ON_PRIMARY, adopted);
        }

        assertThat(seen)
                .containsExactly(
                        "net/ipv6/conf/eth0/accept_dad",
                        "net/ipv6/conf/eth0/disable_ipv6",
                        "net/ipv6/conf/lo/disable_ipv6",
                        "down");
    }

    @Test
    void whatCannotBeSetLeavesNothing() throws Exception {
        long links = node.node.count("-o link");
        NamespaceParameters refusing =
                _ -> {
                    throw new ErrnoException("net/ipv6/conf/eth0/accept_dad", Errno.EACCES, "");
                };
        try (PodNamespace adopted = adopt(host, pod, refusing)) {
            var refused = new HostFailure.Refused("set parameters in the pod", Errno.EACCES);
            assertThatThrownBy(() -> host.wire(ON_PRIMARY, adopted))
                    .hasMessage("set parameters in the pod: net/ipv6/conf/eth0/accept_dad: EACCES")
                    .isInstanceOfSatisfying(
                            HostException.class, e -> assertThat(e.failure()).isEqualTo(refused));
        }

        assertThat(node.node.count("-o link")).isEqualTo(links);
        assertThat(node.node.count("-6 rule")).isEqualTo(2);
        assertThat(pod.ip("-o link")).doesNotContain("eth0");
    }

    /** Whoever is stopped keeps nobody else waiting. */
    @Test
    void othersAreWiredWhileSomebodySetsParameters() throws Exception {
        TestNamespace second = node.pod();
        PodWiring other = wiring("enic440f455693", ADDRESS.plus(1), 254);
        NamespaceParameters nested =
                _ -> {
                    try (PodNamespace inside = LinuxPodNamespace.open(second.path())) {
                        host.wire(other, inside);
                        host.wire(other, inside);
                        assertThat(host.verify(other, inside)).isEmpty();
                    } catch (HostException | InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                };
        try (PodNamespace adopted = adopt(host, pod, nested)) {
            host.wire(ON_PRIMARY, adopted);

            assertThat(host.verify(ON_PRIMARY, adopted)).isEmpty();
        }
    }

    @Test
    void wiringAgainReplacesThePair() throws Exception {
        host.wire(ON_SECONDARY, namespace);
        String before = hostMac();
        host.wire(ON_SECONDARY, namespace);

        assertThat(hostMac()).isNotEqualTo(before);
        assertThat(node.node.count("-6 rule")).isEqualTo(4);
        assertThat(host.verify(ON_SECONDARY, namespace)).isEmpty();
        node.node.run("ping -6 -q -c 1 -i 0.2 -w 20 " + ADDRESS);
    }

    @Test
    void theOtherFamilyIsLeftAsItIs() throws Exception {
        node.node.ip("rule add from 10.0.1.101 lookup 5 pref 1536");
        String rules = node.node.ip("-4 rule");
        String routes = node.node.ip("-4 route show table all");
        host.wire(ON_SECONDARY, namespace);
        host.unwire(ADDRESS, 2, VETH);

        assertThat(node.node.ip("-4 rule")).isEqualTo(rules);
        assertThat(node.node.ip("-4 route show table all")).isEqualTo(routes);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aStaleRuleThatLeadsElsewhereGoes(boolean knownBefore) throws Exception {
        if (knownBefore) {
            host.wire(wiring(VETH, ADDRESS, 5), namespace);
        } else {
            node.node.ip("-6 rule add from " + ADDRESS + " lookup 5 pref 1536");
        }
        host.wire(ON_SECONDARY, namespace);

        assertThat(node.node.ip("-6 rule")).contains("lookup 2").doesNotContain("lookup 5");
    }

    @ParameterizedTest
    @ValueSource(strings = {VETH, ""})
    void unwiringTakesRulesAndRoute(String link) throws Exception {
        host.wire(ON_SECONDARY, namespace);
        for (int i = 0; i < 2; i++) {
            host.unwire(ADDRESS, 2, link.isEmpty() ? null : link);
        }

        assertThat(node.node.count("-6 rule")).isEqualTo(2);
        assertThat(node.node.ip("-6 route show proto boot")).doesNotContain(ADDRESS.toString());
    }

    @Test
    void observingTellsPodsOfBothFamilies() throws Exception {
        IpAddress four = IpAddress.parse("10.0.1.101");
        TestNamespace second = node.pod();
        try (PodNamespace inside = LinuxPodNamespace.open(second.path())) {
            host.wire(ON_SECONDARY, namespace);
            host.wire(wiring("enic440f455693", four, 254), inside);
        }
        var seen = host.observe();

        assertThat(seen.podRoutes()).containsOnlyKeys(four, ADDRESS).containsEntry(ADDRESS, VETH);
        assertThat(seen.podRules()).containsEntry(ADDRESS, 2).containsEntry(four, 254).hasSize(2);
        assertThat(seen.leadsToPod(ADDRESS)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-6 rule del pref 512",
                "-6 rule del pref 1536",
                "-6 route del 2001:db8:0:1:1::7",
                "-6 neigh replace 2001:db8:0:1:1::7 lladdr 0a:58:00:00:00:99 dev eniddeaa362342"
                        + " nud permanent",
                "-6 rule add from 2001:db8:0:1:1::7 lookup 3 pref 1536"
            })
    void verifyingFindsWhatIsOffOnTheNode(String damage) throws Exception {
        host.wire(ON_SECONDARY, namespace);
        node.node.ip(damage);

        assertThat(host.verify(ON_SECONDARY, namespace)).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "addr del 2001:db8:0:1:1::7/128 dev eth0",
                "-6 route del default",
                "-6 route del fe80::1",
                "-6 neigh del fe80::1 dev eth0"
            })
    void verifyingFindsWhatIsOffInThePod(String damage) throws Exception {
        host.wire(ON_SECONDARY, namespace);
        pod.ip(damage);

        assertThat(host.verify(ON_SECONDARY, namespace)).isNotEmpty();
    }

    private String hostMac() {
        return node.node.run("cat /sys/class/net/" + VETH + "/address").strip();
    }

    private static PodWiring wiring(String outside, IpAddress address, int table) {
        return new PodWiring.OneAddress(new PodLink(outside, "eth0", address, table, 9001));
    }
}
