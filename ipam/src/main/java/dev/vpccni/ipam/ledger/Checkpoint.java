package dev.vpccni.ipam.ledger;

import dev.vpccni.model.AttachmentKey;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.PodName;
import java.time.Instant;
import java.util.List;

/**
 * What of a ledger has to survive the daemon. Interfaces and their addresses are not in it: EC2 and
 * the kernel are asked for those.
 *
 * @param grants addresses in use, by address
 * @param cooling addresses that were in use until a moment ago, by address
 * @param intents interfaces that were being made or removed, by token
 */
public record Checkpoint(List<Grant> grants, List<Cooling> cooling, List<Intent> intents) {

    /** The checkpoint of a node that has done nothing yet. */
    public static final Checkpoint EMPTY = new Checkpoint(List.of(), List.of(), List.of());

    public Checkpoint {
        grants = List.copyOf(grants);
        cooling = List.copyOf(cooling);
        intents = List.copyOf(intents);
    }

    /**
     * An address in use.
     *
     * @param since when it was granted
     */
    public record Grant(Ipv4Address address, AttachmentKey key, PodName pod, Instant since) {}

    /**
     * An address that nobody may have yet.
     *
     * @param since when its last user let go of it
     */
    public record Cooling(Ipv4Address address, Instant since) {}

    /** A change in EC2 that has begun and of which no end was recorded. */
    public sealed interface Intent {

        /** An interface asked for under {@code token}, which makes asking again harmless. */
        record Create(String token, Instant since) implements Intent {}

        /** An interface on its way out. */
        record Remove(InterfaceId id, Instant since) implements Intent {}
    }
}
