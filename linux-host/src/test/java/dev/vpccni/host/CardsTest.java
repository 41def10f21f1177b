package dev.vpccni.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vpccni.dataplane.PodLink;
import dev.vpccni.dataplane.PodWiring;
import dev.vpccni.model.IpAddress;
import dev.vpccni.node.port.HostException;
import dev.vpccni.node.port.HostFailure;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A pod with an address on each of three network cards. */
class CardsTest extends PodFixture {

    private static final PodWiring WIRING =
            new PodWiring.AddressPerCard(
                    List.of(
                            link("enic440f455693", "eth0", "10.0.1.101", 2),
                            link("enie48ae9c2f34", "mNicIf1", "10.0.2.102", 10101),
                            link("eni22222222222", "mNicIf2", "10.0.3.103", 10201)));

    @Test
    void eachAddressHasALinkATableAndARule() throws Exception {
        host.wire(WIRING, namespace);

        assertThat(pod.ip("route"))
                .isEqualTo("default via 169.254.1.1 dev eth0\n169.254.1.1 dev eth0 scope link");
        assertThat(pod.ip("route show table 2"))
                .isEqualTo(
                        "default via 169.254.1.3 dev mNicIf2\n169.254.1.3 dev mNicIf2 scope link");
        assertThat(pod.ip("rule"))
                .isEqualTo(
                        """
                        0:	from all lookup local
                        1:	from 10.0.2.102 lookup 1
                        1:	from 10.0.3.103 lookup 2
                        32766:	from all lookup main
                        32767:	from all lookup default\
                        """);
        assertThat(node.node.ip("rule"))
                .contains("1536:\tfrom 10.0.1.101 lookup 2")
                .contains("512:\tfrom all to 10.0.2.102 lookup main")
                .contains("1536:\tfrom 10.0.2.102 lookup 10101")
                .contains("1536:\tfrom 10.0.3.103 lookup 10201");
        assertThat(host.verify(WIRING, namespace)).isEmpty();
        assertThat(host.observe().podRoutes().values())
                .containsExactly("enic440f455693", "enie48ae9c2f34", "eni22222222222");
    }

    @Test
    void eachAddressIsReachedAndAnswersAsItself() throws Exception {
        host.wire(WIRING, namespace);

        for (PodLink link : WIRING.links()) {
            node.node.run("ping -q -c 1 -i 0.2 -w 20 " + link.address());
            pod.run("ping -q -c 1 -i 0.2 -w 20 -I " + link.address() + " 10.0.0.10");
        }
    }

    @Test
    void wiringAgainReplacesAllPairs() throws Exception {
        host.wire(WIRING, namespace);
        long rules = node.node.count("rule");
        host.wire(WIRING, namespace);

        assertThat(node.node.count("rule")).isEqualTo(rules);
        assertThat(pod.count("rule")).isEqualTo(5);
        assertThat(host.verify(WIRING, namespace)).isEmpty();
    }

    @Test
    void oneInterfaceThatIsTakenIsEnoughToMakeNone() {
        pod.ip("link add mNicIf2 type veth peer name other");
        long links = node.node.count("-o link");

        assertThatThrownBy(() -> host.wire(WIRING, namespace))
                .isInstanceOfSatisfying(
                        HostException.class,
                        e ->
                                assertThat(e.failure())
                                        .isEqualTo(new HostFailure.InterfaceTaken("mNicIf2")));
        assertThat(node.node.count("-o link")).isEqualTo(links);
        assertThat(node.node.count("rule")).isEqualTo(3);
        assertThat(pod.count("rule")).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "rule del pref 1 from 10.0.3.103",
                "rule add from 10.0.3.103 lookup 7 pref 1",
                "route del default table 1",
                "addr del 10.0.2.102/32 dev mNicIf1",
                "link set mNicIf2 down"
            })
    void verifyingLooksAtEachLink(String damage) throws Exception {
        host.wire(WIRING, namespace);
        pod.ip(damage);

        assertThat(host.verify(WIRING, namespace)).isNotEmpty();
    }

    private static PodLink link(String outside, String inside, String address, int table) {
        return new PodLink(outside, inside, IpAddress.parse(address), table, 9001);
    }
}
