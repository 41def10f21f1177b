package dev.vpccni.ipam.ledger;

import dev.vpccni.model.AttachmentKey;
import dev.vpccni.model.PodName;
import java.time.Instant;

/** What becomes of one address. */
public sealed interface AddressUse {

    /** Returns since when this has been so. */
    Instant since();

    /** Nobody's: cooling for a while after {@code since}, free after that. */
    record Idle(Instant since) implements AddressUse {
        /** What becomes of an address that no pod has had yet. */
        public static final Idle NEVER_USED = new Idle(Instant.EPOCH);
    }

    /**
     * Granted to a pod.
     *
     * @param interfaces how many interfaces the pod has
     */
    record Assigned(AttachmentKey key, PodName pod, Instant since, int interfaces)
            implements AddressUse {

        /** Granted to a pod with one interface. */
        public Assigned(AttachmentKey key, PodName pod, Instant since) {
            this(key, pod, since, 1);
        }
    }

    /** In use, the kernel says, by a pod of which no grant is known. */
    record Held(Instant since) implements AddressUse {}

    /** Returns whether a pod has it. */
    default boolean inUse() {
        return !(this instanceof Idle);
    }

    /** Returns this use, begun no later than {@code now}. */
    default AddressUse noLaterThan(Instant now) {
        if (!since().isAfter(now)) {
            return this;
        }
        return switch (this) {
            case Idle _ -> new Idle(now);
            case Assigned(var key, var pod, _, int interfaces) ->
                    new Assigned(key, pod, now, interfaces);
            case Held _ -> new Held(now);
        };
    }
}
