package dev.vpccni.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.dataplane.NodeSetup;
import dev.vpccni.dataplane.NodeSetup.SnatPorts;
import dev.vpccni.model.IpFamily;
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
        var all = new TreeMap<String, WantedNode>();
        all.put("by default", new WantedNode());
        all.put("more blocks", new WantedNode().vpc("10.0.0.0/16 100.64.0.0/16"));
        all.put("blocks the other way round", new WantedNode().vpc("100.64.0.0/16 10.0.0.0/16"));
        all.put(
                "exclusions",
                new WantedNode().exclusions("172.16.0.0/12 0.0.0.0/0").ports(SnatPorts.RANDOM));
        all.put(
                "services outside",
                new WantedNode().services("203.0.113.0/24").ports(SnatPorts.ORIGINAL));
        all.put("external", new WantedNode().externalSnat(true));
        all.put("no node ports", new WantedNode().nodePorts(false));
        all.put("external, no node ports", new WantedNode().externalSnat(true).nodePorts(false));
        all.put("another mark", new WantedNode().mark(0x8000_0000L));
        all.put("another prefix", new WantedNode().vethPrefix("pod"));
        all.put("fast rules", new WantedNode().fastRules(true));
        all.put("strict branches", new WantedNode().strictBranches(true));
        all.put("IPv6", new WantedNode().family(IpFamily.IPV6));
        var settings = new TreeMap<String, NodeSetup>();
        all.forEach((name, wanted) -> settings.put(name, wanted.setup()));
        return settings;
    }

    @ParameterizedTest
    @ValueSource(strings = {"iptables-legacy", "iptables-nft"})
    void whateverANodeHadBeforeItHasWhatANewOneHas(String iptables) throws Exception {
        var fresh = new TreeMap<String, String>();
        for (var each : settings().entrySet()) {
            try (TestNode node = new TestNode()) {
                node.setUp(iptables, each.getValue());
                fresh.put(each.getKey(), state(node, iptables, each.getValue().family()));
            }
        }
        assertThat(new ArrayList<>(fresh.values())).doesNotHaveDuplicates();
        try (TestNode node = new TestNode()) {
            String before = "nothing";
            for (var next : walk(List.copyOf(settings().entrySet()))) {
                node.setUp(iptables, next.getValue());

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
}
