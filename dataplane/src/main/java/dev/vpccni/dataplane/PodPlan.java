package dev.vpccni.dataplane;

import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What one veth pair of a pod takes, on both sides.
 *
 * @param link what it is for
 * @param host in the node's namespace, the VLAN's device apart
 * @param pod in the pod's
 * @param podParameters kernel parameters of the pod's namespace by their names below {@code
 *     /proc/sys}, which must be set once the pod's interface is there and before it comes up
 * @param vlan the way out of a pod with a branch interface; null for an ordinary pod
 */
public record PodPlan(
        PodLink link,
        NamespaceState host,
        NamespaceState pod,
        SortedMap<String, String> podParameters,
        @Nullable Vlan vlan) {

    public PodPlan {
        podParameters = Collections.unmodifiableSortedMap(new TreeMap<>(podParameters));
    }

    /**
     * What the node takes for a branch interface, beside the pod's veth pair.
     *
     * @param branch the interface, whose device has no address and the MTU of its trunk
     * @param routes of its table, over its device: the router, then everything by way of it
     */
    public record Vlan(BranchInterface branch, List<Route> routes) {

        public Vlan {
            routes = List.copyOf(routes);
        }
    }
}
