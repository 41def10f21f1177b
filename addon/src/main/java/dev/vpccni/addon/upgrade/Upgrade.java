package dev.vpccni.addon.upgrade;

import dev.vpccni.addon.upgrade.DaemonPods.DaemonPod;
import dev.vpccni.addon.upgrade.UpgradeRecord.Stage;
import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import dev.vpccni.kubernetes.api.ApiClient;
import dev.vpccni.kubernetes.api.ApiException;
import dev.vpccni.kubernetes.api.ApiRequests;
import dev.vpccni.node.port.Tempo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Replaces the image of a DaemonSet's daemon: on one node first, where a pod is started to see that
 * pods come up, and then on the others. What it is about stands in an annotation of the DaemonSet
 * from its first change to its last one, so that whoever comes after a crash goes on, or back. Not
 * thread-safe.
 */
public final class Upgrade {

    static final String MANAGER = "vpc-cni-upgrade";

    private static final String DAEMON = "aws-node";
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final int CONFLICT = 409;

    /** A DaemonSet's status changes its version, too. */
    private static final int WRITES_MAX = 20;

    private final ApiRequests requests;
    private final UpgradeSettings settings;
    private final Tempo tempo;
    private final Consumer<String> lines;

    /**
     * @param client is not closed by this
     * @param lines takes what is said, for people
     */
    public Upgrade(
            ApiClient client, UpgradeSettings settings, Tempo tempo, Consumer<String> lines) {
        requests = new ApiRequests(client);
        this.settings = settings;
        this.tempo = tempo;
        this.lines = lines;
    }

    /** What may end an upgrade. */
    private interface Procedure {
        boolean run() throws ApiException, JsonException, UpgradeFailure, InterruptedException;
    }

    /**
     * Upgrades, or goes on with an upgrade to the same image.
     *
     * @return whether all nodes have the image; otherwise lines have said why
     */
    public boolean run() throws InterruptedException {
        return attempt(this::upgrade);
    }

    /**
     * Puts the former image back on all nodes.
     *
     * @return whether they have it; otherwise lines have said why
     */
    public boolean back() throws InterruptedException {
        return attempt(() -> {
            UpgradeRecord record = read().upgrade();
            if (record == null) {
                throw new UpgradeFailure("no upgrade is under way, and so none to go back from");
            }
            return goBack(record);
        });
    }

    /**
     * Says what would be done, and does nothing.
     *
     * @return whether it could be
     */
    public boolean plan() throws InterruptedException {
        return attempt(() -> {
            DaemonSetState set = read();
            UpgradeRecord under = set.upgrade();
            UpgradeRecord record = under == null ? begun(set) : under;
            if (record == null) {
                return true;
            }
            record.to()
                    .forEach((name, image) ->
                            lines.accept(
                                    "container "
                                            + name
                                            + ": "
                                            + record.from().get(name)
                                            + " -> "
                                            + image));
            lines.accept(
                    "canary " + record.canary() + (under == null ? "" : ", " + record.stage()));
            List<String> others = outdated(set, record);
            others.remove(record.canary());
            lines.accept(
                    "then "
                            + others.size()
                            + " nodes, "
                            + settings.unavailable()
                            + " at a time: "
                            + String.join(", ", others));
            return true;
        });
    }

    private boolean attempt(Procedure procedure) throws InterruptedException {
        try {
            return procedure.run();
        } catch (UpgradeFailure | ApiException | JsonException e) {
            lines.accept("stops: " + e.getMessage());
            return false;
        }
    }

