package dev.vpccni.dataplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vpccni.model.Cidr;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.IpFamily;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.model.MacAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The plans in the words of ip(8), beside what upstream's own sequence left in a kernel. */
class PlannersTest {

    private static final MacAddress HOST = MacAddress.parse("02:00:00:00:00:01");
    private static final MacAddress POD = MacAddress.parse("02:00:00:00:00:02");
    private static final PodPlanner.Ends ENDS = new PodPlanner.Ends(HOST, POD);
    private static final String VETH = "eniddeaa362342";

    @Test
    void aPodOnASecondaryInterface() {
        PodPlan plan = plan(new PodLink(VETH, "eth0", Ipv4Address.parse("10.0.1.101"), 2, 9001));

        assertThat(text(plan.host()))
                .isEqualTo(
                        """
                        10.0.1.101 dev eniddeaa362342 scope link
                        10.0.1.101 dev eniddeaa362342 lladdr 02:00:00:00:00:02 PERMANENT
                        512:	from all to 10.0.1.101 lookup main
                        1536:	from 10.0.1.101 lookup 2\
                        """);
        assertThat(text(plan.pod()))
                .isEqualTo(
                        """
                        10.0.1.101/32 scope global eth0
                        169.254.1.1 dev eth0 scope link
                        default via 169.254.1.1 dev eth0
                        169.254.1.1 dev eth0 lladdr 02:00:00:00:00:01 PERMANENT\
                        """);
        assertThat(plan.host().links())
                .containsExactly(new Link("eniddeaa362342", HOST, 9001, true));
        assertThat(plan.pod().links()).containsExactly(new Link("eth0", POD, 9001, true));
    }

    /** A table of its own is for what comes from a further card. */
    @Test
    void aPodsFirstInterfaceUsesTheMainTable() {
        PodPlan plan = plan(new PodLink(VETH, "eth0", Ipv4Address.parse("10.0.1.101"), 2, 9001));

        assertThat(plan.pod().routes())
                .hasSize(2)
                .allMatch(route -> route.table() == RouteTables.MAIN);
        assertThat(plan.pod().addresses())
                .extracting(InterfaceAddress::family)
                .containsExactly(IpFamily.IPV4);
    }

    @Test
    void aPodWithAnIpv6Address() {
        var address = IpAddress.parse("2001:db8:0:1:1::1");
        PodPlan plan = plan(new PodLink(VETH, "eth0", address, 254, 9001));

        assertThat(text(plan.host()))
                .isEqualTo(
                        """
                        2001:db8:0:1:1::1 dev eniddeaa362342 metric 1024
                        2001:db8:0:1:1::1 dev eniddeaa362342 lladdr 02:00:00:00:00:02 PERMANENT
                        512:	from all to 2001:db8:0:1:1::1 lookup main\
                        """);
        assertThat(text(plan.pod()))
                .isEqualTo(
                        """
                        2001:db8:0:1:1::1/128 scope global eth0
                        fe80::1 dev eth0 metric 1024
                        default via fe80::1 dev eth0 metric 1024
                        fe80::1 dev eth0 lladdr 02:00:00:00:00:01 PERMANENT\
                        """);
    }

    @Test
    void aPodWithAnAddressOnEachCard() {
        var wiring =
                new PodWiring.AddressPerCard(
                        List.of(
                                new PodLink("eni0", "eth0", Ipv4Address.parse("10.0.0.7"), 254, 1),
                                new PodLink(
                                        "eni1", "mNicIf1", Ipv4Address.parse("10.0.1.7"), 10101, 1),
                                new PodLink(
                                        "eni2",
                                        "mNicIf2",
                                        Ipv4Address.parse("10.0.2.7"),
                                        10201,
                                        1)));
        List<PodPlan> plans = PodPlanner.plan(wiring, _ -> ENDS);

        assertThat(plans).extracting(PodPlan::link).isEqualTo(wiring.links());
        assertThat(text(plans.getFirst().pod())).contains("169.254.1.1").doesNotContain("1:\t");
        assertThat(text(plans.get(1).host())).endsWith("1536:\tfrom 10.0.1.7 lookup 10101");
        assertThat(text(plans.getLast().pod()))
                .isEqualTo(
                        """
                        10.0.2.7/32 scope global mNicIf2
                        169.254.1.3 dev mNicIf2 scope link
                        default via 169.254.1.3 dev mNicIf2
                        169.254.1.3 dev mNicIf2 lladdr 02:00:00:00:00:01 PERMANENT
                        1:	from 10.0.2.7 lookup 2\
                        """);
        assertThat(plans.getLast().pod().routes()).allMatch(route -> route.table() == 2);
    }

