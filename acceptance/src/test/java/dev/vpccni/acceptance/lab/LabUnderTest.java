package dev.vpccni.acceptance.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import dev.vpccni.lab.LabClient;
import dev.vpccni.lab.LabSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** A lab that a test has to itself, with the daemon and the plugin of this build. */
public final class LabUnderTest implements AutoCloseable {

    /** One lab at a time: tests run one after another, and leave none behind. */
    private static final String NAME = System.getProperty("vpccni.lab", "vpccni-test");

    private static final Duration POLL = Duration.ofMillis(100);
    private static final int TRIES = 50;
    private static final long SEED = 20_260_101;

    private final LabClient client = new LabClient(NAME);
    private int named;

    private LabUnderTest() {}

    /** Starts a lab and waits until its nodes are ready. Fails if this is not root. */
    public static LabUnderTest up(WantedLab wanted) throws IOException, InterruptedException {
        new LabClient(NAME).down();
        return upAsIs(wanted);
    }

    /** Like {@link #up}, and leaves what an interrupted lab left to the new one to remove. */
    public static LabUnderTest upAsIs(WantedLab wanted) throws IOException, InterruptedException {
        assertThat(Files.getAttribute(Path.of("/proc/self"), "unix:uid"))
                .as("these tests make network namespaces and need root")
                .isEqualTo(0);
        var lab = new LabUnderTest();
        lab.client.up(settings(wanted));
        return lab;
    }

    /** Starts a lab with a Kubernetes cluster, whose programs are built if they are not there. */
    public static LabUnderTest upWithKubernetes(WantedLab wanted)
            throws IOException, InterruptedException {
        Ended built =
                Ended.of(new ProcessBuilder(home().resolve("scripts/kubernetes/build").toString()));
        assertThat(built.status()).as(built.err()).isZero();
        var lab = new LabUnderTest();
        lab.client.down();
        lab.client.up(settings(wanted).withKubernetes(Path.of(built.out().strip())));
        return lab;
    }

    private static LabSettings settings(WantedLab wanted) {
        return new LabSettings(
                NAME,
                wanted.nodes(),
                wanted.instanceType(),
                wanted.environment(),
                wanted.latency(),
                SEED,
                wanted.daemons(),
                wanted.egress(),
                wanted.topology(),
                home());
    }

    /** Returns the checkout, where {@code dist} lies. */
    public static Path home() {
        Path home = Path.of("").toAbsolutePath().resolve("..").normalize();
        assertThat(home.resolve("dist/lib")).as("the build comes before these tests").isDirectory();
        return home;
    }

    /** Asks for pods all at once, and returns what came of each. */
    public List<PodOutcome> add(String node, int count) throws IOException, JsonException {
        named++;
        return add(node, count, "pod-" + named);
    }

    /** Asks for pods called {@code name}-1 and so on. */
    public List<PodOutcome> add(String node, int count, String name)
            throws IOException, JsonException {
        return outcomes(
                client.ask(
                        Map.of(
                                "verb",
                                "pod-add",
                                "node",
                                node,
                                "count",
                                (long) count,
                                "name",
                                name)));
    }

    /** Asks for pods all at once, each of which must succeed, and returns them. */
    public List<PodOutcome> added(String node, int count) throws IOException, JsonException {
        List<PodOutcome> pods = add(node, count);
        assertThat(pods).as("pods added on " + node).allMatch(pod -> pod.error().isEmpty());
        return pods;
    }

    /** Removes pods; each must succeed. */
    public void remove(List<String> names) throws IOException, JsonException {
        assertThat(outcomes(client.ask(Map.of("verb", "pod-rm", "names", names))))
                .allMatch(pod -> pod.error().isEmpty());
    }

    /** Removes every pod; each must succeed. */
    public void removeAll() throws IOException, JsonException {
        assertThat(outcomes(client.ask(Map.of("verb", "pod-rm", "all", true))))
                .allMatch(pod -> pod.error().isEmpty());
    }

    /**
     * A pod that was asked for or removed.
     *
     * @param address empty if it has none
     * @param error empty if it went well
     */
    public record PodOutcome(String name, String node, String address, long millis, String error) {}

    /** Starts, stops or kills the daemon of a node. */
    public void daemon(String node, String action) throws IOException {
        client.ask(Map.of("verb", "daemon", "node", node, "action", action));
    }

    /** Starts the daemon of a node, which is told other variables from now on. */
    public void startDaemon(String node, Map<String, String> changes) throws IOException {
        client.ask(
                Map.of("verb", "daemon", "node", node, "action", "start", "environment", changes));
    }

    /** Returns who reaches whom: by row and column, the address that was seen. */
    public Map<String, Map<String, String>> connectivity() throws IOException, JsonException {
        var rows = new LinkedHashMap<String, Map<String, String>>();
        for (JsonObject row : client.ask(Map.of("verb", "connectivity")).objects("rows")) {
            var results = new LinkedHashMap<String, String>();
            for (JsonObject result : row.objects("results")) {
                results.put(result.string("to"), orEmpty(result, "seen"));
            }
            rows.put(row.string("from"), results);
        }
        return rows;
    }

