package dev.vpccni.conformance.judge;

import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;

/**
 * What a container's namespace holds.
 *
 * @param links by name
 * @param routes of all tables but the kernel's own
 */
public record PodView(SortedMap<String, PodLink> links, List<PodRoute> routes) {

    /**
     * A link of the namespace.
     *
     * @param kind such as {@code veth}; empty where the kernel does not say
     * @param up whether it is set up
     * @param addresses each with its prefix length; those of the link alone are left out
     */
    public record PodLink(String kind, boolean up, SortedSet<String> addresses) {}

    /**
     * A route of the namespace.
     *
     * @param destination with its prefix length
     * @param text as {@code ip route} takes it
     */
    public record PodRoute(String destination, String text) {}

    public PodView {
        routes = List.copyOf(routes);
    }
}
