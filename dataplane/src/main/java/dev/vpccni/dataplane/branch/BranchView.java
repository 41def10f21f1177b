package dev.vpccni.dataplane.branch;

import dev.vpccni.dataplane.Route;
import dev.vpccni.dataplane.Rule;
import dev.vpccni.model.MacAddress;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a node's kernel holds at one moment, as far as pods with branch interfaces need it.
 *
 * @param rules of the families in question
 * @param routes of all tables but local, of the same families
 * @param vlans branch interfaces' devices by their names, with their hardware addresses
 * @param links the names of all links, with their MTU in bytes
 */
public record BranchView(
        List<Rule> rules,
        List<Route> routes,
        SortedMap<String, Vlan> vlans,
        SortedMap<String, Integer> links) {

    /**
     * A branch interface's device.
     *
     * @param trunk the hardware address of the link that it is a VLAN of; all zeros where unknown
     */
    public record Vlan(MacAddress mac, MacAddress trunk) {}

    public BranchView {
        rules = List.copyOf(rules);
        routes = List.copyOf(routes);
        vlans = Collections.unmodifiableSortedMap(new TreeMap<>(vlans));
        links = Collections.unmodifiableSortedMap(new TreeMap<>(links));
    }
}
