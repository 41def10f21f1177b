package dev.vpccni.host;

import dev.vpccni.dataplane.Changes;
import dev.vpccni.dataplane.HostEnd;
import dev.vpccni.dataplane.InterfaceAddress;
import dev.vpccni.dataplane.InterfacePlanner;
import dev.vpccni.dataplane.InterfaceSetup;
import dev.vpccni.dataplane.NamespaceState;
import dev.vpccni.dataplane.NodePlanner;
import dev.vpccni.dataplane.NodeSetup;
import dev.vpccni.dataplane.Route;
import dev.vpccni.dataplane.Rule;
import dev.vpccni.dataplane.firewall.FirewallPlanner;
import dev.vpccni.host.filter.Iptables;
import dev.vpccni.host.filter.PacketFilter;
import dev.vpccni.host.filter.Programs;
import dev.vpccni.host.kernel.KernelConversions;
import dev.vpccni.host.kernel.KernelStep;
import dev.vpccni.host.kernel.KernelThreads;
import dev.vpccni.host.kernel.Links;
import dev.vpccni.host.kernel.PodNeighbours;
import dev.vpccni.linux.Descriptor;
import dev.vpccni.linux.ErrnoException;
import dev.vpccni.linux.route.Family;
import dev.vpccni.linux.route.KernelAddress;
import dev.vpccni.linux.route.KernelLink;
import dev.vpccni.linux.route.KernelRoute;
import dev.vpccni.linux.route.Rtnetlink;
import dev.vpccni.linux.sysctl.Sysctl;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.IpFamily;
import dev.vpccni.node.port.HostException;
import dev.vpccni.node.port.HostNetwork;
import dev.vpccni.node.port.HostReading;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The Linux kernel for somebody who changes nothing. Links, routes and rules are read over a socket
 * that carries questions only; they take no capability. The packet filter takes {@code
 * CAP_NET_ADMIN} to be read. Thread-safe.
 */
public final class LinuxView implements HostReading, AutoCloseable {

    /** Bytes; a table of a node with 10,000 Services takes 16 MiB. */
    private static final int TABLES_MAX = 32 << 20;

    private static final Duration PROGRAM_PATIENCE = Duration.ofSeconds(10);

    /** Accept what comes in by another interface than the answer would leave by. */
    private static final String LOOSE = "2";

    private final @Nullable Descriptor namespace;
    private final KernelThreads reading;
    private final PacketFilter filter;
    private final PodGuard guard =
            new PodGuard(new PodRules(), new PodTable(), new PodNeighbours());

    private LinuxView(@Nullable Descriptor namespace, KernelThreads reading, PacketFilter filter) {
        this.namespace = namespace;
        this.reading = reading;
        this.filter = filter;
    }

    /**
     * Returns the kernel's network that this process is in.
     *
     * @throws IOException if the kernel does not let us speak with it
     */
    public static LinuxView here() throws IOException, InterruptedException {
        Programs programs = new Programs(List.of()).within(TABLES_MAX, PROGRAM_PATIENCE);
        return new LinuxView(
                null,
                KernelThreads.startReading("kernel view", null),
                new PacketFilter(programs, Iptables.ofNode(programs)));
    }

    /**
     * Returns that of another network namespace.
     *
     * @param path of the namespace, such as {@code /run/netns/blue}
     * @param iptables the program to use, such as {@code iptables-nft}
     * @throws IOException if there is no such namespace, or it may not be entered
     */
    public static LinuxView inside(Path path, String iptables)
            throws IOException, InterruptedException {
        Programs programs =
                new Programs(List.of("nsenter", "--net=" + path))
                        .within(TABLES_MAX, PROGRAM_PATIENCE);
        Descriptor namespace = Descriptor.open(path);
        try {
            return new LinuxView(
                    namespace,
                    KernelThreads.startReading("kernel view", namespace),
                    new PacketFilter(programs, Iptables.named(iptables, programs)));
        } catch (IOException | InterruptedException e) {
            namespace.close();
            throw e;
        }
    }

    @Override
    public HostNetwork.Observation observe() throws HostException, InterruptedException {
        return reading.run(new HostObserver(new PodRules(), _ -> {})::observe);
    }

    @Override
    public SortedMap<IpAddress, List<String>> missing(List<HostEnd> ends)
            throws HostException, InterruptedException {
        return ends.isEmpty() ? new TreeMap<>() : reading.run(node -> guard.missing(ends, node));
    }

    @Override
    public List<String> differences(NodeSetup setup) throws HostException, InterruptedException {
        return reading.run(node -> differences(setup, node));
    }

    private static List<String> differences(NodeSetup setup, Rtnetlink node) throws HostException {
        KernelLink primary = Links.read(node).find(setup.primaryMac());
        var differing = new ArrayList<String>();
        mtu(primary, setup.mtu(), differing);
        wanted(setup, primary.name()).forEach((name, value) -> parameter(name, value, differing));
        Changes<Rule> rules = NodePlanner.changes(setup, PodRules.readAll(node, setup.family()));
        rules(rules, differing);
        return differing;
    }

