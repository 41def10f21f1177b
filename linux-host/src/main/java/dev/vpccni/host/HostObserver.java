package dev.vpccni.host;

import dev.vpccni.dataplane.RouteTables;
import dev.vpccni.dataplane.Rule;
import dev.vpccni.host.kernel.KernelConversions;
import dev.vpccni.host.kernel.KernelStep;
import dev.vpccni.host.kernel.Links;
import dev.vpccni.linux.route.Family;
import dev.vpccni.linux.route.HardwareAddress;
import dev.vpccni.linux.route.KernelLink;
import dev.vpccni.linux.route.KernelRoute;
import dev.vpccni.linux.route.Rtnetlink;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.MacAddress;
import dev.vpccni.node.port.HostException;
import dev.vpccni.node.port.HostNetwork;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;

/** Reads what the node's kernel holds of interfaces and pods. */
final class HostObserver {

    private final PodRules rules;
    private final Consumer<Links> watch;

    /**
     * @param watch is told which links are told here
     */
    HostObserver(PodRules rules, Consumer<Links> watch) {
        this.rules = rules;
        this.watch = watch;
    }

    /** Reads it now. */
    HostNetwork.Observation observe(Rtnetlink node) throws HostException {
        Links links = Links.read(node);
        watch.accept(links);
        var main = new ArrayList<KernelRoute>();
        for (Family family : Family.values()) {
            main.addAll(
                    KernelStep.ask(
                            "list routes", () -> node.routes(family, KernelRoute.TABLE_MAIN)));
        }
        return new HostNetwork.Observation(
                interfaces(links),
                names(links.pods()),
                names(links.all().stream().filter(KernelLink::isVeth).toList()),
                podRoutes(links, main),
                podRules(rules.read(node)));
    }

    private static SortedMap<MacAddress, String> interfaces(Links links) {
        var interfaces = new TreeMap<MacAddress, String>();
        for (KernelLink link : links.interfaces()) {
            HardwareAddress address = Objects.requireNonNull(link.address());
            interfaces.putIfAbsent(new MacAddress(address.bits()), link.name());
        }
        return interfaces;
    }

    private static SortedSet<String> names(List<KernelLink> links) {
        var names = new TreeSet<String>();
        links.forEach(link -> names.add(link.name()));
        return names;
    }

    private static SortedMap<IpAddress, String> podRoutes(Links links, List<KernelRoute> main) {
        var names = new TreeMap<Integer, String>();
        links.pods().forEach(link -> names.put(link.index(), link.name()));
        var routes = new TreeMap<IpAddress, String>();
        for (KernelRoute route : main) {
            String name = names.get(route.linkIndex());
            if (name != null && route.destination().isHost()) {
                routes.put(KernelConversions.address(route.destination()), name);
            }
        }
        return routes;
    }

    /** Of several rules from one address the first one counts, since the kernel asks it first. */
    private static SortedMap<IpAddress, Integer> podRules(List<Rule> rules) {
        var tables = new TreeMap<IpAddress, Integer>();
        for (Rule rule : rules) {
            if (rule.priority() == Rule.TO_POD && rule.to().isSingle()) {
                tables.put(rule.to().network(), RouteTables.MAIN);
            }
        }
        for (Rule rule : rules.reversed()) {
            if (rule.priority() == Rule.FROM_POD && rule.from().isSingle()) {
                tables.computeIfPresent(rule.from().network(), (_, _) -> rule.table());
            }
        }
        return tables;
    }
}
