package dev.vpccni.host;

import dev.vpccni.dataplane.InterfaceNames;
import dev.vpccni.dataplane.Route;
import dev.vpccni.dataplane.RouteTables;
import dev.vpccni.dataplane.branch.BranchView;
import dev.vpccni.host.kernel.KernelConversions;
import dev.vpccni.host.kernel.KernelStep;
import dev.vpccni.linux.route.Family;
import dev.vpccni.linux.route.HardwareAddress;
import dev.vpccni.linux.route.KernelLink;
import dev.vpccni.linux.route.KernelRoute;
import dev.vpccni.linux.route.Rtnetlink;
import dev.vpccni.model.MacAddress;
import dev.vpccni.node.port.HostException;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads what the node's kernel holds of pods with branch interfaces. */
final class BranchReader {

    private final PodRules rules;

    BranchReader(PodRules rules) {
        this.rules = rules;
    }

    /** Reads it now, of both families. */
    BranchView read(Rtnetlink node) throws HostException {
        List<KernelLink> links = KernelStep.ask("list links", node::links);
        var names = new TreeMap<Integer, String>();
        var mtus = new TreeMap<String, Integer>();
        links.forEach(link -> names.put(link.index(), link.name()));
        links.forEach(link -> mtus.put(link.name(), link.mtu()));
        var routes = new ArrayList<Route>();
        for (Family family : Family.values()) {
            for (KernelRoute seen :
                    KernelStep.ask(
                            "list routes", () -> node.routes(family, KernelRoute.TABLE_ANY))) {
                Route route = concerns(seen) ? KernelConversions.route(seen, names) : null;
                if (route != null) {
                    routes.add(route);
                }
            }
        }
        return new BranchView(rules.read(node), routes, vlans(links), mtus);
    }

    private static boolean concerns(KernelRoute route) {
        return route.table() == RouteTables.MAIN || RouteTables.isOfVlan(route.table());
    }

    private static SortedMap<String, BranchView.Vlan> vlans(List<KernelLink> links) {
        var addresses = new TreeMap<Integer, MacAddress>();
        links.forEach(link -> addresses.put(link.index(), mac(link.address())));
        var vlans = new TreeMap<String, BranchView.Vlan>();
        for (KernelLink link : links) {
            if (InterfaceNames.vlanOf(link.name()) != 0) {
                boolean isVlan = link.kind().equals(KernelLink.VLAN);
                MacAddress trunk = isVlan ? addresses.get(link.peerIndex()) : null;
                vlans.put(
                        link.name(),
                        new BranchView.Vlan(
                                mac(link.address()), trunk == null ? mac(null) : trunk));
            }
        }
        return vlans;
    }

    private static MacAddress mac(@Nullable HardwareAddress address) {
        return new MacAddress(address == null ? 0 : address.bits());
    }
}
