package dev.vpccni.kubernetes;

import dev.vpccni.kubernetes.api.ApiClient;
import dev.vpccni.node.port.Tempo;
import dev.vpccni.node.work.Retry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Tells the cluster whether pods can be connected on the node: by its condition, by a taint that it
 * starts with, and by an event where its kubelet admits more pods than there are addresses for. The
 * API server is asked only where something is not as it should be.
 */
public final class NodeReport implements Runnable, AutoCloseable {

    /** How often the daemon itself is looked at. */
    private static final Duration PERIOD = Duration.ofSeconds(1);

    private final KubernetesCluster cluster;
    private final Supplier<@Nullable String> obstacle;
    private final Tempo.Signal news;
    private final List<NodeDuty> duties = new ArrayList<>();
    private volatile boolean closed;

    /**
     * What is written.
     *
     * @param condition whether it is the Node's condition
     * @param taint the key of the taint that is removed; empty for none
     */
    public record Writes(boolean condition, String taint) {}

    /**
     * @param obstacle why no pod can be connected now; null where they can. Must not wait
     * @param addressesMax how many pods the node can give addresses to; negative while that is not
     *     known
     */
    public NodeReport(
            ApiClient client,
            KubernetesCluster cluster,
            String nodeName,
            Writes writes,
            Supplier<@Nullable String> obstacle,
            LongSupplier addressesMax,
            Tempo tempo,
            RandomGenerator random,
            Consumer<String> log,
            Operator operator) {
        this.cluster = cluster;
        this.obstacle = obstacle;
        news = tempo.signal();
        var writer = new NodeWriter(client, nodeName, tempo, new Retry(tempo, random));
        if (writes.condition) {
            duties.add(new NodeCondition(writer, tempo, log, operator));
        }
        if (!writes.taint.isEmpty()) {
            duties.add(new StartupTaint(writer, writes.taint, log, operator));
        }
        duties.add(new PodLimitCheck(addressesMax, log, operator));
        cluster.onNodeChange(news::raise);
    }

    /** Looks and writes until it is closed. */
    @Override
    public void run() {
        try {
            while (!closed) {
                NodeObject.Said said = cluster.node();
                if (!said.uid().isEmpty()) {
                    String now = obstacle.get();
                    for (NodeDuty duty : duties) {
                        duty.attend(said, now);
                    }
                }
                var _ = news.await(PERIOD);
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /** Writes no more. What was written stays: the next daemon is a moment away. */
    @Override
    public void close() {
        closed = true;
        news.raise();
    }
}
