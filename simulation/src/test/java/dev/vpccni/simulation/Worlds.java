package dev.vpccni.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.cni.CniCommand;
import dev.vpccni.cni.CniException;
import dev.vpccni.cni.CniResult;
import dev.vpccni.cni.GcAttachment;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.PodName;
import dev.vpccni.node.Node;
import dev.vpccni.node.explanation.Explanation;
import dev.vpccni.node.settings.NodeSettings;
import dev.vpccni.node.settings.PoolSettings;
import dev.vpccni.simulation.host.SimulatedNode;
import dev.vpccni.simulation.host.SimulatedSandbox;
import dev.vpccni.simulation.time.SimulatedProcess;
import dev.vpccni.simulation.workload.Requests;
import dev.vpccni.vpc.settings.Latency;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Worlds of one node, with EC2 calls of 300 ms and devices after 2 s, and what tests ask them. */
final class Worlds {

    static final Latency LATENCY = Latency.scenario(Duration.ofMillis(300), Duration.ofSeconds(2));

    /** How long an ADD waits for an address. */
    private static final Duration PATIENCE = Duration.ofSeconds(59);

    private Worlds() {}

    /** Returns a world whose node has come to rest. */
    static World atRest(String type, PoolSettings pool) {
        return atRest(new World(1, type, NodeSettings.DEFAULT.withPool(pool), LATENCY));
    }

    /** Boots the node of {@code world} and lets it come to rest. */
    static World atRest(World world) {
        var _ = world.node().boot();
        world.pass(60);
        assertThat(serving(world).connected()).isTrue();
        return world;
    }

    /**
     * Returns the targets {@code WARM_IP_TARGET}, {@code MINIMUM_IP_TARGET}, {@code
     * WARM_ENI_TARGET}.
     */
    static PoolSettings targets(int warmAddresses, int minimumAddresses, int warmInterfaces) {
        return PoolSettings.DEFAULT.withTargets(warmAddresses, minimumAddresses, warmInterfaces);
    }

    static Node serving(World world) {
        return Objects.requireNonNull(world.node().serving());
    }

    /** Returns how many addresses each interface has for pods, those without any left out. */
    static String shape(World world) {
        return String.join(
                " ",
                world.shape().values().stream()
                        .filter(addresses -> addresses > 0)
                        .map(String::valueOf)
                        .toList());
    }

    /** Returns how often {@code action} was asked for. */
    static int calls(World world, String action) {
        return world.cloud.calls().getOrDefault(action, 0);
    }

    /** Returns how often each action was asked for since {@code before}; none with zero. */
    static SortedMap<String, Integer> since(SortedMap<String, Integer> before, World world) {
        var more = new TreeMap<String, Integer>();
        world.cloud
                .calls()
                .forEach((action, count) -> {
                    int difference = count - before.getOrDefault(action, 0);
                    if (difference > 0) {
                        more.put(action, difference);
                    }
                });
        return more;
    }

    /** Returns the node's decisions, as lines. */
    static List<String> decisions(World world) {
        return world.node().explanations().stream().map(Worlds::line).toList();
    }

    private static String line(Explanation decision) {
        return decision.what() + ": " + decision.why();
    }

    /** Returns a sandbox that no kubelet knows of. */
    static SimulatedSandbox sandbox(String name) {
        return new SimulatedSandbox(new PodName("default", name), "c-" + name);
    }

    /**
     * What came of a verb.
     *
     * @param value null if it was refused, or the daemon died
     * @param refusal null if it was not refused
     * @param took how long it took
     */
    record Answer<T>(@Nullable T value, @Nullable CniException refusal, Duration took) {

        /** Returns the refusal's text and details. */
        String text() {
            CniException e = Objects.requireNonNull(refusal, "it succeeded");
            return e.error().message() + "\n" + e.error().details();
        }
    }

    /** A verb that was sent and may still be at work. */
    static final class Sent<T> {

        private final World world;
        private @Nullable Answer<T> answer;

        private Sent(World world) {
            this.world = world;
        }

        /** Tells whether it has been answered. */
        boolean isAnswered() {
            return answer != null;
        }

        /** Lets time pass until it is answered. */
        Answer<T> await() {
            var _ = world.passUntil(this::isAnswered, PATIENCE.plusSeconds(2));
            return Objects.requireNonNull(answer);
        }
    }

    /** Sends a verb. */
    static <T> Sent<T> send(World world, SimulatedNode.Verb<T> verb) {
        SimulatedProcess runtime = world.baton.process("runtime");
        var sent = new Sent<T>(world);
        runtime.start(
                "verb",
                () -> {
                    long start = runtime.nanos();
                    T value = null;
                    CniException refusal = null;
                    try {
                        value = world.node().ask(runtime, PATIENCE.plusSeconds(1), verb);
                    } catch (CniException e) {
                        refusal = e;
                    }
                    Duration took = Duration.ofNanos(runtime.nanos() - start);
                    sent.answer = new Answer<>(value, refusal, took);
                });
        return sent;
    }

    /** Sends an ADD. */
    static Sent<CniResult> sendAdd(World world, SimulatedSandbox sandbox) {
        return send(
                world,
                node ->
                        node.pods()
                                .add(
                                        Requests.of(CniCommand.ADD, sandbox, null),
                                        sandbox,
                                        PATIENCE));
    }

    /** Sends an ADD, and waits for what comes of it. */
    static Answer<CniResult> add(World world, SimulatedSandbox sandbox) {
        return sendAdd(world, sandbox).await();
    }

    /** Sends a DEL, and waits for what comes of it. */
    static Answer<Boolean> del(
            World world, SimulatedSandbox sandbox, @Nullable CniResult previous) {
        return send(
                        world,
                        node -> {
                            node.pods().del(Requests.of(CniCommand.DEL, sandbox, previous));
                            return true;
                        })
                .await();
    }

    /** Sends a GC, and waits for what comes of it. */
    static Answer<Integer> gc(World world, SimulatedSandbox... valid) {
        List<GcAttachment> attachments =
                Arrays.stream(valid)
                        .map(sandbox -> new GcAttachment(sandbox.containerId(), "eth0"))
                        .toList();
        return send(world, node -> node.pods().gc(Requests.gc(attachments))).await();
    }

    /** Returns the address that an ADD brought. */
    static Ipv4Address address(Answer<CniResult> added) {
        CniResult result = Objects.requireNonNull(added.value(), "it was refused");
        return Ipv4Address.parse(result.ips().getFirst().address().replace("/32", ""));
    }
}
