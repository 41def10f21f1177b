package dev.vpccni.controller.cluster;

import dev.vpccni.controller.plan.Placement;
import dev.vpccni.controller.plan.PodWish;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the cluster says of one node.
 *
 * @param hasObject whether there is a CNINode for it
 * @param wants whether that asks for branch interfaces
 * @param pods the living ones that ask for interfaces of their own, by uid
 */
public record NodeView(
        BranchNode node,
        boolean hasObject,
        boolean wants,
        Placement placement,
        SortedMap<String, PodWish> pods) {

    public NodeView {
        pods = Collections.unmodifiableSortedMap(new TreeMap<>(pods));
    }
}
