package dev.vpccni.ipam.reconcile;

import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.Ipv4Address;
import java.time.Instant;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What EC2 did not show lately, and since when. A daemon begins without any: a restart begins the
 * grace time anew.
 */
public record Suspicions(
        SortedMap<Ipv4Address, Instant> addresses, SortedMap<InterfaceId, Instant> interfaces) {

    /** Nothing is suspected. */
    public static final Suspicions NONE = new Suspicions(new TreeMap<>(), new TreeMap<>());

    public Suspicions {
        addresses = Collections.unmodifiableSortedMap(new TreeMap<>(addresses));
        interfaces = Collections.unmodifiableSortedMap(new TreeMap<>(interfaces));
    }
}
