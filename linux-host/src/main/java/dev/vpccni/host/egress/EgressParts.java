package dev.vpccni.host.egress;

import dev.vpccni.dataplane.egress.EgressFamily;
import dev.vpccni.dataplane.egress.EgressRange;
import dev.vpccni.dataplane.egress.EgressRules;
import dev.vpccni.dataplane.egress.EgressRules.Part;
import dev.vpccni.dataplane.firewall.SavedTable;
import dev.vpccni.host.kernel.KernelStep;
import dev.vpccni.host.kernel.Links;
import dev.vpccni.linux.route.Family;
import dev.vpccni.linux.route.IpPrefix;
import dev.vpccni.linux.route.KernelAddress;
import dev.vpccni.linux.route.KernelLink;
import dev.vpccni.linux.route.KernelNeighbour;
import dev.vpccni.linux.route.KernelRoute;
import dev.vpccni.linux.route.Rtnetlink;
import dev.vpccni.model.IpAddress;
import dev.vpccni.node.port.HostException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What the node has for containers that get out, remembered so that it can be brought back. A
 * container keeps what it came with: of those from before the start that is what the kernel shows.
 * Nothing is brought back for a container whose interface is gone, or that is being disconnected.
 * Thread-safe.
 */
final class EgressParts {

    private final Function<EgressFamily, EgressFilter> filters;
    private final ReentrantLock turn = new ReentrantLock();
    private final Set<EgressFamily> separated = EnumSet.noneOf(EgressFamily.class);
    private final SortedMap<IpAddress, Connected> connected = new TreeMap<>();
    private final Set<String> leaving = new HashSet<>();

    /**
     * @param filters the packet filter of each family
     */
    EgressParts(Function<EgressFamily, EgressFilter> filters) {
        this.filters = filters;
    }

    /**
     * A container.
     *
     * @param link the index of the node's end of its pair
     * @param neighbour the container as the node's neighbour; null if it is none
     */
    private record Connected(Part part, int link, @Nullable KernelNeighbour neighbour) {}

    /** What a family's part of the kernel holds at one moment. */
    private record Seen(
            SavedTable nat,
            Map<Integer, KernelLink> links,
            List<KernelRoute> routes,
            List<KernelAddress> addresses,
            List<KernelNeighbour> neighbours) {}

    /** Something with the kernel. */
    private interface Step {
        void run() throws HostException, InterruptedException;
    }

    private record Missing(String what, Step step) {}

    /** Notes that containers are kept apart, and who got out before this process did anything. */
    void separated(EgressFamily family, Rtnetlink node) throws HostException, InterruptedException {
        turn.lock();
        try {
            if (separated.add(family)) {
                Seen seen = see(family, node);
                EgressRules.parts(family, seen.nat)
                        .forEach((address, part) -> {
                            Connected found = find(address, part, seen);
                            if (found != null && !leaving.contains(part.chain())) {
                                connected.putIfAbsent(address, found);
                            }
                        });
            }
        } finally {
            turn.unlock();
        }
    }

    /** Notes a container that is connected now. */
    void add(IpAddress address, Part part, KernelLink outside, KernelNeighbour neighbour) {
        turn.lock();
        try {
            connected.put(address, new Connected(part, outside.index(), neighbour));
        } finally {
            turn.unlock();
        }
    }

    /** Brings nothing of a container back any more; {@link #left} follows. */
    void leaves(String chain) {
        turn.lock();
        try {
            leaving.add(chain);
            connected.values().removeIf(each -> each.part.chain().equals(chain));
        } finally {
            turn.unlock();
        }
    }

    /** Nothing is removed of a container any more. */
    void left(String chain) {
        turn.lock();
        try {
            leaving.remove(chain);
        } finally {
            turn.unlock();
        }
    }

    /** Removes chains of a network but those of {@code kept} containers; returns how many. */
    int sweep(EgressFamily family, String network, SortedSet<String> kept)
            throws HostException, InterruptedException {
        turn.lock();
        try {
            SortedSet<String> stale = filters.apply(family).sweep(family, network, kept);
            connected.values().removeIf(each -> stale.contains(each.part.chain()));
            return stale.size();
        } finally {
            turn.unlock();
        }
    }

    /** Returns what is missing, a phrase for each, by what it is missing for. */
    SortedMap<String, List<String>> missing(Rtnetlink node)
            throws HostException, InterruptedException {
        var missing = new TreeMap<String, List<String>>();
        turn.lock();
        try {
            compare(node)
                    .forEach((thing, found) ->
                            missing.put(thing, found.stream().map(Missing::what).toList()));
        } finally {
            turn.unlock();
        }
        return missing;
    }

    /** Brings back what is missing for a thing, and returns what that was. */
    List<String> restore(String thing, Rtnetlink node) throws HostException, InterruptedException {
        var restored = new ArrayList<String>();
        turn.lock();
        try {
            for (Missing missing : compare(node).getOrDefault(thing, List.of())) {
                missing.step.run();
                restored.add(missing.what);
            }
        } finally {
            turn.unlock();
        }
        return restored;
    }

