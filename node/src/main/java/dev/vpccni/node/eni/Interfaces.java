package dev.vpccni.node.eni;

import dev.vpccni.dataplane.InterfaceSetup;
import dev.vpccni.ipam.ledger.Checkpoint.Intent;
import dev.vpccni.ipam.ledger.Command;
import dev.vpccni.ipam.ledger.HeldInterface;
import dev.vpccni.ipam.ledger.InterfaceFacts;
import dev.vpccni.ipam.ledger.InterfaceRole;
import dev.vpccni.ipam.reconcile.SeenInterface;
import dev.vpccni.model.AttachmentId;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.node.instance.Instance;
import dev.vpccni.node.ledger.LedgerKeeper;
import dev.vpccni.node.port.Ec2;
import dev.vpccni.node.port.Ec2Exception;
import dev.vpccni.node.port.Ec2Failure;
import dev.vpccni.node.port.HostException;
import dev.vpccni.node.port.HostFailure;
import dev.vpccni.node.port.HostNetwork;
import dev.vpccni.node.port.ObservedInterface;
import dev.vpccni.node.work.Retry;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes network interfaces and removes them. What it begins is in the ledger first and ends there
 * when it is certain, so that a task that fails, or a daemon that dies on the way, is followed by
 * one that knows what to look for.
 */
public final class Interfaces {

    /** EC2 shows a device within seconds; after this long it will not. */
    private static final Duration LINK_PATIENCE = Duration.ofSeconds(90);

    private final HostNetwork host;
    private final LedgerKeeper keeper;
    private final Attachments attachments;
    private final Ec2 ec2;
    private final SubnetLookup subnets;
    private final Retry retry;
    private final int mtu;
    private final Supplier<Instance> instance;

    /**
     * @param mtu bytes, of each interface
     * @param instance what is known of the instance now
     */
    public Interfaces(
            Ec2 ec2,
            HostNetwork host,
            LedgerKeeper keeper,
            Attachments attachments,
            SubnetLookup subnets,
            Retry retry,
            int mtu,
            Supplier<Instance> instance) {
        this.ec2 = ec2;
        this.host = host;
        this.keeper = keeper;
        this.attachments = attachments;
        this.subnets = subnets;
        this.retry = retry;
        this.mtu = mtu;
        this.instance = instance;
    }

    /**
     * Makes the interface that {@code begun} describes, or finds the one that EC2 has made for its
     * token, and puts it to use.
     *
     * @throws Ec2Exception if EC2 did not make it; where it may have all the same, the ledger keeps
     *     the beginning, and this may be called again
     */
    public void create(Intent.Create begun)
            throws Ec2Exception, HostException, IOException, InterruptedException {
        var wanted =
                new Ec2.NewInterface(
                        begun.token(),
                        begun.template().subnet(),
                        begun.template().securityGroups(),
                        instance.get().description(),
                        instance.get().tags(begun.created()),
                        begun.template().family(),
                        begun.kind(),
                        begun.count());
        ObservedInterface made;
        try {
            made = retry.repeatable(() -> ec2.createInterface(wanted));
        } catch (Ec2Exception e) {
            if (!e.mayHaveHappened()) {
                keeper.apply(new Command.CancelCreate(begun.token()));
            }
            throw e;
        }
        keeper.apply(new Command.NoteCreated(begun.token(), made.id()));
        attachAndServe(made, begun);
    }

    /** Goes on with {@code begun}, of which EC2 has made {@code id}, wherever it was left. */
    public void finish(Intent.Create begun, InterfaceId id)
            throws Ec2Exception, HostException, IOException, InterruptedException {
        ObservedInterface shown = attachments.findOrWait(id);
        if (shown == null) {
            keeper.apply(new Command.CancelCreate(begun.token()));
            return;
        }
        attachAndServe(shown, begun);
    }

    private void attachAndServe(ObservedInterface made, Intent.Create begun)
            throws Ec2Exception, HostException, IOException, InterruptedException {
        int card = begun.template().card();
        int device = begun.device();
        String token = begun.token();
        AttachmentId attachment;
        try {
            attachment = attachments.attach(made, card, device);
        } catch (Ec2Exception e) {
            if (!e.mayHaveHappened() && !passes(e.failure())) {
                discard(made.id(), null, token);
            }
            throw e;
        }
        attachments.deleteOnTermination(made.id(), attachment);
        subnets.know(made.subnet(), made.mac());
        try {
            SeenInterface shown = instance.get().seen(made);
            serve(shown == null ? seen(made, card, device, attachment) : shown, token);
        } catch (HostException e) {
            if (e.failure() instanceof HostFailure.NoLink) {
                discard(made.id(), attachment, token);
            }
            throw e;
        }
    }

