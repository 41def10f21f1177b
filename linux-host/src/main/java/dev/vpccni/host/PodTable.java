package dev.vpccni.host;

import dev.vpccni.dataplane.Route;
import dev.vpccni.dataplane.RouteTables;
import dev.vpccni.dataplane.Rule;
import dev.vpccni.host.kernel.KernelConversions;
import dev.vpccni.host.kernel.KernelStep;
import dev.vpccni.host.kernel.Links;
import dev.vpccni.linux.Errno;
import dev.vpccni.linux.route.Family;
import dev.vpccni.linux.route.IpPrefix;
import dev.vpccni.linux.route.KernelLink;
import dev.vpccni.linux.route.KernelRoute;
import dev.vpccni.linux.route.Rtnetlink;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.IpFamily;
import dev.vpccni.node.port.HostException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;

/**
 * With fast rules, the table that is asked for pods before any rule is: of each way to a pod that
 * table main has, and a rule 512 leads to, it has a copy. Thread-safe.
 *
 * <p>A pod that came while the table is filled is in it: it becomes known first that there are
 * copies, then the ways are read, and whoever adds one asks afterwards.
 */
final class PodTable {

    private enum Copies {
        /** Nobody has said yet; the rules of the process before this one may be there. */
        UNKNOWN,
        KEPT,
        NONE
    }

    private final AtomicReference<Copies> copies = new AtomicReference<>(Copies.UNKNOWN);

    /** Copies a way to a pod that table main has now, if there are copies. */
    void follow(Route way, int link, Rtnetlink node) throws HostException {
        if (way.table() == RouteTables.MAIN && areKept(way.destination().family(), node)) {
            KernelRoute copy = copy(KernelConversions.prefix(way.destination()), link);
            KernelStep.change("add route", () -> node.replaceRoute(copy));
        }
    }

    /**
     * Removes the copy of the way to a pod, if there are copies.
     *
     * @param link its host interface, or 0 for whichever it is
     */
    void forget(IpAddress address, int link, Rtnetlink node) throws HostException {
        if (areKept(address.family(), node)) {
            delete(copy(KernelConversions.prefix(address.only()), link), node);
        }
    }

    /** Pods come before the node is prepared, and what leads past their rules may be there. */
    private boolean areKept(IpFamily family, Rtnetlink node) throws HostException {
        if (copies.get() == Copies.UNKNOWN) {
            boolean asked =
                    PodRules.readAll(node, family).stream()
                            .anyMatch(rule -> rule.table() == RouteTables.PODS);
            var _ = copies.compareAndSet(Copies.UNKNOWN, asked ? Copies.KEPT : Copies.NONE);
        }
        return copies.get() == Copies.KEPT;
    }

    /** Copies what is not there yet, and returns what that was. */
    List<String> fill(IpFamily family, Rtnetlink node) throws HostException {
        copies.set(Copies.KEPT);
        Map<Integer, String> pods = pods(node);
        // First the copies: what comes meanwhile is in table main before it is here.
        Map<IpPrefix, Integer> copied = ways(RouteTables.PODS, family, pods, node);
        Set<IpPrefix> ruled = ruled(family, node);
        Map<IpPrefix, Integer> main = ways(RouteTables.MAIN, family, pods, node);
        var changed = new ArrayList<String>();
        for (var way : main.entrySet()) {
            if (ruled.contains(way.getKey()) && !way.getValue().equals(copied.get(way.getKey()))) {
                KernelRoute copy = copy(way.getKey(), way.getValue());
                KernelStep.change("add route", () -> node.replaceRoute(copy));
                changed.add(text("", copy, pods));
            }
        }
        for (var way : copied.entrySet()) {
            KernelRoute copy = copy(way.getKey(), way.getValue());
            boolean led = ruled.contains(way.getKey()) || main.containsKey(way.getKey());
            if (!led && delete(copy, node)) {
                changed.add(text("without ", copy, pods));
            }
        }
        return changed;
    }

    /** Removes all copies, once no rule asks for them, and returns what was there. */
    List<String> empty(IpFamily family, Rtnetlink node) throws HostException {
        copies.set(Copies.NONE);
        List<KernelRoute> any =
                KernelStep.ask(
                        "list routes",
                        () -> node.routes(KernelConversions.family(family), RouteTables.PODS));
        var changed = new ArrayList<String>();
        if (!any.isEmpty()) {
            Map<Integer, String> pods = pods(node);
            for (KernelRoute copy : any) {
                if (isWay(copy, pods) && delete(copy, node)) {
                    changed.add(text("without ", copy, pods));
                }
            }
        }
        return changed;
    }

    private static Map<Integer, String> pods(Rtnetlink node) throws HostException {
        var pods = new TreeMap<Integer, String>();
        for (KernelLink link : Links.read(node).pods()) {
            pods.put(link.index(), link.name());
        }
        return pods;
    }

    /** Returns the links that ways to pods lead over, in the order of the kernel's. */
    private static Map<IpPrefix, Integer> ways(
            int table, IpFamily family, Map<Integer, String> pods, Rtnetlink node)
            throws HostException {
        Family its = KernelConversions.family(family);
        var ways = new LinkedHashMap<IpPrefix, Integer>();
        for (KernelRoute route : KernelStep.ask("list routes", () -> node.routes(its, table))) {
            if (isWay(route, pods)) {
                ways.put(route.destination(), route.linkIndex());
            }
        }
        return ways;
    }

    private static boolean isWay(KernelRoute route, Map<Integer, String> pods) {
        return route.destination().isHost() && pods.containsKey(route.linkIndex());
    }

    private static Set<IpPrefix> ruled(IpFamily family, Rtnetlink node) throws HostException {
        var ruled = new HashSet<IpPrefix>();
        for (Rule rule : PodRules.readAll(node, family)) {
            if (rule.equals(Rule.to(Rule.TO_POD, rule.to(), RouteTables.MAIN))) {
                ruled.add(KernelConversions.prefix(rule.to()));
            }
        }
        return ruled;
    }

    private static KernelRoute copy(IpPrefix destination, int link) {
        return KernelRoute.to(destination).inTable(RouteTables.PODS).over(link);
    }

    private static boolean delete(KernelRoute copy, Rtnetlink node) throws HostException {
        return KernelStep.change(
                "delete route",
                Errno.ESRCH,
                () -> node.deleteRoute(copy.withFlags(0).withProtocol(0)));
    }

    private static String text(String before, KernelRoute copy, Map<Integer, String> pods) {
        return "%sroute %s dev %s in table %d"
                .formatted(
                        before, copy.destination(), pods.get(copy.linkIndex()), RouteTables.PODS);
    }
}
