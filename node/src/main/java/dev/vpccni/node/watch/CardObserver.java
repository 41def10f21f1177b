package dev.vpccni.node.watch;

import dev.vpccni.ipam.ledger.Command;
import dev.vpccni.ipam.ledger.HeldInterface;
import dev.vpccni.ipam.ledger.InterfaceRole;
import dev.vpccni.ipam.ledger.InterfaceStage;
import dev.vpccni.ipam.ledger.Ledger;
import dev.vpccni.ipam.reconcile.Corrections;
import dev.vpccni.ipam.reconcile.KernelView;
import dev.vpccni.ipam.reconcile.Observation;
import dev.vpccni.ipam.reconcile.Reconciler;
import dev.vpccni.ipam.reconcile.SeenInterface;
import dev.vpccni.ipam.reconcile.Suspicions;
import dev.vpccni.model.AttachmentKey;
import dev.vpccni.model.Cidr;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.node.eni.Interfaces;
import dev.vpccni.node.eni.Upkeep;
import dev.vpccni.node.explanation.CorrectionText;
import dev.vpccni.node.explanation.Explanations;
import dev.vpccni.node.instance.Instance;
import dev.vpccni.node.kernel.KernelViews;
import dev.vpccni.node.ledger.LedgerKeeper;
import dev.vpccni.node.port.HostException;
import dev.vpccni.node.port.HostNetwork;
import dev.vpccni.node.port.ObservedInterface;
import java.io.IOException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;

/**
 * Holds the ledger of one network card against what EC2 and the kernel show, and corrects it. One
 * task at a time calls this.
 */
public final class CardObserver {

    private final LedgerKeeper keeper;
    private final Supplier<List<Ledger>> others;
    private final Interfaces interfaces;
    private final Upkeep upkeep;
    private final AbandonedPods abandoned;
    private final Runnable interfaceLost;
    private final Supplier<Instance> instance;
    private final Explanations explanations;
    private final InstantSource clock;
    private Suspicions suspicions = Suspicions.NONE;
    private Set<String> told = Set.of();
    private volatile SortedMap<InterfaceId, Integer> misplaced = new TreeMap<>();

    /** Lets go of a grant whose pod is no more. */
    public interface AbandonedPods {
        /**
         * Tells whether the grant of {@code key} is let go of: not if its pod is there after all.
         */
        boolean letGo(AttachmentKey key) throws HostException, IOException, InterruptedException;
    }

    /**
     * @param others the ledgers of the other cards
     * @param interfaceLost called when an interface is gone that nobody here removed
     * @param instance as this card's pool sees it
     */
    public CardObserver(
            LedgerKeeper keeper,
            Supplier<List<Ledger>> others,
            Interfaces interfaces,
            Upkeep upkeep,
            AbandonedPods abandoned,
            Runnable interfaceLost,
            Supplier<Instance> instance,
            Explanations explanations,
            InstantSource clock) {
        this.keeper = keeper;
        this.others = others;
        this.interfaces = interfaces;
        this.upkeep = upkeep;
        this.abandoned = abandoned;
        this.interfaceLost = interfaceLost;
        this.instance = instance;
        this.explanations = explanations;
        this.clock = clock;
    }

    /** Returns which network card it is. */
    int card() {
        return instance.get().card();
    }

    /** Returns how many blocks EC2 showed on an interface that the ledger has on another. */
    public SortedMap<InterfaceId, Integer> misplaced() {
        return misplaced;
    }

    /**
     * Compares with the kernel only.
     *
     * @param at when the kernel was asked
     * @return whether EC2 should be asked
     */
    boolean glance(Instant at, HostNetwork.Observation kernel)
            throws HostException, IOException, InterruptedException {
        return correct(new Observation(at, null, new TreeSet<>(), view(kernel))).askEc2();
    }

    /**
     * Compares with EC2 and the kernel.
     *
     * @param at when the first of them was asked
     * @param shown interfaces of all cards
     * @param metadata blocks that metadata showed just now
     * @return whether EC2 has to be asked once more, a moment later, to be believed
     */
    boolean compare(
            Instant at,
            List<ObservedInterface> shown,
            SortedSet<Cidr> metadata,
            HostNetwork.Observation kernel)
            throws HostException, IOException, InterruptedException {
        List<SeenInterface> seen =
                shown.stream().map(instance.get()::seen).filter(Objects::nonNull).toList();
        Corrections corrections = correct(new Observation(at, seen, metadata, view(kernel)));
        for (SeenInterface found : corrections.serve()) {
            serve(found);
        }
        misplaced = corrections.misplaced();
        upkeep.look(shown);
        return corrections.askAgain();
    }

    /** Tells whether EC2 has interfaces otherwise than they should be, since it was asked last. */
    boolean lacksUpkeep() {
        return upkeep.failed();
    }

    /** Makes the kernel serve each secondary interface of the ledger, as after a restart. */
    void setUpInterfaces() throws InterruptedException {
        for (HeldInterface held : keeper.ledger().interfaces()) {
            boolean ours =
                    held.facts().role().managed() && held.facts().role() != InterfaceRole.PRIMARY;
            if (ours && held.stage() == InterfaceStage.SERVING) {
                try {
                    interfaces.setUp(held.facts());
                } catch (HostException e) {
                    explanations.add("cannot set up " + held.id(), String.valueOf(e.getMessage()));
                }
            }
        }
    }

    private KernelView view(HostNetwork.Observation kernel) {
        return KernelViews.of(kernel, keeper.ledger(), others.get());
    }

    private Corrections correct(Observation observed)
            throws HostException, IOException, InterruptedException {
        Ledger ledger = keeper.ledger();
        Corrections corrections =
                Reconciler.reconcile(ledger, observed, suspicions, clock.instant());
        if (!corrections.commands().isEmpty()) {
            keeper.apply(corrections.commands());
        }
        suspicions = corrections.suspicions();
        for (Command command : corrections.commands()) {
            explanations.add(CorrectionText.of(command), "that is what was observed");
            if (command instanceof Command.ForgetInterface) {
                interfaceLost.run();
            }
        }
        explain(corrections.findings(), observed.ec2() != null);
        for (AttachmentKey key : corrections.abandoned()) {
            if (abandoned.letGo(key)) {
                explanations.add(
                        "let go of the address of " + key,
                        "its pod has had no interface on the node for a minute, and no DEL came");
            }
        }
        return corrections;
    }

    /** Once for as long as it is found; the kernel alone does not show what has ended. */
    private void explain(List<String> findings, boolean all) {
        for (String finding : findings) {
            if (!told.contains(finding)) {
                explanations.add("observe", finding);
            }
        }
        var known = new HashSet<String>(findings);
        if (!all) {
            known.addAll(told);
        }
        told = known;
    }

    private void serve(SeenInterface found) throws IOException, InterruptedException {
        try {
            interfaces.serve(found, null);
            explanations.add(
                    "serve pods from " + found.facts().id(), "EC2 and the kernel both have it");
        } catch (HostException e) {
            explanations.add(
                    "cannot serve pods from " + found.facts().id(), String.valueOf(e.getMessage()));
        }
    }
}