    private static SortedMap<String, String> wanted(NodeSetup setup, String primary) {
        var wanted = new TreeMap<String, String>();
        wanted.put("net/ipv4/conf/" + primary + "/rp_filter", LOOSE);
        if (setup.family() == IpFamily.IPV6) {
            wanted.put("net/ipv6/conf/all/disable_ipv6", "0");
        }
        if (setup.family() == IpFamily.IPV6 || setup.ipv6Egress()) {
            wanted.put("net/ipv6/conf/" + primary + "/accept_ra", "2");
            wanted.put("net/ipv6/conf/all/forwarding", "1");
        }
        switch (setup.earlyDemux()) {
            case AS_IT_IS -> {
                // somebody else's business
            }
            case ON -> wanted.put("net/ipv4/tcp_early_demux", "1");
            case OFF -> wanted.put("net/ipv4/tcp_early_demux", "0");
        }
        return wanted;
    }

    /** A parameter that the kernel does not have nobody can set either. */
    private static void parameter(String name, String value, List<String> differing) {
        try {
            String seen = Sysctl.read(name);
            if (!seen.equals(value)) {
                differing.add(name + " to " + value + ", which is " + seen);
            }
        } catch (ErrnoException e) {
            differing.add(name + " to " + value + ", which could not be read");
        }
    }

    @Override
    public List<String> filterDifferences(NodeSetup setup)
            throws HostException, InterruptedException {
        return reading.run(node -> {
            Links links = Links.read(node);
            return filter.differences(
                    FirewallPlanner.plan(
                            setup,
                            NodeConfigurer.vethPrefixes(setup, links, node),
                            links.find(setup.primaryMac()).name(),
                            filter.backend()));
        });
    }

    @Override
    public List<String> differences(InterfaceSetup setup)
            throws HostException, InterruptedException {
        return reading.run(node -> differences(setup, node));
    }

    private static List<String> differences(InterfaceSetup setup, Rtnetlink node)
            throws HostException {
        KernelLink link = Links.read(node).find(setup.mac());
        NamespaceState plan = InterfacePlanner.plan(setup, link.name());
        var differing = new ArrayList<String>();
        mtu(link, setup.mtu(), differing);
        if (!link.isUp()) {
            differing.add(link.name() + " up");
        }
        Family family = KernelConversions.family(setup.subnet().family());
        addresses(plan, link, family, node, differing);
        routes(plan, link, family, node, differing);
        connected(setup, link, family, node, differing);
        rules(
                Changes.between(
                        plan.rules(),
                        PodRules.readAll(node, setup.subnet().family()),
                        rule -> InterfacePlanner.owns(rule, setup.primaryAddress())),
                differing);
        return differing;
    }

    private static void addresses(
            NamespaceState plan,
            KernelLink link,
            Family family,
            Rtnetlink node,
            List<String> differing)
            throws HostException {
        List<KernelAddress> seen =
                KernelStep.ask("list addresses", () -> node.addresses(family, link.index()));
        for (InterfaceAddress wanted : plan.addresses()) {
            var local = KernelConversions.address(wanted, link.index()).local();
            if (seen.stream().noneMatch(one -> one.local().equals(local))) {
                differing.add("address " + local + " of " + link.name());
            }
            for (KernelAddress other : seen) {
                if (other.scope() == KernelRoute.SCOPE_GLOBAL && !other.local().equals(local)) {
                    differing.add("without address " + other.local() + " of " + link.name());
                }
            }
        }
    }

    private static void routes(
            NamespaceState plan,
            KernelLink link,
            Family family,
            Rtnetlink node,
            List<String> differing)
            throws HostException {
        for (Route route : plan.routes()) {
            KernelRoute wanted = KernelConversions.route(route, link.index());
            List<KernelRoute> table =
                    KernelStep.ask("list routes", () -> node.routes(family, route.table()));
            if (table.stream().noneMatch(seen -> InterfaceConfigurer.leadsAs(seen, wanted))) {
                differing.add("route " + route + " in table " + route.table());
            }
        }
    }

    private static void connected(
            InterfaceSetup setup,
            KernelLink link,
            Family family,
            Rtnetlink node,
            List<String> differing)
            throws HostException {
        for (KernelRoute route :
                KernelStep.ask("list routes", () -> node.routes(family, KernelRoute.TABLE_MAIN))) {
            if (InterfaceConfigurer.isConnected(route, setup, link)) {
                differing.add("without route " + route);
            }
        }
    }

    private static void mtu(KernelLink link, int mtu, List<String> differing) {
        if (link.mtu() != mtu) {
            differing.add("MTU " + mtu + " of " + link.name() + ", which is " + link.mtu());
        }
    }

    private static void rules(Changes<Rule> changes, List<String> differing) {
        changes.add().forEach(rule -> differing.add("rule " + RuleChanges.text(rule)));
        changes.remove().forEach(rule -> differing.add("without rule " + RuleChanges.text(rule)));
    }

    /** Lets go of the sockets; the kernel stays as it is. */
    @Override
    public void close() {
        reading.close();
        if (namespace != null) {
            namespace.close();
        }
    }
}
