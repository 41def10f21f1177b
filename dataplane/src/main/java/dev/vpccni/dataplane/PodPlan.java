package dev.vpccni.dataplane;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What one veth pair of a pod takes, on both sides.
 *
 * @param link what it is for
 * @param host in the node's namespace
 * @param pod in the pod's
 * @param podParameters kernel parameters of the pod's namespace by their names below {@code
 *     /proc/sys}, which must be set once the pod's interface is there and before it comes up
 */
public record PodPlan(
        PodLink link,
        NamespaceState host,
        NamespaceState pod,
        SortedMap<String, String> podParameters) {

    public PodPlan {
        podParameters = Collections.unmodifiableSortedMap(new TreeMap<>(podParameters));
    }
}
