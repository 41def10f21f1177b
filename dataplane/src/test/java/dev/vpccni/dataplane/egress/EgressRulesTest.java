package dev.vpccni.dataplane.egress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.dataplane.NodeSetup.SnatPorts;
import dev.vpccni.dataplane.firewall.SavedTable;
import dev.vpccni.model.IpAddress;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class EgressRulesTest {

    private static final String ID =
            "a7f2c1d8e9b04f35a1c6d2e3f4a5b6c7d8e9f0a1b2c3d4e5f60718293a4b5c6d";
    private static final String COMMENT =
            "-m comment --comment \"name: \\\"aws-cni\\\" id: \\\"" + ID + "\\\"\"";
    private static final String CHAIN = "CNI-E4-53f7cc772754f56fd23aa";
    private static final String KUBE =
            "-m comment --comment \"kubernetes postrouting rules\" -j KUBE-POSTROUTING";
    private static final String JUMP = "-s 169.254.172.2/32 " + COMMENT + " -j " + CHAIN;

    private final EgressWiring four = wiring(EgressFamily.IPV4, ID, SnatPorts.RANDOM_FULLY);

    @Test
    void aContainerHasUpstreamsRules() {
        assertThat(EgressRules.connect(four, List.of(KUBE)))
                .isEqualTo(
                        """
                        *nat
                        :CHAIN - [0:0]
                        -A CHAIN -d 224.0.0.0/4 COMMENT -j ACCEPT
                        -A CHAIN COMMENT -j SNAT --to-source 10.0.0.10 --random-fully
                        -A POSTROUTING -s 169.254.172.2/32 COMMENT -j CHAIN
                        COMMIT
                        """
                                .replace("CHAIN", CHAIN)
                                .replace("COMMENT", COMMENT));
    }

    @Test
    void inTheOtherFamilyToo() {
        assertThat(EgressRules.connect(wiring(EgressFamily.IPV6, ID, SnatPorts.RANDOM), List.of()))
                .isEqualTo(
                        """
                        *nat
                        :CHAIN - [0:0]
                        -A CHAIN -d ff00::/8 COMMENT -j ACCEPT
                        -A CHAIN COMMENT -j SNAT --to-source 2600:1f13::7 --random
                        -A POSTROUTING -s fd00::ac:2/128 COMMENT -j CHAIN
                        COMMIT
                        """
                                .replace("CHAIN", CHAIN.replace("E4", "E6"))
                                .replace("COMMENT", COMMENT));
    }

    @Test
    void sourcePortsStayWhereThatIsAskedFor() {
        assertThat(EgressRules.chain(wiring(EgressFamily.IPV4, ID, SnatPorts.ORIGINAL)).getLast())
                .endsWith("--to-source 10.0.0.10");
    }

    @Test
    void aJumpThatIsThereIsNotMadeAgainAndOthersToTheChainGo() {
        String old = JUMP.replace("172.2", "172.77");
        assertThat(EgressRules.connect(four, List.of(JUMP, KUBE, old, JUMP)))
                .contains("\n-D POSTROUTING " + old + "\n")
                .containsOnlyOnce("\n-D POSTROUTING " + JUMP + "\n")
                .doesNotContain("-A POSTROUTING");
    }

    @Test
    void theJumpOfAnotherAddressStays() {
        String others = JUMP.replace("172.2/", "172.3/").replace(CHAIN, "CNI-E4-0");

        assertThat(EgressRules.connect(four, List.of(others))).doesNotContain("-D ");
    }

    @Test
    void aChainIsLedToByAJump() {
        assertThat(EgressRules.leadsTo(CHAIN, List.of(KUBE, JUMP))).isTrue();
        assertThat(EgressRules.leadsTo(CHAIN, List.of(KUBE))).isFalse();
        assertThat(EgressRules.leadsTo("", List.of("-s 169.254.172.2/32 -j"))).isTrue();
        assertThat(EgressRules.leadsTo(CHAIN, List.of("-s 169.254.172.2/32 -j"))).isFalse();
    }

    /** As upstream leaves it behind when the namespace went before the DEL came. */
    @Test
    void whatAContainerThatIsGoneLeftAtTheAddressGoes() {
        String left = JUMP.replace(CHAIN, "CNI-E4-000000000000000000000");
        String input = EgressRules.connect(four, List.of(left, KUBE));
        assertThat(input)
                .contains(":CNI-E4-000000000000000000000 - [0:0]\n")
                .contains("-D POSTROUTING " + left + "\n")
                .contains("-X CNI-E4-000000000000000000000\nCOMMIT")
                .doesNotContain("-X " + CHAIN);
    }

    @Test
    void somebodyElsesRuleForTheAddressStays() {
        String foreign = "-s 169.254.172.2/32 -j SOMEBODY";
        assertThat(EgressRules.connect(four, List.of(foreign))).doesNotContain("-D");
    }

    @Test
    void aChainIsRemovedWithEveryJumpToItAndNothingElse() {
        String other = JUMP.replace(CHAIN, "CNI-E4-000000000000000000000");
        assertThat(
                        EgressRules.remove(
                                new TreeSet<>(List.of(CHAIN)), List.of(JUMP, other, KUBE, JUMP)))
                .isEqualTo(
                        """
                        *nat
                        :CHAIN - [0:0]
                        -D POSTROUTING JUMP
                        -D POSTROUTING JUMP
                        -X CHAIN
                        COMMIT
                        """
                                .replace("JUMP", JUMP)
                                .replace("CHAIN", CHAIN));
        assertThat(EgressRules.remove(new TreeSet<>(), List.of(JUMP))).isEmpty();
    }

    @Test
    void whatIsOffIsNamed() {
        List<String> chain = EgressRules.chain(four);
        assertThat(EgressRules.differences(four, List.of(KUBE, JUMP), chain)).isEmpty();
        assertThat(EgressRules.differences(four, List.of(KUBE), chain))
                .singleElement()
                .asString()
                .contains("POSTROUTING", "169.254.172.2/32");
        for (List<String> wrong :
                List.of(List.<String>of(), chain.reversed(), List.of(chain.getLast()))) {
            assertThat(EgressRules.differences(four, List.of(JUMP), wrong))
                    .singleElement()
                    .asString()
                    .contains(CHAIN);
        }
    }

    @Test
    void chainsOfANetworkAreKnownByTheirComments() {
        SavedTable nat =
                SavedTable.parse(
                        "nat",
                        """
                        *nat
                        :POSTROUTING ACCEPT [0:0]
                        :CNI-E4-alone - [0:0]
                        :CNI-E4-other - [0:0]
                        :CNI-E6-six - [0:0]
                        :CNI-E4-empty - [0:0]
                        -A POSTROUTING JUMP
                        -A CNI-E4-alone COMMENT -j ACCEPT
                        -A CNI-E4-other OTHER -j ACCEPT
                        -A CNI-E6-six COMMENT -j ACCEPT
                        COMMIT
                        """
                                .replace("JUMP", JUMP)
                                .replace("COMMENT", COMMENT)
                                .replace("OTHER", COMMENT.replace("aws-cni", "other")));
        assertThat(EgressRules.chains(EgressFamily.IPV4, "aws-cni", nat))
                .containsExactly(CHAIN, "CNI-E4-alone");
    }

    @Test
    void podsAreKeptFromEachOtherAheadOfEverythingElse() {
        String four =
                "-d 169.254.172.0/22 -m conntrack --ctstate NEW -m comment --comment \"Block Node"
                        + " Local Pod access via IPv4\" -j REJECT --reject-with"
                        + " icmp-port-unreachable";
        String six =
                "-d fd00::ac:0/118 -m conntrack --ctstate NEW -m comment --comment \"Block Node"
                        + " Local Pod access via IPv6\" -j REJECT --reject-with"
                        + " icmp6-port-unreachable";
        assertThat(EgressRules.barrier(EgressFamily.IPV4, List.of("-j ACCEPT")))
                .isEqualTo("*filter\n-I FORWARD 1 " + four + "\nCOMMIT\n");
        assertThat(EgressRules.barrier(EgressFamily.IPV6, List.of(four)))
                .isEqualTo("*filter\n-I FORWARD 1 " + six + "\nCOMMIT\n");
        assertThat(EgressRules.barrier(EgressFamily.IPV4, List.of("-j ACCEPT", four))).isEmpty();
    }

    private static EgressWiring wiring(EgressFamily family, String id, SnatPorts ports) {
        var range = new EgressRange(family.block());
        String node = family == EgressFamily.IPV4 ? "10.0.0.10" : "2600:1f13::7";
        return new EgressWiring(
                "aws-cni", id, range, range.gateway().plus(1), IpAddress.parse(node), ports, 9001);
    }
}
