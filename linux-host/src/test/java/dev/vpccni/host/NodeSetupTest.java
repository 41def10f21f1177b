package dev.vpccni.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vpccni.dataplane.NodeSetup;
import dev.vpccni.dataplane.NodeSetup.SnatPorts;
import dev.vpccni.model.MacAddress;
import dev.vpccni.node.port.HostException;
import dev.vpccni.node.port.HostFailure;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What iptables(8), nft(8) and ip(8) print of a node, beside upstream's dumps, on both backends.
 */
class NodeSetupTest {

    private static final String MANGLE =
            """
            -A PREROUTING -i ens5 -m comment --comment "AWS, primary ENI" -m addrtype --dst-type LOCAL --limit-iface-in -j CONNMARK --set-xmark 0x80/0x80
            -A PREROUTING -i eni+ -m comment --comment "AWS, primary ENI" -j CONNMARK --restore-mark --nfmask 0x80 --ctmask 0x80
            -A PREROUTING -i vlan+ -m comment --comment "AWS, primary ENI" -j CONNMARK --restore-mark --nfmask 0x80 --ctmask 0x80\
            """;
    private static final String SNAT =
            """
            -A POSTROUTING -m comment --comment "AWS SNAT CHAIN" -j AWS-SNAT-CHAIN-0
            -A AWS-SNAT-CHAIN-0 -d 10.0.0.0/16 -m comment --comment "AWS SNAT CHAIN" -j RETURN
            -A AWS-SNAT-CHAIN-0 ! -o vlan+ -m comment --comment "AWS, SNAT" -m addrtype ! --dst-type LOCAL -j SNAT --to-source 10.0.0.10 --random-fully\
            """;
    private static final NodeSetup DEFAULTS = new WantedNode().setup();
    private static final NodeSetup EXCLUSIONS =
            new WantedNode()
                    .vpc("10.0.0.0/16 100.64.0.0/16")
                    .exclusions("192.168.0.0/16 172.16.0.0/12")
                    .setup();
    private static final NodeSetup EXTERNAL_SNAT = new WantedNode().externalSnat(true).setup();

    private TestNode node;

    @BeforeEach
    void makeNode() {
        node = new TestNode();
    }

    @AfterEach
    void removeNode() {
        node.close();
    }

