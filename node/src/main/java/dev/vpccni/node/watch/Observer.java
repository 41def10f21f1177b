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
import dev.vpccni.node.explanation.Explanations;
import dev.vpccni.node.instance.Instance;
import dev.vpccni.node.kernel.KernelViews;
import dev.vpccni.node.ledger.LedgerKeeper;
import dev.vpccni.node.port.Ec2;
import dev.vpccni.node.port.Ec2Exception;
import dev.vpccni.node.port.Ec2Failure;
import dev.vpccni.node.port.HostException;
import dev.vpccni.node.port.HostNetwork;
import dev.vpccni.node.port.ObservedInterface;
import dev.vpccni.node.port.Tempo;
import dev.vpccni.node.work.Retry;
import java.io.IOException;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;

/** Compares the ledger with EC2 and the kernel, and corrects it. One task at a time calls this. */
public final class Observer {

    private final Ec2 ec2;
    private final HostNetwork host;
    private final LedgerKeeper keeper;
    private final Interfaces interfaces;
    private final Upkeep upkeep;
    private final AbandonedPods abandoned;
    private final Runnable interfaceLost;
    private final Supplier<Instance> instance;
    private final Explanations explanations;
    private final Tempo tempo;
    private final Retry retry;
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
     * @param interfaceLost called when an interface is gone that nobody here removed
     */
    public Observer(
            Ec2 ec2,
            HostNetwork host,
            LedgerKeeper keeper,
            Interfaces interfaces,
            Upkeep upkeep,
            AbandonedPods abandoned,
            Runnable interfaceLost,
            Supplier<Instance> instance,
            Explanations explanations,
            Tempo tempo,
            Retry retry) {
        this.ec2 = ec2;
        this.host = host;
        this.keeper = keeper;
        this.interfaces = interfaces;
        this.upkeep = upkeep;
        this.abandoned = abandoned;
        this.interfaceLost = interfaceLost;
        this.instance = instance;
        this.explanations = explanations;
        this.tempo = tempo;
        this.retry = retry;
    }

    /**
     * Looks at the kernel only.
     *
     * @return whether EC2 should be asked
     */
    boolean glance() throws HostException, IOException, InterruptedException {
        Instant at = tempo.instant();
        KernelView kernel = KernelViews.of(host.observe(), keeper.ledger());
        return correct(new Observation(at, null, new TreeSet<>(), kernel)).askEc2();
    }

    /**
     * Asks EC2 and the kernel.
     *
     * @param metadata blocks that metadata showed just now
     * @return whether EC2 has to be asked once more, a moment later, to be believed
     * @throws Ec2Exception also if EC2's answer is older than the instance, which has its primary
     *     interface all its life
     */
    public boolean compare(SortedSet<Cidr> metadata)
            throws Ec2Exception, HostException, IOException, InterruptedException {
        Instant at = tempo.instant();
        List<ObservedInterface> shown =
                retry.repeatable(() -> ec2.describeAttached(instance.get().identity().instance()));
        InterfaceId primary = instance.get().identity().primaryInterface();
        if (shown.stream().noneMatch(one -> one.id().equals(primary))) {
            throw new Ec2Exception(
                    "DescribeNetworkInterfaces",
                    new Ec2Failure.Unavailable(),
                    "the primary interface " + primary + " is not shown yet",
                    null);
        }
        KernelView kernel = KernelViews.of(host.observe(), keeper.ledger());
        List<SeenInterface> seen =
                shown.stream().map(instance.get()::seen).filter(Objects::nonNull).toList();
        Corrections corrections = correct(new Observation(at, seen, metadata, kernel));
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

    /** Returns how many blocks EC2 showed on an interface that the ledger has on another. */
    public SortedMap<InterfaceId, Integer> misplaced() {
        return misplaced;
    }

    /** Makes the kernel serve each secondary interface of the ledger, as after a restart. */
    public void setUpInterfaces() throws InterruptedException {
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

    private Corrections correct(Observation observed)
            throws HostException, IOException, InterruptedException {
        Ledger ledger = keeper.ledger();
        Corrections corrections =
                Reconciler.reconcile(ledger, observed, suspicions, tempo.instant());
        if (!corrections.commands().isEmpty()) {
            keeper.apply(corrections.commands());
        }
        suspicions = corrections.suspicions();
        for (Command command : corrections.commands()) {
            explanations.add(command.toString(), "that is what was observed");
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
