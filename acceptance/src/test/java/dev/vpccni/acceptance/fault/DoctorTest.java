package dev.vpccni.acceptance.fault;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.acceptance.lab.Ended;
import dev.vpccni.acceptance.lab.LabUnderTest;
import dev.vpccni.acceptance.lab.WantedLab;
import dev.vpccni.json.JsonObject;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A node that is well has nothing wrong, and one that is not is mended by what the doctor says. */
class DoctorTest {

    private static final String NODE = "node-1";
    private static final String PROGRAM = LabUnderTest.home().resolve("bin/vpc-cni").toString();

    /** What firewalls, other networks, and people do; each breaks something else. */
    private static final List<String> DEEDS =
            List.of(
                    "iptables -P FORWARD DROP",
                    "nft add table inet fw; nft add chain inet fw f"
                            + " '{ type filter hook forward priority 0; policy drop; }'",
                    "iptables -t mangle -A PREROUTING -j CONNMARK --restore-mark",
                    "ip rule add pref 1536 from 10.99.99.99 lookup 2",
                    "sysctl -qw net/ipv4/ip_forward=0",
                    "sysctl -qw net/ipv4/conf/all/rp_filter=0 net/ipv4/conf/eth0/rp_filter=1",
                    "for e in /sys/class/net/eni*; do ip link set dev ${e##*/} mtu 1400; done",
                    "echo '{\"name\":\"x\",\"type\":\"bridge\"}' > /etc/cni/net.d/05-x.conf",
                    "mkdir -p /run/systemd/netif; touch /run/systemd/netif/state");

    private static final Found WELL = new Found(0, List.of(), List.of(), List.of());

    @Test
    void aNodeIsWellThenNotAndMended() throws Exception {
        try (var lab = LabUnderTest.up(WantedLab.nodes(1, "c5.large"))) {
            lab.added(NODE, 2);
            lab.await(
                    "the daemon's own look at the host",
                    Duration.ofSeconds(60),
                    () -> !examination().isEmpty());
            assertThat(examination()).singleElement().asString().contains("nothing wrong");
            assertThat(look(lab)).isEqualTo(WELL);

            // While it runs it sets parameters of the node again as soon as it notices.
            lab.daemon(NODE, "stop");
            disturb(lab);
            Found found = look(lab);
            assertThat(found.status()).isEqualTo(1);
            assertThat(found.checks())
                    .containsExactlyInAnyOrder(
                            "forward-drop",
                            "forward-drop",
                            "mark-clash",
                            "pod-rules",
                            "forwarding-off",
                            "rp-filter-strict",
                            "mtu",
                            "mtu",
                            "conflist-order",
                            "networkd-foreign");
            String text = lab.exec(NODE, PROGRAM, "doctor").out();
            assertThat(text).contains("wrong  forward-drop\n  seen    ", "\n7 wrong, 3 warnings");
            mend(lab, found);
            assertThat(look(lab)).isEqualTo(WELL);

            disturb(lab);
            lab.daemon(NODE, "start");
            lab.await(
                    "findings in the log",
                    Duration.ofSeconds(60),
                    () -> log().contains("doctor: conflist-order: /etc/cni/net.d/05-x.conf"));
            mend(lab, look(lab));
            assertThat(look(lab)).isEqualTo(WELL);
            lab.removeAll();
        }
    }

    /**
     * What the doctor said.
     *
     * @param unseen what it did not look at, but for the kernel's modules: a kernel without any has
     *     no list of them
     */
    private record Found(
            int status, List<String> checks, List<String> remedies, List<String> unseen) {}

    private static void disturb(LabUnderTest lab) throws Exception {
        for (String deed : DEEDS) {
            assertThat(lab.exec(NODE, "sh", "-ec", deed).status()).as(deed).isZero();
        }
    }

    private static void mend(LabUnderTest lab, Found found) throws Exception {
        for (String remedy : found.remedies()) {
            // There is no systemd on the node that would have to start networkd anew.
            String command = remedy.replace(" && systemctl restart systemd-networkd", "");
            Ended ended = lab.exec(NODE, "sh", "-ec", command);
            assertThat(ended.status()).as(command + ": " + ended.err()).isZero();
        }
    }

    private static Found look(LabUnderTest lab) throws Exception {
        Ended ended = lab.exec(NODE, PROGRAM, "doctor", "-o", "json");
        var checks = new ArrayList<String>();
        var remedies = new ArrayList<String>();
        JsonObject said = JsonObject.parse(ended.out());
        for (JsonObject finding : said.objects("findings")) {
            checks.add(finding.string("id"));
            remedies.add(finding.string("remedy"));
        }
        List<String> unseen =
                said.strings("unseen").stream()
                        .filter(line -> !line.startsWith("the kernel's modules: "))
                        .toList();
        return new Found(ended.status(), checks, remedies, unseen);
    }

    /** Returns what the daemon's log says of its look at the host. */
    private static List<String> examination() throws Exception {
        return log().lines()
                .filter(line -> line.contains("doctor: ") && !line.contains(": not looked at: "))
                .toList();
    }

    private static String log() throws Exception {
        return Files.readString(LabUnderTest.log(NODE, "ipamd.log"));
    }
}
