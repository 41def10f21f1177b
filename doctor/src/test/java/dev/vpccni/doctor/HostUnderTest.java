package dev.vpccni.doctor;

import dev.vpccni.dataplane.firewall.Backend;
import dev.vpccni.doctor.check.Expected;
import dev.vpccni.doctor.check.Finding;
import dev.vpccni.doctor.snapshot.Fact;
import dev.vpccni.doctor.snapshot.FilterChain;
import dev.vpccni.doctor.snapshot.HostFiles;
import dev.vpccni.doctor.snapshot.HostSnapshot;
import dev.vpccni.doctor.snapshot.KernelState;
import dev.vpccni.doctor.snapshot.NodeState;
import dev.vpccni.doctor.snapshot.NodeState.Disk;
import dev.vpccni.doctor.snapshot.PacketFilters;
import dev.vpccni.doctor.snapshot.PacketFilters.Which;
import dev.vpccni.doctor.snapshot.SeenLink;
import dev.vpccni.doctor.snapshot.SeenListener;
import dev.vpccni.doctor.snapshot.SeenNetwork;
import dev.vpccni.doctor.snapshot.SeenProcess;
import dev.vpccni.doctor.snapshot.SeenRoute;
import dev.vpccni.doctor.snapshot.SeenRule;
import dev.vpccni.model.Cidr;
import dev.vpccni.model.IpFamily;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A healthy host with two pods, one on each interface, of which a test changes what it is about.
 */
final class HostUnderTest {

    static final String POD = "eni00000000001";
    private static final int GIB = 30;

    final TreeMap<String, Fact<String>> texts = new TreeMap<>();
    final TreeMap<String, Fact<List<String>>> folders = new TreeMap<>();
    final TreeMap<Which, Fact<String>> iptables = new TreeMap<>();
    final List<SeenLink> links = new ArrayList<>();
    final List<SeenRule> rules = new ArrayList<>();
    final List<SeenRoute> routes = new ArrayList<>();
    final List<SeenProcess> processes = new ArrayList<>();
    final List<SeenListener> listeners = new ArrayList<>();
    final List<FilterChain> nft = new ArrayList<>();
    int neighbours = 4;
    Fact<SortedSet<String>> modules = new Fact.Unseen<>("no list of them");
    Fact<Disk> disk = new Fact.Seen<>(new Disk(true, 1L << GIB, 1L << GIB));
    Fact<Backend> used = new Fact.Seen<>(Backend.NFT);
    Fact<List<SeenNetwork>> networks =
            new Fact.Seen<>(
                    List.of(new SeenNetwork("10-aws.conflist", List.of("aws-cni", "portmap"), "")));

    HostUnderTest() {
        parameter("net/ipv4/ip_forward", 1);
        parameter("net/ipv4/conf/all/rp_filter", 0);
        parameter("net/ipv4/conf/eth0/rp_filter", 2);
        parameter("net/ipv4/conf/eth0/forwarding", 1);
        parameter("net/netfilter/nf_conntrack_count", 100);
        parameter("net/netfilter/nf_conntrack_max", 1000);
        parameter("net/ipv4/neigh/default/gc_thresh3", 1024);
        folder("/opt/cni/bin", "aws-cni", "portmap");
        link(1, "lo", 65536);
        link(2, "eth0", 9001);
        link(3, "eth1", 9001);
        link(4, POD, 9001);
        link(5, "eni00000000002", 9001);
        route("0.0.0.0/0", 254, 2);
        route("0.0.0.0/0", 2, 3);
        route("10.0.0.5/32", 254, 4);
        route("10.0.0.6/32", 254, 5);
        rule(512, null, "10.0.0.5/32", 0, 254);
        rule(512, null, "10.0.0.6/32", 0, 254);
        rule(1024, null, null, 0x80, 254);
        rule(1536, "10.0.0.6/32", null, 0, 2);
        rule(32766, null, null, 0, 254);
    }

    HostUnderTest parameter(String name, long value) {
        return text("/proc/sys/" + name, value + "\n");
    }

    HostUnderTest text(String path, String text) {
        texts.put(path, new Fact.Seen<>(text));
        return this;
    }

    HostUnderTest folder(String path, String... names) {
        folders.put(path, new Fact.Seen<>(List.of(names)));
        return this;
    }

    HostUnderTest link(int index, String name, int mtu) {
        links.removeIf(link -> link.index() == index);
        links.add(new SeenLink(index, name, name.startsWith("eni") ? "veth" : "", mtu, true, true));
        return this;
    }

    HostUnderTest route(String to, int table, int link) {
        routes.add(new SeenRoute(Cidr.parse(to), table, link, 0));
        return this;
    }

    HostUnderTest rule(
            int priority, @Nullable String from, @Nullable String to, long mark, int table) {
        rules.add(
                new SeenRule(
                        IpFamily.IPV4,
                        priority,
                        from == null ? null : Cidr.parse(from),
                        to == null ? null : Cidr.parse(to),
                        mark,
                        mark,
                        false,
                        table));
        return this;
    }

    /** Has a rule for whatever does not bear a mark, as wg-quick(8) makes them. */
    HostUnderTest ruleUnlessMarked(int priority, long mark, int table) {
        rules.add(
                new SeenRule(IpFamily.IPV4, priority, null, null, mark, 0xffffffffL, true, table));
        return this;
    }

    /** Has a table of iptables: lines of it, after its name. */
    HostUnderTest table(Backend backend, String table, String... lines) {
        var which = new Which(backend, IpFamily.IPV4);
        Fact<String> before = iptables.getOrDefault(which, new Fact.Seen<>(""));
        iptables.put(
                which,
                before.map(text ->
                        text + "*" + table + "\n" + String.join("\n", lines) + "\nCOMMIT\n"));
        return this;
    }

    HostUnderTest networks(SeenNetwork... some) {
        networks = new Fact.Seen<>(List.of(some));
        return this;
    }

    HostSnapshot snapshot() {
        return new HostSnapshot(
                new HostFiles(texts, folders),
                new KernelState(
                        new Fact.Seen<>(links),
                        new Fact.Seen<>(rules),
                        new Fact.Seen<>(routes),
                        new Fact.Seen<>(neighbours)),
                new PacketFilters(iptables, new Fact.Seen<>(nft), used),
                new NodeState(
                        new Fact.Seen<>(listeners),
                        new Fact.Seen<>(processes),
                        modules,
                        disk,
                        networks));
    }

    List<Finding> findings() {
        return findings(Expected.DEFAULT);
    }

    List<Finding> findings(Expected expected) {
        return Doctor.examine(snapshot(), expected).findings();
    }

    /** Returns the severity and check of each finding. */
    List<String> told() {
        return findings().stream().map(f -> f.severity() + " " + f.check()).toList();
    }
}
