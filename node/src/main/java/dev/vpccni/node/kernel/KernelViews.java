package dev.vpccni.node.kernel;

import dev.vpccni.dataplane.InterfaceNames;
import dev.vpccni.ipam.ledger.AddressUse;
import dev.vpccni.ipam.ledger.Checkpoint;
import dev.vpccni.ipam.ledger.Ledger;
import dev.vpccni.ipam.reconcile.KernelView;
import dev.vpccni.model.AttachmentKey;
import dev.vpccni.model.IpAddress;
import dev.vpccni.node.port.HostNetwork;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;

/** The kernel in the words of a reconciliation. */
public final class KernelViews {

    /** No instance type has more network cards. */
    private static final int LINKS_MAX = 32;

    private KernelViews() {}

    /**
     * An address leads to a pod if a route through a host interface that exists does. A pod whose
     * route somebody removed still has its host interface, whatever prefix was in use when it came;
     * one that leads to another address is a later sandbox's of a pod of the same name.
     */
    public static KernelView of(HostNetwork.Observation kernel, Ledger ledger) {
        return of(kernel, ledger, List.of());
    }

    /**
     * The same for the ledger of one network card of several: what is another one's is no address
     * that this one might know. Of an address that no ledger knows each is told, since nobody can
     * tell whose it will prove to be.
     *
     * @param others the ledgers of the other cards, not older than {@code kernel}
     */
    public static KernelView of(
            HostNetwork.Observation kernel, Ledger ledger, List<Ledger> others) {
        SortedSet<IpAddress> live = new TreeSet<>();
        for (IpAddress address : kernel.podRoutes().keySet()) {
            if (kernel.leadsToPod(address) && others.stream().noneMatch(o -> has(o, address))) {
                live.add(address);
            }
        }
        SortedSet<String> routeless = new TreeSet<>();
        kernel.vethNames().forEach(name -> routeless.add(InterfaceNames.suffix(name)));
        kernel.podRoutes().values().forEach(name -> routeless.remove(InterfaceNames.suffix(name)));
        SortedSet<AttachmentKey> connected = new TreeSet<>();
        for (Checkpoint.Grant grant : ledger.checkpoint().grants()) {
            if (isConnected(grant, routeless)) {
                connected.add(grant.key());
            }
        }
        return new KernelView(new TreeSet<>(kernel.links().keySet()), live, connected);
    }

    /** A pod with several links is there as long as one of them is. */
    private static boolean isConnected(Checkpoint.Grant grant, SortedSet<String> routeless) {
        int links = routeless.isEmpty() ? 0 : Math.min(grant.interfaces(), LINKS_MAX);
        for (int i = 0; i < links; i++) {
            String name = InterfaceNames.host("", grant.pod(), grant.key().interfaceName(), i);
            if (routeless.contains(name)
                    || routeless.contains(InterfaceNames.shared("", grant.pod(), i))) {
                return true;
            }
        }
        return false;
    }

    private static boolean has(Ledger ledger, IpAddress address) {
        return ledger.home(address) != null || ledger.use(address) instanceof AddressUse.Assigned;
    }
}
