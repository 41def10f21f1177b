package dev.vpccni.host;

import dev.vpccni.dataplane.NodeSetup.SnatPorts;
import dev.vpccni.dataplane.egress.EgressFamily;
import dev.vpccni.dataplane.egress.EgressRange;
import dev.vpccni.dataplane.egress.EgressWiring;
import dev.vpccni.host.egress.LinuxEgress;
import dev.vpccni.model.IpAddress;
import java.util.Random;

/** A node with an address of each family, and servers of each in the VPC beyond. */
public final class EgressNode implements AutoCloseable {

    static final String SERVER_4 = "203.0.113.10";
    static final String SERVER_6 = "2001:db8:99::10";

    final TestNode node = new TestNode();
    final TestNamespace kernel = node.node;
    final TestNamespace vpc;

    EgressNode() {
        node.beTheVpc();
        vpc = node.fabric;
        kernel.run("sysctl -q -w net.ipv6.conf.all.forwarding=1");
        kernel.run("sysctl -q -w net.ipv4.ip_forward=0");
        vpc.ip("-6 addr add " + SERVER_6 + "/128 dev lo");
        vpc.ip("-6 addr add 2600:1f13::1/64 dev port-ens5 nodad");
        kernel.ip("-6 addr add 2600:1f13::7/64 dev ens5 nodad");
        kernel.ip("-6 route add default via 2600:1f13::1 dev ens5");
        vpc.run("nft add table ip6 census");
        vpc.run("nft add chain ip6 census heard { type filter hook prerouting priority -300 ; }");
        vpc.run(
                "nft add rule ip6 census heard ip6 saddr 2600:1f13::7 icmpv6 type echo-request"
                        + " counter");
    }

    /** Returns how many pings of the node's address servers of a family have heard. */
    long heard(EgressFamily family) {
        return family == EgressFamily.IPV4
                ? node.heardFrom("port-ens5", "10.0.0.10")
                : Long.parseLong(
                        vpc.run("nft list chain ip6 census heard")
                                .replaceAll("(?s).*counter packets ([0-9]+) .*", "$1"));
    }

    LinuxEgress egress(String iptables) throws Exception {
        return LinuxEgress.inside(kernel.path(), new Random(7), iptables);
    }

    static String server(EgressFamily family) {
        return family == EgressFamily.IPV4 ? SERVER_4 : SERVER_6;
    }

    /** Returns the wiring of container {@code n}. */
    public static EgressWiring wiring(EgressFamily family, int n) {
        var range = new EgressRange(family.block());
        return new EgressWiring(
                "aws-cni",
                "container-" + n,
                range,
                range.gateway().plus(n),
                IpAddress.parse(family == EgressFamily.IPV4 ? "10.0.0.10" : "2600:1f13::7"),
                SnatPorts.RANDOM_FULLY,
                1500);
    }

    @Override
    public void close() {
        node.close();
    }
}
