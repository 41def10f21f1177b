package dev.vpccni.host;

import dev.vpccni.dataplane.Neighbour;
import dev.vpccni.dataplane.PodPlan;
import dev.vpccni.dataplane.PodPlanner;
import dev.vpccni.dataplane.PodWiring;
import dev.vpccni.dataplane.Route;
import dev.vpccni.dataplane.Rule;
import dev.vpccni.linux.route.Family;
import dev.vpccni.linux.route.HardwareAddress;
import dev.vpccni.linux.route.KernelLink;
import dev.vpccni.linux.route.KernelNeighbour;
import dev.vpccni.linux.route.KernelRoute;
import dev.vpccni.linux.route.Rtnetlink;
import dev.vpccni.model.MacAddress;
import dev.vpccni.node.port.HostException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Compares a pod's wiring with what the kernel holds, piece by piece. */
final class PodVerifier {

    private final Rtnetlink pod;
    private final Rtnetlink host;
    private final List<String> differences = new ArrayList<>();

    private PodVerifier(Rtnetlink pod, Rtnetlink host) {
        this.pod = pod;
        this.host = host;
    }

    /** Returns what is off, each in one phrase; nothing if all is well. */
    static List<String> verify(PodWiring wiring, Rtnetlink pod, Rtnetlink host)
            throws HostException {
        var verifier = new PodVerifier(pod, host);
        verifier.compare(wiring);
        return List.copyOf(verifier.differences);
    }

    private void compare(PodWiring wiring) throws HostException {
        KernelLink outside = link("host", wiring.hostInterface(), wiring.mtu(), host);
        KernelLink inside = link("pod", wiring.podInterface(), wiring.mtu(), pod);
        if (outside != null && inside != null && outside.peerIndex() != inside.index()) {
            differences.add(outside.name() + " is not the other end of the pod's " + inside.name());
        }
        PodPlan plan = PodPlanner.plan(wiring, mac(outside), mac(inside));
        if (inside != null) {
            address(plan, inside);
            routes("pod", plan.pod().routes(), inside, pod);
            neighbour("pod", plan.pod().neighbours().getFirst(), inside, pod, true);
        }
        if (outside != null) {
            routes("host", plan.host().routes(), outside, host);
            // Upstream makes none: its absence costs a question, only a wrong one loses packets.
            neighbour("host", plan.host().neighbours().getFirst(), outside, host, false);
        }
        rules(wiring, plan.host().rules());
    }

    private @Nullable KernelLink link(String side, String name, int mtu, Rtnetlink kernel)
            throws HostException {
        KernelLink link = KernelStep.ask("find link", () -> kernel.findLink(name));
        if (link == null) {
            differences.add(side + " interface " + name + " is missing");
            return null;
        }
        if (!link.isUp()) {
            differences.add(side + " interface " + name + " is down");
        }
        if (link.mtu() != mtu) {
            differences.add(
                    side + " interface " + name + " has MTU " + link.mtu() + " instead of " + mtu);
        }
        return link;
    }

    private void address(PodPlan plan, KernelLink inside) throws HostException {
        var wanted = KernelConversions.address(plan.pod().addresses().getFirst(), inside.index());
        if (KernelStep.ask("list addresses", () -> pod.addresses(Family.IPV4, inside.index()))
                .stream()
                .noneMatch(seen -> seen.local().equals(wanted.local()))) {
            differences.add("pod address is missing: " + plan.pod().addresses().getFirst());
        }
    }

    private void routes(String side, List<Route> planned, KernelLink link, Rtnetlink kernel)
            throws HostException {
        List<KernelRoute> seen =
                KernelStep.ask(
                        "list routes", () -> kernel.routes(Family.IPV4, KernelRoute.TABLE_MAIN));
        for (Route route : planned) {
            KernelRoute wanted = KernelConversions.route(route, link.index());
            if (seen.stream().noneMatch(s -> leadsAs(s, wanted))) {
                differences.add(side + " route is missing: " + route);
            }
        }
    }

    /** Who made a route does not matter, nor whether its link has a carrier just now. */
    private static boolean leadsAs(KernelRoute seen, KernelRoute wanted) {
        return seen.withFlags(0).withProtocol(wanted.protocol()).equals(wanted.withFlags(0));
    }

    private void neighbour(
            String side, Neighbour planned, KernelLink link, Rtnetlink kernel, boolean required)
            throws HostException {
        KernelNeighbour wanted = KernelConversions.neighbour(planned, link.index());
        List<KernelNeighbour> seen =
                KernelStep.ask(
                                "list neighbours",
                                () -> kernel.neighbours(Family.IPV4, link.index()))
                        .stream()
                        .filter(n -> n.linkIndex() == link.index())
                        .filter(n -> n.address().equals(wanted.address()))
                        .toList();
        boolean right =
                seen.stream()
                        .anyMatch(n ->
                                wanted.hardwareAddress() != null
                                        && wanted.hardwareAddress().equals(n.hardwareAddress())
                                        && (n.isPermanent() || !required));
        boolean wrong = seen.stream().anyMatch(n -> n.isPermanent() || required);
        if (!right && (required || wrong)) {
            differences.add(side + " neighbour is missing: " + planned);
        }
    }

    private void rules(PodWiring wiring, List<Rule> planned) throws HostException {
        List<Rule> seen =
                PodRules.readAll(host).stream()
                        .filter(rule -> PodPlanner.owns(rule, wiring.address()))
                        .toList();
        for (Rule rule : planned) {
            if (!seen.contains(rule)) {
                differences.add("rule is missing: " + text(rule));
            }
        }
        for (Rule rule : seen) {
            if (!planned.contains(rule)) {
                differences.add("rule leads elsewhere: " + text(rule));
            }
        }
    }

    private static String text(Rule rule) {
        return rule.toString().replace('\t', ' ');
    }

    private static MacAddress mac(@Nullable KernelLink link) {
        HardwareAddress address = link == null ? null : link.address();
        return new MacAddress(address == null ? 0 : address.bits());
    }
}
