package dev.vpccni.node.kernel;

import dev.vpccni.dataplane.InterfaceNames;
import dev.vpccni.ipam.ledger.Checkpoint;
import dev.vpccni.ipam.ledger.Ledger;
import dev.vpccni.ipam.reconcile.KernelView;
import dev.vpccni.model.AttachmentKey;
import dev.vpccni.model.IpAddress;
import dev.vpccni.node.port.HostNetwork;
import java.util.SortedSet;
import java.util.TreeSet;

/** The kernel in the words of a reconciliation. */
public final class KernelViews {

    private KernelViews() {}

    /**
     * An address leads to a pod if a route through a host interface that exists does. A pod whose
     * route somebody removed still has its host interface, whatever prefix was in use when it came;
     * one that leads to another address is a later sandbox's of a pod of the same name.
     */
    public static KernelView of(HostNetwork.Observation kernel, Ledger ledger) {
        SortedSet<IpAddress> live = new TreeSet<>();
        for (IpAddress address : kernel.podRoutes().keySet()) {
            if (kernel.leadsToPod(address)) {
                live.add(address);
            }
        }
        SortedSet<String> routeless = new TreeSet<>();
        kernel.vethNames().forEach(name -> routeless.add(InterfaceNames.suffix(name)));
        kernel.podRoutes().values().forEach(name -> routeless.remove(InterfaceNames.suffix(name)));
        SortedSet<AttachmentKey> connected = new TreeSet<>();
        for (Checkpoint.Grant grant : ledger.checkpoint().grants()) {
            if (routeless.contains(InterfaceNames.suffix(InterfaceNames.host("", grant.pod())))) {
                connected.add(grant.key());
            }
        }
        return new KernelView(new TreeSet<>(kernel.links().keySet()), live, connected);
    }
}
