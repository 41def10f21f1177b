package dev.vpccni.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vpccni.dataplane.HostEnd;
import dev.vpccni.dataplane.PodLink;
import dev.vpccni.dataplane.PodWiring;
import dev.vpccni.linux.Errno;
import dev.vpccni.model.IpFamily;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.node.port.HostException;
import dev.vpccni.node.port.HostFailure;
import dev.vpccni.node.port.PodNamespace;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Pods in namespaces of their own on a node in another one; ip(8) tells what became of them. */
class WiringTest extends PodFixture {

    private static final String VETH = "eniddeaa362342";
    private static final Ipv4Address ADDRESS = Ipv4Address.parse("10.0.1.101");
    private static final PodWiring ON_SECONDARY =
            new PodWiring.OneAddress(new PodLink(VETH, "eth0", ADDRESS, 2, 9001));
    private static final PodWiring ON_PRIMARY =
            new PodWiring.OneAddress(new PodLink(VETH, "eth0", ADDRESS, 254, 9001));

    @Test
    void aPodHasWhatUpstreamGivesIt() throws Exception {
        host.wire(ON_SECONDARY, namespace);

        assertThat(pod.ip("-o -4 addr show dev eth0"))
                .contains("inet 10.0.1.101/32 scope global eth0")
                .doesNotContain("brd");
        assertThat(pod.ip("route"))
                .isEqualTo(
                        """
                        default via 169.254.1.1 dev eth0
                        169.254.1.1 dev eth0 scope link\
                        """);
        assertThat(pod.ip("neigh show 169.254.1.1"))
                .isEqualTo("169.254.1.1 dev eth0 lladdr " + hostMac() + " PERMANENT");
        assertThat(pod.ip("link show eth0")).contains("mtu 9001").contains("state UP");
        assertThat(node.node.ip("route show dev " + VETH)).isEqualTo("10.0.1.101 scope link");
        assertThat(node.node.ip("link show " + VETH)).contains("mtu 9001").contains("state UP");
        assertThat(node.node.ip("rule"))
                .isEqualTo(
                        """
                        0:	from all lookup local
                        512:	from all to 10.0.1.101 lookup main
                        1536:	from 10.0.1.101 lookup 2
                        32766:	from all lookup main
                        32767:	from all lookup default\
                        """);
        // Chosen by us, so that udev leaves it alone.
        assertThat(node.node.run("cat /sys/class/net/" + VETH + "/addr_assign_type").strip())
                .isEqualTo("3");
        assertThat(host.verify(ON_SECONDARY, namespace)).isEmpty();
    }

    @Test
    void onThePrimaryInterfaceThereIsNoRuleFromThePod() throws Exception {
        host.wire(ON_PRIMARY, namespace);

        assertThat(node.node.ip("rule")).contains("512:").doesNotContain("1536:");
        assertThat(host.verify(ON_PRIMARY, namespace)).isEmpty();
    }

    @Test
    void podAndNodeReachEachOther() throws Exception {
        host.wire(ON_PRIMARY, namespace);

        pod.run("ping -q -c 1 -i 0.2 -w 20 10.0.0.10");
        node.node.run("ping -q -c 1 -i 0.2 -w 20 10.0.1.101");
    }

    @Test
    void podsOfANodeReachEachOther() throws Exception {
        var other =
                new PodWiring.OneAddress(
                        new PodLink(
                                "enic440f455693",
                                "eth0",
                                Ipv4Address.parse("10.0.0.7"),
                                254,
                                9001));
        TestNamespace second = node.pod();
        try (PodNamespace inside = LinuxPodNamespace.open(second.path())) {
            host.wire(ON_SECONDARY, namespace);
            host.wire(other, inside);
        }

        pod.run("ping -q -c 1 -i 0.2 -w 20 -M do -s 8900 10.0.0.7");
        second.run("ping -q -c 1 -i 0.2 -w 20 -M do -s 8900 10.0.1.101");
    }

    @Test
    void theHostInterfaceTakesNoRouterAdvertisements() throws Exception {
        node.node.run("sysctl -q -w net.ipv6.conf.default.accept_ra=1");
        node.node.run("sysctl -q -w net.ipv6.conf.default.forwarding=1");
        host.wire(ON_PRIMARY, namespace);

        String conf = "sysctl -n net.ipv6.conf." + VETH + ".";
        assertThat(node.node.run(conf + "accept_ra").strip()).isEqualTo("0");
        assertThat(node.node.run(conf + "accept_redirects").strip()).isEqualTo("1");
        assertThat(node.node.run(conf + "forwarding").strip()).isEqualTo("0");
    }

    @Test
    void wiringAgainReplacesThePair() throws Exception {
        host.wire(ON_SECONDARY, namespace);
        String before = hostMac();
        host.wire(ON_SECONDARY, namespace);

        assertThat(hostMac()).isNotEqualTo(before);
        assertThat(node.node.count("rule")).isEqualTo(5);
        assertThat(host.verify(ON_SECONDARY, namespace)).isEmpty();
    }

