package dev.vpccni.dataplane;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vpccni.model.Cidr;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.IpFamily;
import dev.vpccni.model.MacAddress;
import dev.vpccni.model.PodName;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pods with interfaces of their own, in the words of ip(8), beside upstream's dump. */
final class BranchPlannerTest {

    private static final MacAddress MAC = MacAddress.parse("06:00:00:00:00:07");
    private static final MacAddress TRUNK = MacAddress.parse("02:00:00:00:01:01");
    private static final PodPlanner.Ends ENDS =
            new PodPlanner.Ends(
                    MacAddress.parse("02:00:00:00:00:01"), MacAddress.parse("02:00:00:00:00:02"));
    private static final String STRICT_VETH = "vlanaf62ded4ed0";

    /** Dump D of the data-plane specification. */
    @Test
    void aStrictPodOnANodeThatIsPreparedForIt() {
        PodPlan plan = plan(wiring(BranchInterface.Mode.STRICT, "10.0.1.150", "10.0.1.1"));
        List<Rule> prepared =
                NodePlanner.changes(
                                strict(Samples.DEFAULTS), Forwarding.initialRules(IpFamily.IPV4))
                        .applyTo(Forwarding.initialRules(IpFamily.IPV4));

        assertThat(text(plan.host().rules()) + "\n" + text(prepared))
                .isEqualTo(
                        """
                        10:	from all iif vlan.eth.7 lookup 107
                        10:	from all iif vlanaf62ded4ed0 lookup 107
                        32766:	from all lookup main
                        32767:	from all lookup default
                        20:	from all lookup local
                        1024:	from all fwmark 0x80/0x80 lookup main\
                        """);
        assertThat(text(tableOf(plan)))
                .isEqualTo(
                        """
                        10.0.1.1 dev vlan.eth.7 scope link
                        default via 10.0.1.1 dev vlan.eth.7
                        10.0.1.150 dev vlanaf62ded4ed0 scope link\
                        """);
        assertThat(tableOf(plan)).allMatch(route -> route.table() == 107);
        assertThat(text(plan.host().neighbours()))
                .isEqualTo("10.0.1.150 dev vlanaf62ded4ed0 lladdr 02:00:00:00:00:02 PERMANENT");
    }

    @Test
    void aStandardPod() {
        PodPlan plan = plan(wiring(BranchInterface.Mode.STANDARD, "10.0.1.150", "10.0.1.1"));

        assertThat(text(plan.host().rules()))
                .isEqualTo(
                        """
                        512:	from all to 10.0.1.150 lookup main
                        1536:	from 10.0.1.150 lookup 107\
                        """);
        assertThat(plan.host().routes())
                .containsExactly(
                        Route.onLink(
                                RouteTables.MAIN, IpAddress.parse("10.0.1.150"), "eniaf62ded4ed0"));
        assertThat(tableOf(plan).subList(0, 2)).allMatch(route -> route.table() == 107);
    }

    @Test
    void aStrictPodWithAnIpv6Address() {
        PodPlan plan = plan(wiring(BranchInterface.Mode.STRICT, "2001:db8::7", "fe80:ec2::1"));

        assertThat(plan.host().rules()).allMatch(rule -> rule.family() == IpFamily.IPV6);
        assertThat(text(tableOf(plan)))
                .isEqualTo(
                        """
                        fe80:ec2::1 dev vlan.eth.7 metric 1024
                        default via fe80:ec2::1 dev vlan.eth.7 metric 1024
                        2001:db8::7 dev vlanaf62ded4ed0 metric 1024\
                        """);
    }

    /** The pod itself cannot tell. */
    @ParameterizedTest
    @EnumSource
    void insideThePodNothingDiffers(BranchInterface.Mode mode) {
        PodWiring.OnBranch branch = wiring(mode, "10.0.1.150", "10.0.1.1");
        var ordinary = new PodWiring.OneAddress(branch.link());

        assertThat(plan(branch).pod())
                .isEqualTo(PodPlanner.plan(ordinary, _ -> ENDS).getFirst().pod());
    }

