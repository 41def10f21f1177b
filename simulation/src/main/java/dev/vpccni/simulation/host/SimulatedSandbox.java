package dev.vpccni.simulation.host;

import dev.vpccni.model.PodName;
import dev.vpccni.node.port.PodNamespace;

/** A pod's sandbox: what the runtime makes before each ADD, and ends after each DEL. */
public final class SimulatedSandbox implements PodNamespace {

    private final PodName pod;
    private final String containerId;
    private boolean ended;

    /** Makes the sandbox {@code containerId} of {@code pod}. */
    public SimulatedSandbox(PodName pod, String containerId) {
        this.pod = pod;
        this.containerId = containerId;
    }

    /** Returns whose sandbox it is. */
    public PodName pod() {
        return pod;
    }

    /** Returns the runtime's identifier. */
    public String containerId() {
        return containerId;
    }

    /** Tells whether its namespace is gone. */
    public boolean hasEnded() {
        return ended;
    }

    void end() {
        ended = true;
    }

    @Override
    public String path() {
        return "/run/netns/" + containerId;
    }

    @Override
    public void close() {}
}
