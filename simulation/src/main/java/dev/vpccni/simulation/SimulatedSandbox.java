package dev.vpccni.simulation;

import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.PodName;
import dev.vpccni.node.port.PodNamespace;
import org.jspecify.annotations.Nullable;

/** A pod's sandbox: what the runtime makes before each ADD, and ends after each DEL. */
final class SimulatedSandbox implements PodNamespace {

    final PodName pod;
    final String containerId;
    boolean ended;
    @Nullable Ipv4Address address;

    SimulatedSandbox(PodName pod, String containerId) {
        this.pod = pod;
        this.containerId = containerId;
    }

    @Override
    public String path() {
        return "/run/netns/" + containerId;
    }

    @Override
    public void close() {}
}
