package dev.vpccni.host.egress;

import dev.vpccni.dataplane.egress.EgressFamily;
import dev.vpccni.dataplane.egress.EgressRules;
import dev.vpccni.host.disturbance.Concern;
import dev.vpccni.host.kernel.Links;
import dev.vpccni.linux.netfilter.FilterChange;
import dev.vpccni.linux.route.KernelAddress;
import dev.vpccni.linux.route.KernelLink;
import dev.vpccni.linux.route.KernelNeighbour;
import dev.vpccni.linux.route.KernelRoute;
import dev.vpccni.linux.route.RouteChange;
import dev.vpccni.model.Cidr;
import dev.vpccni.model.IpAddress;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;

/** Tells which changes could take away something of a container that gets out. */
final class EgressConcern implements Concern {

    private static final String NAT = "nat";
    private static final String FILTER = "filter";

    private static final List<Cidr> BLOCKS =
            Arrays.stream(EgressFamily.values()).map(EgressFamily::block).toList();

    @Override
    public boolean disturb(RouteChange change) {
        return switch (change) {
            case RouteChange.RuleChanged _ -> false;
            case RouteChange.RouteChanged(KernelRoute route, boolean gone) ->
                    gone
                            && route.table() == KernelRoute.TABLE_MAIN
                            && route.destination().isHost()
                            && isOurs(route.destination().address());
            case RouteChange.AddressChanged(KernelAddress address, boolean gone) ->
                    gone && isOurs(address.local().address());
            case RouteChange.NeighbourChanged(KernelNeighbour neighbour, boolean gone) ->
                    (gone || !neighbour.isPermanent()) && isOurs(neighbour.address());
            // One without its other end is about to go.
            case RouteChange.LinkChanged(KernelLink link, boolean gone) ->
                    !gone && Links.isEgress(link) && !link.isUp() && link.peerIndex() != 0;
            case RouteChange.Lost() -> true;
        };
    }

    @Override
    public boolean disturb(FilterChange change) {
        return switch (change) {
            case FilterChange.Changed(int _, String table, String chain, boolean gone) ->
                    gone && isOurs(table, chain);
            case FilterChange.Lost() -> true;
        };
    }

    @Override
    public List<String> tables() {
        return List.of(NAT, FILTER);
    }

    /** A table that goes as a whole names no chain. */
    private static boolean isOurs(String table, String chain) {
        return switch (table) {
            case NAT ->
                    chain.isEmpty()
                            || chain.equals(EgressRules.POSTROUTING)
                            || Arrays.stream(EgressFamily.values())
                                    .anyMatch(family -> chain.startsWith(family.chainPrefix()));
            case FILTER -> chain.isEmpty() || chain.equals(EgressRules.FORWARD);
            default -> false;
        };
    }

    private static boolean isOurs(InetAddress seen) {
        IpAddress address = IpAddress.of(seen.getAddress());
        return BLOCKS.stream()
                .anyMatch(block ->
                        block.family() == address.family() && block.contains(address.only()));
    }
}
