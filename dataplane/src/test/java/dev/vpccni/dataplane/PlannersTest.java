package dev.vpccni.dataplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.model.MacAddress;
import java.util.ArrayList;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** The plans in the words of ip(8), beside what upstream's own sequence left in a kernel. */
class PlannersTest {

    private static final MacAddress HOST = MacAddress.parse("02:00:00:00:00:01");
    private static final MacAddress POD = MacAddress.parse("02:00:00:00:00:02");

    @Test
    void aPodOnASecondaryInterface() {
        PodPlan plan =
                PodPlanner.plan(
                        new PodWiring(
                                "eniddeaa362342", "eth0", Ipv4Address.parse("10.0.1.101"), 2, 9001),
                        HOST,
                        POD);

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
        Ipv4Cidr only = Rule.only(address);

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
        Ipv4Cidr only = Rule.only(address);

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
        NodeSetup d = Samples.DEFAULTS;
        var setup =
                new NodeSetup(
                        d.primaryMac(),
                        d.primaryAddress(),
                        d.vpcCidrs(),
                        d.snatExclusions(),
                        Samples.blocks("192.0.2.0/24 192.0.2.0/24 198.51.100.7/32"),
                        true,
                        d.snatPorts(),
                        false,
                        d.connectionMark(),
                        d.vethPrefix(),
                        d.mtu());

        assertThat(NodePlanner.rules(setup))
                .hasToString(
                        "[1535:\tfrom all to 192.0.2.0/24 lookup main,"
                                + " 1535:\tfrom all to 198.51.100.7 lookup main]")
                .allMatch(NodePlanner::owns);
        assertThat(NodePlanner.owns(Rule.to(1535, Rule.ALL, 7))).isFalse();
        assertThat(NodePlanner.owns(Rule.to(1534, Rule.ALL, 254))).isFalse();
    }

    @Test
    void theNodeOwnsMarkRulesOfOtherMarks() {
        assertThat(NodePlanner.owns(Rule.marked(1024, Mark.of(0x40), 254))).isTrue();
        assertThat(NodePlanner.owns(Rule.marked(1024, Mark.of(0x40), 7))).isFalse();
        assertThat(NodePlanner.owns(Rule.to(1024, Rule.ALL, 254))).isFalse();
    }

    private static String text(NamespaceState state) {
        var parts = new ArrayList<Object>(state.addresses());
        parts.addAll(state.routes());
        parts.addAll(state.neighbours());
        parts.addAll(state.rules());
        return parts.stream().map(Object::toString).collect(Collectors.joining("\n"));
    }
}
