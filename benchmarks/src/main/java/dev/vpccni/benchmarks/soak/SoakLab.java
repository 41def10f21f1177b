package dev.vpccni.benchmarks.soak;

import dev.vpccni.benchmarks.NodeScript;
import dev.vpccni.emulator.fabric.Egress;
import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import dev.vpccni.lab.LabClient;
import dev.vpccni.lab.LabFolder;
import dev.vpccni.lab.LabSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The lab of a soak; closing takes it down. */
final class SoakLab implements AutoCloseable {

    static final List<String> NODES = List.of("node-1", "node-2");

    private static final String NAME = "vpccni-soak";

    /** Room for 232 pods: what comes and goes, and what cools meanwhile. */
    private static final String INSTANCE_TYPE = "m5.4xlarge";

    private static final String LATENCY = "call=200ms,device=1s";

    private final LabClient client = new LabClient(NAME);

    private SoakLab() {}

    /**
     * A pod that was asked for or removed.
     *
     * @param address empty if it has none
     * @param error empty if it went well
     */
    record Outcome(String name, String address, String error) {}

    /** Starts a lab and waits until its nodes are ready. */
    static SoakLab up(Path home, long seed) throws IOException, InterruptedException {
        var lab = new SoakLab();
        lab.client.down();
        lab.client.up(
                new LabSettings(
                        NAME,
                        NODES.size(),
                        INSTANCE_TYPE,
                        new TreeMap<>(),
                        LATENCY,
                        seed,
                        true,
                        Egress.INTERNET_GATEWAY,
                        home));
        return lab;
    }

    /** Asks for pods all at once, and returns what came of each. */
    List<Outcome> add(String node, int count, String name) throws IOException {
        return outcomes(
                Map.of("verb", "pod-add", "node", node, "count", (long) count, "name", name));
    }

    /** Removes pods, and returns what came of each. */
    List<Outcome> remove(List<String> names) throws IOException {
        return outcomes(Map.of("verb", "pod-rm", "names", names));
    }

    /** Returns the pods that run on a node, by address. */
    SortedMap<String, String> pods(String node) throws IOException {
        try {
            var pods = new TreeMap<String, String>();
            for (JsonObject pod : client.ask(Map.of("verb", "pods")).objects("pods")) {
                if (pod.string("node").equals(node)) {
                    pods.put(pod.string("address"), pod.string("name"));
                }
            }
            return pods;
        } catch (JsonException e) {
            throw new IOException(e);
        }
    }

    /** Returns the address of a node's first interface. */
    String address(String node) throws IOException {
        try {
            for (JsonObject each : client.ask(Map.of("verb", "status")).objects("nodes")) {
                if (each.string("name").equals(node)) {
                    JsonObject first = each.objects("enis").getFirst();
                    return first.objects("addresses").getFirst().string("address");
                }
            }
        } catch (JsonException e) {
            throw new IOException(e);
        }
        throw new IOException("no node " + node);
    }

    /**
     * Returns how often a node called.
     *
     * @param kind {@code ec2}, {@code ec2Failed} or {@code metadata}
     */
    SortedMap<String, Long> calls(String node, String kind) throws IOException {
        try {
            var calls = new TreeMap<String, Long>();
            for (JsonObject each : client.ask(Map.of("verb", "calls")).objects("nodes")) {
                if (each.string("name").equals(node)) {
                    JsonObject counts = each.object(kind);
                    for (String name : counts.names()) {
                        calls.put(name, counts.integer(name));
                    }
                }
            }
            return calls;
        } catch (JsonException e) {
            throw new IOException(e);
        }
    }

    /** Returns how many network interfaces there are in EC2, whoever made them. */
    int interfaces() throws IOException, InterruptedException {
        String said =
                run(
                        NODES.getFirst(),
                        "curl -sS --fail --max-time 10 \"$AWS_ENDPOINT_URL_EC2\""
                                + " -d Action=DescribeNetworkInterfaces -d Version=2016-11-15");
        return said.split("<item>\\s*<networkInterfaceId>", -1).length - 1;
    }

    /** Copies what the daemon of a node wrote into {@code folder}. */
    void keepLog(String node, Path folder) throws IOException {
        Path log = Path.of("nodes", node, "files/var/log/aws-routed-eni/ipamd.log");
        Files.copy(new LabFolder(NAME).path().resolve(log), folder.resolve(node + ".log"));
    }

    /** Starts or kills the daemon of a node; a start waits until it serves. */
    void daemon(String node, String action) throws IOException {
        client.ask(Map.of("verb", "daemon", "node", node, "action", action));
    }

    /** Runs a script by sh on a node and returns what it prints. */
    String run(String node, String script) throws IOException, InterruptedException {
        return NodeScript.run(client, node, script);
    }

    /** Returns the file of the network namespace of a node or a pod. */
    Path namespace(String where) throws IOException {
        return client.networkNamespace(where);
    }

    /** Returns the file of the network namespace of the server in the internet. */
    static Path internet() {
        return Path.of("/run/netns/vpccni-" + NAME + "-internet");
    }

    /** Returns a socket of the daemon of a node, such as {@code cni.sock}. */
    static Path socket(String node, String name) {
        return new LabFolder(NAME).path().resolve("nodes/" + node + "/run/aws-node/" + name);
    }

    /** Returns the process of the daemon of a node; empty if there is none. */
    String daemonPid(String node) throws IOException {
        Object network = Files.getAttribute(namespace(node), "unix:ino");
        try (Stream<ProcessHandle> processes = ProcessHandle.allProcesses()) {
            return processes
                    .filter(process ->
                            Arrays.asList(process.info().arguments().orElse(new String[0]))
                                    .contains("dev.vpccni.daemon.Main"))
                    .map(process -> String.valueOf(process.pid()))
                    .filter(pid -> network.equals(inode(Path.of("/proc", pid, "ns/net"))))
                    .findFirst()
                    .orElse("");
        }
    }

    @Override
    public void close() throws IOException {
        client.down();
    }

    private static Object inode(Path file) {
        try {
            return Files.getAttribute(file, "unix:ino");
        } catch (IOException e) {
            return "the process has ended";
        }
    }

    private List<Outcome> outcomes(Map<String, ?> request) throws IOException {
        try {
            var outcomes = new ArrayList<Outcome>();
            for (JsonObject pod : client.ask(request).objects("pods")) {
                outcomes.add(
                        new Outcome(
                                pod.string("name"),
                                orEmpty(pod, "address"),
                                orEmpty(pod, "error")));
            }
            return outcomes;
        } catch (JsonException e) {
            throw new IOException(e);
        }
    }

    private static String orEmpty(JsonObject object, String name) throws JsonException {
        String value = object.stringOrNull(name);
        return value == null ? "" : value;
    }
}
