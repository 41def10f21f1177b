package dev.vpccni.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.dataplane.Mark;
import dev.vpccni.doctor.Diagnosis;
import dev.vpccni.doctor.Doctor;
import dev.vpccni.doctor.check.Expected;
import dev.vpccni.doctor.check.Finding;
import dev.vpccni.host.examination.HostReader;
import dev.vpccni.host.examination.Sight;
import dev.vpccni.model.IpFamily;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A real kernel is made wrong, read, and mended by the commands that the doctor says. */
final class ExaminationTest {

    private static final String POD = "eni00000000001";

    private final TestNode node = new TestNode();
    @TempDir private Path files;

    @BeforeEach
    void aNodeWithAPod() throws Exception {
        node.node.ip("link add " + POD + " type veth peer name pod-end");
        for (String link : List.of("ens5", POD, "pod-end")) {
            node.node.ip("link set " + link + " mtu 9001 up");
        }
        node.node.ip("route add 10.0.0.20/32 dev " + POD);
        node.node.ip("rule add pref 512 to 10.0.0.20 lookup main");
        Files.createDirectories(files.resolve("net.d"));
        Files.createDirectories(files.resolve("bin"));
        Files.createFile(files.resolve("bin/aws-cni"));
        Files.writeString(
                files.resolve("net.d/10-aws.conflist"),
                "{\"name\":\"aws-cni\",\"plugins\":[{\"type\":\"aws-cni\"}]}");
    }

    @AfterEach
    void close() {
        node.close();
    }

    @Test
    void aHealthyNodeHasNothingWrong() throws Exception {
        Diagnosis diagnosis = look();

        assertThat(diagnosis.findings()).isEmpty();
        assertThat(diagnosis.unseen()).noneMatch(line -> line.contains("tables"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "forward-drop: iptables-legacy -P FORWARD DROP",
                "forward-drop: iptables-nft -P FORWARD DROP",
                "forward-drop: iptables-nft -A FORWARD -j REJECT",
                "forward-drop: nft add table inet fw;"
                        + " nft add chain inet fw f '{ type filter hook forward priority 0;"
                        + " policy drop; }'; nft add rule inet fw f ct state vmap"
                        + " '{ established : accept, invalid : drop }';"
                        + " nft add rule inet fw f iifname { docker0, virbr0 } accept",
                "mark-clash: iptables-nft -t mangle -A PREROUTING -j CONNMARK --restore-mark",
                "mark-clash: iptables-legacy -t mangle -A OUTPUT -p udp -m comment --comment"
                        + " 'it is \"mine\"' -j MARK --set-mark 0x80/0xff",
                "mark-clash: nft add table ip m; nft add chain ip m c '{ type filter hook"
                        + " prerouting priority -150; }'; nft add rule ip m c meta mark set ct mark",
                "mark-clash: ip rule add pref 9 fwmark 0x80/0x80 lookup 100",
                "mark-clash: ip rule add pref 511 not fwmark 51820 table 51820",
                "leftover-chains: iptables-legacy -t nat -N AWS-SNAT-CHAIN-0;"
                        + " iptables-legacy -t nat -A POSTROUTING -m comment --comment"
                        + " 'AWS SNAT CHAIN' -j AWS-SNAT-CHAIN-0",
                "both-backends: iptables-legacy -A INPUT -i lo -j ACCEPT;"
                        + " iptables-nft -A INPUT -i lo -j ACCEPT",
                "forwarding-off: sysctl -qw net/ipv4/ip_forward=0",
                "rp-filter-strict: sysctl -qw net/ipv4/conf/ens5/rp_filter=1",
                "mtu: ip link set dev " + POD + " mtu 1400",
                "pod-rules: ip rule add pref 1536 from 10.0.0.20 lookup 2",
                "pod-rules: ip rule add pref 512 to 10.0.0.99 lookup main",
                "pod-links: ip link set dev pod-end down",
            })
    void whatIsMadeWrongIsFoundAndMended(String deed) throws Exception {
        String[] parts = deed.split(": ", 2);
        node.node.run(List.of("sh", "-ec", parts[1]));

        List<Finding> found = look().findings();
        assertThat(found).extracting(Finding::check).containsOnly(parts[0]);

        // A link that is removed leaves the rules of its pod to a second look.
        for (int looks = 0; looks < 2; looks++) {
            for (Finding finding : look().findings()) {
                node.node.run(List.of("sh", "-ec", finding.remedy()));
            }
        }
        assertThat(look().findings()).isEmpty();
    }

    @Test
    void rulesThatDoNotClashAreNotFound() throws Exception {
        node.node.run(
                List.of(
                        "sh",
                        "-ec",
                        "nft add table ip m; nft add chain ip m c '{ type filter hook prerouting"
                                + " priority -150; }'; nft add rule ip m c meta mark set mark or 0x4000;"
                                + " nft add rule ip m c meta mark and 0x4000 != 0 return;"
                                + " nft add rule ip m c meta mark set mark and 0xfffff0ff or 0x200;"
                                + " nft add chain ip m f '{ type filter hook forward priority 0;"
                                + " policy drop; }'; nft add rule ip m f ct state vmap"
                                + " '{ established : accept, new : accept }';"
                                + " ip rule add pref 32764 not fwmark 51820 table 51820"));

        assertThat(look().findings()).isEmpty();
    }

    @Test
    void moreRulesThanThereIsRoomForAreNotLookedAt() throws Exception {
        node.node.run(List.of("sh", "-ec", "iptables-nft -P FORWARD DROP"));
        var small = new Sight(Path.of("/"), true, true, 100, 20);

        Diagnosis diagnosis =
                Doctor.examine(HostReader.inside(node.node.path()).read(small, told()), told());

        assertThat(diagnosis.unseen())
                .anyMatch(line ->
                        line.startsWith("iptables-nft's tables: ")
                                && line.endsWith("it prints more than 100 bytes"))
                .anyMatch(line -> line.startsWith("nft's rules: "));
        assertThat(diagnosis.findings()).isEmpty();
    }

    private Diagnosis look() throws Exception {
        // What this computer's own files say is no matter of the node, nor to be mended.
        Sight sight = Sight.WHOLE.inContainer(true);
        return Doctor.examine(HostReader.inside(node.node.path()).read(sight, told()), told());
    }

    private Expected told() {
        return new Expected(
                IpFamily.IPV4,
                false,
                Mark.of(0x80),
                "eni",
                9001,
                9001,
                true,
                false,
                files.resolve("net.d").toString(),
                files.resolve("bin").toString(),
                files.toString(),
                false);
    }
}
