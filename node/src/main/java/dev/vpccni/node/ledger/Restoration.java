package dev.vpccni.node.ledger;

import dev.vpccni.ipam.ledger.AddressUse;
import dev.vpccni.ipam.ledger.Checkpoint;
import dev.vpccni.ipam.ledger.Command;
import dev.vpccni.ipam.ledger.Ledger;
import dev.vpccni.ipam.reconcile.KernelView;
import dev.vpccni.ipam.reconcile.Reconciler;
import dev.vpccni.model.BlockKind;
import dev.vpccni.model.IpAddress;
import dev.vpccni.node.explanation.CorrectionText;
import dev.vpccni.node.explanation.Explanations;
import dev.vpccni.node.kernel.KernelViews;
import dev.vpccni.node.port.HostException;
import dev.vpccni.node.port.HostNetwork;
import dev.vpccni.node.port.LedgerStore;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The ledger that a daemon begins with: what the checkpoint says, held against what the kernel
 * shows. Neither EC2 nor metadata is asked.
 *
 * <p>A grant whose pod has no link any more ends, and the kernel's rules for it. An address that
 * the kernel leads to a pod, and of which no grant is known, is kept from everyone. An interface
 * without a link waits for EC2 to say what became of it.
 */
public final class Restoration {

    private final HostNetwork.Observation kernel;
    private final Explanations explanations;
    private final Instant now;
    private final List<Ledger> ledgers;

    private Restoration(
            List<Ledger> ledgers,
            HostNetwork.Observation kernel,
            Explanations explanations,
            Instant now) {
        this.ledgers = new ArrayList<>(ledgers);
        this.kernel = kernel;
        this.explanations = explanations;
        this.now = now;
    }

    /**
     * What a daemon begins with.
     *
     * @param written what is on the disk now, which may differ from {@code ledger}
     */
    public record Restored(Ledger ledger, Checkpoint written) {}

    /**
     * Reads the checkpoint and the kernel, and corrects the one by the other.
     *
     * @param cooldown how long nobody gets an address that somebody had
     * @param preferred which blocks pods get addresses of
     * @param explanations are told of each correction
     * @throws IOException if the disk cannot be read; a checkpoint that makes no sense is set aside
     * @throws HostException if the kernel does not show what there is
     */
    public static Restored restore(
            LedgerStore store,
            HostNetwork host,
            Duration cooldown,
            BlockKind preferred,
            Explanations explanations,
            Instant now)
            throws IOException, HostException, InterruptedException {
        return restore(List.of(store), host, cooldown, preferred, explanations, now).getFirst();
    }

    /**
     * The same for a node with a ledger for each of several network cards.
     *
     * @return in the order of {@code stores}
     */
    public static List<Restored> restore(
            List<LedgerStore> stores,
            HostNetwork host,
            Duration cooldown,
            BlockKind preferred,
            Explanations explanations,
            Instant now)
            throws IOException, HostException, InterruptedException {
        var read = new ArrayList<Checkpoint>();
        var ledgers = new ArrayList<Ledger>();
        for (LedgerStore store : stores) {
            Checkpoint checkpoint = read(store, explanations);
            Ledger.Restored restored = Ledger.restore(checkpoint, cooldown, preferred, now);
            restored.problems().forEach(p -> explanations.add("repair the checkpoint", p));
            read.add(checkpoint);
            ledgers.add(restored.ledger());
        }
        var restoration = new Restoration(ledgers, host.observe(), explanations, now);
        for (int i = 0; i < stores.size(); i++) {
            restoration.holdAgainstKernel(i);
        }
        restoration.sweep(host);
        var all = new ArrayList<Restored>();
        for (int i = 0; i < stores.size(); i++) {
            Ledger held = restoration.ledgers.get(i);
            all.add(
                    new Restored(
                            held, writeIfCorrected(held.checkpoint(), read.get(i), stores.get(i))));
        }
        return all;
    }

    private static Checkpoint read(LedgerStore store, Explanations explanations)
            throws IOException {
        LedgerStore.Stored stored = store.read();
        if (stored.quarantined() != null) {
            explanations.add(
                    "set the checkpoint aside as " + stored.quarantined(),
                    "it could not be understood; the kernel and EC2 say what there is");
        }
        return stored.checkpoint() == null ? Checkpoint.EMPTY : stored.checkpoint();
    }

    /**
     * Makes the corrections durable: an address cools down from now on, not from the next restart.
     * Where the disk refuses, the next change is written with them.
     *
     * @return what is on the disk then
     */
    private static Checkpoint writeIfCorrected(
            Checkpoint corrected, Checkpoint read, LedgerStore store) {
        if (corrected.equals(read)) {
            return read;
        }
        try {
            store.write(corrected);
            return corrected;
        } catch (IOException e) {
            return read;
        }
    }

    /**
     * Removes the rules of pods that have no route. Their namespaces ended while nobody was there,
     * and the DEL of a pod whose ADD never succeeded does not say which address it had.
     */
    private void sweep(HostNetwork host) throws InterruptedException {
        for (Map.Entry<IpAddress, Integer> rule : kernel.podRules().entrySet()) {
            if (!kernel.leadsToPod(rule.getKey()) && !isGranted(rule.getKey())) {
                try {
                    host.unwire(rule.getKey(), rule.getValue(), null);
                    explanations.add("remove the rules of " + rule.getKey(), "no pod has it");
                } catch (HostException e) {
                    explanations.add(
                            "leave the rules of " + rule.getKey(), String.valueOf(e.getMessage()));
                }
            }
        }
    }

    private boolean isGranted(IpAddress address) {
        return ledgers.stream().anyMatch(l -> l.use(address) instanceof AddressUse.Assigned);
    }

    private void holdAgainstKernel(int which) {
        Ledger ledger = ledgers.get(which);
        var others = new ArrayList<>(ledgers);
        others.remove(which);
        KernelView view = KernelViews.of(kernel, ledger, others);
        for (Command command : Reconciler.afterRestart(ledger, view, now)) {
            ledger = ledger.apply(command, now).ledger();
            explanations.add(CorrectionText.of(command), "that is what the kernel shows");
        }
        ledgers.set(which, ledger);
    }
}