    private boolean upgrade()
            throws ApiException, JsonException, UpgradeFailure, InterruptedException {
        DaemonSetState set = read();
        UpgradeRecord record = set.upgrade();
        if (record == null) {
            record = begun(set);
            if (record == null) {
                return true;
            }
            lines.accept("begins: canary " + record.canary() + " gets " + settings.image());
            move(null, record);
        } else if (record.stage() == Stage.BACK) {
            throw new UpgradeFailure("the former image is being put back: --back ends that");
        } else if (!record.to().containsValue(settings.image())) {
            throw new UpgradeFailure(
                    "an upgrade to "
                            + String.join(", ", record.to().values())
                            + " is under way: go on with that image, or --back");
        } else {
            lines.accept("goes on: stage " + record.stage() + ", canary " + record.canary());
        }
        if (record.stage() == Stage.CANARY) {
            try {
                tryCanary(set, record);
            } catch (UpgradeFailure e) {
                lines.accept("stops: " + e.getMessage() + "; the former image is put back");
                var _ = goBack(record);
                return false;
            }
            UpgradeRecord next = record.at(Stage.OTHERS);
            move(record, next);
            record = next;
        }
        replaceAll(set, record);
        finish(record);
        lines.accept(
                "done: all nodes that are ready have "
                        + settings.image()
                        + ". Give the chart the"
                        + " same image, or its next upgrade brings the former one back");
        return true;
    }

    /** Returns what is to be done; null if it is done. */
    private @Nullable UpgradeRecord begun(DaemonSetState set)
            throws ApiException, JsonException, UpgradeFailure, InterruptedException {
        SortedMap<String, String> from = set.images();
        String former = from.get(DAEMON);
        if (former == null) {
            throw new UpgradeFailure("the DaemonSet has no container " + DAEMON);
        }
        if (former.equals(settings.image())) {
            lines.accept("the DaemonSet has " + former + " already");
            return null;
        }
        var to = new TreeMap<String, String>();
        from.forEach((name, image) -> {
            if (image.equals(former)) {
                to.put(name, settings.image());
            }
        });
        return new UpgradeRecord(from, to, set.strategy(), canary(set), Stage.CANARY);
    }

    private String canary(DaemonSetState set)
            throws ApiException, JsonException, UpgradeFailure, InterruptedException {
        SortedSet<String> candidates = pods(set).readyNodes();
        candidates.retainAll(pods(set).byNode().keySet());
        String wanted = settings.canary();
        if (candidates.isEmpty() || (!wanted.isEmpty() && !candidates.contains(wanted))) {
            throw new UpgradeFailure(
                    (wanted.isEmpty() ? "no node" : wanted)
                            + " is ready and has a pod of the DaemonSet: name another --canary");
        }
        return wanted.isEmpty() ? candidates.first() : wanted;
    }

    private void tryCanary(DaemonSetState set, UpgradeRecord record)
            throws ApiException, JsonException, UpgradeFailure, InterruptedException {
        String node = record.canary();
        replace(set, List.of(node), record);
        String image = settings.probeImage().isEmpty() ? settings.image() : settings.probeImage();
        String address = new CanaryProbe(requests, settings, tempo).run(node, image);
        lines.accept("a pod on " + node + " came up, with " + address);
        long end = tempo.nanos() + settings.hold().toNanos();
        long restarts = -1;
        do {
            DaemonPod pod = pods(set).byNode().get(node);
            if (pod == null || !pod.ready() || (restarts >= 0 && pod.restarts() > restarts)) {
                throw new UpgradeFailure("the daemon on " + node + " does not stay ready");
            }
            restarts = pod.restarts();
            tempo.pause(LOOK);
        } while (tempo.nanos() - end < 0);
    }

    private void replaceAll(DaemonSetState set, UpgradeRecord record)
            throws ApiException, JsonException, UpgradeFailure, InterruptedException {
        List<String> nodes = outdated(set, record);
        for (int i = 0; i < nodes.size(); i += settings.unavailable()) {
            int end = Math.min(nodes.size(), i + settings.unavailable());
            try {
                replace(set, nodes.subList(i, end), record);
            } catch (UpgradeFailure e) {
                throw new UpgradeFailure(
                        e.getMessage()
                                + "; "
                                + (nodes.size() - i)
                                + " nodes have the other image. The same command goes on, --back"
                                + " goes back");
            }
            lines.accept(String.join(", ", nodes.subList(i, end)) + ": ready");
        }
    }