    @Test
    void whatAnEarlierSandboxLeftIsReplaced() throws Exception {
        host.wire(ON_SECONDARY, namespace);
        TestNamespace next = node.pod();
        try (PodNamespace inside = LinuxPodNamespace.open(next.path())) {
            host.wire(ON_SECONDARY, inside);

            assertThat(host.verify(ON_SECONDARY, inside)).isEmpty();
        }
        assertThat(pod.ip("-o link")).doesNotContain("eth0");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aStaleRuleThatLeadsElsewhereGoes(boolean knownBefore) throws Exception {
        if (knownBefore) {
            host.wire(
                    new PodWiring.OneAddress(new PodLink(VETH, "eth0", ADDRESS, 5, 9001)),
                    namespace);
        } else {
            node.node.ip("rule add from 10.0.1.101 lookup 5 pref 1536");
        }
        host.wire(ON_SECONDARY, namespace);

        assertThat(node.node.ip("rule")).contains("lookup 2").doesNotContain("lookup 5");
        assertThat(host.verify(ON_SECONDARY, namespace)).isEmpty();
    }

    @Test
    void aPodThatHasTheInterfaceAlreadyIsLeftAsItIs() {
        pod.ip("link add eth0 type veth peer name other");
        Census before = census();

        assertThatThrownBy(() -> host.wire(ON_SECONDARY, namespace))
                .isInstanceOfSatisfying(
                        HostException.class,
                        e ->
                                assertThat(e.failure())
                                        .isEqualTo(new HostFailure.InterfaceTaken("eth0")));
        assertThat(census()).isEqualTo(before);
    }

    /** It is the way out of somebody: of another network, or of the node if all else failed. */
    @Test
    void aDefaultRouteThatIsThereIsNotReplaced() {
        pod.ip("link add net1 type veth peer name net2");
        pod.ip("link set net2 up");
        pod.ip("addr add 192.0.2.7/24 dev net1");
        pod.ip("link set net1 up");
        pod.ip("route add default via 192.0.2.1 dev net1");
        Census before = census();
        String routes = pod.ip("route");

        var refused = new HostFailure.Refused("add route 0.0.0.0/0 in the pod", Errno.EEXIST);
        assertThatThrownBy(() -> host.wire(ON_SECONDARY, namespace))
                .isInstanceOfSatisfying(
                        HostException.class, e -> assertThat(e.failure()).isEqualTo(refused));
        assertThat(pod.ip("route")).isEqualTo(routes);
        assertThat(census()).isEqualTo(before);
    }

    @Test
    void aNodesOwnInterfaceIsNeverTakenForALeftover() {
        Census before = census();

        assertThatThrownBy(() ->
                        host.wire(
                                new PodWiring.OneAddress(
                                        new PodLink("lo", "eth0", ADDRESS, 2, 9001)),
                                namespace))
                .isInstanceOfSatisfying(
                        HostException.class,
                        e ->
                                assertThat(e.failure())
                                        .isEqualTo(new HostFailure.InterfaceTaken("lo")));
        assertThat(census()).isEqualTo(before);
    }

    @Test
    void aRefusalSaysWhatWasAttemptedAndWhy() {
        Census before = census();

        assertThatThrownBy(() ->
                        host.wire(
                                new PodWiring.OneAddress(
                                        new PodLink(VETH, "eth0", ADDRESS, 2, 100_000)),
                                namespace))
                .isInstanceOfSatisfying(
                        HostException.class,
                        e ->
                                assertThat(e.failure())
                                        .isEqualTo(new HostFailure.Refused("make veth pair", 22)))
                .hasMessage("make veth pair: create veth eth0: EINVAL");
        assertThat(census()).isEqualTo(before);
    }

    @Test
    void unwiringTakesRulesAndRouteAndLeavesTheLink() throws Exception {
        long rules = node.node.count("rule");
        host.wire(ON_SECONDARY, namespace);
        host.unwire(ADDRESS, 2, VETH);
        host.unwire(ADDRESS, 2, VETH);

        assertThat(node.node.count("rule")).isEqualTo(rules);
        assertThat(node.node.ip("route show dev " + VETH)).isEmpty();
        assertThat(node.node.ip("-o link")).contains(VETH);
    }

    @Test
    void unwiringWithoutTheNameOfTheLink() throws Exception {
        host.wire(ON_PRIMARY, namespace);
        host.unwire(ADDRESS, 254, null);

        assertThat(node.node.ip("route show dev " + VETH)).isEmpty();
        assertThat(node.node.ip("rule")).doesNotContain("10.0.1.101");
    }

    @Test
    void unwiringLeavesTheRouteOfAnotherPodWithTheAddress() throws Exception {
        host.wire(ON_PRIMARY, namespace);
        host.unwire(ADDRESS, 254, "enigone0000000");

        assertThat(node.node.ip("route show dev " + VETH)).isEqualTo("10.0.1.101 scope link");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "rule del pref 512",
                "rule del pref 1536",
                "route del 10.0.1.101",
                "link set eniddeaa362342 down",
                "link set eniddeaa362342 mtu 1500",
                "link del eniddeaa362342",
                "link set eniddeaa362342 address 0a:58:00:00:00:77",
                "neigh replace 10.0.1.101 lladdr 0a:58:00:00:00:99 dev eniddeaa362342 nud permanent",
                "rule add from 10.0.1.101 lookup 3 pref 1536"
            })
    void verifyingFindsWhatIsOffOnTheNode(String damage) throws Exception {
        host.wire(ON_SECONDARY, namespace);
        node.node.ip(damage);

        assertThat(host.verify(ON_SECONDARY, namespace)).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "addr del 10.0.1.101/32 dev eth0",
                "route del default",
                "route del 169.254.1.1",
                "neigh del 169.254.1.1 dev eth0",
                "neigh replace 169.254.1.1 lladdr 0a:58:00:00:00:99 dev eth0 nud permanent",
                "link set eth0 down",
                "link set eth0 mtu 1500"
            })
    void verifyingFindsWhatIsOffInThePod(String damage) throws Exception {
        host.wire(ON_SECONDARY, namespace);
        pod.ip(damage);

        assertThat(host.verify(ON_SECONDARY, namespace)).isNotEmpty();
    }

    @Test
    void aPodKeepsTheMtuThatItCameWith() throws Exception {
        host.wire(ON_SECONDARY, namespace);
        var today = new PodWiring.OneAddress(new PodLink(VETH, "eth0", ADDRESS, 2, 1400));

        assertThat(host.verify(today, namespace)).isEmpty();
        pod.ip("link set eth0 mtu 1400");
        assertThat(host.verify(today, namespace))
                .containsExactly("host interface " + VETH + " has MTU 9001 instead of 1400");
    }

    @Test
    void aDefaultRouteOfAnotherNetworkIsFound() throws Exception {
        assertThat(host.otherDefault(namespace, "eth0", IpFamily.IPV4)).isNull();
        host.wire(ON_SECONDARY, namespace);

        assertThat(host.otherDefault(namespace, "eth0", IpFamily.IPV4)).isNull();
        assertThat(host.otherDefault(namespace, "net1", IpFamily.IPV4)).isEqualTo("eth0");
        assertThat(host.otherDefault(namespace, "net1", IpFamily.IPV6)).isNull();
    }

    @Test
    void aPodThatCameWithAnotherPrefixIsSeenAndBroughtBack() throws Exception {
        var old = new PodLink("pod" + VETH.substring(3), "eth0", ADDRESS, 2, 9001);
        host.wire(new PodWiring.OneAddress(old), namespace);
        var seen = host.observe();
        node.node.ip("route del 10.0.1.101");

        assertThat(seen.leadsToPod(ADDRESS)).isTrue();
        assertThat(seen.links()).hasSize(2);
        assertThat(host.restore(new HostEnd(VETH.substring(3), ADDRESS, 2)))
                .containsExactly("route 10.0.1.101 dev " + old.hostInterface() + " scope link");
        assertThat(host.verify(new PodWiring.OneAddress(old), namespace)).isEmpty();
    }

    @Test
    void aRuleThatAsksForMoreIsNotThePods() throws Exception {
        host.wire(ON_SECONDARY, namespace);
        node.node.ip("rule del pref 1536");
        node.node.ip("rule add from 10.0.1.101 lookup 2 suppress_prefixlength 0 pref 1536");

        assertThat(host.verify(ON_SECONDARY, namespace))
                .containsExactly("rule is missing: 1536: from 10.0.1.101 lookup 2");
    }

    @Test
    void verifyingTakesWhatUpstreamMadeForGood() throws Exception {
        host.wire(ON_SECONDARY, namespace);
        node.node.ip("neigh del 10.0.1.101 dev " + VETH);

        assertThat(host.verify(ON_SECONDARY, namespace)).isEmpty();
    }

    @Test
    void observingTellsPodsAndInterfaces() throws Exception {
        host.wire(ON_SECONDARY, namespace);
        var seen = host.observe();

        assertThat(seen.links())
                .containsEntry(TestNode.PRIMARY, "ens5")
                .containsEntry(TestNode.SECONDARY, "ens6")
                .hasSize(2);
        assertThat(seen.hostInterfaces()).containsExactly(VETH);
        assertThat(seen.podRoutes()).containsEntry(ADDRESS, VETH).hasSize(1);
        assertThat(seen.podRules()).containsEntry(ADDRESS, 2).hasSize(1);
    }

    private String hostMac() {
        return node.node.run("cat /sys/class/net/" + VETH + "/address").strip();
    }

    private record Census(long links, long routes, long rules, long neighbours, long podLinks) {}

    private Census census() {
        return new Census(
                node.node.count("-o link"),
                node.node.count("-4 route show table all"),
                node.node.count("rule"),
                node.node.count("-4 neigh"),
                pod.count("-o link"));
    }
}