    /** Returns the nodes as {@code lab status -o json} shows them. */
    public List<NodeStatus> status() throws IOException, JsonException {
        return NodeStatus.all(client.ask(Map.of("verb", "status")));
    }

    /** Returns a node as {@code lab status -o json} shows it. */
    public NodeStatus status(String node) throws IOException, JsonException {
        return status().stream().filter(n -> n.name().equals(node)).findFirst().orElseThrow();
    }

    /** Asks the lab as its command line does. */
    public JsonObject ask(Map<String, ?> members) throws IOException {
        return client.ask(members);
    }

    /**
     * Runs a program on a node or in a pod.
     *
     * @return how it ended and what it printed
     */
    public Ended exec(String where, String... words) throws IOException, InterruptedException {
        return Ended.of(command(where, words));
    }

    /** Runs a program with {@code input} on its standard input. */
    public Ended execWith(String input, String where, String... words)
            throws IOException, InterruptedException {
        return Ended.of(command(where, words), input);
    }

    /** Starts a program on a node or in a pod; the caller waits for it, or ends it. */
    public Process start(String where, String... words) throws IOException {
        return command(where, words).start();
    }

    /** Starts a program that writes what it says into a file. */
    public Process start(String where, Path said, List<String> words) throws IOException {
        return command(where, words.toArray(String[]::new))
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
    }

    /**
     * Returns the program that a process of {@link #start} runs: a process of its own, with a
     * number of its own on the node.
     */
    public static ProcessHandle program(Process started) throws InterruptedException {
        for (int tries = 0; started.isAlive() && tries < TRIES; tries++) {
            var program = started.children().findFirst();
            if (program.isPresent()) {
                return program.get();
            }
            Thread.sleep(POLL);
        }
        return started.toHandle();
    }

    /** Returns where a file in a node's folder of logs lies on this computer. */
    public static Path log(String node, String name) {
        return Path.of(
                "/run/vpc-cni-lab", NAME, "nodes", node, "files/var/log/aws-routed-eni", name);
    }

    /** Returns where a node's checkpoint lies on this computer. */
    public static Path checkpoint(String node) {
        return Path.of("/run/vpc-cni-lab", NAME, "nodes", node, "run/aws-node/ipam.json");
    }

    private ProcessBuilder command(String where, String... words) throws IOException {
        return client.program(where, Arrays.asList(words));
    }

    /** Returns the file of the network namespace of a node or a pod. */
    public Path namespace(String where) throws IOException {
        return client.networkNamespace(where);
    }

    /** Returns where the file of a pod's network namespace lies on this computer. */
    public static Path podNamespace(String node, String name) {
        return Path.of("/run/vpc-cni-lab", NAME, "nodes", node, "netns", name);
    }

    /** Returns the socket on which the plugin calls the daemon of a node. */
    public static Path socket(String node) {
        return Path.of("/run/vpc-cni-lab", NAME, "nodes", node, "run/aws-node/cni.sock");
    }

    /** Returns the folder in /proc of the one daemon of a node. */
    public Path daemonProcess(String node) throws IOException {
        Object network = Files.getAttribute(namespace(node), "unix:ino");
        try (Stream<ProcessHandle> processes = ProcessHandle.allProcesses()) {
            return processes
                    .filter(process ->
                            Arrays.asList(process.info().arguments().orElse(new String[0]))
                                    .contains("dev.vpccni.daemon.Main"))
                    .map(process -> Path.of("/proc", String.valueOf(process.pid())))
                    .filter(process -> network.equals(inode(process.resolve("ns/net"))))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static Object inode(Path file) {
        try {
            return Files.getAttribute(file, "unix:ino");
        } catch (IOException e) {
            return "the process has ended";
        }
    }

    /** Returns the file of the network namespace of a server around the VPC. */
    public Path server(String name) {
        return Path.of("/run/netns/vpccni-" + NAME + "-" + name);
    }

    /** Returns the name that this lab, and each namespace of it, has. */
    public static String name() {
        return NAME;
    }

    /** Waits until {@code condition} holds. */
    public void await(String what, Duration patience, Check condition) throws Exception {
        long deadline = System.nanoTime() + patience.toNanos();
        while (!condition.holds()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("waited in vain for " + what + ": " + status());
            }
            Thread.sleep(POLL);
        }
    }

    /** Something that becomes true. */
    public interface Check {
        boolean holds() throws Exception;
    }

    @Override
    public void close() throws IOException {
        client.down();
    }

    private static List<PodOutcome> outcomes(JsonObject reply) throws JsonException {
        var outcomes = new ArrayList<PodOutcome>();
        for (JsonObject pod : reply.objects("pods")) {
            outcomes.add(
                    new PodOutcome(
                            pod.string("name"),
                            pod.string("node"),
                            orEmpty(pod, "address"),
                            pod.integer("milliseconds"),
                            orEmpty(pod, "error")));
        }
        return outcomes;
    }

    private static String orEmpty(JsonObject object, String name) throws JsonException {
        String value = object.stringOrNull(name);
        return value == null ? "" : value;
    }
}
