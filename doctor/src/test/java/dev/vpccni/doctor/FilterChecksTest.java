package dev.vpccni.doctor;

import static dev.vpccni.dataplane.firewall.Backend.LEGACY;
import static dev.vpccni.dataplane.firewall.Backend.NFT;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.dataplane.firewall.Backend;
import dev.vpccni.doctor.check.Expected;
import dev.vpccni.doctor.snapshot.Fact;
import dev.vpccni.doctor.snapshot.PacketFilters.Which;
import dev.vpccni.model.IpFamily;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class FilterChecksTest {

    private static final String DROP = ":FORWARD DROP [0:0]";

    private final HostUnderTest host = new HostUnderTest();

    @Test
    void aHealthyHostHasNothingWrong() {
        assertThat(host.told()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(Backend.class)
    void aForwardPolicyThatDropsIsWrongInEitherBackEnd(Backend backend) {
        host.table(backend, "filter", DROP);

        assertThat(host.told()).containsExactly("WRONG forward-drop");
        assertThat(host.findings().getFirst().seen())
                .contains("policy drop", "IPv4 from pods and IPv4 to pods");
        assertThat(host.findings().getFirst().remedy())
                .isEqualTo(
                        "iptables-%1$s -w -t filter -I FORWARD -i eni+ -j ACCEPT && iptables-%1$s -w -t filter -I FORWARD -o eni+ -j ACCEPT"
                                .formatted(backend == LEGACY ? "legacy" : "nft"));
    }

    /** Docker's, kube-proxy's and ssh's rules accept others. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "-A FORWARD -i docker0 -j ACCEPT",
                "-A FORWARD -m mark --mark 0x4000/0x4000 -j ACCEPT",
                "-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
                "-A FORWARD -p tcp -m tcp --dport 22 -j ACCEPT",
                "-A FORWARD ! -i eni+ ! -o eni+ -j ACCEPT",
                "-A FORWARD -s 192.168.0.0/16 -d 192.168.0.0/16 -i docker0 -j ACCEPT",
                "-A FORWARD -i eni+ -j ACCEPT",
                "-A FORWARD -j NOWHERE",
            })
    void aRuleThatAcceptsOthersDoesNotHelp(String rule) {
        host.table(NFT, "filter", DROP, rule);

        assertThat(host.told()).containsExactly("WRONG forward-drop");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-A FORWARD -j ACCEPT",
                "-A FORWARD -i eni+ -j ACCEPT\n-A FORWARD -o eni+ -j ACCEPT",
                "-A FORWARD -m set --match-set pods src -j ACCEPT",
                ":OURS - [0:0]\n-A FORWARD -j OURS\n-A OURS -m conntrack --ctstate NEW -j ACCEPT",
                "-A FORWARD -s 10.0.0.0/8 -j ACCEPT\n-A FORWARD -d 10.0.0.0/8 -j ACCEPT",
                "[5:300] -A FORWARD ! -i docker0 -m comment --comment \"a b\" -j ACCEPT",
            })
    void aRuleThatAcceptsPodsDoes(String rule) {
        host.table(NFT, "filter", DROP, rule);

        assertThat(host.told()).isEmpty();
    }

    @Test
    void aRuleThatRejectsIsWrongWhateverThePolicy() {
        host.table(
                LEGACY,
                "filter",
                ":FORWARD ACCEPT [0:0]",
                "-A FORWARD -j REJECT --reject-with icmp-host-prohibited");

        assertThat(host.told()).contains("WRONG forward-drop");
    }

    @Test
    void chainsThatJumpInCirclesEnd() {
        host.table(
                NFT,
                "filter",
                DROP,
                ":A - [0:0]",
                ":B - [0:0]",
                "-A FORWARD -j A",
                "-A A -j B",
                "-A A -j B",
                "-A B -j A",
                "-A B -j A");

        assertThat(host.told()).isEmpty();
    }

    @Test
    void nobodyMayWriteOurMark() {
        host.table(
                NFT,
                "mangle",
                "-A PREROUTING -j CONNMARK --restore-mark --nfmask 0xffffffff --ctmask 0xffffffff",
                "-A PREROUTING -j MARK --set-xmark 0xff/0xff",
                "-A PREROUTING -m mark --mark 0x80 -j ACCEPT");

        assertThat(host.told())
                .containsExactly("WRONG mark-clash", "WRONG mark-clash", "WARNING mark-clash");
        assertThat(host.findings().getFirst().remedy())
                .isEqualTo(
                        "iptables-nft -w -t mangle -D PREROUTING -j CONNMARK --restore-mark"
                                + " --nfmask 0xffffffff --ctmask 0xffffffff");
    }

    /** kube-proxy's, Calico's, Cilium's, Tailscale's, and our own. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "-A PREROUTING -j MARK --set-xmark 0x4000/0x4000",
                "-A PREROUTING -j MARK --set-xmark 0x8000/0x0",
                "-A PREROUTING -m mark ! --mark 0x4000/0x4000 -j RETURN",
                "-A PREROUTING -j MARK --set-xmark 0x0/0xf0000",
                "-A PREROUTING -j MARK --set-xmark 0x200/0xf00",
                "-A PREROUTING -j CONNMARK --save-mark --nfmask 0xff0000 --ctmask 0xff0000",
                "-A PREROUTING -i eni+ -m comment --comment \"AWS, primary ENI\" -j CONNMARK"
                        + " --restore-mark --nfmask 0x80 --ctmask 0x80",
            })
    void othersMayUseTheirs(String rule) {
        host.table(NFT, "mangle", rule);

        assertThat(host.told()).isEmpty();
    }

    @Test
    void routingRulesMayNotAskForOurMark() {
        host.rule(100, null, null, 0xff, 100);

        assertThat(host.told()).containsExactly("WARNING mark-clash");
        assertThat(host.findings().getFirst().remedy())
                .isEqualTo("ip rule del pref 100 fwmark 0xff/0xff lookup 100");
    }

    @Test
    void aRoutingRuleThatTakesWhatIsMarkedIsWrong() {
        host.rule(100, null, null, 0x80, 100);

        assertThat(host.told()).containsExactly("WRONG mark-clash");
    }

    /** wg-quick's rule is for all that does not bear the tunnel's own mark. */
    @Test
    void aTunnelsRuleBehindOursIsNoClash() {
        host.ruleUnlessMarked(32_764, 0xca6c, 51_820);

        assertThat(host.told()).isEmpty();
    }

    @Test
    void aTunnelsRuleBeforeOursTakesWhatIsMarked() {
        host.ruleUnlessMarked(511, 0xca6c, 51_820);

        assertThat(host.told()).containsExactly("WRONG mark-clash");
        assertThat(host.findings().getFirst().remedy())
                .isEqualTo(
                        "ip rule add pref 32765 not fwmark 0xca6c/0xffffffff lookup 51820"
                                + " && ip rule del pref 511 not fwmark 0xca6c/0xffffffff lookup"
                                + " 51820");
    }

    /** Such a rule leaves alone whatever bears just our mark. */
    @Test
    void aRuleForAllButOurMarkIsNoClash() {
        host.ruleUnlessMarked(511, 0x80, 51_820);

        assertThat(host.told()).isEmpty();
    }

    @Test
    void whoUsesWhichBackEnd() {
        host.table(LEGACY, "nat", ":KUBE-SERVICES - [0:0]");
        assertThat(host.told()).containsExactly("WRONG both-backends");

        host.table(NFT, "filter", "-A INPUT -i lo -j ACCEPT", ":KUBE-IPTABLES-HINT - [0:0]");
        assertThat(host.told()).containsExactly("WARNING both-backends");
    }

    @Test
    void rulesOfOursInTheOtherBackEndAreLeftOver() {
        host.table(LEGACY, "nat", ":AWS-SNAT-CHAIN-0 - [0:0]", "-A AWS-SNAT-CHAIN-0 -j RETURN");

        assertThat(host.told()).containsExactly("WRONG leftover-chains");
    }

    @Test
    void whatCouldNotBeReadIsToldAndNotWrong() {
        host.iptables.put(
                new Which(LEGACY, IpFamily.IPV4), new Fact.Unseen<>("it prints too much"));

        assertThat(host.told()).isEmpty();
        assertThat(Doctor.examine(host.snapshot(), Expected.DEFAULT).unseen())
                .contains("iptables-legacy's tables: it prints too much");
    }

    /** Whoever could make a rule must not make a command, nor a line of a log. */
    @Test
    void namesOfOthersAreQuotedInCommands() {
        host.table(
                NFT, "mangle; reboot", ":FORWARD DROP [0:0]", "-A $(reboot) -j MARK --set-mark 1");
        host.table(NFT, "raw", "-A X\u001b[2J -j MARK --set-xmark 0x80/0x80");

        assertThat(host.findings())
                .allSatisfy(finding -> {
                    assertThat(finding.remedy()).doesNotContain("\u001b");
                    assertThat(finding.remedy().replaceAll("'[^']*'", "")).doesNotContain("reboot");
                })
                .hasSize(3);
    }

    @Test
    void manyRulesAreNotAllTold() {
        host.table(
                NFT,
                "mangle",
                List.of("-A PREROUTING -j MARK --set-xmark 0x80/0x80\n".repeat(5_000))
                        .toArray(String[]::new));

        assertThat(host.told()).hasSize(20);
    }
}
