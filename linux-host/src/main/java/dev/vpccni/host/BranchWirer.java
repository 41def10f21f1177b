package dev.vpccni.host;

import dev.vpccni.dataplane.BranchInterface;
import dev.vpccni.dataplane.BranchPlanner;
import dev.vpccni.dataplane.Changes;
import dev.vpccni.dataplane.InterfaceNames;
import dev.vpccni.dataplane.PodLink;
import dev.vpccni.dataplane.PodPlan;
import dev.vpccni.dataplane.Route;
import dev.vpccni.dataplane.Rule;
import dev.vpccni.dataplane.branch.BranchEnd;
import dev.vpccni.dataplane.branch.BranchTeardown;
import dev.vpccni.host.kernel.KernelConversions;
import dev.vpccni.host.kernel.KernelStep;
import dev.vpccni.host.kernel.Links;
import dev.vpccni.host.kernel.Undo;
import dev.vpccni.linux.Errno;
import dev.vpccni.linux.ErrnoException;
import dev.vpccni.linux.route.Family;
import dev.vpccni.linux.route.HardwareAddress;
import dev.vpccni.linux.route.KernelLink;
import dev.vpccni.linux.route.KernelRoute;
import dev.vpccni.linux.route.Rtnetlink;
import dev.vpccni.model.IpFamily;
import dev.vpccni.node.port.HostException;
import dev.vpccni.node.port.HostFailure;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** What the node needs for a pod's own network interface, beside the pod's veth pair. */
final class BranchWirer {

    private static final String MAKE = "make VLAN device";

    private final PodRules rules;
    private final PodTable table;
    private final BranchReader reader;

    /**
     * @param rules the pods' rules, which this changes too
     * @param table what leads to a pod that goes is removed from it, too
     */
    BranchWirer(PodRules rules, PodTable table) {
        this.rules = rules;
        this.table = table;
        reader = new BranchReader(rules);
    }

    /**
     * Makes the VLAN's device, or takes the one that is there already, with its routes; what else
     * an earlier pod with the VLAN has left in its table goes.
     */
    void open(PodPlan plan, Rtnetlink host, Undo undo) throws HostException {
        PodPlan.Vlan vlan = Objects.requireNonNull(plan.vlan());
        KernelLink device = device(vlan.branch(), plan.link().address().family(), host, undo);
        if (!device.isUp()) {
            KernelStep.change("set VLAN device up", () -> host.setUp(device.index()));
        }
        routes(plan, vlan, device, host, undo);
    }

    /**
     * Adds the rules of the pod, and removes those that lead its packets, or others', elsewhere.
     */
    void direct(PodPlan plan, Rtnetlink host, Undo undo) throws HostException {
        BranchInterface branch = Objects.requireNonNull(plan.vlan()).branch();
        rules.apply(host, ruleChanges(plan.host().rules(), plan.link(), branch, host), undo);
    }

    /** Returns what would make the rules of a pod what they should be. */
    static Changes<Rule> ruleChanges(
            List<Rule> wanted, PodLink link, BranchInterface branch, Rtnetlink host)
            throws HostException {
        return Changes.between(
                wanted,
                PodRules.readAll(host, link.address().family()),
                rule -> BranchPlanner.owns(rule, link, branch));
    }

    private KernelLink device(BranchInterface branch, IpFamily family, Rtnetlink host, Undo undo)
            throws HostException {
        KernelLink trunk = Links.read(host).find(branch.trunk());
        if (!trunk.isUp()) { // the kernel lets no VLAN of a link that is down come up
            KernelStep.change("set trunk up", () -> host.setUp(trunk.index()));
        }
        String name = branch.device();
        KernelLink there = KernelStep.ask("find VLAN device", () -> host.findLink(name));
        if (there != null && isOf(there, branch, trunk)) {
            return there;
        }
        if (there != null && !there.kind().equals(KernelLink.VLAN)) {
            throw new HostException(
                    new HostFailure.Refused(MAKE, Errno.EEXIST),
                    "%s: the node has an interface %s that is no VLAN: rename or remove it"
                            .formatted(MAKE, name),
                    null);
        }
        if (there != null) {
            var _ =
                    KernelStep.change(
                            "delete VLAN device of an earlier pod",
                            Errno.ENODEV,
                            () -> host.deleteLink(there.index()));
        }
        make(branch, trunk, host);
        undo.push(() -> host.deleteLink(name));
        VethSysctls.apply(name, family);
        return KernelStep.ask("find VLAN device", () -> host.link(name));
    }

