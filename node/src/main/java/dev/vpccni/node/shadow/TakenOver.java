package dev.vpccni.node.shadow;

import dev.vpccni.ipam.ledger.AddressUse;
import dev.vpccni.ipam.ledger.Checkpoint;
import dev.vpccni.ipam.ledger.Command;
import dev.vpccni.ipam.ledger.InterfaceFacts;
import dev.vpccni.ipam.ledger.InterfaceRole;
import dev.vpccni.ipam.ledger.Ledger;
import dev.vpccni.ipam.reconcile.Corrections;
import dev.vpccni.ipam.reconcile.KernelView;
import dev.vpccni.ipam.reconcile.Observation;
import dev.vpccni.ipam.reconcile.Reconciler;
import dev.vpccni.ipam.reconcile.SeenInterface;
import dev.vpccni.ipam.reconcile.Suspicions;
import dev.vpccni.model.BlockKind;
import dev.vpccni.model.Cidr;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.IpAddress;
import dev.vpccni.node.explanation.CorrectionText;
import dev.vpccni.node.kernel.KernelViews;
import dev.vpccni.node.port.HostNetwork;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;

/**
 * The ledger that this daemon would come to, from another one's checkpoint, the kernel and EC2, in
 * the steps in which it comes to it. Pure but for what it gathers. Used by one thread.
 */
final class TakenOver {

    private final HostNetwork.Observation kernel;
    private final Instant now;
    private final List<ShadowFinding> findings;
    private final boolean knewInterfaces;
    private Ledger ledger;
    private SortedMap<InterfaceId, Integer> misplaced = new TreeMap<>();

    /**
     * Begins as a daemon does that starts: with the checkpoint, held against the kernel.
     *
     * @param findings to which is added what that would change
     */
    TakenOver(
            Checkpoint checkpoint,
            HostNetwork.Observation kernel,
            Duration cooldown,
            BlockKind preferred,
            Instant now,
            List<ShadowFinding> findings) {
        this.kernel = kernel;
        this.now = now;
        this.findings = findings;
        Ledger.Restored restored = Ledger.restore(checkpoint, cooldown, preferred, now);
        for (String problem : restored.problems()) {
            findings.add(
                    ShadowFinding.attention(ShadowPart.PODS, "repair the checkpoint", problem));
        }
        ledger = restored.ledger();
        knewInterfaces = !ledger.interfaces().isEmpty();
        for (Command command : Reconciler.afterRestart(ledger, view(), now)) {
            apply(command);
            tell(ShadowPart.PODS, command, "that is what the kernel shows");
        }
        for (Map.Entry<IpAddress, Integer> rule : kernel.podRules().entrySet()) {
            if (!kernel.leadsToPod(rule.getKey())
                    && !(ledger.use(rule.getKey()) instanceof AddressUse.Assigned)) {
                findings.add(
                        ShadowFinding.change(
                                ShadowPart.PODS,
                                "remove the rules of " + rule.getKey(),
                                "no pod has it"));
            }
        }
    }

    /**
     * Goes on with what EC2 shows.
     *
     * @param metadata blocks that metadata shows
     */
    void compare(List<SeenInterface> seen, SortedSet<Cidr> metadata) {
        Corrections corrections =
                Reconciler.reconcile(
                        ledger, new Observation(now, seen, metadata, view()), Suspicions.NONE, now);
        for (Command command : corrections.commands()) {
            apply(command);
            tell(ShadowPart.INTERFACES, command, "that is what EC2 and the kernel show");
        }
        for (SeenInterface served : corrections.serve()) {
            apply(new Command.AddInterface(served.facts(), served.blocks(), null));
        }
        if (knewInterfaces) {
            for (String finding : corrections.findings()) {
                findings.add(ShadowFinding.attention(ShadowPart.INTERFACES, "observe", finding));
            }
        }
        misplaced = corrections.misplaced();
        for (SeenInterface one : seen) {
            tellWhatIsNotServed(one);
        }
        ledger.unplaced().forEach(this::tellHomeless);
    }

    private void tellWhatIsNotServed(SeenInterface seen) {
        boolean linked = kernel.links().containsKey(seen.facts().mac());
        if (seen.facts().role() == InterfaceRole.UNMANAGED) {
            findings.add(
                    ShadowFinding.change(
                            ShadowPart.INTERFACES,
                            "leave " + seen.facts().id() + " to others",
                            "its tags or its type say that it is not for pods"));
        } else if (!linked) {
            findings.add(
                    ShadowFinding.attention(
                            ShadowPart.INTERFACES,
                            "give pods no addresses of " + seen.facts().id(),
                            "the kernel has no link " + seen.facts().mac()));
        }
    }

    /** Of what cools down nobody needs to know where it lies. */
    private void tellHomeless(IpAddress address, AddressUse use) {
        if (use.inUse()) {
            findings.add(
                    ShadowFinding.attention(
                            ShadowPart.PODS,
                            "leave " + address + " to its pod without knowing its interface",
                            "EC2 shows it on no interface of the instance that serves pods"));
        }
    }

    /** Returns what it has come to. */
    Ledger ledger() {
        return ledger;
    }

    /** Returns how many blocks EC2 shows on another interface than the checkpoint does. */
    SortedMap<InterfaceId, Integer> misplaced() {
        return misplaced;
    }

    /** Returns how many of the grants have a pod in the kernel. */
    long living() {
        KernelView view = view();
        return ledger.checkpoint().grants().stream()
                .filter(grant ->
                        view.live().contains(grant.address())
                                || view.connected().contains(grant.key()))
                .count();
    }

    private KernelView view() {
        return KernelViews.of(kernel, ledger);
    }

    private void apply(Command command) {
        ledger = ledger.apply(command, now).ledger();
    }

    private void tell(ShadowPart part, Command command, String why) {
        boolean attention =
                switch (command) {
                    case Command.Hold _, Command.Doubt _, Command.Suspend _ -> true;
                    default -> false;
                };
        findings.add(new ShadowFinding(part, attention, text(command), why));
    }

    /** What an interface has changes with each pod, and is counted elsewhere. */
    private static String text(Command command) {
        return command instanceof Command.Discover(InterfaceFacts facts, _)
                ? CorrectionText.of(new Command.Discover(facts, List.of()))
                : CorrectionText.of(command);
    }
}