    @Test
    void byDefaultLegacy() throws Exception {
        node.setUp("iptables-legacy", DEFAULTS);

        assertThat(rules("iptables-legacy", "nat"))
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
                        -A AWS-SNAT-CHAIN-0 ! -o vlan+ -m comment --comment "AWS, SNAT" -m addrtype ! --dst-type LOCAL -j SNAT --to-source 10.0.0.10 --random-fully\
                        """);
        assertThat(rules("iptables-legacy", "mangle")).isEqualTo(MANGLE);
        assertThat(node.node.attempt("nft list table ip aws-cni").status()).isNotZero();
        assertThat(node.node.ip("rule"))
                .isEqualTo(
                        """
                        0:	from all lookup local
                        1024:	from all fwmark 0x80/0x80 lookup main
                        32766:	from all lookup main
                        32767:	from all lookup default\
                        """);
    }

    @Test
    void byDefaultNft() throws Exception {
        node.setUp("iptables-nft", DEFAULTS);

        assertThat(rules("iptables-nft", "nat")).isEqualTo("-N AWS-SNAT-CHAIN-0\n" + SNAT);
        assertThat(rules("iptables-nft", "mangle")).isEqualTo(MANGLE);
        assertThat(node.node.run("nft list table ip aws-cni"))
                .isEqualTo(
                        """
                        table ip aws-cni {
                        	chain nat-prerouting {
                        		type filter hook prerouting priority dstnat + 10; policy accept;
                        		iifname "eni*" ct state new fib daddr type != local counter packets 0 bytes 0 jump snat-mark
                        		iifname "eni*" ct mark & 0x00000080 == 0x00000080 counter packets 0 bytes 0 meta mark set meta mark | 0x00000080
                        	}

                        	chain snat-mark {
                        		counter packets 0 bytes 0 ip daddr 10.0.0.0/16 return
                        		counter packets 0 bytes 0 ct mark set ct mark | 0x00000080
                        	}
                        }
                        """);
        // All four bytes under a mask, as upstream knows its own rules.
        assertThat(node.node.run("nft --debug=netlink list table ip aws-cni"))
                .contains("payload load 4b @ network header + 16")
                .contains("bitwise reg 1 = ( reg 1 & 0x0000ffff )");
    }

    @Test
    void severalBlocksAndExclusions() throws Exception {
        node.setUp("iptables-legacy", EXCLUSIONS);

        assertThat(rules("iptables-legacy", "nat"))
                .endsWith(
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
                        -A AWS-SNAT-CHAIN-0 ! -o vlan+ -m comment --comment "AWS, SNAT" -m addrtype ! --dst-type LOCAL -j SNAT --to-source 10.0.0.10 --random-fully\
                        """);
    }

    @ParameterizedTest
    @ValueSource(strings = {"iptables-legacy", "iptables-nft"})
    void externalTranslationTakesTheRestAway(String iptables) throws Exception {
        node.setUp(iptables, DEFAULTS);
        node.setUp(iptables, EXTERNAL_SNAT);

        assertThat(rules(iptables, "nat")).isEqualTo("-N AWS-SNAT-CHAIN-0");
        assertThat(rules(iptables, "mangle")).isEqualTo(MANGLE);
        assertThat(node.node.attempt("nft list table ip aws-cni").status()).isNotZero();
        assertThat(node.node.ip("rule")).contains("1024:");
    }

    @ParameterizedTest
    @ValueSource(strings = {"iptables-legacy", "iptables-nft"})
    void withoutNodePortsSourcePortsKept(String iptables) throws Exception {
        node.setUp(iptables, new WantedNode().ports(SnatPorts.ORIGINAL).nodePorts(false).setup());

        assertThat(rules(iptables, "nat")).endsWith("-j SNAT --to-source 10.0.0.10");
        assertThat(rules(iptables, "mangle"))
                .isEqualTo(
                        "-A PREROUTING -i eni+ -m comment --comment \"AWS, primary ENI\" -j"
                                + " CONNMARK --restore-mark --nfmask 0x80 --ctmask 0x80");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "insert rule ip aws-cni snat-mark counter return",
                "flush chain ip aws-cni nat-prerouting",
                "add chain ip aws-cni another",
                "add chain ip aws-cni nat-prerouting { policy drop ; }",
                "add table ip aws-cni { flags dormant ; }",
                "delete table ip aws-cni",
            })
    void theTableOfMarksIsMadeAnewWhateverSomebodyDidToIt(String change) throws Exception {
        node.setUp("iptables-nft", DEFAULTS);
        String before = node.node.run("nft list table ip aws-cni");
        node.node.run("nft " + change);
        node.setUp("iptables-nft", DEFAULTS);

        assertThat(node.node.run("nft list table ip aws-cni")).isEqualTo(before);
    }

    @ParameterizedTest
    @CsvSource({"iptables-legacy, iptables-nft", "iptables-nft, iptables-legacy"})
    void whatIsOursOfTheOtherPacketFilterGoes(String before, String after) throws Exception {
        node.setUp(before, EXCLUSIONS);
        node.node.run(before + " -t nat -N KUBE-SERVICES");
        node.node.run(before + " -t nat -A PREROUTING -j KUBE-SERVICES");
        node.setUp(after, EXCLUSIONS);

        assertThat(rules(before, "nat"))
                .isEqualTo("-N KUBE-SERVICES\n-A PREROUTING -j KUBE-SERVICES");
        assertThat(rules(before, "mangle")).isEmpty();
        assertThat(rules(after, "mangle")).isEqualTo(MANGLE);
        assertThat(node.node.attempt("nft list table ip aws-cni").status() == 0)
                .isEqualTo(after.equals("iptables-nft"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"iptables-legacy", "iptables-nft"})
    void aSecondRunChangesNothing(String iptables) throws Exception {
        node.setUp(iptables, EXCLUSIONS);
        node.node.run(iptables + " -t nat -A PREROUTING -p tcp --dport 1 -j ACCEPT");
        // Rules that are touched lose their counters.
        node.node.run(
                List.of(
                        iptables,
                        "-t",
                        "nat",
                        "-R",
                        "POSTROUTING",
                        "1",
                        "-c",
                        "7",
                        "420",
                        "-m",
                        "comment",
                        "--comment",
                        "AWS SNAT CHAIN",
                        "-j",
                        "AWS-SNAT-CHAIN-0"));
        String before = everything(iptables);
        node.setUp(iptables, EXCLUSIONS);

        assertThat(everything(iptables)).isEqualTo(before).contains("[7:420]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"iptables-legacy", "iptables-nft"})
    void oldMarkPrefixAndDeviceLeaveNothingBehind(String iptables) throws Exception {
        NodeSetup old =
                new WantedNode()
                        .services("203.0.113.0/24")
                        .ports(SnatPorts.RANDOM)
                        .mark(0x40)
                        .vethPrefix("cni")
                        .setup();
        node.setUp(iptables, old);
        assertThat(node.node.ip("rule"))
                .contains("1024:	from all fwmark 0x40/0x40 lookup main")
                .contains("1535:	from all to 203.0.113.0/24 lookup main");
        node.setUp(iptables, DEFAULTS);

        assertThat(rules(iptables, "nat") + rules(iptables, "mangle"))
                .doesNotContain("0x40")
                .doesNotContain("cni+");
        assertThat(rules(iptables, "mangle")).isEqualTo(MANGLE);
        assertThat(node.node.ip("rule"))
                .contains("0x80/0x80")
                .doesNotContain("0x40")
                .doesNotContain("1535:");
    }

    @Test
    void whatOthersHaveInTheChainsStays() throws Exception {
        String iptables = "iptables-legacy";
        node.node.run(iptables + " -t nat -N KUBE-SERVICES");
        node.node.run(iptables + " -t nat -A PREROUTING -j KUBE-SERVICES");
        node.setUp(iptables, DEFAULTS);
        node.setUp(iptables, EXTERNAL_SNAT);
        node.setUp(iptables, DEFAULTS);

        assertThat(rules(iptables, "nat"))
                .contains(
                        "-N KUBE-SERVICES\n-A PREROUTING -j KUBE-SERVICES\n-A PREROUTING -i eni+");
    }

    @Test
    void thePrimaryInterfaceIsLooseAndAsLargeAsItShould() throws Exception {
        node.node.run("sysctl -q -w net.ipv4.conf.ens5.rp_filter=1");
        node.setUp("iptables", DEFAULTS);

        assertThat(node.node.run("sysctl -n net.ipv4.conf.ens5.rp_filter").strip()).isEqualTo("2");
        assertThat(node.node.ip("link show ens5")).contains("mtu 9001");
    }

    @Test
    void aPrimaryInterfaceThatIsNotThereIsNamed() throws Exception {
        MacAddress nobody = MacAddress.parse("0a:58:00:00:09:09");
        NodeSetup wrong = new WantedNode().primary(nobody).ports(SnatPorts.RANDOM).setup();

        assertThatThrownBy(() -> node.setUp("iptables", wrong))
                .isInstanceOfSatisfying(
                        HostException.class,
                        e -> assertThat(e.failure()).isEqualTo(new HostFailure.NoLink(nobody)));
    }

    @Test
    void aProgramThatFailsIsHeard() throws Exception {
        assertThatThrownBy(() -> node.setUp("iptables-of-nobody", DEFAULTS))
                .isInstanceOf(HostException.class)
                .hasMessageContaining("iptables-of-nobody --version");
    }

    private String rules(String iptables, String table) {
        return node.node
                .run(iptables + " -t " + table + " -S")
                .lines()
                .filter(line -> !line.startsWith("-P") && !line.startsWith("# "))
                .collect(Collectors.joining("\n"));
    }

    /** With counters, and the numbers that the kernel gives to new rules of nft. */
    private String everything(String iptables) {
        return Stream.of(
                        iptables + "-save -c -t nat",
                        iptables + "-save -c -t mangle",
                        "nft -a list ruleset",
                        "ip rule")
                .map(node.node::run)
                .flatMap(String::lines)
                .filter(line -> !line.startsWith("# "))
                .filter(line -> !line.startsWith(":"))
                .collect(Collectors.joining("\n"));
    }
}
