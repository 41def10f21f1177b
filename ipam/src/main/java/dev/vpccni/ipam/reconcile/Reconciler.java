package dev.vpccni.ipam.reconcile;

import dev.vpccni.ipam.ledger.AddressUse;
import dev.vpccni.ipam.ledger.Command;
import dev.vpccni.ipam.ledger.HeldInterface;
import dev.vpccni.ipam.ledger.InterfaceStage;
import dev.vpccni.ipam.ledger.Ledger;
import dev.vpccni.model.AttachmentKey;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * Compares a ledger with what was observed. Pure.
 *
 * <p>What is new is believed when EC2 says it. What is missing is kept off pods as soon as EC2 does
 * not show it, and forgotten only when the kernel agrees and {@link #GRACE} has passed; an address
 * with a live pod is never forgotten. Metadata lags in both directions, so it only raises
 * questions.
 */
public final class Reconciler {

    /** How long EC2 must not have shown something before it is forgotten. */
    public static final Duration GRACE = Duration.ofMinutes(1);

    private Reconciler() {}

    /**
     * Returns what to correct in {@code ledger}, as it is at {@code now}.
     *
     * @param ledger as it is after the observation was made
     * @param suspicions those of the last reconciliation
     */
    public static Corrections reconcile(
            Ledger ledger, Observation observed, Suspicions suspicions, Instant now) {
        var comparison = new CloudComparison(ledger, observed, suspicions, now);
        Corrections corrections = comparison.corrections();
        var commands = new ArrayList<>(corrections.commands());
        commands.addAll(pods(ledger, observed.kernel(), observed.at()));
        return new Corrections(
                commands,
                corrections.adopt(),
                corrections.findings(),
                corrections.askEc2(),
                corrections.suspicions());
    }

    /**
     * Returns what to correct in a ledger just restored: grants without a pod in the kernel end,
     * pods without a grant keep their addresses, and interfaces without a link serve nobody. Nobody
     * wires pods meanwhile.
     */
    public static List<Command> afterRestart(Ledger restored, KernelView kernel, Instant now) {
        var commands = new ArrayList<Command>();
        for (HeldInterface held : restored.interfaces()) {
            if (held.stage() == InterfaceStage.SERVING
                    && !kernel.links().contains(held.facts().mac())) {
                commands.add(new Command.Suspend(held.id()));
            }
        }
        for (var grant : restored.checkpoint().grants()) {
            if (!kernel.live().contains(grant.address())) {
                AttachmentKey key = grant.key();
                commands.add(new Command.Release(key));
            }
        }
        commands.addAll(pods(restored, kernel, now));
        return commands;
    }

    private static List<Command> pods(Ledger ledger, KernelView kernel, Instant seen) {
        var commands = new ArrayList<Command>();
        for (var address : kernel.live()) {
            AddressUse use = ledger.use(address);
            // A pod that has gone since it was seen is no reason to hold its address.
            boolean free =
                    use == null
                            || use instanceof AddressUse.Gone
                            || (use instanceof AddressUse.Idle(Instant since)
                                    && since.isBefore(seen));
            if (free) {
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
