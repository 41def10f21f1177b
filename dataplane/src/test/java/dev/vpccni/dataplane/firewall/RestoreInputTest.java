package dev.vpccni.dataplane.firewall;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.dataplane.Samples;
import dev.vpccni.testing.Choose;
import dev.vpccni.testing.SeededTest;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class RestoreInputTest {

    private static final String KUBE =
            "-m comment --comment \"kubernetes service portals\" -j KUBE-SERVICES";
    private static final String OLD_JUMP =
            "-i veth+ -m comment --comment \"AWS, outbound connections\" -j AWS-CONNMARK-CHAIN-0";
    private static final String OLD_RESTORE =
            "-m comment --comment \"AWS, CONNMARK\" -j CONNMARK --restore-mark --nfmask 0x40 --ctmask"
                    + " 0x40";

    private final TablePlan nat =
            FirewallPlanner.plan(Samples.DEFAULTS, "ens5", Backend.LEGACY).nat();

    @Test
    void anEmptyTableGetsEverything() {
        assertThat(RestoreInput.between(nat, SavedTable.parse("nat", "")))
                .isEqualTo(
                        """
                        *nat
                        :AWS-CONNMARK-CHAIN-0 - [0:0]
                        :AWS-SNAT-CHAIN-0 - [0:0]
                        -A AWS-CONNMARK-CHAIN-0 -d 10.0.0.0/16 -m comment --comment "AWS CONNMARK CHAIN" -j RETURN
                        -A AWS-CONNMARK-CHAIN-0 -m comment --comment "AWS, CONNMARK" -j CONNMARK --set-xmark 0x80/0x80
                        -A AWS-SNAT-CHAIN-0 -d 10.0.0.0/16 -m comment --comment "AWS SNAT CHAIN" -j RETURN
                        -A AWS-SNAT-CHAIN-0 ! -o vlan+ -m comment --comment "AWS, SNAT" -m addrtype ! --dst-type LOCAL -j SNAT --to-source 10.0.0.10 --random-fully
                        -A POSTROUTING -m comment --comment "AWS SNAT CHAIN" -j AWS-SNAT-CHAIN-0
                        -A PREROUTING -i eni+ -m comment --comment "AWS, outbound connections" -j AWS-CONNMARK-CHAIN-0
                        -A PREROUTING -m comment --comment "AWS, CONNMARK" -j CONNMARK --restore-mark --nfmask 0x80 --ctmask 0x80
                        COMMIT
                        """);
    }

    @Test
    void whatIsMissingIsNamedAndNothingElse() {
        SortedMap<String, List<String>> chains = desired();
        assertThat(nat.missingFrom(new SavedTable("nat", chains))).isEmpty();

        chains.put("POSTROUTING", List.of());
        chains.put("PREROUTING", List.of(KUBE, OLD_JUMP));
        assertThat(nat.missingFrom(new SavedTable("nat", chains)))
                .containsExactly(
                        "-t nat -A POSTROUTING -m comment --comment \"AWS SNAT CHAIN\" -j"
                                + " AWS-SNAT-CHAIN-0",
                        "-t nat -A PREROUTING -i eni+ -m comment --comment \"AWS, outbound"
                                + " connections\" -j AWS-CONNMARK-CHAIN-0",
                        "-t nat -A PREROUTING -m comment --comment \"AWS, CONNMARK\" -j CONNMARK"
                                + " --restore-mark --nfmask 0x80 --ctmask 0x80");
        chains.remove("AWS-SNAT-CHAIN-0");
        assertThat(nat.missingFrom(new SavedTable("nat", chains)))
                .hasSize(5)
                .anyMatch(rule -> rule.startsWith("-t nat -A AWS-SNAT-CHAIN-0 -d 10.0.0.0/16 "));
    }

    @Test
    void rulesOfAnotherPrefixAndMarkGo() {
        SortedMap<String, List<String>> chains = desired();
        chains.put("PREROUTING", List.of(KUBE, OLD_JUMP, OLD_RESTORE));

        assertThat(RestoreInput.between(nat, new SavedTable("nat", chains)))
                .isEqualTo(
                        """
                        *nat
                        -D PREROUTING -i veth+ -m comment --comment "AWS, outbound connections" -j AWS-CONNMARK-CHAIN-0
                        -D PREROUTING -m comment --comment "AWS, CONNMARK" -j CONNMARK --restore-mark --nfmask 0x40 --ctmask 0x40
                        -A PREROUTING -i eni+ -m comment --comment "AWS, outbound connections" -j AWS-CONNMARK-CHAIN-0
                        -A PREROUTING -m comment --comment "AWS, CONNMARK" -j CONNMARK --restore-mark --nfmask 0x80 --ctmask 0x80
                        COMMIT
                        """);
    }

    @Test
    void chainsOfOlderReleasesGo() {
        SortedMap<String, List<String>> chains = desired();
        chains.put("AWS-SNAT-CHAIN-1", List.of("-j RETURN"));

        assertThat(RestoreInput.between(nat, new SavedTable("nat", chains)))
                .isEqualTo("*nat\n:AWS-SNAT-CHAIN-1 - [0:0]\n-X AWS-SNAT-CHAIN-1\nCOMMIT\n");
    }

    @Test
    void aRuleThatIsRightIsLeftAlone() {
        SortedMap<String, List<String>> chains = desired();
        chains.put("PREROUTING", List.of(rules("PREROUTING").getFirst(), KUBE, OLD_RESTORE));

        assertThat(RestoreInput.between(nat, new SavedTable("nat", chains)))
                .isEqualTo(
                        """
                        *nat
                        -D PREROUTING -m comment --comment "AWS, CONNMARK" -j CONNMARK --restore-mark --nfmask 0x40 --ctmask 0x40
                        -A PREROUTING -m comment --comment "AWS, CONNMARK" -j CONNMARK --restore-mark --nfmask 0x80 --ctmask 0x80
                        COMMIT
                        """);
    }

    @Test
    void aChainOfAnOlderReleaseStaysWhileOthersJumpToIt() {
        SortedMap<String, List<String>> chains = desired();
        chains.put("AWS-SNAT-CHAIN-1", List.of("-j RETURN"));
        chains.put("MINE", List.of("-s 10.1.0.0/16 -j AWS-SNAT-CHAIN-1"));

        assertThat(RestoreInput.between(nat, new SavedTable("nat", chains)))
                .isEqualTo("*nat\n:AWS-SNAT-CHAIN-1 - [0:0]\nCOMMIT\n");
    }

    @Test
    void ourOwnJumpsKeepNoChain() {
        SortedMap<String, List<String>> chains = desired();
        chains.put("AWS-SNAT-CHAIN-1", List.of("-j AWS-SNAT-CHAIN-2"));
        chains.put("AWS-SNAT-CHAIN-2", List.of("-j RETURN"));
        String jump = "-m comment --comment \"AWS SNAT CHAIN\" -j AWS-SNAT-CHAIN-1";
        var postrouting = new ArrayList<>(rules("POSTROUTING"));
        postrouting.add(jump);
        chains.put("POSTROUTING", postrouting);

        assertThat(RestoreInput.between(nat, new SavedTable("nat", chains)))
                .isEqualTo(
                        """
                        *nat
                        :AWS-SNAT-CHAIN-1 - [0:0]
                        :AWS-SNAT-CHAIN-2 - [0:0]
                        -D POSTROUTING %s
                        -X AWS-SNAT-CHAIN-1
                        -X AWS-SNAT-CHAIN-2
                        COMMIT
                        """
                                .formatted(jump));
    }

    @Test
    void anEmptyChainIsMadeOrEmptied() {
        TablePlan external =
                FirewallPlanner.plan(Samples.EXTERNAL_SNAT, "ens5", Backend.LEGACY).nat();
        String chain = "*nat\n:AWS-SNAT-CHAIN-0 - [0:0]\nCOMMIT\n";

        for (String saved : List.of("", chain + "*nat\n-A AWS-SNAT-CHAIN-0 -j RETURN\nCOMMIT\n")) {
            assertThat(RestoreInput.between(external, SavedTable.parse("nat", saved)))
                    .isEqualTo(chain);
        }
        assertThat(RestoreInput.between(external, SavedTable.parse("nat", chain))).isEmpty();
    }

    @Test
    void savedTextMayHoldCountersAndOtherTables() {
        SavedTable saved =
                SavedTable.parse(
                        "nat",
                        """
                        # Generated by iptables-save v1.8.9
                        *mangle
                        :PREROUTING ACCEPT [0:0]
                        -A PREROUTING -j ACCEPT
                        COMMIT
                        *nat
                        :POSTROUTING ACCEPT [12:720]
                        :MINE - [0:0]
                        [3:180] -A POSTROUTING -m comment --comment "say \\"hi\\" to" -j MINE
                        COMMIT
                        """);

        assertThat(saved.chains()).containsOnlyKeys("POSTROUTING", "MINE");
        assertThat(SavedTable.words(saved.rules("POSTROUTING").getFirst()))
                .containsExactly("-m", "comment", "--comment", "say \"hi\" to", "-j", "MINE");
    }

    @SeededTest
    void carriedOutItLeavesWhatIsDesiredAndNothingElseOfOurs(RandomGenerator random) {
        TablePlan desired = plan(random);
        var kernel = new RestoredTable(saved(random));
        List<String> others = foreign(kernel.saved());

        kernel.restore(RestoreInput.between(desired, kernel.saved()));

        SavedTable after = kernel.saved();
        assertThat(foreign(after)).isEqualTo(others);
        desired.chains().forEach((chain, rules) -> assertThat(after.rules(chain)).isEqualTo(rules));
        assertThat(after.chains().keySet().stream().filter(c -> c.startsWith("AWS-")))
                .containsExactlyElementsOf(desired.chains().keySet());
        for (String chain : List.of("PREROUTING", "POSTROUTING")) {
            assertThat(after.rules(chain).stream().filter(Comment::marksOurs))
                    .containsExactlyElementsOf(desired.rules().getOrDefault(chain, List.of()));
        }
        assertThat(RestoreInput.between(desired, after)).isEmpty();
    }

    private static TablePlan plan(RandomGenerator random) {
        return FirewallPlanner.plan(
                        Choose.of(
                                random,
                                Samples.DEFAULTS,
                                Samples.EXTERNAL_SNAT,
                                Samples.EXCLUSIONS,
                                Samples.NO_NODE_PORTS),
                        Choose.of(random, "ens5", "eth0"),
                        Choose.of(random, Backend.values()))
                .nat();
    }

    private SavedTable saved(RandomGenerator random) {
        TablePlan before = plan(random);
        var pool = new ArrayList<>(List.of(KUBE, OLD_JUMP, OLD_RESTORE));
        before.rules().values().forEach(pool::addAll);
        nat.rules().values().forEach(pool::addAll);
        SortedMap<String, List<String>> chains = new TreeMap<>();
        for (String chain : List.of("PREROUTING", "POSTROUTING")) {
            chains.put(
                    chain, Choose.list(random, 0, 6, () -> pool.get(random.nextInt(pool.size()))));
        }
        chains.put("KUBE-SERVICES", List.of());
        // What the rules above may jump to exists in every kernel that has them.
        chains.put(FirewallPlanner.SNAT_CHAIN, List.of());
        chains.put(FirewallPlanner.CONNMARK_CHAIN, List.of());
        chains.putAll(before.chains());
        if (random.nextBoolean()) {
            chains.put("AWS-CONNMARK-CHAIN-1", List.of("-j RETURN"));
        }
        return new SavedTable("nat", chains);
    }

    private static List<String> foreign(SavedTable table) {
        var rules = new ArrayList<String>();
        table.chains()
                .forEach((chain, list) -> {
                    if (!chain.startsWith("AWS-")) {
                        list.stream()
                                .filter(rule -> !Comment.marksOurs(rule))
                                .forEach(rule -> rules.add(chain + " " + rule));
                    }
                });
        return rules;
    }

    private List<String> rules(String chain) {
        return nat.rules().getOrDefault(chain, List.of());
    }

    private SortedMap<String, List<String>> desired() {
        SortedMap<String, List<String>> chains = new TreeMap<>(nat.chains());
        chains.putAll(nat.rules());
        return chains;
    }
}
