package dev.vpccni.node;

import dev.vpccni.dataplane.InterfaceSetup;
import dev.vpccni.ipam.ledger.Command;
import dev.vpccni.ipam.ledger.HeldInterface;
import dev.vpccni.ipam.ledger.InterfaceFacts;
import dev.vpccni.ipam.reconcile.SeenInterface;
import dev.vpccni.model.AttachmentId;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.SecurityGroupId;
import dev.vpccni.model.SubnetId;
import dev.vpccni.node.port.Ec2;
import dev.vpccni.node.port.Ec2Exception;
import dev.vpccni.node.port.Ec2Failure;
import dev.vpccni.node.port.HostException;
import dev.vpccni.node.port.HostFailure;
import dev.vpccni.node.port.HostNetwork;
import dev.vpccni.node.port.ObservedInterface;
import dev.vpccni.node.port.Tempo;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes network interfaces and removes them. What it begins is in the ledger first, so that a
 * daemon that dies on the way is followed by one that knows what to look for.
 */
final class Interfaces {

    /** EC2 shows a device within seconds; after this long it will not. */
    private static final Duration LINK_PATIENCE = Duration.ofSeconds(90);

    /** With growing pauses, about a minute: longer than EC2 takes to detach. */
    private static final int DELETE_ATTEMPTS = 12;

    private static final int ATTEMPTS = 5;

    private final Ec2 ec2;
    private final HostNetwork host;
    private final LedgerKeeper keeper;
    private final Tempo tempo;
    private final Retry retry;
    private final int mtu;
    private final Supplier<Instance> instance;

    /**
     * @param mtu bytes, of each interface
     * @param instance what is known of the instance now
     */
    Interfaces(
            Ec2 ec2,
            HostNetwork host,
            LedgerKeeper keeper,
            Tempo tempo,
            Retry retry,
            int mtu,
            Supplier<Instance> instance) {
        this.ec2 = ec2;
        this.host = host;
        this.keeper = keeper;
        this.tempo = tempo;
        this.retry = retry;
        this.mtu = mtu;
        this.instance = instance;
    }

    /**
     * Makes the interface that {@code wanted} describes, of which the ledger holds the beginning,
     * and puts it to use at {@code device}.
     */
    void create(Ec2.NewInterface wanted, int device)
            throws Ec2Exception, HostException, IOException, InterruptedException {
        String token = wanted.token();
        ObservedInterface made;
        try {
            made = retry.call(ATTEMPTS, Retry::isPassingOrLost, () -> ec2.createInterface(wanted));
        } catch (Ec2Exception e) {
            if (!(e.failure() instanceof Ec2Failure.Ambiguous)) {
                keeper.apply(new Command.CancelCreate(token));
            }
            throw e;
        }
        keeper.apply(new Command.NoteCreated(token, made.id()));
        attachAndServe(made, device, token);
    }

    /**
     * Describes the interface to make under {@code token}. The same arguments describe the same
     * one, so that EC2 answers a repeated request with what it made before.
     *
     * @param since when it was begun
     */
    Ec2.NewInterface describe(
            String token,
            SubnetId subnet,
            List<SecurityGroupId> groups,
            int addresses,
            Instant since) {
        return new Ec2.NewInterface(
                token,
                subnet,
                groups,
                instance.get().description(),
                instance.get().tags(since),
                addresses);
    }

    private void attachAndServe(ObservedInterface made, int device, String token)
            throws Ec2Exception, HostException, IOException, InterruptedException {
        AttachmentId attachment = null;
        try {
            attachment = attach(made.id(), device);
            deleteOnTermination(made.id(), attachment);
            serve(seen(made, device, attachment), token);
        } catch (Ec2Exception | HostException e) {
            discard(made.id(), attachment, token);
            throw e;
        }
    }

