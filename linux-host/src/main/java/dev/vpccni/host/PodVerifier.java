package dev.vpccni.host;

import dev.vpccni.dataplane.InterfaceAddress;
import dev.vpccni.dataplane.Neighbour;
import dev.vpccni.dataplane.PodLink;
import dev.vpccni.dataplane.PodPlan;
import dev.vpccni.dataplane.PodPlanner;
import dev.vpccni.dataplane.PodWiring;
import dev.vpccni.dataplane.Route;
import dev.vpccni.dataplane.Rule;
import dev.vpccni.host.kernel.KernelConversions;
import dev.vpccni.host.kernel.KernelStep;
import dev.vpccni.linux.route.Family;
import dev.vpccni.linux.route.HardwareAddress;
import dev.vpccni.linux.route.KernelAddress;
import dev.vpccni.linux.route.KernelLink;
import dev.vpccni.linux.route.KernelNeighbour;
import dev.vpccni.linux.route.KernelRoute;
import dev.vpccni.linux.route.Rtnetlink;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.IpFamily;
import dev.vpccni.model.MacAddress;
import dev.vpccni.node.port.HostException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
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
        var found = new LinkedHashMap<PodLink, Pair>();
        for (PodLink link : wiring.links()) {
            found.put(link, verifier.pair(link));
        }
        for (PodPlan plan : PodPlanner.plan(wiring, link -> ends(found.get(link)))) {
            verifier.compare(plan, Objects.requireNonNull(found.get(plan.link())));
        }
        if (wiring instanceof PodWiring.OnBranch branch) {
            verifier.differences.addAll(BranchGuard.differences(branch, host));
        }
        return List.copyOf(verifier.differences);
    }

    /** Returns the interface that another default route of the pod leads over, or null. */
    static @Nullable String otherDefault(String podInterface, IpFamily family, Rtnetlink pod)
            throws HostException {
        Family its = KernelConversions.family(family);
        for (KernelRoute route :
                KernelStep.ask("list routes", () -> pod.routes(its, KernelRoute.TABLE_MAIN))) {
            if (route.destination().length() == 0 && route.linkIndex() != 0) {
                KernelLink link = KernelStep.ask("find link", () -> linkOf(route.linkIndex(), pod));
                if (link != null && !link.name().equals(podInterface)) {
                    return link.name();
                }
            }
        }
        return null;
    }

    private static @Nullable KernelLink linkOf(int index, Rtnetlink pod) throws IOException {
        return pod.links().stream().filter(each -> each.index() == index).findFirst().orElse(null);
    }

    /** The two ends of a veth pair, as far as they are there. */
    private record Pair(@Nullable KernelLink outside, @Nullable KernelLink inside) {}

    private Pair pair(PodLink link) throws HostException {
        KernelLink outside = link("host", link.hostInterface(), host);
        KernelLink inside = link("pod", link.podInterface(), pod);
        if (outside != null && inside != null && outside.mtu() != inside.mtu()) {
            mtu("host", outside, link.mtu());
            mtu("pod", inside, link.mtu());
        }
        if (outside != null && inside != null && outside.peerIndex() != inside.index()) {
            differences.add(outside.name() + " is not the other end of the pod's " + inside.name());
        }
        return new Pair(outside, inside);
    }

    private void compare(PodPlan plan, Pair pair) throws HostException {
        KernelLink inside = pair.inside();
        if (inside != null) {
            address(plan.pod().addresses().getFirst(), inside);
            routes("pod", plan.pod().routes(), inside, pod);
            neighbour("pod", plan.pod().neighbours().getFirst(), inside, pod, true);
        }
        KernelLink outside = pair.outside();
        if (outside != null) {
            if (plan.vlan() == null) {
                routes("host", plan.host().routes(), outside, host);
            }
            // Upstream makes none: its absence costs a question, only a wrong one loses packets.
            neighbour("host", plan.host().neighbours().getFirst(), outside, host, false);
        }
        IpAddress address = plan.link().address();
        IpFamily family = address.family();
        rules(
                plan.pod().rules(),
                PodRules.readAll(pod, family),
                rule -> PodPlanner.ownsWithin(rule, address));
        if (plan.vlan() == null) {
            rules(
                    plan.host().rules(),
                    PodRules.readAll(host, family),
                    rule -> PodPlanner.owns(rule, address));
        }
    }

    private @Nullable KernelLink link(String side, String name, Rtnetlink kernel)
            throws HostException {
        KernelLink link = KernelStep.ask("find link", () -> kernel.findLink(name));
        if (link == null) {
            differences.add(side + " interface " + name + " is missing");
            return null;
        }
        if (!link.isUp()) {
            differences.add(side + " interface " + name + " is down");
        }
        return link;
    }

    /**
     * A pod keeps the MTU that it came with, and nobody has written down which that was: what both
     * ends have is right, whatever new pods get.
     */
    private void mtu(String side, KernelLink link, int wanted) {
        if (link.mtu() != wanted) {
            differences.add(
                    side
                            + " interface "
                            + link.name()
                            + " has MTU "
                            + link.mtu()
                            + " instead of "
                            + wanted);
        }
    }

    private void address(InterfaceAddress planned, KernelLink inside) throws HostException {
        KernelAddress wanted = KernelConversions.address(planned, inside.index());
        Family family = KernelConversions.family(planned.family());
        if (KernelStep.ask("list addresses", () -> pod.addresses(family, inside.index())).stream()
                .noneMatch(seen -> seen.local().equals(wanted.local()))) {
            differences.add("pod address is missing: " + planned);
        }
    }

    private void routes(String side, List<Route> planned, KernelLink link, Rtnetlink kernel)
            throws HostException {
        for (Route route : planned) {
            Family family = KernelConversions.family(route.destination().family());
            KernelRoute wanted = KernelConversions.route(route, link.index());
            if (KernelStep.ask("list routes", () -> kernel.routes(family, route.table())).stream()
                    .noneMatch(seen -> leadsAs(seen, wanted))) {
                differences.add(side + " route is missing: " + route);
            }
        }
    }

    /** Who made a route does not matter, nor whether its link has a carrier just now. */
    static boolean leadsAs(KernelRoute seen, KernelRoute wanted) {
        return seen.withFlags(0).withProtocol(wanted.protocol()).equals(wanted.withFlags(0));
    }

    private void neighbour(
            String side, Neighbour planned, KernelLink link, Rtnetlink kernel, boolean required)
            throws HostException {
        KernelNeighbour wanted = KernelConversions.neighbour(planned, link.index());
        Family family = KernelConversions.family(planned.address().family());
        List<KernelNeighbour> seen =
                KernelStep.ask("list neighbours", () -> kernel.neighbours(family, link.index()))
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

    private void rules(List<Rule> planned, List<Rule> all, Predicate<Rule> owned) {
        List<Rule> seen = all.stream().filter(owned).toList();
        for (Rule rule : planned) {
            if (!seen.contains(rule)) {
                differences.add("rule is missing: " + RuleChanges.text(rule));
            }
        }
        for (Rule rule : seen) {
            if (!planned.contains(rule)) {
                differences.add("rule leads elsewhere: " + RuleChanges.text(rule));
            }
        }
    }

    private static PodPlanner.Ends ends(@Nullable Pair pair) {
        return pair == null
                ? new PodPlanner.Ends(mac(null), mac(null))
                : new PodPlanner.Ends(mac(pair.outside()), mac(pair.inside()));
    }

    private static MacAddress mac(@Nullable KernelLink link) {
        HardwareAddress address = link == null ? null : link.address();
        return new MacAddress(address == null ? 0 : address.bits());
    }
}
