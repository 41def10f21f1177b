package dev.vpccni.dataplane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.model.IpAddress;
import dev.vpccni.model.IpFamily;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.model.MacAddress;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A node as the planners make it: eth0 and eth1, one pod on each. */
class ForwardingTest {

    private static final Ipv4Address ON_PRIMARY = Ipv4Address.parse("10.0.0.101");
    private static final Ipv4Address ON_SECONDARY = Ipv4Address.parse("10.0.1.101");
    private static final Ipv4Address ELSEWHERE = Ipv4Address.parse("10.0.7.7");
    private static final Ipv4Address INTERNET = Ipv4Address.parse("203.0.113.10");

    private final Forwarding node = node();
    private final Translation translation = new Translation(Samples.DEFAULTS);

    @Test
    void podsOfOneNodeMeetOnIt() {
        assertThat(device(ON_SECONDARY, ON_PRIMARY)).isEqualTo("eniaaaaaaaaaaa");
        assertThat(device(ON_PRIMARY, ON_SECONDARY)).isEqualTo("enibbbbbbbbbbb");
    }

    @Test
    void withinTheVpcAPodUsesItsOwnInterface() {
        assertThat(device(ON_PRIMARY, ELSEWHERE)).isEqualTo("eth0");
        assertThat(device(ON_SECONDARY, ELSEWHERE)).isEqualTo("eth1");
        assertThat(translation.source(ON_SECONDARY, ELSEWHERE)).isEqualTo(ON_SECONDARY);
    }

    @Test
    void whatLeavesTheVpcLeavesByThePrimaryInterfaceAsTheNode() {
        assertThat(device(ON_SECONDARY, INTERNET)).isEqualTo("eth0");
        assertThat(translation.source(ON_SECONDARY, INTERNET))
                .isEqualTo(Ipv4Address.parse("10.0.0.10"));
    }

    @Test
    void withExternalTranslationAPodKeepsInterfaceAndAddress() {
        var external = new Translation(Samples.EXTERNAL_SNAT);

        assertThat(external.mark(INTERNET)).isZero();
        assertThat(external.source(ON_SECONDARY, INTERNET)).isEqualTo(ON_SECONDARY);
    }

    @Test
    void anExcludedDestinationSeesThePod() {
        var excluding = new Translation(Samples.EXCLUSIONS);
        Ipv4Address onPremises = Ipv4Address.parse("172.31.0.1");

        assertThat(excluding.mark(onPremises)).isZero();
        assertThat(excluding.source(ON_SECONDARY, onPremises)).isEqualTo(ON_SECONDARY);
        assertThat(excluding.mark(INTERNET)).isEqualTo(0x80);
    }

    @Test
    void aRuleForADeviceIsForWhatComesInByIt() {
        var rules = new ArrayList<>(Forwarding.initialRules(IpFamily.IPV4));
        rules.add(Rule.arriving(10, IpFamily.IPV4, "eth1", 7));
        var routes =
                List.of(
                        Route.byDefault(7, Ipv4Address.parse("10.0.7.1"), "eth7"),
                        Route.byDefault(254, Ipv4Address.parse("10.0.0.1"), "eth0"));
        var forwarding = new Forwarding(rules, routes);

        assertThat(forwarding.decide(new Forwarding.Packet(ELSEWHERE, INTERNET, "eth1", 0)))
                .isEqualTo(new Forwarding.Decision.Out(rules.getLast(), routes.getFirst()));
        for (String input : new String[] {"eth2", null}) {
            assertThat(forwarding.decide(new Forwarding.Packet(ELSEWHERE, INTERNET, input, 0)))
                    .isEqualTo(new Forwarding.Decision.Out(rules.get(1), routes.getLast()));
        }
    }

    @Test
    void theNodesOwnAddressIsTheNode() {
        assertThat(decide(ON_SECONDARY, Ipv4Address.parse("10.0.0.10"), 0))
                .isInstanceOf(Forwarding.Decision.Here.class);
    }

