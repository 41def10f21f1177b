package dev.vpccni.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.doctor.check.Expected;
import dev.vpccni.doctor.snapshot.Fact;
import dev.vpccni.doctor.snapshot.NodeState.Disk;
import dev.vpccni.doctor.snapshot.SeenLink;
import dev.vpccni.doctor.snapshot.SeenListener;
import dev.vpccni.doctor.snapshot.SeenNetwork;
import dev.vpccni.doctor.snapshot.SeenProcess;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class HostChecksTest {

    private static final String NETWORKD = "/etc/systemd/networkd.conf";
    private static final String OFF =
            "[Network]\nManageForeignRoutingPolicyRules=no\nManageForeignRoutes = FALSE\n";

    private final HostUnderTest host = new HostUnderTest();

    @Test
    void everyCheckHasANameOfItsOwnAndSaysWhatItIsFor() {
        assertThat(Doctor.CHECKS)
                .hasSizeGreaterThan(20)
                .extracting(check -> check.id())
                .doesNotHaveDuplicates()
                .allMatch(id -> id.matches("[a-z-]+"));
        assertThat(Doctor.CHECKS)
                .allSatisfy(check ->
                        assertThat(check.looksFor() + check.breaks()).doesNotContain("|", "\n"));
    }

    @Test
    void isWhatTheDocumentationSays() throws Exception {
        assertThat(Files.readString(Path.of("../docs/doctor.md")))
                .as("run: make build && bin/vpc-cni doctor --list > docs/doctor.md")
                .isEqualTo(DoctorPage.render());
    }

    @ParameterizedTest
    @CsvSource({
        "net/ipv4/ip_forward, 0, WRONG forwarding-off",
        "net/ipv4/conf/eth0/forwarding, 0, WRONG forwarding-off",
        "net/ipv4/conf/eth0/rp_filter, 0, ",
        "net/ipv4/conf/eth0/rp_filter, 1, WRONG rp-filter-strict",
        "net/ipv4/conf/all/rp_filter, 1, ",
        "net/netfilter/nf_conntrack_count, 799, ",
        "net/netfilter/nf_conntrack_count, 800, WARNING conntrack-full",
        "net/netfilter/nf_conntrack_count, 950, WRONG conntrack-full",
        "net/netfilter/nf_conntrack_max, 0, ",
        "net/ipv4/neigh/default/gc_thresh3, 68, ",
        "net/ipv4/neigh/default/gc_thresh3, 67, WARNING neighbours-full",
        "net/ipv4/neigh/default/gc_thresh3, 4, WRONG neighbours-full",
    })
    void parameters(String name, long value, String told) {
        host.parameter(name, value);

        assertThat(host.told()).isEqualTo(told == null ? List.of() : List.of(told));
    }

    @Test
    void strictForAllIsStrictWhereTheInterfaceSaysNothing() {
        host.parameter("net/ipv4/conf/all/rp_filter", 1);
        host.parameter("net/ipv4/conf/eth0/rp_filter", 0);

        assertThat(host.told()).containsExactly("WRONG rp-filter-strict");
    }

    @Test
    void aParameterThatMakesNoSenseIsNotWrong() {
        host.text("/proc/sys/net/ipv4/ip_forward", "\u0000\u00ff99999999999999999999");
        host.texts.put("/proc/sys/net/ipv4/conf/eth0/rp_filter", new Fact.Unseen<>("EACCES"));

        assertThat(host.told()).isEmpty();
    }

    @Test
    void packetsOfPodsFitEveryInterface() {
        host.link(3, "eth1", 1500);
        assertThat(host.told()).containsExactly("WRONG mtu");
        assertThat(host.findings().getFirst().remedy()).isEqualTo("ip link set dev eth1 mtu 9001");
        host.link(3, "eth1", 9001).link(4, HostUnderTest.POD, 9100);
        assertThat(host.told()).containsExactly("WRONG mtu");
        host.link(4, HostUnderTest.POD, 1500);
        assertThat(host.told()).containsExactly("WARNING mtu");
        assertThat(host.findings().getFirst().remedy())
                .isEqualTo("ip link set dev " + HostUnderTest.POD + " mtu 9001");
    }

    @Test
    void rulesOfAddressesThatNobodyHasAreStale() {
        host.rule(512, null, "10.0.0.9/32", 0, 254).rule(1536, "10.0.0.9/32", null, 0, 2);

        assertThat(host.told()).containsExactly("WARNING pod-rules", "WARNING pod-rules");
    }

    @Test
    void podsThatCameWithAnotherPrefixHaveTheirRulesByRight() {
        host.links.add(new SeenLink(6, "pod00000000003", "veth", 9001, true, true));
        host.route("10.0.0.7/32", 254, 6).rule(512, null, "10.0.0.7/32", 0, 254);

        assertThat(host.told()).isEmpty();
    }

    @Test
    void oneAddressIsLedToOneTableThatIsNotEmpty() {
        host.rule(1536, "10.0.0.6/32", null, 0, 3).rule(1536, "10.0.0.5/32", null, 0, 3);

        assertThat(host.told()).containsExactly("WRONG pod-rules", "WRONG pod-rules");
    }

    @Test
    void pods() {
        host.links.removeIf(link -> link.index() > 3);
        host.links.add(new SeenLink(4, HostUnderTest.POD, "veth", 9001, false, false));
        host.links.add(new SeenLink(5, "eni00000000002", "veth", 9001, true, false));

        assertThat(host.told()).containsExactly("WRONG pod-links", "WARNING pod-links");
    }

    @Test
    void modules() {
        var there =
                new TreeSet<>(
                        List.of(
                                "veth",
                                "nf_conntrack",
                                "nf_nat",
                                "xt_comment",
                                "xt_addrtype",
                                "xt_connmark",
                                "xt_nat",
                                "nf_tables",
                                "nft_compat",
                                "nft_ct",
                                "nft_fib_ipv4"));
        host.modules = new Fact.Seen<>(there);
        assertThat(host.told()).isEmpty();
        var fewer = new TreeSet<>(there);
        fewer.remove("xt_connmark");
        host.modules = new Fact.Seen<>(fewer);
        assertThat(host.told()).containsExactly("WRONG kernel-features");
        assertThat(host.findings().getFirst().seen()).isEqualTo("the kernel has no xt_connmark");
    }

    @Test
    void networkdThatRunsHasToLeaveRulesAlone() {
        host.text(NETWORKD, OFF.replace("no", "maybe"));
        assertThat(host.told()).isEmpty();

        host.text("/run/systemd/netif/state", "OPER_STATE=routable\n");
        assertThat(host.told()).containsExactly("WRONG networkd-foreign");
        assertThat(host.findings().getFirst().seen())
                .contains("ManageForeignRoutingPolicyRules")
                .doesNotContain("ManageForeignRoutes");
        host.text(NETWORKD, OFF);
        assertThat(host.told()).isEmpty();
    }

    @Test
    void aDropInCountsMoreThanTheFileAndThatOfEtcMoreThanOthersOfItsName() {
        host.text("/run/systemd/netif/state", "OPER_STATE=routable\n").text(NETWORKD, OFF);
        host.folder("/usr/lib/systemd/networkd.conf.d", "a.conf", "b.txt")
                .text("/usr/lib/systemd/networkd.conf.d/a.conf", OFF.replace("no", "yes"))
                .text("/usr/lib/systemd/networkd.conf.d/b.txt", "\u0000[[[=\n[Network");
        assertThat(host.told()).containsExactly("WRONG networkd-foreign");

        host.folder("/etc/systemd/networkd.conf.d", "a.conf")
                .text("/etc/systemd/networkd.conf.d/a.conf", "# nothing\n");
        assertThat(host.told()).isEmpty();

        host.texts.put("/etc/systemd/networkd.conf.d/a.conf", new Fact.Unseen<>("EACCES"));
        host.text(NETWORKD, "");
        assertThat(host.told()).isEmpty();
    }

    @Test
    void networkManagerHasToLeavePodsLinksAlone() {
        host.folder("/run/NetworkManager");
        assertThat(host.told()).containsExactly("WARNING networkmanager-links");

        String folder = "/etc/NetworkManager/conf.d";
        host.folder(folder, "aws.conf")
                .text(
                        folder + "/aws.conf",
                        "[keyfile]\nunmanaged-devices=mac:00:11:22:33:44:55;interface-name:eni*\n");
        assertThat(host.told()).isEmpty();
    }

    @Test
    void cloudSetup() {
        host.folder("/etc/systemd/system/timers.target.wants", "nm-cloud-setup.timer", "x.timer");

        assertThat(host.told()).containsExactly("WRONG nm-cloud-setup");
    }

    @Test
    void udevLeavesAlonePodsWhoseAddressWasSet() {
        String type = "/sys/class/net/" + HostUnderTest.POD + "/addr_assign_type";
        host.folder("/usr/lib/systemd/network", "99-default.link")
                .text(
                        "/usr/lib/systemd/network/99-default.link",
                        "[Match]\nOriginalName=*\n[Link]\nMACAddressPolicy=persistent\n")
                .text(type, "3\n");
        assertThat(host.told()).isEmpty();

        host.text(type, "1\n");
        assertThat(host.told()).containsExactly("WARNING udev-mac-policy");
    }

    @Test
    void theFirstNetworkIsOurs() {
        var ours = new SeenNetwork("10-aws.conflist", List.of("aws-cni"), "");
        host.networks(new SeenNetwork("05-a b.conflist", List.of("bridge"), ""), ours);
        assertThat(host.told()).containsExactly("WRONG conflist-order");
        assertThat(host.findings().getFirst().remedy())
                .isEqualTo(
                        "mv '/etc/cni/net.d/05-a b.conflist' '/etc/cni/net.d/05-a b.conflist.off'");

        host.networks(new SeenNetwork("00-multus.conf", List.of("multus-shim"), ""), ours);
        assertThat(host.told()).isEmpty();
        host.networks(new SeenNetwork("05-chain.conflist", List.of("aws-cni", "cilium-cni"), ""));
        assertThat(host.told()).isEmpty();
        host.networks(new SeenNetwork("05-broken.conf", List.of(), "line 1: no value"), ours);
        assertThat(host.told()).isEmpty();
    }

    @Test
    void ourNetworkIsThereAndItsPlugins() {
        host.networks();
        assertThat(host.told()).containsExactly("WRONG conflist-own");
        host.networks(new SeenNetwork("10-aws.conflist", List.of(), "the text is empty"));
        assertThat(host.told()).containsExactly("WRONG conflist-own");
        host.networks(new SeenNetwork("10-aws.conflist", List.of("aws-cni", "bandwidth"), ""));
        assertThat(host.told()).containsExactly("WRONG conflist-plugins");
        host.networks = new Fact.Unseen<>("this container does not have it");
        assertThat(host.told()).isEmpty();
        host.networks();
        assertThat(host.findings(whileTheDaemonStarts())).isEmpty();
    }

    private static Expected whileTheDaemonStarts() {
        Expected e = Expected.DEFAULT;
        return new Expected(
                e.family(),
                e.bothFamilies(),
                e.mark(),
                e.vethPrefix(),
                e.interfaceMtu(),
                e.podMtu(),
                e.nodePorts(),
                e.securityGroups(),
                e.networkFolder(),
                e.pluginFolder(),
                e.checkpointFolder(),
                true);
    }

    @Test
    void oneDaemonServesANode() {
        host.processes.add(new SeenProcess(7, "java", true));
        host.listeners.add(new SeenListener("/var/run/aws-node/ipamd.sock", 1, 7));
        host.listeners.add(new SeenListener("61679", 2, 7));
        assertThat(host.told()).isEmpty();

        host.listeners.add(new SeenListener("/var/run/aws-node/ipamd.sock", 3, 9));
        assertThat(host.told()).containsExactly("WRONG two-daemons");
        host.processes.add(new SeenProcess(9, "aws-k8s-agent", false));
        assertThat(host.told()).containsExactly("WRONG two-daemons", "WRONG two-daemons");
    }

    @ParameterizedTest
    @CsvSource({
        "true, 64, ",
        "true, 63, WARNING checkpoint-disk",
        "true, 15, WRONG checkpoint-disk",
        "false, 999, WRONG checkpoint-disk",
    })
    void disk(boolean writable, long mebibytes, String told) {
        host.disk = new Fact.Seen<>(new Disk(writable, mebibytes << 20, 1L << 30));

        assertThat(host.told()).isEqualTo(told == null ? List.of() : List.of(told));
    }
}
