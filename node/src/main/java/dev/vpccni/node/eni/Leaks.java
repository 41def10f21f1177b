package dev.vpccni.node.eni;

import dev.vpccni.ipam.ledger.Checkpoint.Intent;
import dev.vpccni.ipam.ledger.Ledger;
import dev.vpccni.ipam.reconcile.Reconciler;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.node.explanation.Explanations;
import dev.vpccni.node.instance.Instance;
import dev.vpccni.node.port.Ec2;
import dev.vpccni.node.port.Ec2Exception;
import dev.vpccni.node.port.ObservedInterface;
import dev.vpccni.node.port.Tempo;
import dev.vpccni.node.work.Retry;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * Finds and deletes interfaces that were made and lost.
 *
 * <p>This node's own, those with its description that hang on nothing: at the start, and whenever
 * one may have been lost. And once an hour upstream's job, for nodes that are no more: every
 * interface of the cluster that hangs on nothing and was made more than five minutes ago. Each node
 * has its minute of the hour, so that a fleet does not ask all at once, however it was started.
 */
public final class Leaks {

    /** Whoever makes an interface attaches it within seconds. */
    private static final Duration AGE_MIN = Duration.ofMinutes(5);

    private static final Duration HOUR = Duration.ofHours(1);

    private final Ec2 ec2;
    private final Attachments attachments;
    private final Supplier<List<Ledger>> ledgers;
    private final Supplier<Instance> instance;
    private final Explanations explanations;
    private final Tempo tempo;
    private final Retry retry;
    private final Tempo.Signal bell;
    private volatile boolean suspected;

    /**
     * @param ledgers those of all network cards, as they are now
     * @param instance what is known of the instance now
     */
    public Leaks(
            Ec2 ec2,
            Attachments attachments,
            Supplier<List<Ledger>> ledgers,
            Supplier<Instance> instance,
            Explanations explanations,
            Tempo tempo,
            Retry retry) {
        this.ec2 = ec2;
        this.attachments = attachments;
        this.ledgers = ledgers;
        this.instance = instance;
        this.explanations = explanations;
        this.tempo = tempo;
        this.retry = retry;
        bell = tempo.signal();
    }

    /** Makes {@link #run} look for this node's own, soon. */
    public void suspect() {
        suspected = true;
        bell.raise();
    }

    /** Works until it is interrupted. */
    public void run() throws InterruptedException {
        int failures = 0;
        long nextSweep = tempo.nanos() + untilOwnMinute().toNanos();
        while (true) {
            Duration left = Duration.ofNanos(Math.max(1, nextSweep - tempo.nanos()));
            if (!suspected) {
                var _ = bell.await(left);
            }
            try {
                if (suspected) {
                    // EC2 does not show at once what it has just made.
                    tempo.pause(Reconciler.SETTLING);
                    suspected = false;
                    sweepOwn();
                }
                if (tempo.nanos() >= nextSweep) {
                    sweepAll();
                    nextSweep = tempo.nanos() + HOUR.toNanos();
                }
                failures = 0;
            } catch (Ec2Exception e) {
                explanations.add(
                        "look for lost interfaces again later", String.valueOf(e.getMessage()));
                failures++;
                suspected = true;
                retry.pause(failures);
            }
        }
    }

    /**
     * Deletes this node's own. An interface in the making that has no identifier yet cannot be told
     * from one that is lost, so then this waits for another time.
     */
    private void sweepOwn() throws Ec2Exception, InterruptedException {
        Instance self = instance.get();
        for (ObservedInterface shown :
                retry.repeatable(() ->
                        ec2.describeByDescription(self.identity().vpc(), self.description()))) {
            if (shown.attachment() == null) {
                if (anyUnnamed()) {
                    suspected = true;
                    return;
                }
                if (!isKnown(shown.id())) {
                    delete(shown, "it is ours and hangs on nothing");
                }
            }
        }
    }

    /** Deletes those of every node (spec: leaked-ENI clean-up). */
    private void sweepAll() throws Ec2Exception, InterruptedException {
        Instance self = instance.get();
        var cluster = new TreeMap<String, String>();
        if (!self.settings().clusterName().isEmpty()) {
            cluster.put(Instance.CLUSTER_TAG, self.settings().clusterName());
        }
        for (ObservedInterface shown :
                retry.repeatable(() ->
                        ec2.describeAvailable(
                                self.identity().vpc(), Instance.INSTANCE_TAG, cluster))) {
            boolean candidate =
                    shown.attachment() == null
                            && shown.description().startsWith(Instance.DESCRIPTION_PREFIX)
                            && !isKnown(shown.id());
            if (candidate && isOld(shown)) {
                delete(shown, "it hangs on nothing and is more than five minutes old");
            }
        }
    }

    /** One that does not say when it was made is marked now, and looked at in an hour. */
    private boolean isOld(ObservedInterface shown) throws Ec2Exception, InterruptedException {
        String created = shown.tags().getOrDefault(Instance.CREATED_TAG, "");
        try {
            // Upstream writes an offset, we write Z.
            Instant at = java.time.OffsetDateTime.parse(created).toInstant();
            return at.plus(AGE_MIN).isBefore(tempo.wall());
        } catch (DateTimeException e) {
            var mark = new TreeMap<String, String>();
            mark.put(Instance.CREATED_TAG, Instance.created(tempo.wall()));
            retry.repeatable(() -> ec2.tag(shown.id(), mark));
            return false;
        }
    }

    private void delete(ObservedInterface shown, String why)
            throws Ec2Exception, InterruptedException {
        explanations.add("delete " + shown.id(), why);
        attachments.delete(shown.id());
    }

    private boolean anyUnnamed() {
        return ledgers.get().stream()
                .flatMap(ledger -> ledger.creates().stream())
                .anyMatch(create -> create.id() == null);
    }

    private boolean isKnown(InterfaceId id) {
        return ledgers.get().stream().anyMatch(ledger -> isKnown(id, ledger));
    }

    private static boolean isKnown(InterfaceId id, Ledger ledger) {
        if (ledger.find(id) != null) {
            return true;
        }
        for (Intent.Create create : ledger.creates()) {
            if (id.equals(create.id())) {
                return true;
            }
        }
        return false;
    }

    /** Returns how long it is until the minute of the hour that the instance's identifier says. */
    private Duration untilOwnMinute() {
        int hash = instance.get().identity().instance().value().hashCode();
        long own = Math.floorMod(hash, HOUR.toSeconds());
        long present = Math.floorMod(tempo.wall().getEpochSecond(), HOUR.toSeconds());
        return Duration.ofSeconds(Math.floorMod(own - present, HOUR.toSeconds()));
    }
}
