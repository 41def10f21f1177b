package dev.vpccni.ipam.reconcile;

import dev.vpccni.model.AttachmentKey;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.MacAddress;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What the node's kernel shows.
 *
 * @param links the MAC addresses of its network interfaces, veth links not among them
 * @param live the addresses that lead to a pod: those with a route to a host interface that exists
 * @param connected the grants whose pods have a host interface, whatever leads to it
 */
public record KernelView(
        SortedSet<MacAddress> links,
        SortedSet<IpAddress> live,
        SortedSet<AttachmentKey> connected) {

    public KernelView {
        links = Collections.unmodifiableSortedSet(new TreeSet<>(links));
        live = Collections.unmodifiableSortedSet(new TreeSet<>(live));
        connected = Collections.unmodifiableSortedSet(new TreeSet<>(connected));
    }
}
