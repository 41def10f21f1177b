package dev.vpccni.controller;

import dev.vpccni.controller.cluster.BranchNode;
import dev.vpccni.controller.cluster.NodeView;
import dev.vpccni.kubernetes.NodeFeatures;
import dev.vpccni.kubernetes.api.ApiClient;
import dev.vpccni.kubernetes.api.ApiException;
import dev.vpccni.kubernetes.api.ApiRequests;
import dev.vpccni.node.port.Tempo;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Serves one node beside the others, so that one that fails holds up none. One thread runs it; any
 * may tell it of the node.
 */
final class NodeWorker implements Runnable, AutoCloseable {

    private static final Duration LOOK = Duration.ofMinutes(5);
    private static final Duration LATER = Duration.ofSeconds(30);

    private final ApiRequests requests;
    private final Function<BooleanSupplier, TrunkKeeper> keepers;
    private final int limit;
    private final BooleanSupplier leads;
    private final Tempo tempo;
    private final Reporter reporter;
    private final Tempo.Signal news;
    private volatile NodeView view;
    private volatile boolean closed;
    private @Nullable TrunkKeeper keeper;
    private String written = "";
    private Instant notBefore = Instant.MIN;

    /**
     * @param limit how many branches the node may have
     * @param keepers makes one that knows nothing yet; it is given what tells whether this worker
     *     may act now
     * @param leads tells whether this process may act now
     */
    NodeWorker(
            ApiClient client,
            NodeView view,
            int limit,
            Function<BooleanSupplier, TrunkKeeper> keepers,
            BooleanSupplier leads,
            Tempo tempo,
            Reporter reporter) {
        requests = new ApiRequests(client);
        this.view = view;
        this.limit = limit;
        this.keepers = keepers;
        this.leads = leads;
        this.tempo = tempo;
        this.reporter = reporter;
        news = tempo.signal();
    }

    /** Tells of the node as it is now. */
    void see(NodeView now) {
        if (!now.equals(view)) {
            view = now;
            news.raise();
        }
    }

    /** Tells whether it is the same instance, and so the same trunk. */
    boolean isOf(BranchNode node) {
        BranchNode served = view.node();
        return served.uid().equals(node.uid()) && served.instance().equals(node.instance());
    }

    @Override
    public void run() {
        try {
            while (mayAct()) {
                Duration wait = Duration.between(tempo.instant(), stepOrLater());
                if (wait.isPositive()) {
                    boolean _ = news.await(wait.compareTo(LOOK) < 0 ? wait : LOOK);
                }
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /** One that was closed in the midst of a step has a successor, also where the lease is back. */
    private boolean mayAct() {
        return !closed && leads.getAsBoolean();
    }

    @Override
    public void close() {
        closed = true;
        news.raise();
    }

    /** A fault of this program in one node is none of the others'. */
    private Instant stepOrLater() throws InterruptedException {
        try {
            return step();
        } catch (RuntimeException e) {
            keeper = null;
            reporter.line("a fault of this program, so that all is begun anew: " + e);
            tempo.pause(LATER);
            return tempo.instant();
        }
    }

    /** Returns until when there is nothing to do unless something changes. */
    private Instant step() throws InterruptedException {
        NodeView seen = view;
        BranchNode node = seen.node();
        if (!seen.hasObject()) {
            return write("make its CNINode", () -> makeObject(node));
        }
        if (!seen.wants()) {
            return tempo.instant().plus(LOOK);
        }
        TrunkKeeper own = keeper;
        if (own == null) {
            own = keepers.apply(this::mayAct);
            keeper = own;
        }
        Instant until = own.step(seen.pods(), seen.placement());
        String offer = String.valueOf(limit);
        if (own.hasTrunk() && !node.offers().equals(offer)) {
            Instant written = write("offer " + offer + " branch interfaces", () -> offer(node));
            return written.isBefore(until) ? written : until;
        }
        return until;
    }

    /** Something that is written for the node. */
    private interface Write {
        void send() throws ApiException, InterruptedException;
    }

    /** What is written is seen by a watch, later, and not written again at once. */
    private Instant write(String what, Write write) throws InterruptedException {
        Instant now = tempo.instant();
        if (!what.equals(written) || !now.isBefore(notBefore)) {
            written = what;
            notBefore = now.plus(LATER);
            try {
                write.send();
                reporter.line(what);
            } catch (ApiException e) {
                reporter.line("cannot " + what + ": " + e.getMessage());
            }
        }
        return notBefore;
    }

    private void makeObject(BranchNode node) throws ApiException, InterruptedException {
        Map<String, @Nullable Object> owner = new TreeMap<>();
        owner.put("apiVersion", "v1");
        owner.put("kind", "Node");
        owner.put("name", node.name());
        owner.put("uid", node.uid());
        Map<String, @Nullable Object> object = new TreeMap<>();
        object.put("apiVersion", "vpcresources.k8s.aws/v1alpha1");
        object.put("kind", "CNINode");
        object.put("metadata", Map.of("name", node.name(), "ownerReferences", List.of(owner)));
        object.put("spec", Map.of());
        var _ = requests.create(NodeFeatures.PATH, object, BranchController.MANAGER);
    }

    /** The kubelet copies what it can allocate from the capacity. */
    private void offer(BranchNode node) throws ApiException, InterruptedException {
        Map<String, @Nullable Object> change = new TreeMap<>();
        change.put("status", Map.of("capacity", Map.of(Annotation.NAME, String.valueOf(limit))));
        var _ =
                requests.merge(
                        "/api/v1/nodes/" + node.name() + "/status",
                        change,
                        BranchController.MANAGER);
    }
}