    @Test
    void aPodHasAddressesOfOneFamilyAndAtLeastOne() {
        var four = new PodLink("eni0", "eth0", Ipv4Address.parse("10.0.0.7"), 254, 9001);
        var six = new PodLink("eni1", "mNicIf1", IpAddress.parse("2001:db8::7"), 10101, 9001);

        assertThatThrownBy(() -> new PodWiring.AddressPerCard(List.of(four, six)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new PodWiring.AddressPerCard(List.of()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aPodOnThePrimaryInterfaceHasOneRule() {
        assertThat(PodPlanner.rules(Ipv4Address.parse("10.0.0.101"), 254))
                .hasToString("[512:\tfrom all to 10.0.0.101 lookup main]");
    }

    @Test
    void aSecondaryInterface() {
        var setup =
                new InterfaceSetup(
                        POD,
                        Ipv4Address.parse("10.42.0.29"),
                        Ipv4Cidr.parse("10.42.0.0/18"),
                        3,
                        9001);

        assertThat(text(InterfacePlanner.plan(setup, "eth2")))
                .isEqualTo(
                        """
                        10.42.0.29/18 brd 10.42.63.255 scope global eth2
                        10.42.0.1 dev eth2 scope link
                        default via 10.42.0.1 dev eth2
                        32765:	from 10.42.0.29 lookup 3\
                        """);
    }

    @Test
    void aSecondaryInterfaceInIpv6() {
        var setup =
                new InterfaceSetup(
                        POD,
                        IpAddress.parse("2001:db8:0:1::29"),
                        Cidr.parse("2001:db8:0:1::/64"),
                        3,
                        9001);

        assertThat(text(InterfacePlanner.plan(setup, "eth2")))
                .isEqualTo(
                        """
                        2001:db8:0:1::29/64 scope global eth2
                        fe80:ec2::1 dev eth2 metric 1024
                        default via fe80:ec2::1 dev eth2 metric 1024
                        32765:	from 2001:db8:0:1::29 lookup 3\
                        """);
    }

    /** EC2 gives a new interface prefixes or addresses of IPv6, not both. */
    @Test
    void aSecondaryInterfaceWithIpv6PrefixesOnly() {
        var setup =
                new InterfaceSetup(
                        POD,
                        Ipv4Address.parse("10.42.0.29"),
                        Cidr.parse("2001:db8:0:1::/64"),
                        3,
                        9001);

        assertThat(text(InterfacePlanner.plan(setup, "eth2")))
                .isEqualTo(
                        """
                        fe80:ec2::1 dev eth2 metric 1024
                        default via fe80:ec2::1 dev eth2 metric 1024\
                        """);
    }

    @ParameterizedTest
    @CsvSource({"0, 0, 254", "0, 1, 2", "0, 7, 8", "1, 0, 10100", "1, 1, 10101", "3, 12, 10312"})
    void theTablesOfInterfaces(int card, int device, int table) {
        assertThat(RouteTables.of(card, device)).isEqualTo(table);
    }

    @ParameterizedTest
    @CsvSource({"-1, 0", "0, -1", "0, 100"})
    void noTableIsOfTwoInterfaces(int card, int device) {
        assertThatThrownBy(() -> RouteTables.of(card, device))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aSecondaryInterfaceNeverTakesOverTheMainTable() {
        var setup =
                new InterfaceSetup(
                        POD,
                        Ipv4Address.parse("10.0.1.9"),
                        Ipv4Cidr.parse("10.0.1.0/24"),
                        254,
                        9001);

        assertThatThrownBy(() -> InterfacePlanner.plan(setup, "eth1"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void theNodesRules() {
        assertThat(NodePlanner.rules(Samples.DEFAULTS))
                .hasToString("[1024:\tfrom all fwmark 0x80/0x80 lookup main]");
        assertThat(NodePlanner.rules(Samples.EXTERNAL_SNAT)).hasSize(1);
        assertThat(NodePlanner.rules(Samples.NO_NODE_PORTS)).hasSize(1);
        assertThat(
                        NodePlanner.rules(
                                Samples.setup(
                                        "10.0.0.0/16",
                                        "",
                                        true,
                                        NodeSetup.SnatPorts.RANDOM_FULLY,
                                        false)))
                .isEmpty();
    }

    @Test
    void whatAPodOwnsIsNoMoreThanItsOwn() {
        var address = Ipv4Address.parse("10.0.1.7");
        Cidr only = address.only();

        assertThat(PodPlanner.owns(Rule.from(1536, only, 3), address)).isTrue();
        assertThat(PodPlanner.owns(Rule.to(512, only, 254), address)).isTrue();
        assertThat(PodPlanner.owns(Rule.to(512, only, 7), address)).isFalse();
        assertThat(PodPlanner.owns(Rule.from(1537, only, 3), address)).isFalse();
        assertThat(PodPlanner.owns(Rule.from(1536, Ipv4Cidr.parse("10.0.1.7/31"), 3), address))
                .isFalse();
    }

    @Test
    void whatASecondaryInterfaceOwnsIsTheRuleOfItsAddress() {
        var address = Ipv4Address.parse("10.0.1.10");
        Cidr only = address.only();

        assertThat(InterfacePlanner.owns(Rule.from(32765, only, 2), address)).isTrue();
        assertThat(InterfacePlanner.owns(Rule.from(32765, only, 9), address)).isTrue();
        assertThat(InterfacePlanner.owns(Rule.from(1536, only, 2), address)).isFalse();
        assertThat(
                        InterfacePlanner.owns(
                                Rule.from(32765, Ipv4Cidr.parse("10.0.1.10/31"), 2), address))
                .isFalse();
    }

    @Test
    void eachExternalServiceHasOneRuleThatTheNodeOwns() {
        assertThat(NodePlanner.rules(withExternalServices()))
                .hasToString(
                        "[1535:\tfrom all to 192.0.2.0/24 lookup main,"
                                + " 1535:\tfrom all to 198.51.100.7 lookup main]")
                .allMatch(NodePlanner::owns);
        assertThat(NodePlanner.owns(Rule.to(1535, Ipv4Cidr.ALL, 7))).isFalse();
        assertThat(NodePlanner.owns(Rule.to(1534, Ipv4Cidr.ALL, 254))).isFalse();
    }

    /** In between, what is led past the pods' rules finds its pod, and what finds none is led. */
    @Test
    void theWayPastPodsIsOpenedLastAndClosedFirst() {
        List<Rule> ordinary = NodePlanner.rules(Samples.DEFAULTS);
        List<Rule> fast = NodePlanner.rules(Samples.fast(Samples.DEFAULTS));

        assertThat(NodePlanner.changes(Samples.fast(Samples.DEFAULTS), ordinary).add())
                .hasToString(
                        "[510:\tfrom all lookup 9511, 513:\tfrom all nop,"
                                + " 511:\tfrom all goto 513]");
        assertThat(NodePlanner.changes(Samples.DEFAULTS, fast).remove())
                .hasToString(
                        "[511:\tfrom all goto 513, 510:\tfrom all lookup 9511,"
                                + " 513:\tfrom all nop]");
        assertThat(NodePlanner.owns(Rule.to(510, Ipv4Cidr.ALL, 7))).isFalse();
        assertThat(NodePlanner.rules(Samples.fast(Samples.ipv6(Samples.DEFAULTS))))
                .allMatch(rule -> rule.family() == IpFamily.IPV6);
    }

    private static NodeSetup withExternalServices() {
        NodeSetup d = Samples.DEFAULTS;
        return new NodeSetup(
                IpFamily.IPV4,
                false,
                false,
                NodeSetup.EarlyDemux.AS_IT_IS,
                d.primaryMac(),
                d.primaryAddress(),
                d.vpcCidrs(),
                d.snatExclusions(),
                Samples.blocks("192.0.2.0/24 192.0.2.0/24 198.51.100.7/32"),
                true,
                d.snatPorts(),
                false,
                d.connectionMark(),
                false,
                d.vethPrefix(),
                d.mtu());
    }

    @Test
    void theNodeOwnsMarkRulesOfOtherMarks() {
        assertThat(NodePlanner.owns(Rule.marked(1024, IpFamily.IPV4, Mark.of(0x40), 254))).isTrue();
        assertThat(NodePlanner.owns(Rule.marked(1024, IpFamily.IPV4, Mark.of(0x40), 7))).isFalse();
        assertThat(NodePlanner.owns(Rule.to(1024, Ipv4Cidr.ALL, 254))).isFalse();
    }

    @Test
    void theRulesOfANodeAreOfItsPodsFamily() {
        NodeSetup setup = Samples.ipv6(Samples.DEFAULTS);
        Rule marked = Rule.marked(1024, IpFamily.IPV6, setup.mark(), 254);

        assertThat(NodePlanner.rules(setup)).containsExactly(marked).allMatch(NodePlanner::owns);
        assertThat(NodePlanner.rules(Samples.ipv6(withExternalServices()))).isEmpty();
    }

    @Test
    void noRuleIsForPacketsOfTwoFamilies() {
        Cidr four = Cidr.parse("10.0.0.0/8");
        Cidr six = Cidr.parse("2001:db8::/32");

        assertThatThrownBy(
                        () -> new Rule(1, four, six, Mark.ANY, null, 0, new Rule.Action.Lookup(7)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("no packet goes from 10.0.0.0/8 to 2001:db8::/32");
    }

    @Test
    void withinAPodARuleIsOfItsAddress() {
        var address = IpAddress.parse("10.0.1.7");
        var other = IpAddress.parse("10.0.1.8");

        assertThat(PodPlanner.ownsWithin(Rule.from(1, address.only(), 3), address)).isTrue();
        assertThat(PodPlanner.ownsWithin(Rule.from(1, other.only(), 3), address)).isFalse();
        assertThat(PodPlanner.ownsWithin(Rule.from(2, address.only(), 3), address)).isFalse();
    }

    private static PodPlan plan(PodLink link) {
        return PodPlanner.plan(new PodWiring.OneAddress(link), _ -> ENDS).getFirst();
    }

    private static String text(NamespaceState state) {
        var parts = new ArrayList<Object>(state.addresses());
        parts.addAll(state.routes());
        parts.addAll(state.neighbours());
        parts.addAll(state.rules());
        return parts.stream().map(Object::toString).collect(Collectors.joining("\n"));
    }
}
