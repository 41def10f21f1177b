package dev.vpccni.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.model.IpFamily;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.Ipv4Cidr;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Routes and rules in the words of ip(8). */
class RouteAndRuleTextTest {

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            nullValues = "-",
            value = {
                // destination, kind, gateway, device, source, metric, protocol
                "0.0.0.0/0 | UNICAST | 10.0.0.1 | ens5 | - | 0 | 3 | default via 10.0.0.1 dev ens5",
                "0.0.0.0/0 | UNICAST | 10.0.0.1 | ens5 | 10.0.0.10 | 512 | 16"
                        + " | default via 10.0.0.1 dev ens5 proto dhcp src 10.0.0.10 metric 512",
                "0.0.0.0/0 | UNICAST | 10.0.0.1 | - | - | 0 | 4 | default via 10.0.0.1 proto static",
                "10.0.0.0/24 | UNICAST | - | ens5 | 10.0.0.10 | 0 | 2"
                        + " | 10.0.0.0/24 dev ens5 proto kernel scope link src 10.0.0.10",
                "10.0.0.2/32 | UNICAST | - | ens5 | - | 0 | 186"
                        + " | 10.0.0.2 dev ens5 proto 186 scope link",
                "10.0.0.10/32 | LOCAL | - | ens5 | 10.0.0.10 | 0 | 2"
                        + " | local 10.0.0.10 dev ens5 proto kernel scope host src 10.0.0.10",
            })
    void aRoute(
            String destination,
            Route.Kind kind,
            @Nullable String gateway,
            @Nullable String device,
            @Nullable String source,
            long metric,
            int protocol,
            String text) {
        var route =
                new Route(
                        254,
                        Ipv4Cidr.parse(destination),
                        kind,
                        gateway == null ? null : Ipv4Address.parse(gateway),
                        device,
                        source == null ? null : Ipv4Address.parse(source),
                        metric,
                        protocol);

        assertThat(route).hasToString(text);
    }

    @Test
    void aRuleWithEverythingInIt() {
        assertThat(
                        new Rule(
                                10,
                                Ipv4Cidr.parse("10.0.0.0/16"),
                                Ipv4Cidr.parse("10.1.0.1/32"),
                                new Mark(0, 0x40),
                                "eth1",
                                17,
                                new Rule.Action.Lookup(7)))
                .hasToString(
                        "10:\tfrom 10.0.0.0/16 to 10.1.0.1 fwmark 0x0/0x40 iif eth1 ipproto 17"
                                + " lookup 7");
    }

    @Test
    void rulesThatLookNothingUp() {
        assertThat(Rule.of(511, IpFamily.IPV4, new Rule.Action.GoTo(513)))
                .hasToString("511:\tfrom all goto 513");
        assertThat(Rule.of(513, IpFamily.IPV6, new Rule.Action.Nothing()))
                .hasToString("513:\tfrom all nop");
    }

    @ParameterizedTest
    @CsvSource({"253, default", "254, main", "255, local", "2, 2", "-1, 4294967295"})
    void aTable(int table, String text) {
        assertThat(Rule.to(0, Ipv4Cidr.ALL, table)).hasToString("0:\tfrom all lookup " + text);
    }
}
