package dev.vpccni.node;

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
import dev.vpccni.model.InterfaceId;
import dev.vpccni.node.port.Ec2;
import dev.vpccni.node.port.Ec2Exception;
import dev.vpccni.node.port.Ec2Failure;
import dev.vpccni.node.port.HostException;
import dev.vpccni.node.port.HostNetwork;
import dev.vpccni.node.port.ObservedInterface;
import dev.vpccni.node.port.Tempo;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.function.Supplier;

/** Compares the ledger with EC2 and the kernel, and corrects it. One task at a time calls this. */
final class Observer {

    private static final int ATTEMPTS = 4;

    private final Ec2 ec2;
    private final HostNetwork host;
    private final LedgerKeeper keeper;
    private final Interfaces interfaces;
    private final Supplier<Instance> instance;
    private final Explanations explanations;
    private final Tempo tempo;
    private final Retry retry;
    private Suspicions suspicions = Suspicions.NONE;

    Observer(
            Ec2 ec2,
            HostNetwork host,
            LedgerKeeper keeper,
            Interfaces interfaces,
            Supplier<Instance> instance,
            Explanations explanations,
            Tempo tempo,
            Retry retry) {
        this.ec2 = ec2;
        this.host = host;
        this.keeper = keeper;
        this.interfaces = interfaces;
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
        KernelView kernel = KernelViews.of(host.observe());
        return correct(new Observation(at, null, null, kernel)).askEc2();
    }

    /**
     * Asks EC2 and the kernel.
     *
     * @throws Ec2Exception also if EC2's answer is older than the instance, which has its primary
     *     interface all its life
     */
    void compare() throws Ec2Exception, HostException, IOException, InterruptedException {
        Instant at = tempo.instant();
        List<ObservedInterface> shown =
                retry.call(
                        ATTEMPTS,
                        Retry::isPassingOrLost,
                        () -> ec2.describeAttached(instance.get().identity().instance()));
        InterfaceId primary = instance.get().identity().primaryInterface();
        if (shown.stream().noneMatch(one -> one.id().equals(primary))) {
            throw new Ec2Exception(
                    "DescribeNetworkInterfaces",
                    new Ec2Failure.Unavailable(),
                    "the primary interface " + primary + " is not shown yet",
                    null);
        }
        KernelView kernel = KernelViews.of(host.observe());
        List<SeenInterface> seen =
                shown.stream().map(instance.get()::seen).filter(Objects::nonNull).toList();
        Corrections corrections = correct(new Observation(at, seen, null, kernel));
        for (SeenInterface found : corrections.adopt()) {
            adopt(found);
        }
        shown.forEach(this::keepUp);
    }

    /** Makes the kernel serve each secondary interface of the ledger, as after a restart. */
    void setUpInterfaces() throws InterruptedException {
        for (HeldInterface held : keeper.ledger().interfaces()) {
            boolean ours = held.facts().role().serves() && held.facts().device() > 0;
            if (ours && held.stage() == InterfaceStage.SERVING) {
                try {
                    interfaces.setUp(held.facts());
                } catch (HostException e) {
                    explanations.add("cannot set up " + held.id(), String.valueOf(e.getMessage()));
                }
            }
        }
    }

    private Corrections correct(Observation observed) throws IOException, InterruptedException {
        Ledger ledger = keeper.ledger();
        Corrections corrections =
                Reconciler.reconcile(ledger, observed, suspicions, tempo.instant());
        if (!corrections.commands().isEmpty()) {
            keeper.apply(corrections.commands());
        }
        suspicions = corrections.suspicions();
        for (Command command : corrections.commands()) {
            explanations.add(command.toString(), "that is what was observed");
        }
        corrections.findings().forEach(finding -> explanations.add("observe", finding));
        return corrections;
    }

    private void adopt(SeenInterface found) throws IOException, InterruptedException {
        try {
            interfaces.serve(found, null);
            explanations.add("serve pods from " + found.facts().id(), "it was found attached");
        } catch (HostException e) {
            explanations.add(
                    "cannot serve pods from " + found.facts().id(), String.valueOf(e.getMessage()));
        }
    }

    /** Marks an interface of ours as such where a daemon died before it could. */
    private void keepUp(ObservedInterface shown) {
        SeenInterface seen = instance.get().seen(shown);
        ObservedInterface.Attachment attachment = shown.attachment();
        if (seen == null || attachment == null || !instance.get().settings().provisioning()) {
            return;
        }
        boolean ours = shown.description().equals(instance.get().description());
        if (seen.facts().role() == InterfaceRole.SECONDARY
                && ours
                && !attachment.deletedOnTermination()) {
            interfaces.deleteOnTermination(shown.id(), attachment.id());
        }
    }
}
