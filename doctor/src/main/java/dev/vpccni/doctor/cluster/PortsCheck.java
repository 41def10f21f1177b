package dev.vpccni.doctor.cluster;

import dev.vpccni.doctor.check.Finding;
import dev.vpccni.doctor.check.ShellWord;
import dev.vpccni.doctor.cluster.seen.ClusterSnapshot;
import dev.vpccni.doctor.cluster.seen.SeenPort;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Pods that use the daemon's ports of a node. */
final class PortsCheck implements ClusterCheck {

    private static final Map<Integer, String> PORTS =
            new TreeMap<>(
                    Map.of(
                            61678,
                            "metrics",
                            61679,
                            "introspection",
                            50051,
                            "gRPC of former versions"));

    @Override
    public String id() {
        return "cluster-ports";
    }

    @Override
    public String looksFor() {
        return "pods with the node's port 61678, 61679 or 50051, as far as they say so";
    }

    @Override
    public String breaks() {
        return "one of the two does not start on that node, or is not heard";
    }

    @Override
    public List<Finding> examine(ClusterSnapshot cluster) {
        String own = "DaemonSet/" + cluster.plan().daemonSet();
        return cluster.ports().or(List.of()).stream()
                .filter(port -> PORTS.containsKey(port.port()))
                .filter(port ->
                        !(port.owner().equals(own)
                                && port.pod().startsWith(cluster.plan().namespace() + "/")))
                .map(this::taken)
                .toList();
    }

    private Finding taken(SeenPort port) {
        String[] pod = port.pod().split("/", 2);
        String seen =
                "pod "
                        + port.pod()
                        + (port.node().isEmpty() ? "" : " on " + port.node())
                        + " has port "
                        + port.port()
                        + " ("
                        + PORTS.get(port.port())
                        + ")";
        String by = port.owner().isEmpty() ? "pod/" + pod[pod.length - 1] : port.owner();
        return wrong(
                seen,
                "another port: kubectl -n "
                        + ShellWord.of(pod[0])
                        + " edit "
                        + ShellWord.of(by.replaceFirst("ReplicaSet/(.*)-[^-]*", "Deployment/$1")));
    }
}
