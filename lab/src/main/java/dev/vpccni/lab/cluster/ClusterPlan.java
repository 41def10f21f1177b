package dev.vpccni.lab.cluster;

import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a cluster is made of.
 *
 * @param folder of its programs
 * @param control where its control plane runs
 * @param nodes its nodes
 * @param environment of the nodes' daemons
 * @param lab the lab's folder on this computer, in which there will be {@code kubeconfig}
 * @param processes where the processes are written down
 * @param ready whether nodes are to take pods before all is done: that takes somebody who connects
 *     these
 */
public record ClusterPlan(
        ClusterFolder folder,
        Machine control,
        List<Machine> nodes,
        SortedMap<String, String> environment,
        Path lab,
        Path processes,
        boolean ready) {

    public ClusterPlan {
        nodes = List.copyOf(nodes);
        environment = Collections.unmodifiableSortedMap(new TreeMap<>(environment));
    }
}