    static boolean isOf(KernelLink link, BranchInterface branch, KernelLink trunk) {
        return link.kind().equals(KernelLink.VLAN)
                && link.vlan() == branch.vlan()
                && link.peerIndex() == trunk.index()
                && KernelConversions.mac(branch.mac()).equals(link.address());
    }

    private static void make(BranchInterface branch, KernelLink trunk, Rtnetlink host)
            throws HostException {
        HardwareAddress mac = KernelConversions.mac(branch.mac());
        try {
            host.createVlan(branch.device(), trunk.index(), branch.vlan(), mac);
        } catch (ErrnoException e) {
            String why =
                    e.is(Errno.EOPNOTSUPP)
                            ? "this kernel knows no VLANs: load its module 8021q"
                            : e.is(Errno.EEXIST)
                                    ? "%s has a VLAN %d by another name: remove it"
                                            .formatted(trunk.name(), branch.vlan())
                                    : "it lies on " + trunk.name();
            throw new HostException(
                    new HostFailure.Refused(MAKE, e.errno()),
                    MAKE + ": " + e.getMessage() + ": " + why,
                    e);
        } catch (IOException e) {
            throw KernelStep.refused(MAKE, e);
        }
    }

    /**
     * Routes over a device that goes with the undoing go with it; on one that stays, one by one.
     */
    private static void routes(
            PodPlan plan, PodPlan.Vlan vlan, KernelLink device, Rtnetlink host, Undo undo)
            throws HostException {
        Family family = KernelConversions.family(plan.link().address().family());
        int table = vlan.branch().table();
        var wanted = new ArrayList<KernelRoute>();
        for (Route route : vlan.routes()) {
            wanted.add(KernelConversions.route(route, device.index()));
        }
        List<KernelRoute> seen = KernelStep.ask("list routes", () -> host.routes(family, table));
        for (KernelRoute route : seen) {
            boolean stays =
                    route.type() != KernelRoute.TYPE_UNICAST
                            || wanted.stream().anyMatch(w -> PodVerifier.leadsAs(route, w));
            if (!stays
                    && KernelStep.change(
                            "delete route of an earlier pod",
                            Errno.ESRCH,
                            () -> host.deleteRoute(route.withFlags(0)))) {
                undo.push(() -> host.replaceRoute(route.withFlags(0)));
            }
        }
        for (KernelRoute route : wanted) {
            if (seen.stream().noneMatch(s -> PodVerifier.leadsAs(s, route))) {
                KernelStep.change("add route", () -> host.replaceRoute(route));
                undo.push(() -> host.deleteRoute(route));
            }
        }
    }

    /**
     * Takes a pod off the node, whichever mode it was wired in, unless the kernel shows a newer one
     * in its place.
     *
     * @param onlyDead whether the pod's namespace is known to be gone
     */
    void unwire(BranchEnd end, boolean onlyDead, Rtnetlink host) throws HostException {
        BranchTeardown teardown = BranchTeardown.of(end, reader.read(host), onlyDead);
        rules.apply(host, new Changes<>(List.of(), teardown.rules()), new Undo());
        for (Route route : teardown.routes()) {
            KernelLink link =
                    KernelStep.ask("find host interface", () -> host.findLink(end.hostInterface()));
            if (link != null) { // else its routes went with it
                var _ =
                        KernelStep.change(
                                "delete route",
                                Errno.ESRCH,
                                () ->
                                        host.deleteRoute(
                                                KernelConversions.route(route, link.index())
                                                        .withProtocol(0)));
                table.forget(route.destination().network(), link.index(), host);
            }
        }
        if (teardown.device() && InterfaceNames.vlanOf(end.device()) != 0) {
            var _ =
                    KernelStep.change(
                            "delete VLAN device",
                            Errno.ENODEV,
                            () -> host.deleteLink(end.device()));
        }
    }
}