    @ParameterizedTest
    @CsvSource({"1, 101", "152, 252", "156, 256", "4094, 4194"})
    void aVlanHasATable(int vlan, int table) {
        assertThat(RouteTables.ofVlan(vlan)).isEqualTo(table);
        assertThat(InterfaceNames.vlanOf(InterfaceNames.vlan(vlan))).isEqualTo(vlan);
    }

    /** With upstream's sum three of them would replace the node's own default route. */
    @ParameterizedTest
    @ValueSource(ints = {-1, 0, 153, 154, 155, 4095})
    void aVlanThatHasNone(int vlan) {
        assertThatThrownBy(() -> new BranchInterface(vlan, MAC, TRUNK, IpAddress.parse("10.0.1.1")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(Integer.toString(vlan));
    }

    @ParameterizedTest
    @ValueSource(strings = {"vlan.eth.", "vlan.eth.07", "vlan.eth.12345", "vlan.eth.7x", "eth.7"})
    void aNameOfNoVlan(String name) {
        assertThat(InterfaceNames.vlanOf(name)).isZero();
    }

    @Test
    void aLinkWithAnotherTableIsNotOnTheBranch() {
        PodWiring.OnBranch good = wiring(BranchInterface.Mode.STRICT, "10.0.1.150", "10.0.1.1");
        PodLink link = good.link();
        var other = new PodLink(link.hostInterface(), "eth0", link.address(), 108, 9001);

        assertThatThrownBy(() -> new PodWiring.OnBranch(other, good.branch(), good.mode()))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> wiring(BranchInterface.Mode.STRICT, "10.0.1.150", "fe80:ec2::1"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    /** Of each rule whether wiring the pod on VLAN 7 may remove it. */
    @ParameterizedTest
    @CsvSource({
        "'from all iif vlan.eth.7 lookup 107', true",
        "'from all iif vlan.eth.7 lookup 108', true",
        "'from all iif vlanaf62ded4ed0 lookup 108', true",
        "'from all iif vlan00000000000 lookup 107', true",
        "'from all iif vlan00000000000 lookup 108', false",
        "'from all iif vlan.eth.8 lookup 108', false",
    })
    void whatAnEarlierPodLeftGoes(String rule, boolean owned) {
        String[] words = rule.split(" ", -1);
        Rule arriving = Rule.arriving(10, IpFamily.IPV4, words[3], Integer.parseInt(words[5]));
        PodWiring.OnBranch wiring = wiring(BranchInterface.Mode.STRICT, "10.0.1.150", "10.0.1.1");

        assertThat(BranchPlanner.owns(arriving, wiring.link(), wiring.branch())).isEqualTo(owned);
        assertThat(BranchPlanner.owns(arriving.ofProtocol(6), wiring.link(), wiring.branch()))
                .isFalse();
    }

    @Test
    void rulesOfTheOtherModeGoToo() {
        for (BranchInterface.Mode mode : BranchInterface.Mode.values()) {
            PodWiring.OnBranch now = wiring(mode, "10.0.1.150", "10.0.1.1");
            for (BranchInterface.Mode before : BranchInterface.Mode.values()) {
                assertThat(BranchPlanner.rules(wiring(before, "10.0.1.150", "10.0.1.1")))
                        .filteredOn(rule -> !String.valueOf(rule.input()).startsWith("eni"))
                        .allMatch(rule -> BranchPlanner.owns(rule, now.link(), now.branch()));
            }
        }
        PodWiring.OnBranch wiring = wiring(BranchInterface.Mode.STRICT, "10.0.1.150", "10.0.1.1");
        assertThat(BranchPlanner.owns(from("10.0.1.99/32", 107), wiring.link(), wiring.branch()))
                .isTrue();
        assertThat(BranchPlanner.owns(from("10.0.1.99/32", 108), wiring.link(), wiring.branch()))
                .isFalse();
        assertThat(BranchPlanner.owns(from("10.0.1.0/24", 107), wiring.link(), wiring.branch()))
                .isFalse();
    }

    private static Rule from(String block, int table) {
        return Rule.from(Rule.FROM_POD, Cidr.parse(block), table);
    }

    static NodeSetup strict(NodeSetup d) {
        return new NodeSetup(
                d.family(),
                d.ipv6Egress(),
                true,
                d.earlyDemux(),
                d.primaryMac(),
                d.primaryAddress(),
                d.vpcCidrs(),
                d.snatExclusions(),
                d.externalServiceCidrs(),
                d.externalSnat(),
                d.snatPorts(),
                d.nodePortSupport(),
                d.connectionMark(),
                false,
                d.vethPrefix(),
                d.mtu());
    }

    private static PodPlan plan(PodWiring wiring) {
        return PodPlanner.plan(wiring, _ -> ENDS).getFirst();
    }

    private static List<Route> tableOf(PodPlan plan) {
        var routes = new ArrayList<>(Objects.requireNonNull(plan.vlan()).routes());
        routes.addAll(plan.host().routes());
        return routes;
    }

    private static PodWiring.OnBranch wiring(
            BranchInterface.Mode mode, String address, String gateway) {
        String prefix = mode == BranchInterface.Mode.STRICT ? InterfaceNames.STRICT_PREFIX : "eni";
        assertThat(InterfaceNames.host(prefix, new PodName("default", "sgp-strict")))
                .hasSize(prefix.length() + 11);
        String veth = prefix + STRICT_VETH.substring(4);
        return new PodWiring.OnBranch(
                new PodLink(veth, "eth0", IpAddress.parse(address), 107, 9001),
                new BranchInterface(7, MAC, TRUNK, IpAddress.parse(gateway)),
                mode);
    }

    private static String text(List<?> lines) {
        return lines.stream().map(Object::toString).collect(Collectors.joining("\n"));
    }

    /** Where the node's own addresses are looked up, in the order of the changes. */
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "true | 0 | +20 -0",
                "true | 0,20 | -0",
                "true | 20 | ''",
                "true | '' | +20",
                "false | 0 | ''",
                "false | '' | ''",
                "false | 20 | +0 -20",
                "false | 0,20 | -20",
                "false | 20,pod | ''",
                "false | 0,20,pod | -0",
                "false | 0,pod | ''",
            })
    void theNodesOwnAddressesAreNeverWithoutARule(boolean strict, String seen, String changes) {
        NodeSetup setup = strict ? strict(Samples.DEFAULTS) : Samples.DEFAULTS;
        var observed = new ArrayList<Rule>();
        for (String one : seen.split(",", -1)) {
            switch (one) {
                case "pod" -> observed.add(Rule.arriving(10, IpFamily.IPV4, "vlan.eth.7", 107));
                case "" -> {}
                default -> observed.add(local(Integer.parseInt(one)));
            }
        }
        observed.add(Rule.marked(1024, IpFamily.IPV4, Mark.of(0x80), RouteTables.MAIN));

        Changes<Rule> found = NodePlanner.changes(setup, observed);

        assertThat(
                        Stream.concat(
                                        found.add().stream().map(rule -> "+" + rule.priority()),
                                        found.remove().stream().map(rule -> "-" + rule.priority()))
                                .collect(Collectors.joining(" ")))
                .isEqualTo(changes);
        assertThat(NodePlanner.changes(setup, found.applyTo(observed)).isEmpty()).isTrue();
    }

    private static Rule local(int priority) {
        return Rule.to(priority, Cidr.all(IpFamily.IPV4), RouteTables.LOCAL);
    }

    @Test
    void inIpv6TheRoutersWordStaysFirst() {
        NodeSetup standard = Samples.ipv6(Samples.DEFAULTS);
        List<Rule> before = Forwarding.initialRules(IpFamily.IPV6);
        List<Rule> after = NodePlanner.changes(strict(standard), before).applyTo(before);

        assertThat(after)
                .extracting(Rule::toString)
                .contains("0:\tfrom fe80:ec2::1 ipproto ipv6-icmp lookup local")
                .contains("20:\tfrom all lookup local")
                .doesNotContain("0:\tfrom all lookup local");
        assertThat(NodePlanner.changes(strict(standard), after).isEmpty()).isTrue();
        assertThat(NodePlanner.changes(standard, after).applyTo(after))
                .containsExactlyInAnyOrderElementsOf(
                        NodePlanner.changes(standard, before).applyTo(before));
    }
}
