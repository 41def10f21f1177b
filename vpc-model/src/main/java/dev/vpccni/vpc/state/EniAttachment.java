package dev.vpccni.vpc.state;

import dev.vpccni.model.AttachmentId;
import dev.vpccni.model.InstanceId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How an interface hangs on an instance, and from when on who sees it.
 *
 * @param card the network card's index
 * @param device the device index on that card
 * @param deviceFrom when the instance has the device
 * @param metadataFrom when metadata lists it
 * @param addressesFrom when metadata lists its secondary addresses
 * @param freeFrom when a detach is over; null while none was asked for
 */
public record EniAttachment(
        AttachmentId id,
        InstanceId instance,
        int card,
        int device,
        boolean deleteOnTermination,
        Instant attachTime,
        Instant deviceFrom,
        Instant metadataFrom,
        Instant addressesFrom,
        @Nullable Instant freeFrom) {

    /** Returns this, with the interface deleted when the instance ends or not. */
    public EniAttachment withDeleteOnTermination(boolean value) {
        return new EniAttachment(
                id,
                instance,
                card,
                device,
                value,
                attachTime,
                deviceFrom,
                metadataFrom,
                addressesFrom,
                freeFrom);
    }

    /** Returns this with a detach that is over at {@code end}. */
    public EniAttachment endingAt(Instant end) {
        return new EniAttachment(
                id,
                instance,
                card,
                device,
                deleteOnTermination,
                attachTime,
                deviceFrom,
                metadataFrom,
                addressesFrom,
                end);
    }

    /** Tells whether a detach is over at {@code now}. */
    boolean hasEnded(Instant now) {
        return freeFrom != null && !now.isBefore(freeFrom);
    }

    /** Tells whether the instance has the device at {@code now}. */
    public boolean isPluggedIn(Instant now) {
        return !now.isBefore(deviceFrom) && !hasEnded(now);
    }

    /**
     * Returns what EC2 says of it at {@code now}: {@code attaching}, {@code attached}, {@code
     * detaching} or {@code detached}.
     */
    public String status(Instant now) {
        if (freeFrom != null) {
            return hasEnded(now) ? "detached" : "detaching";
        }
        return now.isBefore(deviceFrom) ? "attaching" : "attached";
    }
}
