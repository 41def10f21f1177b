package dev.vpccni.host;

import dev.vpccni.dataplane.BranchInterface;
import dev.vpccni.dataplane.BranchInterface.Mode;
import dev.vpccni.dataplane.PodLink;
import dev.vpccni.dataplane.PodWiring;
import dev.vpccni.dataplane.branch.BranchEnd;
import dev.vpccni.linux.Descriptor;
import dev.vpccni.linux.namespace.NamespaceThread;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.IpFamily;
import dev.vpccni.model.MacAddress;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;

/**
 * A node with a trunk, whose other end is the VPC: it routes for each branch interface, knows where
 * its address is, and drops what comes from it by the primary interface.
 */
final class BranchNode implements AutoCloseable {

    /** Milliseconds; a connection that is not there by then is not made at all. */
    private static final int PATIENCE = 2_000;

    final TestNode test = new TestNode();

    BranchNode() {
        test.fabric.run(
                "sysctl -q -w net.ipv4.conf.all.rp_filter=0 net.ipv4.conf.default.rp_filter=0"
                        + " net.ipv4.conf.port-ens5.rp_filter=1 net.ipv4.ip_forward=1"
                        + " net.ipv6.conf.all.forwarding=1");
        test.fabric.ip("addr add 203.0.113.10/32 dev lo");
        test.fabric.ip("addr add 2001:db8:ffff::10/128 dev lo");
        test.fabric.ip("addr add 10.0.0.1/24 dev port-ens5");
        test.node.run(
                "sysctl -q -w net.ipv4.conf.all.rp_filter=1 net.ipv4.conf.ens5.rp_filter=2"
                        + " net.ipv6.conf.all.forwarding=1");
        test.node.ip("link set ens6 up");
    }

    /** Returns the hardware address of the branch interface with a VLAN. */
    static MacAddress mac(int vlan) {
        return new MacAddress(0x0600_0000_0000L + vlan);
    }

    /** Makes the VPC know a branch interface. */
    void attach(int vlan, MacAddress mac, String address) {
        String port = "branch" + vlan;
        if (test.fabric.attempt("ip link show " + port).status() != 0) {
            test.fabric.ip("link add link port-ens6 name " + port + " type vlan id " + vlan);
            test.fabric.ip("link set " + port + " up");
            test.fabric.ip("addr add 10.0.1.1/32 dev " + port);
            test.fabric.ip("addr add fe80:ec2::1/64 nodad dev " + port);
        }
        String bits = address.contains(":") ? "/128" : "/32";
        test.fabric.ip("route replace " + address + bits + " dev " + port);
        test.fabric.ip(
                "neigh replace " + address + " lladdr " + mac + " dev " + port + " nud permanent");
    }

    static PodWiring.OnBranch pod(Mode mode, String digits, String address, int vlan) {
        return pod(mode, digits, address, vlan, mac(vlan));
    }

    static PodWiring.OnBranch pod(
            Mode mode, String digits, String address, int vlan, MacAddress mac) {
        IpAddress own = IpAddress.parse(address);
        String router = own.family() == IpFamily.IPV6 ? "fe80:ec2::1" : "10.0.1.1";
        String veth = (mode == Mode.STRICT ? "vlan" : "eni") + digits;
        return new PodWiring.OnBranch(
                new PodLink(veth, "eth0", own, 100 + vlan, 1500),
                new BranchInterface(vlan, mac, TestNode.SECONDARY, IpAddress.parse(router)),
                mode);
    }

    /** Returns what a result, which has no hardware address, says of a pod. */
    static BranchEnd end(PodWiring.OnBranch pod) {
        return new BranchEnd(
                pod.link().hostInterface(), pod.link().address(), pod.branch().vlan(), null);
    }

    /**
     * Tells whether a TCP connection comes about and carries something both ways: one end alone may
     * take it for made.
     */
    static boolean converse(TestNamespace from, TestNamespace to, String address)
            throws IOException, InterruptedException {
        try (var client = NamespaceThread.start("client");
                var server = NamespaceThread.start("server");
                Descriptor here = Descriptor.open(from.path());
                Descriptor there = Descriptor.open(to.path());
                ServerSocket listening = server.inside(there, () -> new ServerSocket(8080))) {
            Thread.ofPlatform().daemon().start(() -> answer(listening));
            return client.inside(here, () -> ask(address));
        }
    }

    private static void answer(ServerSocket listening) {
        try (Socket socket = listening.accept()) {
            socket.setSoTimeout(PATIENCE);
            socket.getOutputStream().write(socket.getInputStream().read());
        } catch (IOException e) {
            // Whoever asks hears nothing.
        }
    }

    private static boolean ask(String address) {
        try (var socket = new Socket()) {
            socket.setSoTimeout(PATIENCE);
            socket.connect(new InetSocketAddress(address, 8080), PATIENCE);
            socket.getOutputStream().write(7);
            return socket.getInputStream().read() == 7;
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() {
        test.close();
    }
}
