package dev.vpccni.host;

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
    private final TestNamespace fabric = new TestNamespace("vpc");
    private final List<TestNamespace> pods = new ArrayList<>();

    TestNode() {
        attach("ens5", PRIMARY);
        attach("ens6", SECONDARY);
        node.ip("addr add 10.0.0.10/24 dev ens5");
        node.ip("link set ens5 up");
        node.ip("route add default via 10.0.0.1 dev ens5");
        node.run("sysctl -q -w net.ipv4.ip_forward=1");
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
        return LinuxHost.inside(node.path(), "eni", new Random(7), iptables);
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
