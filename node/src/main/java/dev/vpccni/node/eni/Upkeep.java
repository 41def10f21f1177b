package dev.vpccni.node.eni;

import dev.vpccni.ipam.ledger.InterfaceRole;
import dev.vpccni.ipam.reconcile.SeenInterface;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.SecurityGroupId;
import dev.vpccni.node.explanation.Explanations;
import dev.vpccni.node.instance.Instance;
import dev.vpccni.node.port.Ec2;
import dev.vpccni.node.port.Ec2Exception;
import dev.vpccni.node.port.Ec2Failure;
import dev.vpccni.node.port.ObservedInterface;
import dev.vpccni.node.port.Tempo;
import dev.vpccni.node.work.Retry;
import dev.vpccni.node.work.Tasks;
import dev.vpccni.node.work.WorkKey;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * Keeps the interfaces of this node as they should be in EC2: tags, security groups, and that they
 * end with the instance. Changes only what EC2 shows to differ. What the node's role may not do is
 * said once, and tried again in an hour.
 */
public final class Upkeep {

    private static final Duration DENIED_REST = Duration.ofHours(1);

    private final Ec2 ec2;
    private final Supplier<Instance> instance;
    private final Supplier<List<SecurityGroupId>> groups;
    private final Tasks tasks;
    private final Explanations explanations;
    private final Retry retry;
    private final Tempo tempo;
    private final Map<String, Long> denied = new HashMap<>();
    private volatile boolean failed;

    /**
     * @param instance what is known of the instance now
     * @param groups the security groups that its interfaces should have
     * @param tasks what runs each change beside the caller
     */
    public Upkeep(
            Ec2 ec2,
            Supplier<Instance> instance,
            Supplier<List<SecurityGroupId>> groups,
            Tasks tasks,
            Explanations explanations,
            Retry retry,
            Tempo tempo) {
        this.ec2 = ec2;
        this.instance = instance;
        this.groups = groups;
        this.tasks = tasks;
        this.explanations = explanations;
        this.retry = retry;
        this.tempo = tempo;
    }

    /** Tells whether something is off that could not be put right since it was looked at last. */
    public boolean failed() {
        return failed;
    }

    /** Puts right what is off about interfaces, beside the caller. */
    public void look(List<ObservedInterface> shown) {
        failed = false;
        shown.forEach(this::look);
    }

    private void look(ObservedInterface shown) {
        SeenInterface seen = instance.get().seen(shown);
        if (seen == null
                || seen.facts().role() == InterfaceRole.UNMANAGED
                || !instance.get().settings().provisioning()) {
            return;
        }
        var key = new WorkKey.Upkeep(shown.id());
        boolean off =
                !missingTags(shown, seen).isEmpty()
                        || groupsDiffer(shown)
                        || outlivesInstance(shown, seen);
        if (off && !tasks.isBusy(key) && !tasks.rest(key).isPositive()) {
            tasks.start(key, "put right " + shown.id(), () -> tryToPutRight(shown, seen));
        }
    }

    private void tryToPutRight(ObservedInterface shown, SeenInterface seen)
            throws Ec2Exception, InterruptedException {
        try {
            putRight(shown, seen);
        } catch (Ec2Exception e) {
            failed = true;
            throw e;
        }
    }

    private void putRight(ObservedInterface shown, SeenInterface seen)
            throws Ec2Exception, InterruptedException {
        InterfaceId id = shown.id();
        SortedMap<String, String> tags = missingTags(shown, seen);
        if (!tags.isEmpty()) {
            allowed("tag " + id + " with " + tags.keySet(), () -> ec2.tag(id, tags));
        }
        if (groupsDiffer(shown)) {
            List<SecurityGroupId> wanted = groups.get();
            allowed(
                    "give " + id + " the security groups " + wanted,
                    () -> ec2.setSecurityGroups(id, wanted));
        }
        ObservedInterface.Attachment attachment = shown.attachment();
        if (attachment != null && outlivesInstance(shown, seen)) {
            allowed(
                    "have " + id + " deleted with the instance",
                    () -> ec2.deleteOnTermination(id, attachment.id()));
        }
    }

    private void allowed(String what, Retry.Change change)
            throws Ec2Exception, InterruptedException {
        try {
            retry.repeatable(change);
            explanations.add(what, "EC2 showed it otherwise");
        } catch (Ec2Exception e) {
            if (!(e.failure() instanceof Ec2Failure.Denied(String permission))) {
                throw e;
            }
            boolean first;
            synchronized (denied) {
                first = denied.put(permission, tempo.nanos()) == null;
            }
            if (first) {
                explanations.add("do without: " + what, "the node's role lacks " + permission);
            }
        }
    }

    private boolean isDenied(String permission) {
        synchronized (denied) {
            Long since = denied.get(permission);
            return since != null && tempo.nanos() - since < DENIED_REST.toNanos();
        }
    }

    /** Upstream tags each interface that it manages, but for trunks, whose maker does. */
    private SortedMap<String, String> missingTags(ObservedInterface shown, SeenInterface seen) {
        return isDenied("ec2:CreateTags")
                ? new TreeMap<>()
                : missingTags(instance.get(), shown, seen);
    }

    private static SortedMap<String, String> missingTags(
            Instance instance, ObservedInterface shown, SeenInterface seen) {
        return seen.facts().role() == InterfaceRole.TRUNK
                ? new TreeMap<>()
                : instance.missingTags(shown);
    }

    /**
     * Returns what {@link #look} would change about an interface, each in one phrase.
     *
     * @param groups the security groups that it should have
     */
    public static List<String> wanting(
            Instance instance, List<SecurityGroupId> groups, ObservedInterface shown) {
        SeenInterface seen = instance.seen(shown);
        var wanting = new ArrayList<String>();
        if (seen == null
                || seen.facts().role() == InterfaceRole.UNMANAGED
                || !instance.settings().provisioning()) {
            return wanting;
        }
        SortedMap<String, String> tags = missingTags(instance, shown, seen);
        if (!tags.isEmpty()) {
            wanting.add("tag " + shown.id() + " with " + tags.keySet());
        }
        if (groupsDiffer(instance, groups, shown)) {
            wanting.add("give " + shown.id() + " the security groups " + groups);
        }
        if (outlives(instance, shown, seen)) {
            wanting.add("have " + shown.id() + " deleted with the instance");
        }
        return wanting;
    }

    /** With custom networking further interfaces have groups of their own. */
    private boolean groupsDiffer(ObservedInterface shown) {
        return groupsDiffer(instance.get(), groups.get(), shown)
                && !isDenied("ec2:ModifyNetworkInterfaceAttribute");
    }

    private static boolean groupsDiffer(
            Instance instance, List<SecurityGroupId> groups, ObservedInterface shown) {
        boolean own =
                instance.addressing().customNetworking()
                        && !shown.id().equals(instance.identity().primaryInterface());
        return !own && !new TreeSet<>(shown.groups()).equals(new TreeSet<>(groups));
    }

    /** Only what this node made, and a daemon died before it could say so. */
    private boolean outlivesInstance(ObservedInterface shown, SeenInterface seen) {
        return outlives(instance.get(), shown, seen)
                && !isDenied("ec2:ModifyNetworkInterfaceAttribute");
    }

    private static boolean outlives(
            Instance instance, ObservedInterface shown, SeenInterface seen) {
        ObservedInterface.Attachment attachment = shown.attachment();
        return attachment != null
                && !attachment.deletedOnTermination()
                && seen.facts().role() == InterfaceRole.SECONDARY
                && shown.description().equals(instance.description());
    }
}
