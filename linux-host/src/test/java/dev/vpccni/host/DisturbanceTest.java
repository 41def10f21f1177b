package dev.vpccni.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.dataplane.HostEnd;
import dev.vpccni.dataplane.InterfaceSetup;
import dev.vpccni.dataplane.NodeSetup;
import dev.vpccni.dataplane.PodLink;
import dev.vpccni.dataplane.PodWiring;
import dev.vpccni.model.Cidr;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.node.port.HostException;
import dev.vpccni.node.port.HostNetwork.Part;
import dev.vpccni.node.port.PodNamespace;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What others do to the kernel, with ip(8) and their like, is heard, named and brought back. */
final class DisturbanceTest {

    private static final Duration LONG = Duration.ofSeconds(20);

    /** For what must not be heard: nothing is waited for, it would be there. */
    private static final Duration NONE = Duration.ZERO;

    private static final String VETH = "eniddeaa362342";
    private static final Ipv4Address ADDRESS = Ipv4Address.parse("10.0.1.101");
    private static final PodWiring POD =
            new PodWiring.OneAddress(new PodLink(VETH, "eth0", ADDRESS, 2, 9001));
    private static final HostEnd END = new HostEnd("ddeaa362342", ADDRESS, 2);
    private static final NodeSetup SETUP = new WantedNode().setup();
    private static final InterfaceSetup INTERFACE =
            new InterfaceSetup(
                    TestNode.SECONDARY,
                    Ipv4Address.parse("10.0.1.10"),
                    Cidr.parse("10.0.1.0/24"),
                    2,
                    9001);

    private TestNode node;
    private LinuxHost host;

    @BeforeEach
    void makeNode() throws Exception {
        node = new TestNode();
        prepare("iptables");
    }

    private void prepare(String iptables) throws Exception {
        host = node.host(iptables);
        var _ = host.setUpNode(SETUP);
        var _ = host.setUpPacketFilter(SETUP);
        var _ = host.setUpInterface(INTERFACE);
        assertThat(host.awaitDisturbance(LONG))
                .as("nobody has listened before")
                .containsExactly(Part.ROUTING, Part.PACKET_FILTER);
        drain();
    }

    /** The packet filter's changes cannot be told from others'. */
    private void drain() throws Exception {
        while (!host.awaitDisturbance(NONE).isEmpty()) {
            // There is more.
        }
    }

