package dev.vpccni.acceptance.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.acceptance.lab.Ended;
import dev.vpccni.acceptance.lab.LabUnderTest;
import dev.vpccni.acceptance.lab.NodeStatus;
import dev.vpccni.acceptance.lab.Residue;
import dev.vpccni.acceptance.lab.WantedLab;
import dev.vpccni.emulator.fabric.Program;
import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import dev.vpccni.lab.runtime.CniRunner;
import dev.vpccni.lab.runtime.ContainerAttachment;
import dev.vpccni.lab.runtime.NetworkList;
import dev.vpccni.lab.runtime.PluginHost;
import dev.vpccni.linux.namespace.NamespaceThread;
import dev.vpccni.linux.namespace.NetworkNamespace;
import dev.vpccni.linux.netlink.NetlinkSocket;
import dev.vpccni.linux.route.Rtnetlink;
import dev.vpccni.linux.sysctl.Sysctl;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The list that the daemon writes, run with the plugins of the distribution that it names. */
class ChainTest {

    private static final String NODE = "node-1";
    private static final String OTHER = "node-2";
    private static final int HOST_PORT = 8_088;
    private static final int PORT = 80;
    private static final int PATIENCE_MILLIS = 5_000;

    private static LabUnderTest lab;

    @TempDir private Path results;

    @BeforeAll
    static void start() throws Exception {
        lab =
                LabUnderTest.up(
                        WantedLab.nodes(2, "c5.large")
                                .with("ENABLE_BANDWIDTH_PLUGIN", "true")
                                .with("DISABLE_POD_V6", "true"));
    }

    @AfterAll
    static void stop() throws Exception {
        lab.close();
    }

    @Test
    void eachPluginDoesItsPartAndNoneRemains() throws Exception {
        String list = list();
        assertThat(NetworkList.parse(list).plugins())
                .extracting(plugin -> plugin.get("type"))
                .containsExactly("aws-cni", "egress-cni", "portmap", "bandwidth", "tuning");
        CniRunner runner = runner(list);
        // What portmap makes once it keeps, and the first pod has the pool grow.
        ContainerAttachment first = container("chain-1");
        runner.add(first);
        Residue.awaitSpareInterface(lab, NODE);
        runner.del(first);
        remove(first);
        Residue before = Residue.awaitNoPods(lab, NODE);

        ContainerAttachment pod = container("chain-2");
        JsonObject result = JsonObject.of(runner.add(pod), "result");

        assertThat(result.objects("interfaces"))
                .extracting(one -> one.string("name"))
                .hasSize(4)
                .anyMatch(name -> name.startsWith("bwp"));
        String veth = result.objects("interfaces").getFirst().string("name");
        assertThat(lab.exec(NODE, "tc", "qdisc", "show", "dev", veth).out()).contains("tbf");
        isWithoutIpv6(pod);
        isReachedByItsHostPort(pod);
        // portmap 1.1.1 takes the absence of rules for IPv6 for a fault.
        assertThat(runner(withoutPortmap(list)).check(pod)).isTrue();

        runner.gc(List.of());
        remove(pod);

        Residue.awaitSame(lab, NODE, before);
        runner.del(pod.withoutNamespace());
    }

    /** The plugins of the distribution know no later version, and CHECK is switched off in ours. */
    private static String list() throws Exception {
        return lab.exec(NODE, "cat", "/etc/cni/net.d/10-aws.conflist")
                .out()
                .replace("\"cniVersion\": \"0.4.0\"", "\"cniVersion\": \"1.0.0\"")
                .replace("\"disableCheck\": true", "\"disableCheck\": false");
    }

    private static String withoutPortmap(String list) {
        return list.replaceFirst("(?s)\\{\\s*\"type\": \"portmap\".*?\"snat\": true\\s*\\},", "");
    }

    private CniRunner runner(String list) throws JsonException {
        return new CniRunner(new OnNode(), NetworkList.parse(list), results);
    }

    /** Makes a container as a runtime does, and says what it offers to plugins. */
    private static ContainerAttachment container(String name) throws Exception {
        Path file = LabUnderTest.podNamespace(NODE, name);
        NetworkNamespace.create(file);
        try (var thread = NamespaceThread.start("new-pod");
                var kernel = new Rtnetlink(thread.openInside(file, NetlinkSocket.NETLINK_ROUTE))) {
            kernel.setUp(kernel.link("lo").index());
        }
        var capabilities = new TreeMap<String, Object>();
        capabilities.put(
                "portMappings",
                List.of(Map.of("hostPort", HOST_PORT, "containerPort", PORT, "protocol", "tcp")));
        capabilities.put(
                "bandwidth",
                Map.of(
                        "ingressRate", 8_000_000,
                        "ingressBurst", 800_000,
                        "egressRate", 8_000_000,
                        "egressBurst", 800_000));
        return new ContainerAttachment(
                name + "0123456789abcdef",
                "/var/run/netns/" + name,
                "eth0",
                "IgnoreUnknown=1;K8S_POD_NAMESPACE=default;K8S_POD_NAME=" + name,
                capabilities);
    }

    private static Path file(ContainerAttachment pod) {
        return LabUnderTest.podNamespace(NODE, Path.of(pod.namespace()).toFile().getName());
    }

    private static void remove(ContainerAttachment pod) throws IOException {
        NetworkNamespace.remove(file(pod));
    }

    /** The node, as a runtime there runs plugins. */
    private static final class OnNode implements PluginHost {

        @Override
        public String path() {
            return "/opt/cni/bin";
        }

        @Override
        public Program.Ended run(String type, SortedMap<String, String> environment, String input)
                throws IOException {
            var words = new ArrayList<>(List.of("env", "-i"));
            environment.forEach((name, value) -> words.add(name + "=" + value));
            words.add(path() + "/" + type);
            try {
                Ended ended = lab.execWith(input, NODE, words.toArray(String[]::new));
                return new Program.Ended(ended.status(), ended.out(), ended.err());
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        }
    }

    private static void isWithoutIpv6(ContainerAttachment pod) throws Exception {
        try (var thread = NamespaceThread.start("reader")) {
            for (String scope : List.of("all", "default", "lo")) {
                String name = "net/ipv6/conf/" + scope + "/disable_ipv6";
                assertThat(thread.inside(file(pod), () -> Sysctl.read(name))).isEqualTo("1");
            }
        }
    }

    private static void isReachedByItsHostPort(ContainerAttachment pod) throws Exception {
        String node =
                lab.status(NODE).enis().getFirst().addresses().stream()
                        .filter(slot -> slot.state().equals("primary"))
                        .map(NodeStatus.Slot::address)
                        .findFirst()
                        .orElseThrow();
        try (var thread = NamespaceThread.start("traffic");
                ServerSocket server = thread.inside(file(pod), () -> new ServerSocket(PORT));
                Socket client = thread.inside(lab.namespace(OTHER), () -> unbound())) {
            server.setSoTimeout(PATIENCE_MILLIS);
            client.connect(new InetSocketAddress(node, HOST_PORT), PATIENCE_MILLIS);
            try (Socket served = server.accept()) {
                client.getOutputStream().write('?');
                assertThat(served.getInputStream().read()).isEqualTo('?');
            }
        }
    }

    /** A socket is made when it is bound. */
    private static Socket unbound() throws IOException {
        var socket = new Socket();
        socket.bind(null);
        return socket;
    }
}