    /**
     * Tells whether an attachment that failed may succeed later: an interface that is there is not
     * given up for that. Where EC2 has too many requests, another one would only add to them.
     */
    private static boolean passes(Ec2Failure failure) {
        return failure instanceof Ec2Failure.WrongState
                || failure instanceof Ec2Failure.Throttled
                || failure instanceof Ec2Failure.Unavailable;
    }

    private SeenInterface seen(
            ObservedInterface made, int card, int device, AttachmentId attachment) {
        ObservedInterface attached =
                made.attached(
                        instance.get().lastingTags(),
                        new ObservedInterface.Attachment(
                                attachment, "attached", card, device, true));
        SeenInterface seen = instance.get().seen(attached);
        if (seen == null) {
            throw new IllegalStateException("made in a subnet that nobody knows: " + made);
        }
        return seen;
    }

    /**
     * Sets an attached interface up in the kernel, as soon as that has its link, and gives its
     * addresses to pods.
     *
     * @param token that of its beginning in the ledger, or null if it was found
     * @throws HostException if the kernel has no link for it in time, or refuses
     */
    public void serve(SeenInterface seen, @Nullable String token)
            throws HostException, IOException, InterruptedException {
        InterfaceFacts facts = seen.facts();
        if (facts.role() != InterfaceRole.PRIMARY && facts.role().managed()) {
            setUp(facts);
        }
        List<Command> commands = new ArrayList<>();
        if (token != null) {
            commands.addAll(ProvenReleases.by(keeper.ledger(), facts.id(), seen.blocks()));
        }
        commands.add(new Command.AddInterface(facts, seen.blocks(), token));
        keeper.apply(commands);
    }

    /**
     * Makes the kernel serve an interface whose link is there or about to be.
     *
     * @throws HostException with {@link HostFailure.NoLink} if it has no link in time
     */
    public void setUp(InterfaceFacts facts) throws HostException, InterruptedException {
        if (!host.awaitLink(facts.mac(), LINK_PATIENCE)) {
            throw new HostException(
                    new HostFailure.NoLink(facts.mac()),
                    "no link for " + facts.id() + " after " + LINK_PATIENCE,
                    null);
        }
        var _ = host.setUpInterface(setup(facts, mtu));
    }

    /**
     * Returns what the kernel should hold for a secondary interface.
     *
     * @param mtu bytes
     */
    public static InterfaceSetup setup(InterfaceFacts facts, int mtu) {
        return new InterfaceSetup(
                facts.mac(), facts.primaryAddress(), facts.subnetCidr(), facts.table(), mtu);
    }

    /**
     * Detaches and deletes an interface that the ledger lets go of.
     *
     * @param begunJustNow whether nobody can have tried before, so that EC2's refusal means that
     *     nothing happened, and the interface may serve on
     * @throws Ec2Exception if it may still be there; then this may be called again
     */
    public void remove(InterfaceId id, boolean begunJustNow)
            throws Ec2Exception, HostException, IOException, InterruptedException {
        HeldInterface held = keeper.ledger().find(id);
        if (held == null) {
            return;
        }
        try {
            attachments.detach(id, held.facts().attachment());
        } catch (Ec2Exception e) {
            if (begunJustNow && !e.mayHaveHappened()) {
                keeper.apply(new Command.CancelRemoval(id));
            }
            throw e;
        }
        host.tearDownInterface(held.facts().primaryAddress());
        try {
            attachments.delete(id);
        } catch (Ec2Exception e) {
            // It takes no place any more. Whoever looks for lost interfaces tries again.
            if (e.failure() instanceof Ec2Failure.Denied) {
                keeper.apply(new Command.ConfirmRemoved(id));
            }
            throw e;
        }
        keeper.apply(new Command.ConfirmRemoved(id));
    }

    /** Where that fails it stays in the ledger as begun, and is gone on with. */
    private void discard(InterfaceId id, @Nullable AttachmentId attachment, String token)
            throws IOException, InterruptedException {
        try {
            if (attachment != null) {
                attachments.detach(id, attachment);
            }
            attachments.delete(id);
        } catch (Ec2Exception _) {
            return;
        }
        keeper.apply(new Command.CancelCreate(token));
    }
}