    @AfterEach
    void removeNode() {
        host.close();
        node.close();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "rule del pref 1024 | rule 1024: from all fwmark 0x80/0x80 lookup main",
                "link set ens5 mtu 1400 | MTU 9001 of ens5, which was 1400",
            })
    void whatTheNodeNeedsIsBroughtBack(String deed, String what) throws Exception {
        node.node.ip(deed);

        assertThat(host.awaitDisturbance(LONG)).containsExactly(Part.ROUTING);
        assertThat(host.setUpNode(SETUP)).containsExactly(what);
        assertThat(host.setUpNode(SETUP)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "rule del pref 32765 | rule 32765: from 10.0.1.10 lookup 2",
                "route del default table 2 | route default via 10.0.1.1 dev ens6 in table 2",
                "link set ens6 mtu 1400 | MTU 9001 of ens6, which was 1400",
            })
    void whatAnInterfaceNeedsIsBroughtBack(String deed, String what) throws Exception {
        node.node.ip(deed);

        assertThat(host.awaitDisturbance(LONG)).containsExactly(Part.ROUTING);
        assertThat(host.setUpInterface(INTERFACE)).containsExactly(what);
        assertThat(host.setUpInterface(INTERFACE)).isEmpty();
    }

    /** With its last address an interface loses its routes, of which the kernel says nothing. */
    @ParameterizedTest
    @ValueSource(strings = {"addr flush dev ens6", "link set ens6 down"})
    void routesThatGoWithoutAWordAreBroughtBack(String deed) throws Exception {
        String before = node.node.ip("route show table 2");
        node.node.ip(deed);
        assertThat(node.node.ip("route show table 2")).isEmpty();

        assertThat(host.awaitDisturbance(LONG)).containsExactly(Part.ROUTING);
        assertThat(host.setUpInterface(INTERFACE)).hasSize(3);

        assertThat(node.node.ip("route show table 2")).isEqualTo(before);
        assertThat(node.node.ip("-o -4 addr show dev ens6")).contains("10.0.1.10/24");
    }

    /** That we set it up is nothing to be told, and has to be known all the same. */
    @Test
    void anInterfaceThatIsSetDownAgainAtOnceIsHeardOfAgain() throws Exception {
        for (int i = 0; i < 3; i++) {
            node.node.ip("link set ens6 down");
            assertThat(host.awaitDisturbance(LONG)).containsExactly(Part.ROUTING);
            assertThat(host.setUpInterface(INTERFACE)).isNotEmpty();
            node.node.ip("link set ens6 down");
            assertThat(host.awaitDisturbance(LONG)).containsExactly(Part.ROUTING);
            assertThat(host.setUpInterface(INTERFACE)).isNotEmpty();
        }
    }

    @ParameterizedTest
    @CsvSource({
        "iptables-nft,-t nat -F",
        "iptables-nft,-t mangle -F PREROUTING",
        "iptables-nft,-t nat -D POSTROUTING 1",
        "iptables-legacy,-t nat -F",
        "iptables-legacy,-t mangle -F PREROUTING",
        "iptables-legacy,-t nat -D AWS-SNAT-CHAIN-0 1"
    })
    void rulesOfIptablesAreBroughtBack(String iptables, String deed) throws Exception {
        host.close();
        prepare(iptables);
        String before = tables(iptables);
        node.node.run(iptables + " " + deed);

        assertThat(host.awaitDisturbance(LONG)).containsExactly(Part.PACKET_FILTER);
        List<String> restored = host.setUpPacketFilter(SETUP);

        assertThat(restored).isNotEmpty().allMatch(what -> what.startsWith("-t "));
        assertThat(tables(iptables)).isEqualTo(before);
        assertThat(host.setUpPacketFilter(SETUP)).isEmpty();
    }

    @Test
    void namesTheRulesThatWereMissing() throws Exception {
        node.node.run("iptables -t nat -D POSTROUTING 1");

        assertThat(host.awaitDisturbance(LONG)).containsExactly(Part.PACKET_FILTER);
        assertThat(host.setUpPacketFilter(SETUP))
                .containsExactly(
                        "-t nat -A POSTROUTING -m comment --comment \"AWS SNAT CHAIN\" -j"
                                + " AWS-SNAT-CHAIN-0");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "nft delete table ip aws-cni",
                "nft flush chain ip aws-cni snat-mark",
                "nft add rule ip aws-cni snat-mark return"
            })
    void theTableOfMarksIsBroughtBack(String deed) throws Exception {
        host.close();
        prepare("iptables-nft");
        String before = node.node.run("nft list table ip aws-cni");
        node.node.run(deed);

        assertThat(host.awaitDisturbance(LONG)).containsExactly(Part.PACKET_FILTER);
        assertThat(host.setUpPacketFilter(SETUP)).containsExactly("nft table ip aws-cni");
        assertThat(node.node.run("nft list table ip aws-cni")).isEqualTo(before);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "rule del pref 512 | rule 512: from all to 10.0.1.101 lookup main",
                "rule del pref 1536 | rule 1536: from 10.0.1.101 lookup 2",
                "rule add from 10.0.1.101 pref 1536 table 7 | rule 1536: from 10.0.1.101 lookup 7",
                "route del 10.0.1.101 | route 10.0.1.101 dev eniddeaa362342 scope link",
                "neigh del 10.0.1.101 dev eniddeaa362342 | neighbour 10.0.1.101 of eniddeaa362342"
            })
    void whatLeadsToAPodIsBroughtBack(String deed, String what) throws Exception {
        try (PodNamespace pod = connect()) {
            node.node.ip(deed);

            assertThat(host.awaitDisturbance(LONG)).containsExactly(Part.ROUTING);
            assertThat(host.missing(List.of(END)))
                    .containsExactly(Map.entry(ADDRESS, List.of(what)));
            assertThat(host.restore(END)).containsExactly(what);

            assertThat(host.missing(List.of(END))).isEmpty();
            assertThat(host.restore(END)).isEmpty();
            assertThat(host.verify(POD, pod)).isEmpty();
            assertThat(node.node.ip("neigh show " + ADDRESS)).contains("PERMANENT");
        }
    }

    @Test
    void aHostInterfaceThatSomebodySetsDownComesUpWithAllThatWentWithIt() throws Exception {
        try (PodNamespace pod = connect()) {
            node.node.ip("link set " + VETH + " down");

            assertThat(host.awaitDisturbance(LONG)).containsExactly(Part.ROUTING);
            assertThat(host.restore(END)).hasSize(3).startsWith(VETH + " up");
            assertThat(host.verify(POD, pod)).isEmpty();
            node.node.run("ping -q -c 1 -i 0.2 -w 20 " + ADDRESS);
        }
    }

    /** Upstream makes no entry for the pod on the node, and needs none. */
    @Test
    void aNeighbourThatNobodyMadeIsNotMissed() throws Exception {
        try (PodNamespace _ = connect()) {
            node.node.ip("neigh del 10.0.1.101 dev " + VETH);
            host.close();
            host = node.host();

            assertThat(host.missing(List.of(END))).isEmpty();
        }
    }

    @Test
    void aNeighbourIsKnownToTheNextProcessToo() throws Exception {
        try (PodNamespace _ = connect()) {
            host.close();
            host = node.host();
            assertThat(host.missing(List.of(END))).isEmpty();

            node.node.ip("neigh del 10.0.1.101 dev " + VETH);

            assertThat(host.restore(END)).containsExactly("neighbour 10.0.1.101 of eniddeaa362342");
        }
    }

    @Test
    void aPodWhoseHostInterfaceIsGoneIsNobodyToRestore() throws Exception {
        try (PodNamespace _ = connect()) {
            node.node.ip("link del " + VETH);
        }
        assertThat(host.missing(List.of(END))).isEmpty();
        assertThat(host.restore(END)).isEmpty();
        assertThat(host.awaitDisturbance(NONE)).isEmpty();
    }

    /** A pod that comes or goes is no disturbance, and neither is what else we do to routing. */
    @Test
    void whatWeDoIsNotHeard() throws Exception {
        try (PodNamespace pod = connect()) {
            assertThat(host.awaitDisturbance(NONE)).isEmpty();
            host.unwire(ADDRESS, 2, VETH);
            host.wire(POD, pod);
            host.unwire(ADDRESS, 2, VETH);
        }
        host.tearDownInterface(INTERFACE.primaryAddress());
        var _ = host.setUpInterface(INTERFACE);
        assertThat(host.awaitDisturbance(NONE)).isEmpty();
    }

    @Test
    void whatOthersDoElsewhereIsNotHeard() throws Exception {
        node.node.ip("link add docker0 type veth peer name docker1");
        node.node.ip("link set docker0 up");
        node.node.ip("addr add 172.17.0.1/16 dev docker0");
        node.node.ip("link set docker1 up");
        node.node.ip("route add 10.9.0.0/16 dev docker0");
        node.node.ip("route del 10.9.0.0/16");
        node.node.ip("rule add pref 100 table 100");
        node.node.ip("rule del pref 100");
        node.node.ip("neigh add 172.17.0.2 lladdr 0a:58:00:00:02:02 dev docker0 nud reachable");
        node.node.ip("neigh del 172.17.0.2 dev docker0");
        node.node.run("iptables -t nat -N KUBE-SERVICES");
        node.node.run("iptables -t nat -A KUBE-SERVICES -j RETURN");
        node.node.run("iptables -t nat -F KUBE-SERVICES");
        node.node.run("iptables -t filter -A FORWARD -j ACCEPT");
        node.node.run("iptables -t filter -F FORWARD");
        node.node.run("nft add table ip kube-proxy");
        node.node.run("nft delete table ip kube-proxy");

        assertThat(host.awaitDisturbance(NONE)).isEmpty();
    }

    /** Whoever makes changes faster than they can be read keeps nobody from acting. */
    @Test
    @Timeout(60)
    void changesWithoutAnEndAreToldAllTheSame() throws Exception {
        Process flood =
                new ProcessBuilder(
                                "ip",
                                "netns",
                                "exec",
                                node.node.name(),
                                "sh",
                                "-c",
                                "while :; do echo rule add pref 512 to 10.0.9.9 table main;"
                                        + " echo rule del pref 512; done | ip -batch -")
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                        .start();
        try {
            for (int i = 0; i < 5; i++) {
                assertThat(host.awaitDisturbance(LONG)).contains(Part.ROUTING);
            }
        } finally {
            flood.descendants().forEach(ProcessHandle::destroyForcibly);
            flood.destroyForcibly();
        }
    }

    @Test
    void moreThanCanBeReadMeansAll() throws Exception {
        var batch = new StringBuilder("*nat\n:BUSY - [0:0]\n");
        for (int i = 0; i < 4_000; i++) {
            batch.append("-A BUSY -s 10.1.").append(i / 250).append('.').append(i % 250 + 1);
            batch.append("/32 -m comment --comment \"so that it takes room\" -j RETURN\n");
        }
        Path file = Files.createTempFile("busy", ".rules");
        try {
            Files.writeString(file, batch.append("COMMIT\n"));
            node.node.run("iptables-nft-restore --noflush " + file);
        } finally {
            Files.delete(file);
        }
        assertThat(host.awaitDisturbance(LONG)).contains(Part.PACKET_FILTER);
    }

    @Test
    void closingEndsTheWait() throws Exception {
        CompletableFuture<Set<Part>> heard =
                CompletableFuture.supplyAsync(() -> {
                    try {
                        return host.awaitDisturbance(Duration.ofMinutes(5));
                    } catch (HostException | InterruptedException e) {
                        throw new IllegalStateException(e);
                    }
                });
        host.close();
        assertThat(heard.handle((parts, _) -> parts).get(20, TimeUnit.SECONDS)).isNullOrEmpty();
    }

    private String tables(String iptables) {
        return node.node.run(iptables + " -t nat -S") + node.node.run(iptables + " -t mangle -S");
    }

    private PodNamespace connect() throws Exception {
        TestNamespace pod = node.pod();
        PodNamespace namespace = LinuxPodNamespace.open(pod.path());
        host.wire(POD, namespace);
        return namespace;
    }
}