    private SortedMap<String, List<Missing>> compare(Rtnetlink node)
            throws HostException, InterruptedException {
        var all = new TreeMap<String, List<Missing>>();
        for (EgressFamily family : separated) {
            EgressFilter filter = filters.apply(family);
            if (filter.lacksSeparation(family)) {
                var lost =
                        new Missing(
                                "the rule in " + EgressRules.FORWARD,
                                () -> filter.separate(family));
                all.put("what keeps pods apart over " + family.addresses(), List.of(lost));
            }
        }
        var seen = new EnumMap<EgressFamily, Seen>(EgressFamily.class);
        for (Map.Entry<IpAddress, Connected> each : connected.entrySet()) {
            EgressFamily family = EgressFamily.of(each.getKey().family());
            if (!seen.containsKey(family)) {
                seen.put(family, see(family, node));
            }
        }
        connected.entrySet().removeIf(each -> isGone(each.getValue(), of(seen, each.getKey())));
        connected.forEach((address, one) -> {
            List<Missing> found = compare(address, one, of(seen, address), node);
            if (!found.isEmpty()) {
                all.put("the way out of " + address, found);
            }
        });
        return all;
    }

    private static Seen of(Map<EgressFamily, Seen> all, IpAddress address) {
        Seen seen = all.get(EgressFamily.of(address.family()));
        if (seen == null) {
            throw new IllegalStateException("nobody has looked for " + address);
        }
        return seen;
    }

    private Seen see(EgressFamily family, Rtnetlink node)
            throws HostException, InterruptedException {
        Family its = family == EgressFamily.IPV4 ? Family.IPV4 : Family.IPV6;
        var links = new HashMap<Integer, KernelLink>();
        for (KernelLink link : KernelStep.ask("list links", node::links)) {
            if (Links.isEgress(link)) {
                links.put(link.index(), link);
            }
        }
        return new Seen(
                filters.apply(family).nat(),
                links,
                KernelStep.ask("list routes", () -> node.routes(its, KernelRoute.TABLE_MAIN)),
                KernelStep.ask("list addresses", () -> node.addresses(its, 0)),
                KernelStep.ask("list neighbours", () -> node.neighbours(its, 0)));
    }

    /** One whose interface is gone, or belongs to a later container with the same number. */
    private static boolean isGone(Connected one, Seen seen) {
        KernelLink link = seen.links.get(one.link);
        return link == null || link.peerIndex() == 0;
    }

    /** Returns who has an address by the route to it; null if that leads to no pair. */
    private static @Nullable Connected find(IpAddress address, Part part, Seen seen) {
        for (KernelRoute route : seen.routes) {
            KernelLink link = seen.links.get(route.linkIndex());
            if (link != null && route.destination().equals(IpPrefix.host(inet(address)))) {
                KernelNeighbour neighbour =
                        seen.neighbours.stream()
                                .filter(each -> each.linkIndex() == link.index())
                                .filter(each -> each.address().equals(inet(address)))
                                .filter(KernelNeighbour::isPermanent)
                                .findFirst()
                                .orElse(null);
                return new Connected(part, link.index(), neighbour);
            }
        }
        return null;
    }

    private List<Missing> compare(IpAddress address, Connected one, Seen seen, Rtnetlink node) {
        var missing = new ArrayList<Missing>();
        KernelLink link = seen.links.get(one.link);
        if (link == null) {
            return missing;
        }
        if (!link.isUp()) {
            missing.add(
                    step(link.name() + " up", "set host interface up", () -> node.setUp(one.link)));
        }
        if (address.family() == EgressFamily.IPV4.addresses()) {
            IpAddress own = new EgressRange(EgressFamily.IPV4.block()).gateway();
            KernelAddress wanted =
                    KernelAddress.of(IpPrefix.host(inet(own)), one.link)
                            .withScope(KernelRoute.SCOPE_LINK);
            if (seen.addresses.stream()
                    .noneMatch(each ->
                            each.linkIndex() == one.link && each.local().equals(wanted.local()))) {
                missing.add(
                        step(
                                "address " + own + " of " + link.name(),
                                "add address",
                                () -> node.addAddress(wanted)));
            }
        }
        KernelRoute route = KernelRoute.to(IpPrefix.host(inet(address))).over(one.link);
        if (seen.routes.stream()
                .noneMatch(each ->
                        each.linkIndex() == one.link
                                && each.destination().equals(route.destination()))) {
            missing.add(
                    step(
                            "route " + address + " over " + link.name(),
                            "add route",
                            () -> node.replaceRoute(route)));
        }
        KernelNeighbour neighbour = one.neighbour;
        if (neighbour != null && !seen.neighbours.contains(neighbour)) {
            missing.add(
                    step(
                            "neighbour " + address + " of " + link.name(),
                            "add neighbour",
                            () -> node.replaceNeighbour(neighbour)));
        }
        List<String> lost = one.part.missing(seen.nat);
        if (!lost.isEmpty()) {
            EgressFilter filter = filters.apply(EgressFamily.of(address.family()));
            missing.add(
                    new Missing(
                            String.join(" and ", lost),
                            () -> filter.restore(one.part.restoration(seen.nat))));
        }
        return missing;
    }

    private static Missing step(String what, String name, KernelStep.Change change) {
        return new Missing(what, () -> KernelStep.change(name, change));
    }

    private static InetAddress inet(IpAddress address) {
        return IpPrefix.address(address.octets());
    }
}
