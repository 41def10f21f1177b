package dev.vpccni.host.egress;

import dev.vpccni.host.kernel.KernelStep;
import dev.vpccni.linux.route.Family;
import dev.vpccni.linux.route.KernelAddress;
import dev.vpccni.linux.route.KernelLink;
import dev.vpccni.linux.route.KernelNeighbour;
import dev.vpccni.linux.route.KernelRoute;
import dev.vpccni.linux.route.Rtnetlink;
import dev.vpccni.node.port.HostException;
import java.util.ArrayList;
import java.util.List;

/** Compares the pair that a container gets out by with what the two kernels hold. */
final class EgressVerifier {

    private final EgressLinks links;
    private final List<String> differences = new ArrayList<>();

    private EgressVerifier(EgressLinks links) {
        this.links = links;
    }

    /**
     * Returns what is off, each in one phrase; nothing if all is well. Upstream makes no neighbours
     * and is right, so of those only a wrong one is off.
     */
    static List<String> verify(
            EgressLinks links, KernelLink inside, KernelLink outside, Rtnetlink pod, Rtnetlink host)
            throws HostException {
        var verifier = new EgressVerifier(links);
        verifier.link("pod", inside);
        verifier.link("host", outside);
        verifier.address("pod", links.podAddress(), pod);
        for (KernelAddress address : links.hostAddresses()) {
            verifier.address("host", address, host);
        }
        verifier.routes("pod", links.podRoutes(), pod);
        verifier.routes("host", List.of(links.hostRoute()), host);
        verifier.neighbour("pod", links.podNeighbour(), pod);
        verifier.neighbour("host", links.hostNeighbour(), host);
        return List.copyOf(verifier.differences);
    }

    private void link(String side, KernelLink link) {
        int mtu = links.wiring().mtu();
        if (!link.isUp()) {
            differences.add(side + " interface " + link.name() + " is down");
        }
        if (link.mtu() != mtu) {
            differences.add(
                    side
                            + " interface "
                            + link.name()
                            + " has MTU "
                            + link.mtu()
                            + " instead of "
                            + mtu);
        }
    }

    private void address(String side, KernelAddress wanted, Rtnetlink kernel) throws HostException {
        List<KernelAddress> seen =
                KernelStep.ask(
                        "list addresses", () -> kernel.addresses(family(), wanted.linkIndex()));
        if (seen.stream().noneMatch(address -> address.local().equals(wanted.local()))) {
            differences.add(side + " address is missing: " + wanted.local());
        }
    }

    private void routes(String side, List<KernelRoute> wanted, Rtnetlink kernel)
            throws HostException {
        List<KernelRoute> seen =
                KernelStep.ask(
                        "list routes", () -> kernel.routes(family(), KernelRoute.TABLE_MAIN));
        for (KernelRoute route : wanted) {
            if (seen.stream().noneMatch(other -> leadsAs(other, route))) {
                differences.add(side + " route is missing: " + route);
            }
        }
    }

    /** Who made it does not matter, nor its state, nor the priority that IPv6 gives to each. */
    private static boolean leadsAs(KernelRoute seen, KernelRoute wanted) {
        return seen.withFlags(0)
                .withProtocol(wanted.protocol())
                .withPriority(wanted.priority())
                .equals(wanted);
    }

    private void neighbour(String side, KernelNeighbour wanted, Rtnetlink kernel)
            throws HostException {
        boolean wrong =
                KernelStep.ask(
                                "list neighbours",
                                () -> kernel.neighbours(family(), wanted.linkIndex()))
                        .stream()
                        .filter(KernelNeighbour::isPermanent)
                        .filter(seen -> seen.linkIndex() == wanted.linkIndex())
                        .filter(seen -> seen.address().equals(wanted.address()))
                        .anyMatch(seen -> !seen.equals(wanted));
        if (wrong) {
            differences.add(side + " neighbour is another one: " + wanted.address());
        }
    }

    private Family family() {
        return links.family();
    }
}
