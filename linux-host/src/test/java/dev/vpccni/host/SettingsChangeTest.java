package dev.vpccni.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.dataplane.NodeSetup;
import dev.vpccni.dataplane.NodeSetup.SnatPorts;
import dev.vpccni.model.IpFamily;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.Ipv4Cidr;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A living node whose settings change has what a new node with these settings has, whatever it had
 * before.
 */
class SettingsChangeTest {

    /** Each differs from the first one in what an environment variable or the VPC says. */
    private static SortedMap<String, NodeSetup> settings() {
        var all = new TreeMap<String, NodeSetup>();
        all.put("by default", setup("10.0.0.0/16", "", "", false, SnatPorts.RANDOM_FULLY));
        all.put(
                "more blocks",
                setup("10.0.0.0/16 100.64.0.0/16", "", "", false, SnatPorts.RANDOM_FULLY));
        all.put(
                "blocks the other way round",
                setup("100.64.0.0/16 10.0.0.0/16", "", "", false, SnatPorts.RANDOM_FULLY));
        all.put(
                "exclusions",
                setup("10.0.0.0/16", "172.16.0.0/12 0.0.0.0/0", "", false, SnatPorts.RANDOM));
        all.put(
                "services outside",
                setup("10.0.0.0/16", "", "203.0.113.0/24", false, SnatPorts.ORIGINAL));
        all.put("external", setup("10.0.0.0/16", "", "", true, SnatPorts.RANDOM_FULLY));
        all.put("no node ports", other(IpFamily.IPV4, false, false, 0x80, "eni"));
        all.put("external, no node ports", other(IpFamily.IPV4, true, false, 0x80, "eni"));
        all.put("another mark", other(IpFamily.IPV4, false, true, 0x8000_0000L, "eni"));
        all.put("another prefix", other(IpFamily.IPV4, false, true, 0x80, "pod"));
        all.put("IPv6", other(IpFamily.IPV6, false, true, 0x80, "eni"));
        return all;
    }

    @ParameterizedTest
    @ValueSource(strings = {"iptables-legacy", "iptables-nft"})
    void whateverANodeHadBeforeItHasWhatANewOneHas(String iptables) throws Exception {
        var fresh = new TreeMap<String, String>();
        for (var each : settings().entrySet()) {
            try (TestNode node = new TestNode()) {
                setUp(node, iptables, each.getValue());
                fresh.put(each.getKey(), state(node, iptables, each.getValue().family()));
            }
        }
        assertThat(new ArrayList<>(fresh.values())).doesNotHaveDuplicates();
        try (TestNode node = new TestNode()) {
            String before = "nothing";
            for (var next : walk(List.copyOf(settings().entrySet()))) {
                setUp(node, iptables, next.getValue());

                assertThat(state(node, iptables, next.getValue().family()))
                        .as("%s, after %s", next.getKey(), before)
                        .isEqualTo(fresh.get(next.getKey()));
                before = next.getKey();
            }
        }
    }

    /** Returns a way from each to each other one, and to itself. */
    private static <T> List<T> walk(List<T> all) {
        var way = new ArrayList<T>();
        for (int i = 0; i < all.size(); i++) {
            way.add(all.get(i));
            way.add(all.get(i));
            for (T other : all.subList(i + 1, all.size())) {
                way.add(other);
                way.add(all.get(i));
            }
        }
        return way;
    }

    private static void setUp(TestNode node, String iptables, NodeSetup setup) throws Exception {
        try (LinuxHost host = node.host(iptables)) {
            var _ = host.setUpNode(setup);
            var _ = host.setUpPacketFilter(setup);
        }
    }

    /** Rules of the family that pods do not have lead nobody anywhere. */
    private static String state(TestNode node, String iptables, IpFamily family) {
        return Stream.of(
                        iptables + " -t nat -S",
                        iptables + " -t mangle -S",
                        "nft list tables",
                        "nft list table ip aws-cni",
                        family == IpFamily.IPV4 ? "ip rule" : "ip -6 rule")
                .map(command -> node.node.attempt(command).output())
                .flatMap(String::lines)
                .filter(line -> !line.startsWith("-P") && !line.startsWith("# "))
                // What iptables has made once it keeps, empty.
                .filter(line -> !line.matches("table ip6? (nat|mangle)"))
                .collect(Collectors.joining("\n"));
    }

    private static NodeSetup setup(
            String vpc, String exclusions, String services, boolean external, SnatPorts ports) {
        return new NodeSetup(
                IpFamily.IPV4,
                false,
                false,
                NodeSetup.EarlyDemux.AS_IT_IS,
                TestNode.PRIMARY,
                Ipv4Address.parse("10.0.0.10"),
                blocks(vpc),
                blocks(exclusions),
                blocks(services),
                external,
                ports,
                true,
                0x80,
                "eni",
                9001);
    }

    private static NodeSetup other(
            IpFamily family, boolean external, boolean nodePorts, long mark, String prefix) {
        return new NodeSetup(
                family,
                false,
                false,
                NodeSetup.EarlyDemux.AS_IT_IS,
                TestNode.PRIMARY,
                Ipv4Address.parse("10.0.0.10"),
                blocks("10.0.0.0/16"),
                List.of(),
                List.of(),
                external,
                SnatPorts.RANDOM_FULLY,
                nodePorts,
                mark,
                prefix,
                9001);
    }

    private static List<Ipv4Cidr> blocks(String text) {
        return Stream.of(text.split(" ", -1))
                .filter(block -> !block.isEmpty())
                .map(Ipv4Cidr::parse)
                .toList();
    }
}
