package dev.vpccni.node.eni;

import dev.vpccni.ipam.reconcile.Reconciler;
import dev.vpccni.model.AttachmentId;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.node.instance.Instance;
import dev.vpccni.node.port.Ec2;
import dev.vpccni.node.port.Ec2Exception;
import dev.vpccni.node.port.Ec2Failure;
import dev.vpccni.node.port.ObservedInterface;
import dev.vpccni.node.port.Tempo;
import dev.vpccni.node.work.Retry;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Attaches interfaces to the instance, takes them off and deletes them, however often it has to ask
 * and however late EC2 shows what it has done. Changes nothing in the ledger.
 */
public final class Attachments {

    private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

    /** EC2 takes seconds to detach, and half a minute at its slowest. */
    private static final Duration DETACHING_MAX = Duration.ofSeconds(90);

    private static final Duration DELETE_AGAIN = Duration.ofSeconds(2);

    private final Ec2 ec2;
    private final Tempo tempo;
    private final Retry retry;
    private final Supplier<Instance> instance;

    /**
     * @param instance what is known of the instance now
     */
    public Attachments(Ec2 ec2, Tempo tempo, Retry retry, Supplier<Instance> instance) {
        this.ec2 = ec2;
        this.tempo = tempo;
        this.retry = retry;
        this.instance = instance;
    }

    /**
     * Attaches an interface, unless it is.
     *
     * @throws Ec2Exception with {@link Ec2Failure.DeviceTaken} or {@link Ec2Failure.LimitExceeded}
     *     if the instance has no such place for it; with {@link Ec2Failure.WrongState} if EC2 says
     *     that it is in use, and does not show where
     */
    AttachmentId attach(ObservedInterface shown, int card, int device)
            throws Ec2Exception, InterruptedException {
        AttachmentId known = attachment(shown);
        if (known != null) {
            return known;
        }
        InterfaceId id = shown.id();
        try {
            // As good twice as once: an interface that is attached is refused.
            return retry.repeatable(
                    () -> ec2.attach(id, instance.get().identity().instance(), card, device));
        } catch (Ec2Exception e) {
            boolean perhaps = e.mayHaveHappened() || e.failure() instanceof Ec2Failure.WrongState;
            AttachmentId done = perhaps ? awaitShown(id) : null;
            if (done == null) {
                throw e;
            }
            return done;
        }
    }

    /** Makes EC2 delete it with the instance: a convenience that the daemon can do without. */
    void deleteOnTermination(InterfaceId id, AttachmentId attachment) {
        tempo.start(
                "delete-on-termination-" + id,
                () -> {
                    try {
                        retry.repeatable(() -> ec2.deleteOnTermination(id, attachment));
                    } catch (Ec2Exception _) {
                        // The next comparison with EC2 finds the flag missing.
                    } catch (InterruptedException _) {
                        Thread.currentThread().interrupt();
                    }
                });
    }

    /**
     * Takes an interface off the instance, unless it is off.
     *
     * @param known its attachment, or null if nobody has said
     */
    void detach(InterfaceId id, @Nullable AttachmentId known)
            throws Ec2Exception, InterruptedException {
        AttachmentId attachment = known == null ? shownAttachment(id) : known;
        if (attachment == null) {
            return;
        }
        try {
            retry.repeatable(() -> ec2.detach(attachment));
        } catch (Ec2Exception e) {
            boolean done =
                    e.failure() instanceof Ec2Failure.Gone
                            || e.failure() instanceof Ec2Failure.WrongState;
            if (!done) {
                throw e;
            }
        }
    }

    /** Deletes an interface as soon as EC2 has taken it off; one that is gone is not missed. */
    void delete(InterfaceId id) throws Ec2Exception, InterruptedException {
        long end = tempo.nanos() + DETACHING_MAX.toNanos();
        while (true) {
            try {
                retry.repeatable(() -> ec2.delete(id));
                return;
            } catch (Ec2Exception e) {
                if (e.failure() instanceof Ec2Failure.Gone) {
                    return;
                }
                if (!(e.failure() instanceof Ec2Failure.WrongState) || tempo.nanos() >= end) {
                    throw e;
                }
            }
            tempo.pause(DELETE_AGAIN);
        }
    }

    /** Describes an interface that was made; null if EC2 does not show it for long. */
    @Nullable ObservedInterface findOrWait(InterfaceId id)
            throws Ec2Exception, InterruptedException {
        long end = tempo.nanos() + Reconciler.SETTLING.toNanos();
        while (true) {
            ObservedInterface shown = find(id);
            if (shown != null || tempo.nanos() >= end) {
                return shown;
            }
            tempo.pause(LOOK_AGAIN);
        }
    }

    private @Nullable AttachmentId awaitShown(InterfaceId id)
            throws Ec2Exception, InterruptedException {
        long end = tempo.nanos() + Reconciler.SETTLING.toNanos();
        while (true) {
            AttachmentId attachment = shownAttachment(id);
            if (attachment != null || tempo.nanos() >= end) {
                return attachment;
            }
            tempo.pause(LOOK_AGAIN);
        }
    }

    private @Nullable AttachmentId shownAttachment(InterfaceId id)
            throws Ec2Exception, InterruptedException {
        ObservedInterface shown = find(id);
        return shown == null ? null : attachment(shown);
    }

    /** Returns how it hangs on the instance, or null if it does not, or not for long. */
    private static @Nullable AttachmentId attachment(ObservedInterface shown) {
        ObservedInterface.Attachment attachment = shown.attachment();
        return attachment == null || attachment.status().startsWith("detach")
                ? null
                : attachment.id();
    }

    private @Nullable ObservedInterface find(InterfaceId id)
            throws Ec2Exception, InterruptedException {
        try {
            return retry.repeatable(() -> ec2.describe(List.of(id))).getFirst();
        } catch (Ec2Exception e) {
            if (e.failure() instanceof Ec2Failure.Gone) {
                return null;
            }
            throw e;
        }
    }
}
