package dev.vpccni.dataplane.firewall;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.dataplane.Mark;
import dev.vpccni.dataplane.NodeSetup;
import dev.vpccni.dataplane.Samples;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What {@code iptables -S} printed on nodes that upstream had set up, kube-proxy's part left out.
 */
class FirewallPlannerTest {

    private static final String MANGLE =
            """
            -A PREROUTING -i ens5 -m comment --comment "AWS, primary ENI" -m addrtype --dst-type LOCAL --limit-iface-in -j CONNMARK --set-xmark 0x80/0x80
            -A PREROUTING -i eni+ -m comment --comment "AWS, primary ENI" -j CONNMARK --restore-mark --nfmask 0x80 --ctmask 0x80
            -A PREROUTING -i vlan+ -m comment --comment "AWS, primary ENI" -j CONNMARK --restore-mark --nfmask 0x80 --ctmask 0x80
            """;

    @Test
    void byDefaultLegacy() {
        FirewallPlan plan = FirewallPlanner.plan(Samples.DEFAULTS, "ens5", Backend.LEGACY);

        assertThat(text(plan.nat()))
                .isEqualTo(
                        """
                        -N AWS-CONNMARK-CHAIN-0
                        -N AWS-SNAT-CHAIN-0
                        -A PREROUTING -i eni+ -m comment --comment "AWS, outbound connections" -j AWS-CONNMARK-CHAIN-0
                        -A PREROUTING -m comment --comment "AWS, CONNMARK" -j CONNMARK --restore-mark --nfmask 0x80 --ctmask 0x80
                        -A POSTROUTING -m comment --comment "AWS SNAT CHAIN" -j AWS-SNAT-CHAIN-0
                        -A AWS-CONNMARK-CHAIN-0 -d 10.0.0.0/16 -m comment --comment "AWS CONNMARK CHAIN" -j RETURN
                        -A AWS-CONNMARK-CHAIN-0 -m comment --comment "AWS, CONNMARK" -j CONNMARK --set-xmark 0x80/0x80
                        -A AWS-SNAT-CHAIN-0 -d 10.0.0.0/16 -m comment --comment "AWS SNAT CHAIN" -j RETURN
                        -A AWS-SNAT-CHAIN-0 ! -o vlan+ -m comment --comment "AWS, SNAT" -m addrtype ! --dst-type LOCAL -j SNAT --to-source 10.0.0.10 --random-fully
                        """);
        assertThat(text(plan.mangle())).isEqualTo(MANGLE);
        assertThat(plan.connectionMarks()).isNull();
    }

    @Test
    void byDefaultNft() {
        FirewallPlan plan = FirewallPlanner.plan(Samples.DEFAULTS, "ens5", Backend.NFT);

        assertThat(text(plan.nat())).doesNotContain("CONNMARK").contains("AWS-SNAT-CHAIN-0");
        assertThat(text(plan.mangle())).isEqualTo(MANGLE);
        assertThat(plan.connectionMarks())
                .isEqualTo(
                        new ConnectionMarks(
                                List.of("eni"), Mark.of(0x80), Samples.blocks("10.0.0.0/16")));
    }

    @Test
    void podsFromBeforeAChangeOfThePrefixAreMarkedAsNewOnesAre() {
        List<String> prefixes = List.of("eni", "old", "pod");
        FirewallPlan legacy =
                FirewallPlanner.plan(Samples.DEFAULTS, prefixes, "ens5", Backend.LEGACY);
        FirewallPlan nft = FirewallPlanner.plan(Samples.DEFAULTS, prefixes, "ens5", Backend.NFT);

        for (String prefix : prefixes) {
            String from = "-A PREROUTING -i " + prefix + "+ -m comment --comment ";
            assertThat(text(legacy.nat()))
                    .containsOnlyOnce(from + "\"AWS, outbound connections\" -j AWS-CONNMARK-CHAIN");
            assertThat(text(legacy.mangle()))
                    .containsOnlyOnce(from + "\"AWS, primary ENI\" -j CONNMARK --restore-mark");
            assertThat(text(nft.mangle())).contains(from);
        }
        assertThat(text(nft.nat())).doesNotContain("-i ");
        assertThat(nft.connectionMarks())
                .isNotNull()
                .extracting(ConnectionMarks::vethPrefixes)
                .isEqualTo(prefixes);
    }

    @Test
    void externalTranslation() {
        for (Backend backend : Backend.values()) {
            FirewallPlan plan = FirewallPlanner.plan(Samples.EXTERNAL_SNAT, "ens5", backend);

            assertThat(text(plan.nat())).isEqualTo("-N AWS-SNAT-CHAIN-0\n");
            assertThat(text(plan.mangle())).isEqualTo(MANGLE);
            assertThat(plan.connectionMarks()).isNull();
        }
    }

