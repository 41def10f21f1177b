package dev.vpccni.node;

import dev.vpccni.dataplane.InterfaceNames;
import dev.vpccni.ipam.ledger.AddressUse;
import dev.vpccni.ipam.ledger.Checkpoint;
import dev.vpccni.ipam.ledger.Command;
import dev.vpccni.ipam.ledger.HeldInterface;
import dev.vpccni.ipam.ledger.Ledger;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.PodName;
import dev.vpccni.node.port.HostException;
import dev.vpccni.node.port.HostNetwork;
import dev.vpccni.node.port.LedgerStore;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;

/**
 * The ledger that a daemon begins with: what the checkpoint says, held against what the kernel
 * shows. Neither EC2 nor metadata is asked.
 *
 * <p>A grant whose pod has no link any more ends. An address that the kernel leads to a pod, and of
 * which no grant is known, is kept from everyone. An interface without a link waits for EC2 to say
 * what became of it.
 */
final class Restoration {

    private final HostNetwork.Observation kernel;
    private final Explanations explanations;
    private final Instant now;
    private Ledger ledger;

    private Restoration(
            Ledger ledger, HostNetwork.Observation kernel, Explanations explanations, Instant now) {
        this.ledger = ledger;
        this.kernel = kernel;
        this.explanations = explanations;
        this.now = now;
    }

    /**
     * What a daemon begins with.
     *
     * @param written what is on the disk now, which may differ from {@code ledger}
     */
    record Restored(Ledger ledger, Checkpoint written) {}

    static Restored restore(
            LedgerStore store,
            HostNetwork host,
            Duration cooldown,
            Explanations explanations,
            Instant now)
            throws IOException, HostException, InterruptedException {
        LedgerStore.Stored stored = store.read();
        if (stored.quarantined() != null) {
            explanations.add(
                    "set the checkpoint aside as " + stored.quarantined(),
                    "it could not be understood; the kernel and EC2 say what there is");
        }
        Checkpoint checkpoint =
                stored.checkpoint() == null ? Checkpoint.EMPTY : stored.checkpoint();
        Ledger.Restored restored = Ledger.restore(checkpoint, cooldown, now);
        restored.problems().forEach(p -> explanations.add("repair the checkpoint", p));
        var restoration = new Restoration(restored.ledger(), host.observe(), explanations, now);
        return new Restored(restoration.heldAgainstKernel(), checkpoint);
    }

    private Ledger heldAgainstKernel() {
        for (HeldInterface held : ledger.interfaces()) {
            if (!kernel.links().containsKey(held.facts().mac())) {
                apply(new Command.Suspend(held.id()), "no link has " + held.facts().mac());
            }
        }
        for (Checkpoint.Grant grant : ledger.checkpoint().grants()) {
            if (!isAlive(grant)) {
                apply(new Command.Release(grant.key()), "its pod has no link any more");
            }
        }
        kernel.podRoutes().forEach((address, link) -> hold(address, "a route leads to " + link));
        kernel.podRules().forEach((address, _) -> hold(address, "a rule leads to a pod"));
        return ledger;
    }

    private boolean isAlive(Checkpoint.Grant grant) {
        PodName pod = grant.pod();
        if (pod.name().isEmpty() || pod.namespace().isEmpty()) {
            return true;
        }
        // The prefix may have been another one when the pod was added.
        String digits = InterfaceNames.host("", pod);
        return kernel.hostInterfaces().stream().anyMatch(name -> name.endsWith(digits));
    }

    private void hold(Ipv4Address address, String reason) {
        AddressUse use = ledger.use(address);
        if (use == null || !use.inUse()) {
            apply(new Command.Hold(address), reason);
        }
    }

    private void apply(Command command, String reason) {
        Ledger before = ledger;
        ledger = ledger.apply(command, now).ledger();
        if (ledger != before) {
            explanations.add(command.toString(), reason);
        }
    }
}
