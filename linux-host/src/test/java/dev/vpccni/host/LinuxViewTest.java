package dev.vpccni.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.vpccni.dataplane.HostEnd;
import dev.vpccni.dataplane.InterfaceNames;
import dev.vpccni.dataplane.InterfaceSetup;
import dev.vpccni.dataplane.NodeSetup;
import dev.vpccni.host.kernel.KernelThreads;
import dev.vpccni.linux.Descriptor;
import dev.vpccni.linux.route.Family;
import dev.vpccni.linux.route.KernelRoute;
import dev.vpccni.linux.route.Rtnetlink;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.model.MacAddress;
import dev.vpccni.model.PodName;
import dev.vpccni.node.port.HostException;
import dev.vpccni.node.port.HostFailure;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is said of a kernel that is not to be changed, and that it is not. */
class LinuxViewTest {

    private static final NodeSetup SETUP = new WantedNode().setup();
    private static final NodeSetup OTHER = new WantedNode().externalSnat(true).setup();
    private static final InterfaceSetup SECONDARY =
            new InterfaceSetup(
                    TestNode.SECONDARY,
                    Ipv4Address.parse("10.0.1.10"),
                    Ipv4Cidr.parse("10.0.1.0/24"),
                    2,
                    9001);
    private static final IpAddress POD = Ipv4Address.parse("10.0.0.101");
    private static final String LINK = InterfaceNames.host("eni", new PodName("default", "web"));
    private static final List<HostEnd> ENDS =
            List.of(new HostEnd(InterfaceNames.suffix(LINK), POD, 254));

    private static final String DUMP =
            """
            cat /proc/net/ip_tables_names
            ip -d link; ip -4 addr; ip -4 rule; ip -6 rule; ip neigh show nud permanent
            ip -4 route show table all; ip -6 route show table all | sed '/fe80/d; /cast/d'
            (iptables-nft-save; iptables-legacy-save; ip6tables-nft-save) | sed /^#/d
            nft -s list ruleset
            sysctl -a 2> /dev/null | grep -E '^net.ipv[46].(conf|ip_forward|tcp_early)'
            """;

    private TestNode node;

    @BeforeEach
    void makeNode() {
        node = new TestNode();
    }

