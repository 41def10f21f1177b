package dev.vpccni.node;

import dev.vpccni.ipam.reconcile.KernelView;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.node.port.HostNetwork;
import java.util.SortedSet;
import java.util.TreeSet;

/** The kernel in the words of a reconciliation. */
final class KernelViews {

    private KernelViews() {}

    /** An address leads to a pod if a route through a host interface that exists does. */
    static KernelView of(HostNetwork.Observation kernel) {
        SortedSet<Ipv4Address> live = new TreeSet<>();
        kernel.podRoutes()
                .forEach((address, link) -> {
                    if (kernel.hostInterfaces().contains(link)) {
                        live.add(address);
                    }
                });
        return new KernelView(new TreeSet<>(kernel.links().keySet()), live);
    }
}
