package dev.vpccni.ipam.reconcile;

import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.MacAddress;
import java.util.Collections;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * What the node's kernel shows.
 *
 * @param links the MAC addresses of its network interfaces, veth links not among them
 * @param live the addresses that lead to a pod: those with a route or a rule to a host interface
 *     that exists
 */
public record KernelView(SortedSet<MacAddress> links, SortedSet<Ipv4Address> live) {

    public KernelView {
        links = Collections.unmodifiableSortedSet(new TreeSet<>(links));
        live = Collections.unmodifiableSortedSet(new TreeSet<>(live));
    }
}
