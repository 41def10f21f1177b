package dev.vpccni.ipam.reconcile;

import dev.vpccni.model.AttachmentKey;
import dev.vpccni.model.Cidr;
import dev.vpccni.model.InterfaceId;
import java.time.Instant;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What only one witness has said so far, and since when. A daemon begins without any: a restart
 * begins the grace time anew.
 *
 * @param blocks that EC2 did not show
 * @param interfaces that EC2 did not show
 * @param newcomers blocks that EC2 showed and nobody knew
 * @param pods grants of which the kernel showed no pod
 */
public record Suspicions(
        SortedMap<Cidr, Instant> blocks,
        SortedMap<InterfaceId, Instant> interfaces,
        SortedMap<Cidr, Instant> newcomers,
        SortedMap<AttachmentKey, Instant> pods) {

    /** Nothing is suspected. */
    public static final Suspicions NONE =
            new Suspicions(new TreeMap<>(), new TreeMap<>(), new TreeMap<>(), new TreeMap<>());

    public Suspicions {
        blocks = Collections.unmodifiableSortedMap(new TreeMap<>(blocks));
        interfaces = Collections.unmodifiableSortedMap(new TreeMap<>(interfaces));
        newcomers = Collections.unmodifiableSortedMap(new TreeMap<>(newcomers));
        pods = Collections.unmodifiableSortedMap(new TreeMap<>(pods));
    }
}
