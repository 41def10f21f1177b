package dev.vpccni.dataplane.firewall;

import dev.vpccni.model.Ipv4Address;

/**
 * A connection that the kernel tracks.
 *
 * @param from who began it
 * @param to who answers it, which is not whom the first packet was for where that was rewritten
 * @param answered whether there was ever a packet back
 * @param sourceRewritten whether {@code to} sees another address than {@code from}
 * @param destinationRewritten whether {@code from} asked another address than {@code to}
 * @param mark all 32 bits
 */
public record PodConnection(
        Ipv4Address from,
        Ipv4Address to,
        boolean answered,
        boolean sourceRewritten,
        boolean destinationRewritten,
        long mark) {}
