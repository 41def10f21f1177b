package dev.vpccni.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.dataplane.NodeSetup;
import dev.vpccni.dataplane.NodeSetup.EarlyDemux;
import dev.vpccni.model.IpFamily;
import dev.vpccni.node.port.HostNetwork.Part;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Where the node's own addresses are looked up, when pods with interfaces of their own may come.
 */
final class StrictNodeTest extends HostFixture {

    private static final String IPV4 =
            """
            0:	from all lookup local
            32766:	from all lookup main
            32767:	from all lookup default\
            """;
    private static final String IPV6 =
            """
            0:	from all lookup local
            32766:	from all lookup main\
            """;

    private static final String IPV6_STRICT =
            """
            0:	from fe80:ec2::1 ipproto ipv6-icmp lookup local
            20:	from all lookup local
            32766:	from all lookup main\
            """;

    private static NodeSetup setup(IpFamily family, boolean strict, EarlyDemux demux) {
        return new WantedNode()
                .family(family)
                .strictBranches(strict)
                .earlyDemux(demux)
                .externalSnat(true)
                .nodePorts(false)
                .setup();
    }

    private List<String> setUp(IpFamily family, boolean strict) throws Exception {
        return host.setUpNode(setup(family, strict, EarlyDemux.AS_IT_IS)).stream()
                .filter(change -> change.contains("rule"))
                .collect(Collectors.toList());
    }

    private String rules(IpFamily family) {
        return node.node.ip(family == IpFamily.IPV6 ? "-6 rule" : "rule");
    }

    @Test
    void strictAndBackAgain() throws Exception {
        assertThat(setUp(IpFamily.IPV4, true))
                .containsExactly(
                        "rule 20: from all lookup local", "without rule 0: from all lookup local");
        assertThat(rules(IpFamily.IPV4))
                .isEqualTo(IPV4.replace("0:	from all lookup l", "20:	from all lookup l"));
        assertThat(rules(IpFamily.IPV6)).as("no pod's family").isEqualTo(IPV6);
        node.node.run("ping -q -c 1 -i 0.2 -w 20 10.0.0.10");
        assertThat(setUp(IpFamily.IPV4, true)).isEmpty();

        assertThat(setUp(IpFamily.IPV4, false))
                .containsExactly(
                        "rule 0: from all lookup local", "without rule 20: from all lookup local");
        assertThat(rules(IpFamily.IPV4)).isEqualTo(IPV4);
        assertThat(setUp(IpFamily.IPV4, false)).isEmpty();
    }

    @Test
    void inIpv6TheRoutersWordIsForTheNode() throws Exception {
        assertThat(setUp(IpFamily.IPV6, true)).hasSize(3);
        assertThat(rules(IpFamily.IPV6)).isEqualTo(IPV6_STRICT);
        assertThat(setUp(IpFamily.IPV6, true)).isEmpty();
        assertThat(rules(IpFamily.IPV4)).isEqualTo(IPV4);

        assertThat(setUp(IpFamily.IPV6, false)).hasSize(3);
        assertThat(rules(IpFamily.IPV6)).isEqualTo(IPV6);
    }

    /**
     * The kernel deletes the first rule that says no more than it is asked for, which is not always
     * the one that is meant.
     */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void aChangeThatWasBrokenOffIsCompleted(boolean strict) throws Exception {
        setUp(IpFamily.IPV6, true);
        node.node.ip("-6 rule add lookup local pref 0");
        setUp(IpFamily.IPV6, strict);

        assertThat(rules(IpFamily.IPV6)).isEqualTo(strict ? IPV6_STRICT : IPV6);
    }

    /** Packets of its pods would no longer pass their security groups on the way back. */
    @Test
    void theRulesStayAsLongAsThereIsAStrictPod() throws Exception {
        setUp(IpFamily.IPV4, true);
        node.node.ip("rule add iif vlan.eth.7 lookup 107 pref 10");
        assertThat(setUp(IpFamily.IPV4, false)).isEmpty();

        node.node.ip("rule del iif vlan.eth.7 pref 10");
        assertThat(setUp(IpFamily.IPV4, false)).hasSize(2);
        assertThat(rules(IpFamily.IPV4)).isEqualTo(IPV4);
    }

    /** Others move that rule too, for reasons of theirs. */
    @Test
    void whoeverElseHasMovedTheRuleIsLeftAlone() throws Exception {
        node.node.ip("rule add lookup local pref 100");
        node.node.ip("rule del pref 0");

        assertThat(setUp(IpFamily.IPV4, false)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "rule del pref 20, rule 20: from all lookup local",
        "rule add lookup local pref 0, without rule 0: from all lookup local"
    })
    void whatOthersChangeIsHeardAndBroughtBack(String deed, String what) throws Exception {
        setUp(IpFamily.IPV4, true);
        var _ = host.awaitDisturbance(Duration.ofSeconds(20));
        while (!host.awaitDisturbance(Duration.ZERO).isEmpty()) {
            // There is more.
        }
        node.node.ip("rule add lookup local pref 30"); // or it would have no addresses
        node.node.ip(deed);

        assertThat(host.awaitDisturbance(Duration.ofSeconds(20))).contains(Part.ROUTING);
        assertThat(setUp(IpFamily.IPV4, true)).containsExactly(what);
    }

    /** A stand-in for a branch interface's device, and rules of a strict pod. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "rule del pref 10",
                "link set vlan.eth.7 down",
                "link del vlan.eth.7",
                "route del default table 107"
            })
    void whatOthersDoToAStrictPodIsHeard(String deed) throws Exception {
        node.node.ip("link add vlan.eth.7 type veth peer name t7");
        node.node.ip("link set t7 up");
        node.node.ip("link set vlan.eth.7 up");
        node.node.ip("route add 10.0.1.1 dev vlan.eth.7 table 107");
        node.node.ip("route add default via 10.0.1.1 dev vlan.eth.7 table 107");
        node.node.ip("rule add iif vlan.eth.7 lookup 107 pref 10");
        var _ = host.awaitDisturbance(Duration.ofSeconds(20));
        while (!host.awaitDisturbance(Duration.ZERO).isEmpty()) {
            // There is more.
        }
        node.node.ip(deed);

        assertThat(host.awaitDisturbance(Duration.ofSeconds(20))).contains(Part.ROUTING);
    }

    @ParameterizedTest
    @EnumSource
    void earlyDemultiplexingIsSetWhereSomebodySays(EarlyDemux wanted) throws Exception {
        for (String before : new String[] {"0", "1"}) {
            node.node.run("sysctl -q -w net.ipv4.tcp_early_demux=" + before);
            var _ = host.setUpNode(setup(IpFamily.IPV4, false, wanted));
            assertThat(node.node.run("sysctl -n net.ipv4.tcp_early_demux").strip())
                    .isEqualTo(
                            switch (wanted) {
                                case AS_IT_IS -> before;
                                case ON -> "1";
                                case OFF -> "0";
                            });
        }
    }
}
