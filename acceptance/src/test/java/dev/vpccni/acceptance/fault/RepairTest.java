package dev.vpccni.acceptance.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.acceptance.lab.KernelView;
import dev.vpccni.acceptance.lab.KernelWitness;
import dev.vpccni.acceptance.lab.LabUnderTest;
import dev.vpccni.acceptance.lab.LabUnderTest.PodOutcome;
import dev.vpccni.acceptance.lab.WantedLab;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;

/** What others remove from a living node's kernel is back by itself, and the log says so. */
class RepairTest {

    private static final String NODE = "node-1";

    /** Nine fit the primary interface of a c5.large; two more lie on the next. */
    private static final int PODS = 11;

    /** As somebody does who means well: networkd, a firewall's restart, a script. */
    private static final List<String> DEEDS =
            List.of(
                    "ip rule del pref 1024",
                    "while ip rule del pref 512; do :; done",
                    "while ip rule del pref 1536; do :; done",
                    "while ip rule del pref 32765; do :; done",
                    "ip route flush table 2",
                    "ip -4 addr flush dev eth1",
                    "ip link set eth1 down",
                    "for pod in $(ip route show scope link | grep ' eni' | cut -d ' ' -f 1);"
                            + " do ip route del $pod; done",
                    "for link in $(ls /sys/class/net | grep ^eni); do ip link set $link down; done",
                    "ip neigh flush nud permanent",
                    "iptables -t nat -F",
                    "iptables -t mangle -F",
                    "nft flush ruleset");

    private static final Duration SOON = Duration.ofSeconds(30);

    @Test
    void whatOthersRemoveIsBack() throws Exception {
        try (var lab = LabUnderTest.up(WantedLab.nodes(1, "c5.large"))) {
            List<PodOutcome> pods = lab.added(NODE, PODS);
            SortedMap<String, List<String>> before = KernelView.of(lab, NODE);

            for (String deed : DEEDS) {
                lab.exec(NODE, "sh", "-c", deed);
                KernelView.awaitAsBefore(lab, NODE, before);
            }

            assertThat(lab.connectivity().get(pods.getFirst().name())).isNotEmpty();
            KernelWitness.assertEachHasItsOwn(lab, NODE, KernelWitness.running(lab));
            assertThat(Files.readString(LabUnderTest.log(NODE, "ipamd.log")))
                    .contains("restore the node's rules: rule 1024: from all fwmark 0x80/0x80")
                    .contains("restore the pod with " + pods.getFirst().address())
                    .contains("restore the packet filter: ")
                    .contains("somebody has removed or changed it");
            lab.removeAll();
        }
    }

    /** Nobody wins a fight, and the node has other work. */
    @Test
    void whoRemovesTheSameAgainAndAgainIsNamedAndGivenWayTo() throws Exception {
        try (var lab = LabUnderTest.up(WantedLab.nodes(1, "c5.large"))) {
            Process fight =
                    lab.start(NODE, "sh", "-c", "while :; do ip rule del pref 1024; done 2>&-");
            try {
                lab.await(
                        "a word about the fight",
                        SOON,
                        () ->
                                Files.readString(LabUnderTest.log(NODE, "ipamd.log"))
                                        .contains("leave the node's rules alone for "));
                assertThat(lab.added(NODE, 2)).hasSize(2);
            } finally {
                LabUnderTest.program(fight).destroyForcibly();
                fight.destroyForcibly();
            }
            lab.await(
                    "the rule, when nobody removes it any more",
                    SOON,
                    () -> lab.exec(NODE, "ip", "rule").out().contains("1024:"));
            lab.removeAll();
        }
    }
}
