package dev.vpccni.kubernetes;

import dev.vpccni.json.JsonException;
import dev.vpccni.json.JsonObject;
import dev.vpccni.json.JsonShape;
import dev.vpccni.kubernetes.api.Collected;
import dev.vpccni.model.PodName;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The node's own pods, as far as they need addresses. Of each, its name and three facts are kept.
 * Written by one thread, read by any.
 */
final class PodObjects implements Collected {

    /** More than a kubelet admits; those beyond are demand that is heard of when they ask. */
    static final int KEPT_MAX = 2_048;

    /** So many that have gone are remembered; none of them waits for long. */
    static final int GONE_MAX = 1_024;

    private final boolean ownInterfaces;
    private final Runnable listener;
    private final Set<String> gone = new LinkedHashSet<>();
    private final AtomicInteger endings = new AtomicInteger();
    private volatile @Nullable String problem = "it has not been asked yet";
    private SortedMap<PodName, Kept> coming = new TreeMap<>();
    private volatile SortedMap<PodName, Kept> pods = Collections.emptySortedMap();

    /**
     * @param awaits whether it needs an address of the node's, and has none
     * @param ending whether it is being deleted
     * @param branch what it says of an interface of its own; none where nobody wants to know
     */
    record Kept(String uid, boolean awaits, boolean ending, PodBranch branch) {}

    /**
     * @param ownInterfaces whether it is read which pods have interfaces of their own
     * @param listener is called when something may have changed; must not wait
     */
    PodObjects(boolean ownInterfaces, Runnable listener) {
        this.ownInterfaces = ownInterfaces;
        this.listener = listener;
    }

    /** Returns the pods that need an address and have none. */
    SortedSet<PodName> awaiting() {
        SortedSet<PodName> awaiting = new TreeSet<>();
        pods.forEach((name, pod) -> {
            if (pod.awaits) {
                awaiting.add(name);
            }
        });
        return awaiting;
    }

    /** Returns the pod of this name, or null if it is not known or needs no address. */
    @Nullable Kept find(PodName name) {
        return pods.get(name);
    }

    /**
     * Tells whether the pod is being deleted or has gone, as it was heard: what a list lacks may
     * come yet, since a server may answer one from an older state than was heard of before.
     */
    boolean isEnding(PodName name, String uid) {
        if (uid.isEmpty()) {
            return false;
        }
        Kept kept = pods.get(name);
        if (kept != null && kept.uid.equals(uid) && kept.ending) {
            return true;
        }
        synchronized (gone) {
            return gone.contains(uid);
        }
    }

    /** Returns a number that is another one whenever a pod has begun to end. */
    int endings() {
        return endings.get();
    }

    /** Returns why pods may be missing; null if they are not. */
    @Nullable String problem() {
        return problem;
    }

    @Override
    public JsonShape shape() {
        JsonShape metadata =
                JsonShape.of("namespace", "name", "uid", "deletionTimestamp", "resourceVersion");
        JsonShape spec = JsonShape.of("hostNetwork");
        return JsonShape.of()
                .with("metadata", ownInterfaces ? PodBranch.metadata(metadata) : metadata)
                .with("spec", ownInterfaces ? PodBranch.spec(spec) : spec)
                .with("status", JsonShape.of("phase", "podIP"));
    }

    @Override
    public void begin() {
        coming = new TreeMap<>();
    }

    @Override
    public void listed(JsonObject object) {
        put(coming, object);
    }

    @Override
    public void complete() {
        SortedMap<PodName, Kept> all = coming;
        coming = new TreeMap<>();
        problem = null;
        say(all);
    }

    @Override
    public void changed(JsonObject object) {
        SortedMap<PodName, Kept> next = new TreeMap<>(pods);
        put(next, object);
        say(next);
    }

    @Override
    public void removed(JsonObject object) {
        SortedMap<PodName, Kept> next = new TreeMap<>(pods);
        try {
            next.remove(name(object));
            noteGone(object.object("metadata").string("uid", ""));
            say(next);
        } catch (JsonException _) {
            // Nobody knows what has gone; the next list tells.
        }
    }

    @Override
    public void problem(@Nullable String reason) {
        problem = reason;
    }

    private void noteGone(String uid) {
        synchronized (gone) {
            if (!uid.isEmpty() && gone.add(uid)) {
                var _ = endings.incrementAndGet();
            }
            if (gone.size() > GONE_MAX) {
                gone.remove(gone.iterator().next());
            }
        }
    }

    private void say(SortedMap<PodName, Kept> now) {
        SortedMap<PodName, Kept> before = pods;
        now.forEach((name, pod) -> {
            if (pod.ending && !pod.equals(before.get(name))) {
                var _ = endings.incrementAndGet();
            }
        });
        pods = now;
        listener.run();
    }

    private static PodName name(JsonObject object) throws JsonException {
        JsonObject metadata = object.object("metadata");
        return new PodName(metadata.string("namespace"), metadata.string("name"));
    }

    private void put(SortedMap<PodName, Kept> into, JsonObject object) {
        try {
            PodName name = name(object);
            Kept kept = read(object);
            if (kept == null) {
                into.remove(name);
            } else if (into.size() < KEPT_MAX || into.containsKey(name)) {
                into.put(name, kept);
            }
        } catch (JsonException _) {
            // It is no pod of which the node could know more when it asks.
        }
    }

    private @Nullable Kept read(JsonObject object) throws JsonException {
        JsonObject metadata = object.object("metadata");
        JsonObject spec = object.objectOrNull("spec");
        JsonObject status = object.objectOrNull("status");
        if (spec != null && spec.truth("hostNetwork", false)) {
            return null;
        }
        String phase = status == null ? "" : status.string("phase", "");
        if (phase.equals("Succeeded") || phase.equals("Failed")) {
            return null;
        }
        boolean ending = metadata.has("deletionTimestamp");
        boolean has = status != null && !status.string("podIP", "").isEmpty();
        PodBranch branch = ownInterfaces ? PodBranch.read(object) : new PodBranch.None();
        boolean awaits = !has && !ending && branch instanceof PodBranch.None;
        return new Kept(metadata.string("uid", ""), awaits, ending, branch);
    }
}