    @AfterEach
    void removeNode() {
        node.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"iptables-nft", "iptables-legacy"})
    void whoeverOnlyLooksLeavesTheKernelAsItIs(String iptables) throws Exception {
        node.setUp(iptables, SETUP);
        havePod();
        String before = dump();

        try (var view = LinuxView.inside(node.node.path(), iptables)) {
            assertThat(view.observe().leadsToPod(POD)).isTrue();
            assertThat(view.differences(OTHER)).isNotNull();
            assertThat(view.filterDifferences(OTHER)).isNotEmpty();
            assertThat(view.differences(SECONDARY)).isNotEmpty();
            assertThat(view.missing(ENDS)).containsOnlyKeys(POD);
        }

        assertThat(dump()).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(strings = {"iptables-nft", "iptables-legacy"})
    void whatIsSaidOfTheNodeIsWhatIsThenDone(String iptables) throws Exception {
        try (var view = LinuxView.inside(node.node.path(), iptables);
                LinuxHost host = node.host(iptables)) {
            List<String> said = view.differences(SETUP);
            List<String> filter = view.filterDifferences(SETUP);

            List<String> done = host.setUpNode(SETUP);
            assertThat(said).containsAll(done.stream().filter(d -> d.startsWith("rule")).toList());
            assertThat(said).anyMatch(one -> one.matches("net/ipv4/conf/ens5/rp_filter to 2.*"));
            assertThat(said).anyMatch(one -> one.startsWith("MTU 9001 of ens5"));
            assertThat(filter).isNotEmpty().isEqualTo(host.setUpPacketFilter(SETUP));

            assertThat(view.differences(SETUP)).isEmpty();
            assertThat(view.filterDifferences(SETUP)).isEmpty();
        }
    }

    @Test
    void rulesThatAreStaleAreNamed() throws Exception {
        node.setUp("iptables-nft", new WantedNode().mark(0x40).setup());

        try (var view = LinuxView.inside(node.node.path(), "iptables-nft")) {
            assertThat(view.differences(SETUP))
                    .containsExactly(
                            "rule 1024: from all fwmark 0x80/0x80 lookup main",
                            "without rule 1024: from all fwmark 0x40/0x40 lookup main");
        }
    }

    @Test
    void whatIsSaidOfAnInterfaceIsWhatIsThenDone() throws Exception {
        node.node.ip("link set ens6 up");
        node.node.ip("addr add 10.0.1.99/24 dev ens6");
        try (var view = LinuxView.inside(node.node.path(), "iptables-nft");
                LinuxHost host = node.host("iptables-nft")) {
            List<String> said = view.differences(SECONDARY);

            List<String> done = host.setUpInterface(SECONDARY);

            assertThat(said).isNotEmpty();
            assertThat(said.stream().filter(one -> !one.startsWith("MTU")).toList())
                    // With the address that goes, the kernel removes its connected route.
                    .filteredOn(one -> !one.startsWith("without route"))
                    .containsExactlyInAnyOrderElementsOf(
                            done.stream().filter(one -> !one.startsWith("MTU")).toList());
            assertThat(view.differences(SECONDARY)).isEmpty();
        }
    }

    @Test
    void whatAPodLacksIsSaid() throws Exception {
        havePod();
        try (var view = LinuxView.inside(node.node.path(), "iptables-nft")) {
            assertThat(view.missing(ENDS).get(POD))
                    .containsExactly("rule 512: from all to 10.0.0.101 lookup main");
            assertThat(view.missing(List.of())).isEmpty();
        }
    }

    @Test
    void anInterfaceWithoutALinkIsSaidToHaveNone() throws Exception {
        var absent =
                new InterfaceSetup(
                        MacAddress.parse("0a:58:00:00:09:09"),
                        SECONDARY.primaryAddress(),
                        SECONDARY.subnet(),
                        2,
                        9001);
        try (var view = LinuxView.inside(node.node.path(), "iptables-nft")) {
            assertThatThrownBy(() -> view.differences(absent))
                    .isInstanceOfSatisfying(
                            HostException.class,
                            e -> assertThat(e.failure()).isInstanceOf(HostFailure.NoLink.class));
        }
    }

    /** Whatever calls it: the socket refuses before the kernel hears of it. */
    @Test
    void overASocketThatOnlyReadsNothingCanBeChanged() throws Exception {
        String before = dump();
        try (Descriptor namespace = Descriptor.open(node.node.path())) {
            KernelThreads reading = KernelThreads.startReading("test", namespace);
            try {
                int links = reading.run(kernel -> links(kernel));
                assertThat(links).isPositive();
                assertThatThrownBy(() -> reading.run(kernel -> changed(kernel)))
                        .hasMessageContaining("only reads");
            } finally {
                reading.close();
            }
        }
        assertThat(dump()).isEqualTo(before);
    }

    private static int links(Rtnetlink kernel) {
        try {
            return kernel.links().size();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int changed(Rtnetlink kernel) throws HostException {
        try {
            KernelRoute route = kernel.routes(Family.IPV4, KernelRoute.TABLE_MAIN).getFirst();
            kernel.deleteRoute(route);
            return 1;
        } catch (IOException e) {
            throw new HostException(
                    new HostFailure.Refused("test", 0), String.valueOf(e.getMessage()), e);
        }
    }

    private void havePod() {
        node.node.ip("link add " + LINK + " type veth peer name peer0");
        node.node.ip("link set " + LINK + " up");
        node.node.ip("link set peer0 up");
        node.node.ip("route add " + POD + " dev " + LINK + " scope link");
    }

    /** Everything of the namespace that could be changed, but what changes with each packet. */
    private String dump() {
        Shell.Outcome outcome =
                Shell.run(List.of("ip", "netns", "exec", node.node.name(), "sh", "-ec", DUMP));
        assertThat(outcome.status()).as(outcome.output()).isZero();
        return outcome.output();
    }
}
