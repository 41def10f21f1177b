package dev.vpccni.controller;

import dev.vpccni.model.InterfaceId;
import dev.vpccni.node.port.Ec2Exception;
import dev.vpccni.node.port.Ec2Failure;
import dev.vpccni.node.port.ObservedInterface;
import dev.vpccni.node.port.TrunkEc2;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Deletes what nodes that are gone have left: interfaces with this controller's and the cluster's
 * tags that hang on nothing, of an instance that is no node, and of no pod that is there. One
 * thread uses it.
 */
final class Orphans {

    /** A node may be made anew under its name, and a watch may be late. */
    static final Duration PATIENCE = Duration.ofMinutes(15);

    /** So many in one look, so that leaders change without a long wait. */
    static final int BATCH = 100;

    private final TrunkEc2 ec2;
    private final String cluster;
    private final InstantSource clock;
    private final Consumer<String> log;
    private SortedMap<InterfaceId, Instant> since = new TreeMap<>();

    /**
     * @param cluster its name: what has another one's is not looked at
     * @param log is told what is deleted, and what has failed
     */
    Orphans(TrunkEc2 ec2, String cluster, InstantSource clock, Consumer<String> log) {
        this.ec2 = ec2;
        this.cluster = cluster;
        this.clock = clock;
        this.log = log;
    }

    /**
     * Looks once.
     *
     * @param instances of the cluster's nodes
     * @param pods that are there, by uid
     */
    void look(Set<String> instances, Set<String> pods) throws InterruptedException {
        SortedMap<String, String> tags = new TreeMap<>();
        tags.put(BranchTags.OWNER, BranchTags.OWNER_VALUE);
        tags.put(BranchTags.CLUSTER, cluster);
        SortedMap<InterfaceId, Instant> still = new TreeMap<>();
        try {
            for (ObservedInterface one : ec2.describeTagged(tags)) {
                if (isOrphan(one, instances, pods)) {
                    Instant first = since.get(one.id());
                    still.put(one.id(), first == null ? clock.instant() : first);
                }
            }
        } catch (Ec2Exception e) {
            log.accept("what nodes have left cannot be looked for: " + e.getMessage());
            return;
        }
        since = still;
        Instant latest = clock.instant().minus(PATIENCE);
        int asked = 0;
        for (Map.Entry<InterfaceId, Instant> one : List.copyOf(since.entrySet())) {
            if (!one.getValue().isAfter(latest) && asked < BATCH) {
                asked++;
                if (!delete(one.getKey())) {
                    return;
                }
            }
        }
    }

    private static boolean isOrphan(
            ObservedInterface one, Set<String> instances, Set<String> pods) {
        return one.status().equals("available")
                && one.attachment() == null
                && !instances.contains(one.tags().getOrDefault(BranchTags.INSTANCE, ""))
                && !pods.contains(one.tags().getOrDefault(BranchTags.POD_UID, ""));
    }

    /** Returns false if the others may wait, too. */
    private boolean delete(InterfaceId id) throws InterruptedException {
        try {
            ec2.delete(id);
            since.remove(id);
            log.accept("delete " + id + ": its node and its pod are gone");
            return true;
        } catch (Ec2Exception e) {
            if (e.failure() instanceof Ec2Failure.Gone) {
                since.remove(id);
                return true;
            }
            log.accept(id + " was left by a node, and stays: " + e.getMessage());
            return e.failure() instanceof Ec2Failure.WrongState;
        }
    }
}