    @Test
    void severalBlocksAndExclusions() {
        assertThat(text(FirewallPlanner.plan(Samples.EXCLUSIONS, "ens5", Backend.LEGACY).nat()))
                .contains(
                        """
                        -A AWS-CONNMARK-CHAIN-0 -d 172.16.0.0/12 -m comment --comment "AWS CONNMARK CHAIN" -j RETURN
                        -A AWS-CONNMARK-CHAIN-0 -d 192.168.0.0/16 -m comment --comment "AWS CONNMARK CHAIN" -j RETURN
                        -A AWS-CONNMARK-CHAIN-0 -d 100.64.0.0/16 -m comment --comment "AWS CONNMARK CHAIN" -j RETURN
                        -A AWS-CONNMARK-CHAIN-0 -d 10.0.0.0/16 -m comment --comment "AWS CONNMARK CHAIN" -j RETURN
                        -A AWS-CONNMARK-CHAIN-0 -m comment --comment "AWS, CONNMARK" -j CONNMARK --set-xmark 0x80/0x80
                        -A AWS-SNAT-CHAIN-0 -d 172.16.0.0/12 -m comment --comment "AWS SNAT CHAIN EXCLUSION" -j RETURN
                        -A AWS-SNAT-CHAIN-0 -d 192.168.0.0/16 -m comment --comment "AWS SNAT CHAIN EXCLUSION" -j RETURN
                        -A AWS-SNAT-CHAIN-0 -d 100.64.0.0/16 -m comment --comment "AWS SNAT CHAIN" -j RETURN
                        -A AWS-SNAT-CHAIN-0 -d 10.0.0.0/16 -m comment --comment "AWS SNAT CHAIN" -j RETURN
                        -A AWS-SNAT-CHAIN-0 ! -o vlan+ -m comment --comment "AWS, SNAT" -m addrtype ! --dst-type LOCAL -j SNAT --to-source 10.0.0.10 --random-fully
                        """);
    }

    @Test
    void withoutNodePorts() {
        FirewallPlan plan = FirewallPlanner.plan(Samples.NO_NODE_PORTS, "ens5", Backend.LEGACY);

        assertThat(text(plan.nat()))
                .contains("-j SNAT --to-source 10.0.0.10\n")
                .doesNotContain("random");
        assertThat(text(plan.mangle()))
                .isEqualTo(
                        """
                        -A PREROUTING -i eni+ -m comment --comment "AWS, primary ENI" -j CONNMARK --restore-mark --nfmask 0x80 --ctmask 0x80
                        """);
    }

    @Test
    void withNeitherNodePortsNorTranslationNothingIsRestored() {
        NodeSetup setup =
                Samples.setup("10.0.0.0/16", "", true, NodeSetup.SnatPorts.RANDOM_FULLY, false);

        assertThat(text(FirewallPlanner.plan(setup, "ens5", Backend.LEGACY).mangle())).isEmpty();
    }

    @Test
    void aBlockThatIsNamedTwiceHasOneRule() {
        NodeSetup setup =
                Samples.setup(
                        "10.0.0.0/16 10.0.0.0/16",
                        "10.0.0.0/16",
                        false,
                        NodeSetup.SnatPorts.RANDOM,
                        true);
        TablePlan nat = FirewallPlanner.plan(setup, "ens5", Backend.LEGACY).nat();

        assertThat(nat.chains().get(FirewallPlanner.CONNMARK_CHAIN)).hasSize(2);
        assertThat(nat.chains().get(FirewallPlanner.SNAT_CHAIN))
                .filteredOn(rule -> rule.endsWith("-j RETURN"))
                .containsExactly(
                        "-d 10.0.0.0/16 -m comment --comment \"AWS SNAT CHAIN EXCLUSION\" -j RETURN",
                        "-d 10.0.0.0/16 -m comment --comment \"AWS SNAT CHAIN\" -j RETURN");
    }

    @Test
    void anExclusionOfEverythingNamesNoDestination() {
        NodeSetup setup =
                Samples.setup("10.0.0.0/16", "0.0.0.0/0", false, NodeSetup.SnatPorts.RANDOM, true);

        assertThat(text(FirewallPlanner.plan(setup, "ens5", Backend.LEGACY).nat()))
                .contains(
                        "-A AWS-SNAT-CHAIN-0 -m comment --comment \"AWS SNAT CHAIN EXCLUSION\" -j"
                                + " RETURN\n")
                .contains("--to-source 10.0.0.10 --random\n");
    }

    @ParameterizedTest
    @EnumSource
    void whatIsOfIpv6IsNeitherTranslatedNorMarked(Backend backend) {
        FirewallPlan plan = FirewallPlanner.plan(Samples.ipv6(Samples.DEFAULTS), "ens5", backend);

        assertThat(text(plan.nat()) + text(plan.mangle())).isEmpty();
        assertThat(plan.connectionMarks()).isNull();
    }

    @Test
    void aVersionTellsTheBackend() {
        assertThat(Backend.of("iptables v1.8.9 (legacy)")).isEqualTo(Backend.LEGACY);
        assertThat(Backend.of("iptables v1.8.9 (nf_tables)")).isEqualTo(Backend.NFT);
    }

    /** Returns the plan in the order of {@code iptables -S}. */
    private static String text(TablePlan plan) {
        var lines = new ArrayList<String>();
        plan.chains().keySet().forEach(chain -> lines.add("-N " + chain));
        for (String chain : new String[] {"PREROUTING", "POSTROUTING"}) {
            plan.rules().getOrDefault(chain, List.of()).stream()
                    .map(rule -> "-A " + chain + " " + rule)
                    .forEach(lines::add);
        }
        plan.chains()
                .forEach((chain, rules) -> rules.forEach(r -> lines.add("-A " + chain + " " + r)));
        return Stream.concat(lines.stream(), Stream.of(""))
                .reduce((a, b) -> a + "\n" + b)
                .orElse("");
    }
}
