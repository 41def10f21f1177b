package dev.vpccni.ipam.reconcile;

import dev.vpccni.model.AttachmentKey;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.Ipv4Address;
import java.time.Instant;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What only one witness has said so far, and since when. A daemon begins without any: a restart
 * begins the grace time anew.
 *
 * @param addresses that EC2 did not show
 * @param interfaces that EC2 did not show
 * @param newcomers addresses that EC2 showed and nobody knew
 * @param pods grants of which the kernel showed no pod
 */
public record Suspicions(
        SortedMap<Ipv4Address, Instant> addresses,
        SortedMap<InterfaceId, Instant> interfaces,
        SortedMap<Ipv4Address, Instant> newcomers,
        SortedMap<AttachmentKey, Instant> pods) {

    /** Nothing is suspected. */
    public static final Suspicions NONE =
            new Suspicions(new TreeMap<>(), new TreeMap<>(), new TreeMap<>(), new TreeMap<>());

    public Suspicions {
        addresses = Collections.unmodifiableSortedMap(new TreeMap<>(addresses));
        interfaces = Collections.unmodifiableSortedMap(new TreeMap<>(interfaces));
        newcomers = Collections.unmodifiableSortedMap(new TreeMap<>(newcomers));
        pods = Collections.unmodifiableSortedMap(new TreeMap<>(pods));
    }
}