    /** Nodes that are not ready get their pod when they are, as the DaemonSet's own business. */
    private List<String> outdated(DaemonSetState set, UpgradeRecord record)
            throws ApiException, JsonException, InterruptedException {
        var nodes = new ArrayList<String>();
        SortedSet<String> ready = pods(set).readyNodes();
        for (DaemonPod pod : pods(set).byNode().values()) {
            if (!DaemonPods.has(pod, record.wanted())) {
                if (ready.contains(pod.node()) || pod.node().equals(record.canary())) {
                    nodes.add(pod.node());
                } else {
                    lines.accept(pod.node() + " is not ready, and is left out");
                }
            }
        }
        return nodes;
    }

    /** The controller of DaemonSets may make one more pod of the former image; that goes, too. */
    private void replace(DaemonSetState set, List<String> nodes, UpgradeRecord record)
            throws ApiException, JsonException, UpgradeFailure, InterruptedException {
        DaemonPods pods = pods(set);
        long end = tempo.nanos() + settings.patience().toNanos();
        while (true) {
            String waits = "";
            Map<String, DaemonPod> present = pods.byNode();
            for (String node : nodes) {
                DaemonPod pod = present.get(node);
                boolean has = pod != null && DaemonPods.has(pod, record.wanted());
                if (pod != null && !has && !pod.leaving()) {
                    delete(pods, pod);
                }
                if (pod == null || !has || pod.leaving() || !pod.ready()) {
                    waits =
                            "the daemon on "
                                    + node
                                    + " was not ready within "
                                    + settings.patience().toSeconds()
                                    + " s"
                                    + (pod == null || pod.trouble().isEmpty()
                                            ? ""
                                            : ": " + pod.trouble());
                }
            }
            if (waits.isEmpty()) {
                return;
            }
            if (tempo.nanos() - end >= 0) {
                throw new UpgradeFailure(waits);
            }
            tempo.pause(LOOK);
        }
    }

    private static void delete(DaemonPods pods, DaemonPod pod)
            throws ApiException, InterruptedException {
        try {
            pods.delete(pod);
        } catch (ApiException e) {
            if (e.status() != CONFLICT) { // Another one has its name already.
                throw e;
            }
        }
    }

    private boolean goBack(UpgradeRecord record)
            throws ApiException, JsonException, UpgradeFailure, InterruptedException {
        UpgradeRecord back = record.at(Stage.BACK);
        if (record.stage() != Stage.BACK) {
            move(record, back);
        }
        replaceAll(read(), back);
        finish(back);
        lines.accept("the former image is back: " + back.from().get(DAEMON));
        return true;
    }

    private void finish(UpgradeRecord record)
            throws ApiException, JsonException, UpgradeFailure, InterruptedException {
        new CanaryProbe(requests, settings, tempo).end();
        // Whoever keeps what is installed looks again once the annotation has gone.
        new InstalledImages(requests, settings).write(record.wanted());
        move(record, null);
    }

    /** Takes one step, unless somebody else has taken one. */
    private void move(@Nullable UpgradeRecord from, @Nullable UpgradeRecord to)
            throws ApiException, JsonException, UpgradeFailure, InterruptedException {
        for (int tries = 1; ; tries++) {
            DaemonSetState set = read();
            UpgradeRecord present = set.upgrade();
            if (!text(present).equals(text(from))) {
                throw new UpgradeFailure("somebody else upgrades the DaemonSet at the same time");
            }
            UpgradeRecord last = from == null ? to : from;
            if (last == null) {
                throw new IllegalStateException("a step from nowhere to nowhere");
            }
            try {
                var _ = requests.merge(settings.path(), set.change(to, last), MANAGER);
                return;
            } catch (ApiException e) {
                if (e.status() != CONFLICT || tries >= WRITES_MAX) {
                    throw e;
                }
                tempo.pause(LOOK);
            }
        }
    }

    private static String text(@Nullable UpgradeRecord record) {
        return record == null ? "" : record.text();
    }

    private DaemonPods pods(DaemonSetState set) throws JsonException {
        return new DaemonPods(requests, settings, set.uid());
    }

    private DaemonSetState read() throws ApiException, UpgradeFailure, InterruptedException {
        JsonObject set = requests.find(settings.path());
        if (set == null) {
            throw new UpgradeFailure(
                    "there is no DaemonSet " + settings.namespace() + "/" + settings.daemonSet());
        }
        return new DaemonSetState(set);
    }
}