    @Test
    void ofTwoFamiliesEachHasItsOwnRulesAndRoutes() {
        IpAddress pod = IpAddress.parse("2001:db8::7");
        var rules = new ArrayList<>(node.rules());
        rules.addAll(Forwarding.initialRules(IpFamily.IPV6));
        var routes = new ArrayList<>(node.routes());
        routes.add(Route.onLink(254, pod, "enicccccccccccc"));
        var both = new Forwarding(rules, routes);
        IpAddress other = IpAddress.parse("2001:db8::1");

        assertThat(both.decide(new Forwarding.Packet(other, pod, null, 0)))
                .isInstanceOfSatisfying(
                        Forwarding.Decision.Out.class,
                        out -> assertThat(out.route().device()).isEqualTo("enicccccccccccc"));
        assertThat(both.decide(new Forwarding.Packet(pod, other, null, 0)))
                .isEqualTo(new Forwarding.Decision.Unreachable());
    }

    @Test
    void aStaleRuleInFrontWins() {
        var rules = new ArrayList<>(node.rules());
        rules.addFirst(Rule.from(1536, ON_SECONDARY.only(), 9));
        var routes = new ArrayList<>(node.routes());
        routes.add(Route.byDefault(9, Ipv4Address.parse("10.0.9.1"), "eth9"));

        assertThat(
                        new Forwarding(rules, routes)
                                .decide(
                                        new Forwarding.Packet(
                                                ON_SECONDARY, ELSEWHERE, "enibbbbbbbbbbb", 0)))
                .hasToString(
                        "Out[rule=1536:\tfrom 10.0.1.101 lookup 9,"
                                + " route=default via 10.0.9.1 dev eth9]");
    }

    @Test
    void withoutRoutesNothingIsReached() {
        assertThat(
                        new Forwarding(Forwarding.initialRules(IpFamily.IPV4), List.of())
                                .decide(new Forwarding.Packet(ON_PRIMARY, INTERNET, null, 0)))
                .isEqualTo(new Forwarding.Decision.Unreachable());
    }

    private @Nullable String device(Ipv4Address from, Ipv4Address to) {
        return decide(from, to, translation.mark(to)) instanceof Forwarding.Decision.Out out
                ? out.route().device()
                : null;
    }

    private Forwarding.Decision decide(Ipv4Address from, Ipv4Address to, long mark) {
        return node.decide(new Forwarding.Packet(from, to, "enixxxxxxxxxxx", mark));
    }

    private static Forwarding node() {
        var rules = new ArrayList<>(Forwarding.initialRules(IpFamily.IPV4));
        var routes = new ArrayList<Route>();
        routes.add(Route.byDefault(254, Ipv4Address.parse("10.0.0.1"), "eth0"));
        routes.add(
                new Route(
                        255,
                        Ipv4Cidr.parse("10.0.0.10/32"),
                        Route.Kind.LOCAL,
                        null,
                        "eth0",
                        null,
                        0,
                        Route.KERNEL));
        rules.addAll(NodePlanner.rules(Samples.DEFAULTS));
        add(
                InterfacePlanner.plan(
                        new InterfaceSetup(
                                MacAddress.local(1),
                                Ipv4Address.parse("10.0.1.10"),
                                Ipv4Cidr.parse("10.0.1.0/24"),
                                2,
                                9001),
                        "eth1"),
                rules,
                routes);
        add(pod("eniaaaaaaaaaaa", ON_PRIMARY, 254), rules, routes);
        add(pod("enibbbbbbbbbbb", ON_SECONDARY, 2), rules, routes);
        return new Forwarding(rules, routes);
    }

    private static NamespaceState pod(String host, Ipv4Address address, int table) {
        var link = new PodLink(host, "eth0", address, table, 9001);
        var ends = new PodPlanner.Ends(MacAddress.local(2), MacAddress.local(3));
        return PodPlanner.plan(new PodWiring.OneAddress(link), _ -> ends).getFirst().host();
    }

    private static void add(NamespaceState state, List<Rule> rules, List<Route> routes) {
        rules.addAll(state.rules());
        routes.addAll(state.routes());
    }
}
