package dev.vpccni.vpc;

import dev.vpccni.model.AttachmentId;
import dev.vpccni.model.InstanceId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * How an interface hangs on an instance, and from when on who sees it.
 *
 * @param deviceFrom when the instance has the device
 * @param metadataFrom when metadata lists it
 * @param addressesFrom when metadata lists its secondary addresses
 * @param freeFrom when a detach is over; null while none was asked for
 */
record EniAttachment(
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

    EniAttachment withDeleteOnTermination(boolean value) {
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

    EniAttachment endingAt(Instant end) {
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

    boolean hasEnded(Instant now) {
        return freeFrom != null && !now.isBefore(freeFrom);
    }

    boolean isPluggedIn(Instant now) {
        return !now.isBefore(deviceFrom) && !hasEnded(now);
    }

    String status(Instant now) {
        if (freeFrom != null) {
            return hasEnded(now) ? "detached" : "detaching";
        }
        return now.isBefore(deviceFrom) ? "attaching" : "attached";
    }
}
