package dev.vpccni.simulation.host;

import dev.vpccni.cni.CniException;
import dev.vpccni.cni.CniRequest;
import dev.vpccni.model.InstanceId;
import dev.vpccni.model.InstanceType;
import dev.vpccni.node.Node;
import dev.vpccni.node.explanation.Explanation;
import dev.vpccni.node.port.Cluster;
import dev.vpccni.node.port.HostException;
import dev.vpccni.node.port.Spool;
import dev.vpccni.node.port.Tempo;
import dev.vpccni.node.settings.NodeSettings;
import dev.vpccni.simulation.cloud.CloudEc2;
import dev.vpccni.simulation.cloud.CloudMetadata;
import dev.vpccni.simulation.cloud.SimulatedCloud;
import dev.vpccni.simulation.time.Baton;
import dev.vpccni.simulation.time.SimulatedProcess;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/** An instance with its kernel, its disk and, most of the time, a daemon. */
public final class SimulatedNode {

    private static final int EXPLANATIONS_KEPT = 60;

    private final HostTables kernel;
    private final LosingDisk disk = new LosingDisk();
    private final SimulatedCluster cluster;
    private final InstanceType type;
    private final InstanceId instance;
    private final Baton baton;
    private final SimulatedCloud cloud;
    private NodeSettings settings;
    private NodeSettings next;
    private final List<Spool.Entry> spooled = new ArrayList<>();
    private final Deque<Explanation> explanations = new ArrayDeque<>();
    private SimulatedProcess daemon;
    private @Nullable Node node;
    private boolean cloudReachable = true;

    /** Launches an instance; {@link #boot} starts its daemon. */
    public SimulatedNode(
            Baton baton, SimulatedCloud cloud, InstanceType type, NodeSettings settings) {
        this.baton = baton;
        this.cloud = cloud;
        this.settings = settings;
        this.next = settings;
        this.type = type;
        instance = cloud.launch(type, settings.addressing().family());
        kernel = new HostTables(cloud, instance, baton.random());
        cluster = new SimulatedCluster(baton);
        daemon = baton.process("daemon");
        daemon.kill();
    }

    /** Returns its kernel. */
    public HostTables kernel() {
        return kernel;
    }

    /** Returns its disk. */
    public LosingDisk disk() {
        return disk;
    }

    /** Returns what the cluster says about it. */
    public SimulatedCluster cluster() {
        return cluster;
    }

    /** Returns what it is. */
    public InstanceType type() {
        return type;
    }

    /** Returns its identifier. */
    public InstanceId instance() {
        return instance;
    }

    /** Returns what its daemons are told. */
    public NodeSettings settings() {
        return settings;
    }

    /** Has the daemon started with other settings the next time that it is. */
    public void settings(NodeSettings others) {
        next = others;
    }

    /** Starts a daemon, whose predecessor must be dead, and returns its process. */
    public SimulatedProcess boot() {
        if (!daemon.isDead()) {
            throw new IllegalStateException("one daemon at a time");
        }
        SimulatedProcess process = baton.process("daemon of " + instance);
        baton.tell(() -> instance + ": a daemon starts");
        daemon = process;
        settings = next;
        node = null;
        process.start("main", () -> main(process));
        return process;
    }

    /** Decides whether daemons that start from now on find EC2 and metadata. */
    public void cloudReachable(boolean changed) {
        cloudReachable = changed;
    }

    /** Returns the daemon's process, dead or alive. */
    public SimulatedProcess daemon() {
        return daemon;
    }

    /** Returns the node's procedures, or null where no daemon serves verbs now. */
    public @Nullable Node serving() {
        return daemon.isDead() ? null : node;
    }

    /** Returns the latest decisions of all daemons, oldest first. */
    public List<Explanation> explanations() {
        return List.copyOf(explanations);
    }

    /** One request to the daemon, by a connection that breaks when the daemon dies. */
    public interface Verb<T> {
        /** Does it. */
        T carryOut(Node serving) throws CniException, InterruptedException;
    }

    /**
     * Has the daemon carry out {@code verb} while {@code caller} waits.
     *
     * @return null if there is no daemon, or it died, or {@code patience} passed
     * @throws CniException what the daemon answered
     */
    public <T> @Nullable T ask(SimulatedProcess caller, Duration patience, Verb<T> verb)
            throws CniException {
        Node asked = serving();
        SimulatedProcess process = daemon;
        if (asked == null) {
            return null;
        }
        Tempo.Signal answered = caller.signal();
        var result = new Answer<T>();
        process.start(
                "verb",
                () -> {
                    try {
                        result.value = verb.carryOut(asked);
                    } catch (CniException e) {
                        result.error = e;
                    } catch (InterruptedException e) {
                        throw new AssertionError("nobody interrupts verbs", e);
                    }
                    answered.raise();
                });
        process.onKill(answered::raise);
        try {
            answered.await(patience);
        } catch (InterruptedException e) {
            throw new AssertionError("nobody interrupts the kubelet", e);
        }
        if (result.error != null) {
            throw result.error;
        }
        return result.value;
    }

    /** Puts a DEL aside, as the plugin does when it finds no daemon. */
    public void spool(CniRequest del) {
        spooled.add(new Spool.Entry(del.key().toString(), del));
    }

    /** Returns the DELs that were put aside and not carried out. */
    public List<Spool.Entry> spooled() {
        return List.copyOf(spooled);
    }

    private static final class Answer<T> {
        @Nullable T value;
        @Nullable CniException error;
    }

    private void main(SimulatedProcess process) {
        try {
            Node started =
                    Node.start(
                            settings,
                            disk.of(process),
                            new SpoolFolder(process),
                            kernel.of(process),
                            process,
                            new SplittableRandom(baton.random().nextLong()),
                            this::note);
            node = started;
            Cluster objects = cluster.of(process);
            while (!cloudReachable) {
                process.pause(Duration.ofSeconds(1));
            }
            started.connect(
                    new CloudMetadata(cloud, instance, process),
                    new CloudEc2(cloud, instance, process),
                    objects,
                    reason -> {
                        throw new AssertionError(reason);
                    });
        } catch (IOException | HostException e) {
            process.kill();
        } catch (InterruptedException e) {
            throw new AssertionError("nobody interrupts main", e);
        }
    }

    private void note(Explanation explanation) {
        baton.tell(() -> instance + ": " + explanation.what() + ": " + explanation.why());
        if (explanations.size() == EXPLANATIONS_KEPT) {
            explanations.removeFirst();
        }
        explanations.add(explanation);
    }

    private final class SpoolFolder implements Spool {

        private static final Duration LATENCY = Duration.ofNanos(50_000);

        private final SimulatedProcess process;

        SpoolFolder(SimulatedProcess process) {
            this.process = process;
        }

        @Override
        public List<Entry> list() {
            process.cross(LATENCY);
            return List.copyOf(spooled);
        }

        @Override
        public void remove(Entry entry) {
            process.cross(LATENCY);
            spooled.remove(entry);
            process.cross(LATENCY);
        }
    }
}
