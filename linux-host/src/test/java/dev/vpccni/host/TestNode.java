package dev.vpccni.host;

import dev.vpccni.dataplane.NodeSetup;
import dev.vpccni.model.MacAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A node with a primary and a secondary interface, which are veths whose other ends lie in a
 * namespace that stands for the VPC.
 */
final class TestNode implements AutoCloseable {

    static final MacAddress PRIMARY = MacAddress.parse("0a:58:00:00:01:00");
    static final MacAddress SECONDARY = MacAddress.parse("0a:58:00:00:01:01");

    final TestNamespace node = new TestNamespace("node");
    final TestNamespace fabric = new TestNamespace("vpc");
    private final List<TestNamespace> pods = new ArrayList<>();

    TestNode() {
        attach("ens5", PRIMARY);
        attach("ens6", SECONDARY);
        node.ip("addr add 10.0.0.10/24 dev ens5");
        node.ip("link set ens5 up");
        node.ip("route add default via 10.0.0.1 dev ens5");
        node.run("sysctl -q -w net.ipv4.ip_forward=1");
    }

    /**
     * Makes the other namespace route for the node, answer as the internet and as another node, and
     * drop what comes in by another port than answers would leave by.
     */
    void beTheVpc() {
        fabric.run("sysctl -q -w net.ipv4.ip_forward=1");
        fabric.run("sysctl -q -w net.ipv4.conf.default.rp_filter=1");
        fabric.run("sysctl -q -w net.ipv4.conf.all.rp_filter=1");
        fabric.ip("addr add 203.0.113.10/32 dev lo");
        fabric.ip("addr add 10.0.9.9/32 dev lo");
        fabric.ip("addr add 10.0.0.1/32 dev port-ens5");
        fabric.ip("addr add 10.0.1.1/32 dev port-ens6");
        fabric.ip("route add 10.0.0.10/32 dev port-ens5");
        fabric.ip("route add 10.0.1.0/24 dev port-ens6");
        fabric.ip("neigh add 10.0.1.101 lladdr " + SECONDARY + " dev port-ens6 nud permanent");
        fabric.run("nft add table ip census");
        fabric.run("nft add chain ip census heard { type filter hook prerouting priority -300 ; }");
        for (String from :
                new String[] {
                    "port-ens5 ip saddr 10.0.0.10",
                    "port-ens5 ip saddr 10.0.1.101",
                    "port-ens6 ip saddr 10.0.1.101"
                }) {
            fabric.run(
                    "nft add rule ip census heard iifname "
                            + from
                            + " icmp type echo-request counter");
        }
    }

    /** Returns how many pings the VPC has heard by a port from an address. */
    long heardFrom(String port, String address) {
        return fabric.run("nft list chain ip census heard")
                .lines()
                .filter(line -> line.contains(port) && line.contains(address + " "))
                .map(line -> line.replaceAll(".*counter packets ([0-9]+) .*", "$1"))
                .mapToLong(Long::parseLong)
                .sum();
    }

    TestNamespace pod() {
        var pod = new TestNamespace("pod");
        pods.add(pod);
        return pod;
    }

    /** Returns the node's kernel; hardware addresses come from a seed. */
    LinuxHost host() throws Exception {
        return host("iptables");
    }

    LinuxHost host(String iptables) throws Exception {
        return LinuxHost.inside(node.path(), new Random(7), iptables);
    }

    /** Sets the node up as a daemon does that starts. */
    void setUp(String iptables, NodeSetup setup) throws Exception {
        try (LinuxHost host = host(iptables)) {
            var _ = host.setUpNode(setup);
            var _ = host.setUpPacketFilter(setup);
        }
    }

    /** Gives the node one more interface. */
    void attach(String device, MacAddress mac) {
        fabric.ip(
                "link add port-"
                        + device
                        + " type veth peer name "
                        + device
                        + " address "
                        + mac
                        + " netns "
                        + node.name());
        fabric.ip("link set port-" + device + " up");
    }

    @Override
    public void close() {
        pods.forEach(TestNamespace::close);
        node.close();
        fabric.close();
    }
}
