package dev.vpccni.host;

import dev.vpccni.dataplane.InterfaceAddress;
import dev.vpccni.dataplane.NamespaceState;
import dev.vpccni.dataplane.Neighbour;
import dev.vpccni.dataplane.PodPlan;
import dev.vpccni.dataplane.PodPlanner;
import dev.vpccni.dataplane.PodWiring;
import dev.vpccni.dataplane.Route;
import dev.vpccni.linux.Descriptor;
import dev.vpccni.linux.Errno;
import dev.vpccni.linux.ErrnoException;
import dev.vpccni.linux.route.KernelLink;
import dev.vpccni.linux.route.Rtnetlink;
import dev.vpccni.linux.route.VethEnd;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.MacAddress;
import dev.vpccni.node.port.HostException;
import dev.vpccni.node.port.HostFailure;
import java.io.IOException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Connects pods to the node and takes them off it, with as few requests as there are things to
 * make.
 *
 * <p>The pair is made by the pod's own socket, each end where it belongs, so that no link ever
 * moves between namespaces and nobody has to enter one. What tells the node of the pod comes last.
 */
final class PodWirer {

    /** How often to make the pair where what stood in its way went by itself meanwhile. */
    private static final int ATTEMPTS = 3;

    private final Descriptor node;
    private final PodRules rules;

    /**
     * @param node the node's network namespace
     */
    PodWirer(Descriptor node, PodRules rules) {
        this.node = node;
        this.rules = rules;
    }

    /** Connects a pod, or leaves nothing behind. */
    void wire(
            PodWiring wiring, MacAddress hostMac, MacAddress podMac, Rtnetlink pod, Rtnetlink host)
            throws HostException {
        PodPlan plan = PodPlanner.plan(wiring, hostMac, podMac);
        var undo = new Undo();
        try {
            KernelLink podEnd = makePair(wiring, plan, pod, host, undo);
            VethSysctls.apply(wiring.hostInterface());
            fillPod(plan.pod(), podEnd.index(), pod);
            KernelStep.change("set host interface up", () -> host.setUp(podEnd.peerIndex()));
            fillHost(plan.host(), podEnd.peerIndex(), host);
            rules.add(host, wiring.address(), wiring.table(), undo);
        } catch (HostException | RuntimeException e) {
            undo.run(e);
            throw e;
        }
    }

    /** Takes a pod off the node. Its links are left to the end of its namespace. */
    void unwire(Ipv4Address address, int table, @Nullable String hostInterface, Rtnetlink host)
            throws HostException {
        rules.remove(host, address, table);
        Route route = Route.onLink(PodWiring.MAIN_TABLE, address, "");
        if (hostInterface == null) {
            removeRoute(route, 0, host);
            return;
        }
        KernelLink link = KernelStep.ask("find host interface", () -> host.findLink(hostInterface));
        if (link != null) { // else its routes went with it
            removeRoute(route, link.index(), host);
        }
    }

    private static void removeRoute(Route route, int link, Rtnetlink host) throws HostException {
        var _ =
                KernelStep.change(
                        "delete route",
                        Errno.ESRCH,
                        () ->
                                host.deleteRoute(
                                        KernelConversions.route(route, link).withProtocol(0)));
    }

    private KernelLink makePair(
            PodWiring wiring, PodPlan plan, Rtnetlink pod, Rtnetlink host, Undo undo)
            throws HostException {
        VethEnd podEnd = end(plan.pod());
        VethEnd hostEnd = end(plan.host()).in(node);
        boolean made = false;
        for (int attempt = 1; !made; attempt++) {
            try {
                pod.createVeth(podEnd, hostEnd);
                made = true;
            } catch (ErrnoException e) {
                if (!e.is(Errno.EEXIST) || attempt == ATTEMPTS) {
                    throw KernelStep.refused("make veth pair", e);
                }
                removeLeftover(wiring, pod, host);
            } catch (IOException e) {
                throw KernelStep.refused("make veth pair", e);
            }
        }
        undo.push(() -> host.deleteLink(wiring.hostInterface()));
        return KernelStep.ask("find pod interface", () -> pod.link(wiring.podInterface()));
    }

    /**
     * Removes what an earlier attempt for the same pod has left, which may be a whole pair.
     *
     * @throws HostException with {@link HostFailure.InterfaceTaken} if one of the names belongs to
     *     something else
     */
    private static void removeLeftover(PodWiring wiring, Rtnetlink pod, Rtnetlink host)
            throws HostException {
        KernelLink inside =
                KernelStep.ask("find pod interface", () -> pod.findLink(wiring.podInterface()));
        KernelLink outside =
                KernelStep.ask("find host interface", () -> host.findLink(wiring.hostInterface()));
        boolean pair =
                inside != null
                        && outside != null
                        && inside.peerIndex() == outside.index()
                        && outside.peerIndex() == inside.index();
        if (inside != null && !pair) {
            throw new HostException(
                    new HostFailure.InterfaceTaken(wiring.podInterface()),
                    "the pod has an interface " + wiring.podInterface() + " already",
                    null);
        }
        if (outside != null && !outside.isVeth()) {
            throw new HostException(
                    new HostFailure.InterfaceTaken(outside.name()),
                    "the node has an interface " + outside.name() + " that is no pod's",
                    null);
        }
        if (outside != null) {
            var _ =
                    KernelStep.change(
                            "delete host interface of an earlier attempt",
                            Errno.ENODEV,
                            () -> host.deleteLink(outside.index()));
        }
    }

    private static VethEnd end(NamespaceState state) {
        var link = state.links().getFirst();
        return VethEnd.named(link.name())
                .withAddress(KernelConversions.mac(Objects.requireNonNull(link.mac())))
                .withMtu(link.mtu());
    }

    /** Whatever is there already in the pod is somebody else's: nothing of it is replaced. */
    private static void fillPod(NamespaceState state, int link, Rtnetlink kernel)
            throws HostException {
        for (InterfaceAddress address : state.addresses()) {
            KernelStep.change(
                    "add address",
                    () -> kernel.addAddress(KernelConversions.address(address, link)));
        }
        for (Route route : state.routes()) {
            KernelStep.change(
                    "add route " + route.destination() + " in the pod",
                    () -> kernel.addRoute(KernelConversions.route(route, link)));
        }
        for (Neighbour neighbour : state.neighbours()) {
            KernelStep.change(
                    "add neighbour",
                    () -> kernel.addNeighbour(KernelConversions.neighbour(neighbour, link)));
        }
    }

    /** On the node, what an earlier pod with the same address left may be in the way. */
    private static void fillHost(NamespaceState state, int link, Rtnetlink kernel)
            throws HostException {
        for (Route route : state.routes()) {
            KernelStep.change(
                    "add route", () -> kernel.replaceRoute(KernelConversions.route(route, link)));
        }
        for (Neighbour neighbour : state.neighbours()) {
            KernelStep.change(
                    "add neighbour",
                    () -> kernel.replaceNeighbour(KernelConversions.neighbour(neighbour, link)));
        }
    }
}
