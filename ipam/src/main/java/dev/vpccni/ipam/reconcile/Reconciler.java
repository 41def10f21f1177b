package dev.vpccni.ipam.reconcile;

import dev.vpccni.ipam.ledger.AddressUse;
import dev.vpccni.ipam.ledger.Checkpoint;
import dev.vpccni.ipam.ledger.Command;
import dev.vpccni.ipam.ledger.HeldInterface;
import dev.vpccni.ipam.ledger.InterfaceStage;
import dev.vpccni.ipam.ledger.Ledger;
import dev.vpccni.model.AttachmentKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Compares a ledger with what was observed. Pure.
 *
 * <p>Nothing comes into service on the word of one witness: an interface takes EC2 and the kernel,
 * an address that nobody knew takes EC2 and metadata, or EC2 twice. What is missing is kept off
 * pods as soon as EC2 does not show it, and forgotten only when the kernel agrees and {@link
 * #GRACE} has passed; an address with a live pod is never forgotten.
 */
public final class Reconciler {

    /** How long a witness must not have shown something before it is forgotten. */
    public static final Duration GRACE = Duration.ofMinutes(1);

    /** How far EC2's answers may lag behind what EC2 did. */
    public static final Duration SETTLING = Duration.ofSeconds(10);

    private Reconciler() {}

    /**
     * Returns what to correct in {@code ledger}, as it is at {@code now}.
     *
     * @param ledger as it is after the observation was made
     * @param suspicions those of the last reconciliation
     */
    public static Corrections reconcile(
            Ledger ledger, Observation observed, Suspicions suspicions, Instant now) {
        Corrections cloud = new CloudComparison(ledger, observed, suspicions, now).corrections();
        var commands = new ArrayList<>(cloud.commands());
        commands.addAll(pods(ledger, observed.kernel(), observed.at()));
        var abandoned = new ArrayList<AttachmentKey>();
        SortedMap<AttachmentKey, Instant> missing =
                missingPods(ledger, observed, suspicions.pods(), abandoned);
        Suspicions found = cloud.suspicions();
        return new Corrections(
                commands,
                cloud.serve(),
                abandoned,
                cloud.findings(),
                cloud.askEc2(),
                cloud.askAgain(),
                cloud.misplaced(),
                new Suspicions(found.blocks(), found.interfaces(), found.newcomers(), missing));
    }

    /**
     * Returns what to correct in a ledger just restored: grants without a pod in the kernel end,
     * pods without a grant keep their addresses, and interfaces without a link serve nobody. Nobody
     * wires pods meanwhile but upstream's plugin, which may be at it for a moment after its address
     * was granted: a young grant is left to {@link #reconcile}.
     */
    public static List<Command> afterRestart(Ledger restored, KernelView kernel, Instant now) {
        var commands = new ArrayList<Command>();
        for (HeldInterface held : restored.interfaces()) {
            if (held.stage() == InterfaceStage.SERVING
                    && held.facts().role().managed()
                    && !kernel.links().contains(held.facts().mac())) {
                commands.add(new Command.Suspend(held.id()));
            }
        }
        for (Checkpoint.Grant grant : restored.checkpoint().grants()) {
            if (!isThere(grant, kernel) && !now.isBefore(grant.since().plus(GRACE))) {
                commands.add(new Command.Release(grant.key()));
            }
        }
        commands.addAll(pods(restored, kernel, now));
        return commands;
    }

    /**
     * Notes which grants have no pod in the kernel, and since when.
     *
     * @param abandoned to which those are added that have had none for {@link #GRACE}
     */
    private static SortedMap<AttachmentKey, Instant> missingPods(
            Ledger ledger,
            Observation observed,
            SortedMap<AttachmentKey, Instant> before,
            List<AttachmentKey> abandoned) {
        var missing = new TreeMap<AttachmentKey, Instant>();
        for (Checkpoint.Grant grant : ledger.checkpoint().grants()) {
            // What was granted after the kernel was looked at cannot be in it.
            if (!isThere(grant, observed.kernel()) && grant.since().isBefore(observed.at())) {
                Instant since = before.getOrDefault(grant.key(), observed.at());
                missing.put(grant.key(), since);
                if (!observed.at().isBefore(since.plus(GRACE))) {
                    abandoned.add(grant.key());
                }
            }
        }
        return missing;
    }

    private static boolean isThere(Checkpoint.Grant grant, KernelView kernel) {
        return kernel.live().contains(grant.address()) || kernel.connected().contains(grant.key());
    }

    private static List<Command> pods(Ledger ledger, KernelView kernel, Instant seen) {
        var commands = new ArrayList<Command>();
        for (var address : kernel.live()) {
            AddressUse use = ledger.use(address);
            // A pod that has gone since it was seen is no reason to hold its address.
            boolean unknown =
                    use == null
                            || (use instanceof AddressUse.Idle(Instant since)
                                    ? since.isBefore(seen)
                                    : !use.inUse());
            if (unknown) {
                commands.add(new Command.Hold(address));
            }
        }
        for (var address : ledger.held()) {
            if (!kernel.live().contains(address)) {
                commands.add(new Command.Unhold(address));
            }
        }
        return commands;
    }
}
