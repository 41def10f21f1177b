package dev.vpccni.dataplane;

import java.util.List;

/**
 * What one network namespace should contain of what is ours, or what was seen there. Lists are in
 * the order in which the parts can be made.
 */
public record NamespaceState(
        List<Link> links,
        List<InterfaceAddress> addresses,
        List<Route> routes,
        List<Neighbour> neighbours,
        List<Rule> rules) {

    public NamespaceState {
        links = List.copyOf(links);
        addresses = List.copyOf(addresses);
        routes = List.copyOf(routes);
        neighbours = List.copyOf(neighbours);
        rules = List.copyOf(rules);
    }
}
