package dev.vpccni.lab;

import dev.vpccni.lab.node.NodeHost;
import dev.vpccni.lab.runtime.ContainerAttachment;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A pod: a network namespace on a node, connected by the node's CNI plugins.
 *
 * @param name unique in the lab
 * @param kubernetesNamespace such as {@code default}
 * @param container the identifier of its sandbox
 * @param networkNamespace the name of its namespace's file
 * @param annotations what its object in Kubernetes says to plugins
 * @param address what the plugins said that its address is; null until they have
 */
record Pod(
        String name,
        String kubernetesNamespace,
        String node,
        String container,
        String uid,
        String networkNamespace,
        SortedMap<String, String> annotations,
        @Nullable String address) {

    private static final String DEVICE = "eth0";

    /** What containerd calls that by which plugins hear of a pod's annotations. */
    private static final String ANNOTATIONS = "io.kubernetes.cri.pod-annotations";

    Pod {
        annotations = Collections.unmodifiableSortedMap(new TreeMap<>(annotations));
    }

    /** Returns this pod with an address. */
    Pod at(String given) {
        return new Pod(
                name,
                kubernetesNamespace,
                node,
                container,
                uid,
                networkNamespace,
                annotations,
                given);
    }

    /** Returns what the CNI plugins are told, in containerd's words. */
    ContainerAttachment attachment() {
        String arguments =
                "IgnoreUnknown=1;K8S_POD_NAMESPACE="
                        + kubernetesNamespace
                        + ";K8S_POD_NAME="
                        + name
                        + ";K8S_POD_INFRA_CONTAINER_ID="
                        + container
                        + ";K8S_POD_UID="
                        + uid;
        return new ContainerAttachment(
                container,
                NodeHost.podNamespacePath(networkNamespace),
                DEVICE,
                arguments,
                capabilities());
    }

    private SortedMap<String, Object> capabilities() {
        var capabilities = new TreeMap<String, Object>();
        if (!annotations.isEmpty()) {
            capabilities.put(ANNOTATIONS, annotations);
        }
        return capabilities;
    }
}
