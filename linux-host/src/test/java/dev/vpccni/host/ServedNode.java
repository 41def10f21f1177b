package dev.vpccni.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.dataplane.InterfaceSetup;
import dev.vpccni.dataplane.NodeSetup;
import dev.vpccni.dataplane.PodLink;
import dev.vpccni.dataplane.PodWiring;
import dev.vpccni.linux.namespace.NamespaceThread;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.Ipv4Cidr;
import dev.vpccni.node.port.PodNamespace;
import dev.vpccni.testing.traffic.Answerer;
import dev.vpccni.testing.traffic.Connections;
import dev.vpccni.testing.traffic.Datagrams;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A node with a pod on each of its two interfaces, and somebody who answers in each pod, on another
 * node and in the internet.
 */
final class ServedNode implements AutoCloseable {

    static final String ON_PRIMARY = "10.0.0.101";
    static final String ON_SECONDARY = "10.0.1.101";
    static final String OTHER_NODE = "10.0.9.9";
    static final String INTERNET = "203.0.113.10";
    static final String NODE = "10.0.0.10";
    static final int PORT = 7;

    /** By default. */
    static final NodeSetup SETUP = setup(List.of("10.0.0.0/16"), false, true, 0x80);

    static final String VETH_PRIMARY = "eni00000000101";
    static final String VETH_SECONDARY = "eni00000001101";
    private static final Duration CARRIER = Duration.ofSeconds(20);
    private static final Duration EVERY = Duration.ofMillis(3);

    final TestNode node = new TestNode();
    final TestNamespace primary;
    final TestNamespace secondary;
    final LinuxHost host;
    private final NamespaceThread thread = NamespaceThread.start("vpccni-test-traffic");
    private final List<Closeable> open = new ArrayList<>();

    /** Sets the node up with {@code setup}. */
    ServedNode(String iptables, NodeSetup setup) throws Exception {
        node.beTheVpc();
        node.fabric.ip("route add 10.0.0.101/32 dev port-ens5");
        node.fabric.ip(
                "neigh add 10.0.0.101 lladdr " + TestNode.PRIMARY + " dev port-ens5 nud permanent");
        host = node.host(iptables);
        primary = node.pod();
        secondary = node.pod();
        apply(setup);
        var _ =
                host.setUpInterface(
                        new InterfaceSetup(
                                TestNode.SECONDARY,
                                Ipv4Address.parse("10.0.1.10"),
                                Ipv4Cidr.parse("10.0.1.0/24"),
                                2,
                                1500));
        wire(VETH_PRIMARY, ON_PRIMARY, 254, primary);
        wire(VETH_SECONDARY, ON_SECONDARY, 2, secondary);
        awaitCarrier(node.node, "ens5", "ens6", VETH_PRIMARY, VETH_SECONDARY);
        awaitCarrier(node.fabric, "port-ens5", "port-ens6");
        awaitCarrier(primary, "eth0");
        awaitCarrier(secondary, "eth0");
        answer(primary, ON_PRIMARY);
        answer(secondary, ON_SECONDARY);
        answer(node.fabric, OTHER_NODE);
        answer(node.fabric, INTERNET);
    }

    /** A link drops what it is given until the kernel comes to notice that its other end is up. */
    static void awaitCarrier(TestNamespace namespace, String... devices)
            throws InterruptedException {
        for (String device : devices) {
            long deadline = System.nanoTime() + CARRIER.toNanos();
            while (!namespace.ip("link show dev " + device).contains("state UP")) {
                assertThat(System.nanoTime()).as("%s is up", device).isLessThan(deadline);
                TimeUnit.MILLISECONDS.sleep(1);
            }
        }
    }

    static NodeSetup setup(
            List<String> blocks, boolean externalSnat, boolean nodePorts, long mark) {
        return new WantedNode()
                .vpc(String.join(" ", blocks))
                .externalSnat(externalSnat)
                .nodePorts(nodePorts)
                .mark(mark)
                .mtu(1500)
                .setup();
    }

    /** As the daemon does at its start, and when the VPC has changed. */
    List<String> apply(NodeSetup setup) throws Exception {
        var changed = new ArrayList<>(host.setUpNode(setup));
        changed.addAll(host.setUpPacketFilter(setup));
        return changed;
    }

    /** From now on only the node's own address reaches the internet. */
    void beTheInternetGateway() {
        node.fabric.run("nft add table ip gateway");
        node.fabric.run(
                "nft add chain ip gateway known { type filter hook prerouting priority -290 ; }");
        node.fabric.run(
                "nft add rule ip gateway known ip daddr 203.0.113.10 ip saddr 10.0.0.0/16"
                        + " ip saddr != 10.0.0.10 drop");
    }

    /** Starts datagrams, at a pace at which they are one connection to the kernel. */
    Datagrams datagrams(TestNamespace from, String address, int port) throws IOException {
        DatagramChannel channel =
                thread.inside(from.path(), () -> DatagramChannel.open(StandardProtocolFamily.INET));
        var flow =
                Datagrams.start(from.name(), channel, new InetSocketAddress(address, port), EVERY);
        open.add(flow);
        return flow;
    }

    /** Starts connections, one after another. */
    Connections connections(TestNamespace from, String address, int port) {
        var all =
                Connections.start(
                        from.name(),
                        () ->
                                thread.inside(
                                        from.path(),
                                        () ->
                                                SocketChannel.open(StandardProtocolFamily.INET)
                                                        .socket()),
                        new InetSocketAddress(address, port),
                        EVERY);
        open.add(all);
        return all;
    }

    /** Has somebody answer at an address. */
    void answer(TestNamespace where, String address) throws IOException {
        var at = new InetSocketAddress(address, PORT);
        open.add(
                thread.inside(
                        where.path(),
                        () ->
                                Answerer.start(
                                        DatagramChannel.open(StandardProtocolFamily.INET).bind(at),
                                        ServerSocketChannel.open(StandardProtocolFamily.INET)
                                                .bind(at))));
    }

    private void wire(String hostInterface, String address, int table, TestNamespace pod)
            throws Exception {
        var link = new PodLink(hostInterface, "eth0", IpAddress.parse(address), table, 1500);
        try (PodNamespace inside = LinuxPodNamespace.open(pod.path())) {
            host.wire(new PodWiring.OneAddress(link), inside);
        }
    }

    @Override
    public void close() throws IOException {
        for (Closeable each : open.reversed()) {
            each.close();
        }
        thread.close();
        host.close();
        node.close();
    }
}