    private SeenInterface seen(ObservedInterface made, int device, AttachmentId attachment) {
        var attached =
                new ObservedInterface(
                        made.id(),
                        made.status(),
                        made.type(),
                        made.description(),
                        made.mac(),
                        made.subnet(),
                        made.primaryAddress(),
                        made.secondaryAddresses(),
                        instance.get().lastingTags(),
                        new ObservedInterface.Attachment(attachment, "attached", 0, device, true));
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
     */
    void serve(SeenInterface seen, @Nullable String token)
            throws HostException, IOException, InterruptedException {
        InterfaceFacts facts = seen.facts();
        if (facts.device() > 0 && facts.role().serves()) {
            setUp(facts);
        }
        keeper.apply(new Command.AddInterface(facts, seen.addresses(), token));
    }

    /** Makes the kernel serve an interface whose link is there or about to be. */
    void setUp(InterfaceFacts facts) throws HostException, InterruptedException {
        if (!host.awaitLink(facts.mac(), LINK_PATIENCE)) {
            throw new HostException(
                    new HostFailure.NoLink(facts.mac()),
                    "no link for " + facts.id() + " after " + LINK_PATIENCE,
                    null);
        }
        host.setUpInterface(
                new InterfaceSetup(
                        facts.mac(),
                        facts.primaryAddress(),
                        facts.subnetCidr(),
                        facts.table(),
                        mtu));
    }

    /** Detaches and deletes an interface that the ledger lets go of. */
    void remove(InterfaceId id)
            throws Ec2Exception, HostException, IOException, InterruptedException {
        HeldInterface held = keeper.ledger().find(id);
        if (held == null) {
            return;
        }
        AttachmentId attachment = held.facts().attachment();
        try {
            detach(id, attachment == null ? attachmentOf(id) : attachment);
        } catch (Ec2Exception e) {
            // As far as anybody knows it still hangs on the instance, and serves on.
            keeper.apply(new Command.CancelRemoval(id));
            throw e;
        }
        host.tearDownInterface(held.facts().primaryAddress());
        delete(id);
        keeper.apply(new Command.ConfirmRemoved(id));
    }

    /** Ends what was begun under {@code token}, which made {@code id}, and is nobody's work now. */
    void finish(String token, InterfaceId id)
            throws Ec2Exception, HostException, IOException, InterruptedException {
        ObservedInterface shown = find(id);
        if (shown == null) {
            keeper.apply(new Command.CancelCreate(token));
            return;
        }
        SeenInterface seen = instance.get().seen(shown);
        if (seen == null) {
            discard(id, attachmentOf(id), token);
        } else {
            serve(seen, token);
        }
    }

    /** Deletes an interface of ours that hangs on nothing. */
    void deleteLeaked(InterfaceId id) throws Ec2Exception, InterruptedException {
        delete(id);
    }

    private AttachmentId attach(InterfaceId id, int device)
            throws Ec2Exception, InterruptedException {
        int attempt = 0;
        while (true) {
            try {
                return ec2.attach(id, instance.get().identity().instance(), device);
            } catch (Ec2Exception e) {
                attempt++;
                boolean unsure =
                        Retry.isPassingOrLost(e.failure())
                                || e.failure() instanceof Ec2Failure.WrongState;
                if (!unsure || attempt >= ATTEMPTS) {
                    throw e;
                }
                retry.pause(attempt);
                AttachmentId done = attachmentOf(id);
                if (done != null) {
                    return done;
                }
            }
        }
    }

    /** A convenience of EC2's for when the instance ends; the daemon can do without. */
    void deleteOnTermination(InterfaceId id, AttachmentId attachment) {
        tempo.start(
                "delete-on-termination-" + id,
                () -> {
                    try {
                        retry.<Boolean>call(
                                ATTEMPTS,
                                Retry::isPassingOrLost,
                                () -> {
                                    ec2.deleteOnTermination(id, attachment);
                                    return true;
                                });
                    } catch (Ec2Exception _) {
                        // The next comparison with EC2 finds the flag missing.
                    } catch (InterruptedException _) {
                        Thread.currentThread().interrupt();
                    }
                });
    }

    private void discard(InterfaceId id, @Nullable AttachmentId known, String token)
            throws IOException, InterruptedException {
        try {
            detach(id, known == null ? attachmentOf(id) : known);
            delete(id);
        } catch (Ec2Exception _) {
            // It stays in the ledger as begun, and is tried again.
            return;
        }
        keeper.apply(new Command.CancelCreate(token));
    }

    private void detach(InterfaceId id, @Nullable AttachmentId attachment)
            throws Ec2Exception, InterruptedException {
        if (attachment == null) {
            return;
        }
        int attempt = 0;
        while (true) {
            try {
                ec2.detach(attachment);
                return;
            } catch (Ec2Exception e) {
                attempt++;
                if (e.failure() instanceof Ec2Failure.Gone || attachmentOf(id) == null) {
                    return;
                }
                if (!Retry.isPassingOrLost(e.failure()) || attempt >= ATTEMPTS) {
                    throw e;
                }
            }
            retry.pause(attempt);
        }
    }

    private void delete(InterfaceId id) throws Ec2Exception, InterruptedException {
        try {
            retry.<Boolean>call(
                    DELETE_ATTEMPTS,
                    // Until it is free, EC2 answers that it is in use.
                    f -> Retry.isPassingOrLost(f) || f instanceof Ec2Failure.WrongState,
                    () -> {
                        ec2.delete(id);
                        return true;
                    });
        } catch (Ec2Exception e) {
            if (!(e.failure() instanceof Ec2Failure.Gone)) {
                throw e;
            }
        }
    }

    /** Returns the attachment of an interface, or null if it has none, or is none any more. */
    private @Nullable AttachmentId attachmentOf(InterfaceId id)
            throws Ec2Exception, InterruptedException {
        ObservedInterface shown = find(id);
        ObservedInterface.Attachment attachment = shown == null ? null : shown.attachment();
        return attachment == null || attachment.status().startsWith("detach")
                ? null
                : attachment.id();
    }

    private @Nullable ObservedInterface find(InterfaceId id)
            throws Ec2Exception, InterruptedException {
        try {
            return retry.call(ATTEMPTS, Retry::isPassingOrLost, () -> ec2.describe(List.of(id)))
                    .getFirst();
        } catch (Ec2Exception e) {
            if (e.failure() instanceof Ec2Failure.Gone) {
                return null;
            }
            throw e;
        }
    }
}
