package dev.vpccni.host;

import dev.vpccni.dataplane.InterfaceAddress;
import dev.vpccni.dataplane.NamespaceState;
import dev.vpccni.dataplane.Neighbour;
import dev.vpccni.dataplane.PodLink;
import dev.vpccni.dataplane.PodPlan;
import dev.vpccni.dataplane.Route;
import dev.vpccni.dataplane.RouteTables;
import dev.vpccni.dataplane.Rule;
import dev.vpccni.host.kernel.KernelConversions;
import dev.vpccni.host.kernel.KernelStep;
import dev.vpccni.host.kernel.PodNeighbours;
import dev.vpccni.host.kernel.Undo;
import dev.vpccni.linux.Descriptor;
import dev.vpccni.linux.Errno;
import dev.vpccni.linux.ErrnoException;
import dev.vpccni.linux.route.KernelLink;
import dev.vpccni.linux.route.KernelNeighbour;
import dev.vpccni.linux.route.Rtnetlink;
import dev.vpccni.linux.route.VethEnd;
import dev.vpccni.model.IpAddress;
import dev.vpccni.node.port.HostException;
import dev.vpccni.node.port.HostFailure;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
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
    private final PodTable table;
    private final PodNeighbours neighbours;
    private final BranchWirer branches;

    /**
     * @param node the node's network namespace
     * @param table gets what leads to pods, too
     * @param neighbours learns of those that are made here
     * @param branches makes what a pod with a branch interface needs besides
     */
    PodWirer(
            Descriptor node,
            PodRules rules,
            PodTable table,
            PodNeighbours neighbours,
            BranchWirer branches) {
        this.node = node;
        this.rules = rules;
        this.table = table;
        this.neighbours = neighbours;
        this.branches = branches;
    }

    /** A pod of which the links are there, and nothing else. Not thread-safe. */
    static final class Begun {

        private final List<Pair> pairs = new ArrayList<>();
        private final Undo undo = new Undo();

        /** Takes away what there is; what cannot be taken away is told by {@code because}. */
        void abandon(Exception because) {
            undo.run(because);
        }
    }

    /**
     * Makes the links of a pod, or leaves nothing behind. Those with parameters that must come
     * first are down in the pod.
     */
    Begun begin(List<PodPlan> plans, Rtnetlink pod, Rtnetlink host) throws HostException {
        var begun = new Begun();
        try {
            for (PodPlan plan : plans) {
                begun.pairs.add(makePair(plan, pod, host, begun.undo));
            }
            return begun;
        } catch (HostException | RuntimeException e) {
            begun.abandon(e);
            throw e;
        }
    }

    /** Connects a pod whose links are there, or leaves nothing behind. */
    void finish(Begun begun, Rtnetlink pod, Rtnetlink host) throws HostException {
        try {
            for (Pair pair : begun.pairs) {
                fillPod(pair, pod, begun.undo);
            }
            for (Pair pair : begun.pairs) {
                attach(pair, host, begun.undo);
            }
        } catch (HostException | RuntimeException e) {
            begun.abandon(e);
            throw e;
        }
    }

    /**
     * A veth pair that is there.
     *
     * @param inside the index of the pod's end in the pod's namespace
     * @param outside the index of the node's end
     */
    private record Pair(PodPlan plan, int inside, int outside) {}

    private void attach(Pair pair, Rtnetlink host, Undo undo) throws HostException {
        KernelStep.change("set host interface up", () -> host.setUp(pair.outside()));
        PodPlan plan = pair.plan();
        if (plan.vlan() == null) {
            fillHost(plan.host(), pair.outside(), host);
            rules.add(host, plan.link().address(), plan.link().table(), undo);
        } else {
            branches.open(plan, host, undo);
            fillHost(plan.host(), pair.outside(), host);
            branches.direct(plan, host, undo);
        }
        for (Route route : plan.host().routes()) {
            table.follow(route, pair.outside(), host);
        }
    }

    /** Takes a pod off the node. Its links are left to the end of its namespace. */
    void unwire(IpAddress address, int table, @Nullable String hostInterface, Rtnetlink host)
            throws HostException {
        rules.remove(host, address, table);
        Route route = Route.onLink(RouteTables.MAIN, address, "");
        if (hostInterface == null) {
            removeRoute(route, 0, host);
            this.table.forget(address, 0, host);
            return;
        }
        KernelLink link = KernelStep.ask("find host interface", () -> host.findLink(hostInterface));
        if (link != null) { // else its routes went with it
            removeRoute(route, link.index(), host);
            this.table.forget(address, link.index(), host);
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

    private Pair makePair(PodPlan plan, Rtnetlink pod, Rtnetlink host, Undo undo)
            throws HostException {
        PodLink link = plan.link();
        VethEnd podEnd = plan.podParameters().isEmpty() ? end(plan.pod()) : end(plan.pod()).down();
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
                removeLeftover(link, pod, host);
            } catch (IOException e) {
                throw KernelStep.refused("make veth pair", e);
            }
        }
        undo.push(() -> host.deleteLink(link.hostInterface()));
        KernelLink inside =
                KernelStep.ask("find pod interface", () -> pod.link(link.podInterface()));
        VethSysctls.apply(link.hostInterface(), link.address().family());
        return new Pair(plan, inside.index(), inside.peerIndex());
    }

    /**
     * Removes what an earlier attempt for the same pod has left, which may be a whole pair.
     *
     * @throws HostException with {@link HostFailure.InterfaceTaken} if one of the names belongs to
     *     something else
     */
    private static void removeLeftover(PodLink link, Rtnetlink pod, Rtnetlink host)
            throws HostException {
        KernelLink inside =
                KernelStep.ask("find pod interface", () -> pod.findLink(link.podInterface()));
        KernelLink outside =
                KernelStep.ask("find host interface", () -> host.findLink(link.hostInterface()));
        boolean pair =
                inside != null
                        && outside != null
                        && inside.peerIndex() == outside.index()
                        && outside.peerIndex() == inside.index();
        if (inside != null && !pair) {
            throw new HostException(
                    new HostFailure.InterfaceTaken(link.podInterface()),
                    "the pod has an interface " + link.podInterface() + " already",
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
    private static void fillPod(Pair pair, Rtnetlink kernel, Undo undo) throws HostException {
        NamespaceState state = pair.plan().pod();
        int link = pair.inside();
        if (!pair.plan().podParameters().isEmpty()) {
            KernelStep.change("set pod interface up", () -> kernel.setUp(link));
        }
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
        for (Rule rule : state.rules()) {
            if (KernelStep.change(
                    "add rule", Errno.EEXIST, () -> kernel.addRule(KernelConversions.rule(rule)))) {
                undo.push(() -> kernel.deleteRule(KernelConversions.rule(rule)));
            }
        }
    }

    /** On the node, what an earlier pod with the same address left may be in the way. */
    private void fillHost(NamespaceState state, int link, Rtnetlink kernel) throws HostException {
        for (Route route : state.routes()) {
            KernelStep.change(
                    "add route", () -> kernel.replaceRoute(KernelConversions.route(route, link)));
        }
        for (Neighbour planned : state.neighbours()) {
            KernelNeighbour neighbour = KernelConversions.neighbour(planned, link);
            KernelStep.change("add neighbour", () -> kernel.replaceNeighbour(neighbour));
            neighbours.learn(neighbour);
        }
    }
}
