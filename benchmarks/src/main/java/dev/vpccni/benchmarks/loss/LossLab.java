package dev.vpccni.benchmarks.loss;

import dev.vpccni.benchmarks.NodeScript;
import dev.vpccni.emulator.fabric.Egress;
import dev.vpccni.emulator.fabric.FabricPlan;
import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import dev.vpccni.lab.LabClient;
import dev.vpccni.lab.LabSettings;
import dev.vpccni.linux.namespace.NamespaceThread;
import dev.vpccni.testing.traffic.Answerer;
import dev.vpccni.testing.traffic.Mix;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A node with a pod on each of two interfaces that talk, and who they talk to; closing takes all of
 * it down.
 */
final class LossLab implements AutoCloseable {

    static final String NODE = "node-1";

    private static final String NAME = "vpccni-loss";
    private static final String OTHER_NODE = "node-2";
    private static final int PORT = 7;

    /** Nine fit the primary interface of a c5.large; two more lie on the next. */
    private static final long PODS = 11;

    private final LabClient client = new LabClient(NAME);
    private final NamespaceThread thread;
    private final List<Answerer> answerers = new ArrayList<>();
    private final List<Pod> talkers = new ArrayList<>();
    private String other = "";

    private LossLab(NamespaceThread thread) {
        this.thread = thread;
    }

    private record Pod(String name, String address, boolean primary, int nodePort) {

        String on() {
            return primary ? "primary" : "secondary";
        }
    }

    /** Starts a lab in which everybody is ready to talk. */
    static LossLab up(Path home) throws IOException, InterruptedException {
        var lab = new LossLab(NamespaceThread.start("loss"));
        lab.client.down();
        lab.client.up(
                new LabSettings(
                        NAME,
                        2,
                        "c5.large",
                        new TreeMap<>(),
                        "instant",
                        1,
                        true,
                        Egress.INTERNET_GATEWAY,
                        home));
        boolean done = false;
        try {
            lab.populate();
            done = true;
            return lab;
        } catch (JsonException e) {
            throw new IOException(e);
        } finally {
            if (!done) {
                lab.close();
            }
        }
    }

    private void populate() throws IOException, InterruptedException, JsonException {
        client.ask(Map.of("verb", "pod-add", "node", NODE, "count", PODS, "name", "talker"));
        client.ask(Map.of("verb", "pod-add", "node", OTHER_NODE, "count", 1L, "name", "other"));
        for (JsonObject node : client.ask(Map.of("verb", "status")).objects("nodes")) {
            for (JsonObject eni : node.objects("enis")) {
                for (JsonObject slot : eni.objects("addresses")) {
                    if (slot.string("state").equals("assigned")) {
                        populate(node.string("name"), eni.integer("device") == 0, slot);
                    }
                }
            }
        }
        answer(internet(), FabricPlan.INTERNET_SERVER.toString());
        serveNodePorts("I");
    }

    private void populate(String node, boolean primary, JsonObject slot)
            throws IOException, JsonException {
        String pod = slot.string("pod");
        String address = slot.string("address");
        if (node.equals(OTHER_NODE)) {
            other = address;
            answer(client.networkNamespace(pod), address);
        } else if (talkers.stream().noneMatch(known -> known.primary() == primary)) {
            talkers.add(new Pod(pod, address, primary, primary ? 30_007 : 30_008));
            answer(client.networkNamespace(pod), address);
        }
    }

    /**
     * Writes the rules of two node ports in kube-proxy's place, as whoever flushes tables takes
     * them away, too.
     */
    void serveNodePorts(String verb) throws IOException, InterruptedException {
        for (Pod pod : talkers) {
            var _ =
                    run(
                            """
                            for protocol in udp tcp; do
                                iptables -t nat -%s PREROUTING -p $protocol --dport %d -m addrtype \
                                    --dst-type LOCAL -j DNAT --to-destination %s:7
                            done
                            """
                                    .formatted(verb, pod.nodePort(), pod.address()));
        }
    }

    /** Starts datagrams and connections on each way. */
    Mix talk() throws IOException {
        var mix = new Mix();
        for (Pod pod : talkers) {
            Path from = client.networkNamespace(pod.name());
            add(mix, pod.on() + " to a pod on another node", from, other, PORT);
            add(
                    mix,
                    pod.on() + " to the internet",
                    from,
                    FabricPlan.INTERNET_SERVER.toString(),
                    PORT);
            add(
                    mix,
                    "the internet to a node port, " + pod.on(),
                    internet(),
                    FabricPlan.PUBLIC_ADDRESSES.network().plus(1).toString(),
                    pod.nodePort());
        }
        return mix;
    }

    /** Ends the daemon and starts it with other variables; waits until it serves. */
    void restart(Map<String, String> environment) throws IOException {
        client.ask(Map.of("verb", "daemon", "node", NODE, "action", "stop"));
        client.ask(
                Map.of(
                        "verb",
                        "daemon",
                        "node",
                        NODE,
                        "action",
                        "start",
                        "environment",
                        environment));
    }

    /** Runs a script by sh on the node and returns what it prints. */
    String run(String script) throws IOException, InterruptedException {
        return NodeScript.run(client, NODE, script);
    }

    private static Path internet() {
        return Path.of("/run/netns/vpccni-" + NAME + "-internet");
    }

    private void answer(Path where, String address) throws IOException {
        var at = new InetSocketAddress(address, PORT);
        answerers.add(
                thread.inside(
                        where,
                        () ->
                                Answerer.start(
                                        DatagramChannel.open(StandardProtocolFamily.INET).bind(at),
                                        ServerSocketChannel.open(StandardProtocolFamily.INET)
                                                .bind(at))));
    }

    private void add(Mix mix, String way, Path from, String address, int port) throws IOException {
        mix.add(
                way,
                thread.inside(from, () -> DatagramChannel.open(StandardProtocolFamily.INET)),
                () ->
                        thread.inside(
                                from,
                                () -> SocketChannel.open(StandardProtocolFamily.INET).socket()),
                new InetSocketAddress(address, port));
    }

    @Override
    public void close() throws IOException {
        for (Answerer answerer : answerers) {
            answerer.close();
        }
        thread.close();
        client.down();
    }
}
