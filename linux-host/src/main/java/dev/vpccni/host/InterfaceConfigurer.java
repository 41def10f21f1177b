package dev.vpccni.host;

import dev.vpccni.dataplane.Changes;
import dev.vpccni.dataplane.InterfaceAddress;
import dev.vpccni.dataplane.InterfacePlanner;
import dev.vpccni.dataplane.InterfaceSetup;
import dev.vpccni.dataplane.NamespaceState;
import dev.vpccni.dataplane.Route;
import dev.vpccni.dataplane.Rule;
import dev.vpccni.host.kernel.KernelConversions;
import dev.vpccni.host.kernel.KernelStep;
import dev.vpccni.host.kernel.Links;
import dev.vpccni.linux.Errno;
import dev.vpccni.linux.route.Family;
import dev.vpccni.linux.route.KernelAddress;
import dev.vpccni.linux.route.KernelLink;
import dev.vpccni.linux.route.KernelRoute;
import dev.vpccni.linux.route.Rtnetlink;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.IpFamily;
import dev.vpccni.node.port.HostException;
import java.util.List;

/**
 * Prepares secondary network interfaces. Compares first: with its last address an interface would
 * lose its routes, and the pods on it their way out, so nothing is ever removed to be added again.
 */
final class InterfaceConfigurer {

    /** No such address. */
    private static final int EADDRNOTAVAIL = 99;

    /** Makes the kernel serve an interface, and returns what was not so. */
    List<String> setUp(InterfaceSetup setup, Rtnetlink node) throws HostException {
        KernelLink link = Links.read(node).find(setup.mac());
        NamespaceState plan = InterfacePlanner.plan(setup, link.name());
        List<String> changed = Links.setMtu(link, setup.mtu(), node);
        if (!link.isUp()) {
            if (setup.subnet().family() == IpFamily.IPV6) {
                VethSysctls.haveAddressAtOnce(link.name());
            }
            KernelStep.change("set interface up", () -> node.setUp(link.index()));
            changed.add(link.name() + " up");
        }
        for (InterfaceAddress wanted : plan.addresses()) {
            address(wanted, link, node, changed);
        }
        routes(plan, link, node, changed);
        removeConnected(setup, link, node, changed);
        changed.addAll(
                RuleChanges.apply(
                        node,
                        Changes.between(
                                plan.rules(),
                                PodRules.readAll(node, setup.subnet().family()),
                                rule -> InterfacePlanner.owns(rule, setup.primaryAddress()))));
        return changed;
    }

    /** Removes the rules of an interface. Its routes go with it. */
    void tearDown(IpAddress primaryAddress, Rtnetlink node) throws HostException {
        List<Rule> none = List.of();
        var _ =
                RuleChanges.apply(
                        node,
                        Changes.between(
                                none,
                                PodRules.readAll(node, primaryAddress.family()),
                                rule -> InterfacePlanner.owns(rule, primaryAddress)));
    }

    private static void address(
            InterfaceAddress wanted, KernelLink link, Rtnetlink node, List<String> changed)
            throws HostException {
        KernelAddress address = KernelConversions.address(wanted, link.index());
        if (ensure(address, node)) {
            changed.add("address " + address.local() + " of " + link.name());
        }
        boolean removed = false;
        for (KernelAddress seen : addresses(address, node)) {
            if (seen.scope() == KernelRoute.SCOPE_GLOBAL
                    && !seen.local().equals(address.local())
                    && KernelStep.change(
                            "delete address", EADDRNOTAVAIL, () -> node.deleteAddress(seen))) {
                changed.add("without address " + seen.local() + " of " + link.name());
                removed = true;
            }
        }
        if (removed) {
            // With the first address of a network the kernel removes the others in it.
            var _ = ensure(address, node);
        }
    }

    private static boolean ensure(KernelAddress address, Rtnetlink node) throws HostException {
        boolean present =
                addresses(address, node).stream()
                        .anyMatch(seen -> seen.local().equals(address.local()));
        if (!present) {
            KernelStep.change("add address", () -> node.addAddress(address));
        }
        return !present;
    }

    private static List<KernelAddress> addresses(KernelAddress address, Rtnetlink node)
            throws HostException {
        return KernelStep.ask(
                "list addresses",
                () -> node.addresses(Family.of(address.local().address()), address.linkIndex()));
    }

    private static void routes(
            NamespaceState plan, KernelLink link, Rtnetlink node, List<String> changed)
            throws HostException {
        for (Route planned : plan.routes()) {
            Family family = KernelConversions.family(planned.destination().family());
            KernelRoute wanted = KernelConversions.route(planned, link.index());
            List<KernelRoute> table =
                    KernelStep.ask("list routes", () -> node.routes(family, planned.table()));
            if (table.stream().noneMatch(seen -> leadsAs(seen, wanted))) {
                KernelStep.change("add route", () -> node.replaceRoute(wanted));
                changed.add("route " + planned + " in table " + planned.table());
            }
        }
    }

    /** Flags, such as that the link has no carrier just now, do not make it another route. */
    static boolean leadsAs(KernelRoute seen, KernelRoute wanted) {
        return seen.withFlags(0).equals(wanted.withFlags(0));
    }

    /**
     * Removes the route that the kernel makes for an address that somebody else has put on the
     * link: it would draw traffic of the primary interface to the secondary one.
     */
    private static void removeConnected(
            InterfaceSetup setup, KernelLink link, Rtnetlink node, List<String> changed)
            throws HostException {
        Family family = KernelConversions.family(setup.subnet().family());
        for (KernelRoute route :
                KernelStep.ask("list routes", () -> node.routes(family, KernelRoute.TABLE_MAIN))) {
            if (isConnected(route, setup, link)
                    && KernelStep.change(
                            "delete connected route",
                            Errno.ESRCH,
                            () -> node.deleteRoute(route.withFlags(0)))) {
                changed.add("without route " + route);
            }
        }
    }

    /** Tells whether the kernel has made {@code route} for an address on the link. */
    static boolean isConnected(KernelRoute route, InterfaceSetup setup, KernelLink link) {
        return route.linkIndex() == link.index()
                && route.protocol() == KernelRoute.PROTOCOL_KERNEL
                && route.destination().equals(KernelConversions.prefix(setup.subnet()));
    }
}
