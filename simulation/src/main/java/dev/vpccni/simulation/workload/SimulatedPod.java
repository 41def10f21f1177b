package dev.vpccni.simulation.workload;

import dev.vpccni.cni.CniResult;
import dev.vpccni.model.IpAddress;
import dev.vpccni.node.port.Tempo;
import dev.vpccni.simulation.host.SimulatedSandbox;
import org.jspecify.annotations.Nullable;

/** A pod and how far it is. */
public final class SimulatedPod {

    final Tempo.Signal unwanted;
    private final String name;
    private boolean wanted = true;

    /** Whether somebody has asked for its end. */
    boolean departing;

    @Nullable SimulatedSandbox sandbox;
    @Nullable CniResult result;
    @Nullable IpAddress address;

    SimulatedPod(String name, Tempo.Signal unwanted) {
        this.name = name;
        this.unwanted = unwanted;
    }

    /** Returns what it is called. */
    public String name() {
        return name;
    }

    /** Returns the address that it was told, or null while it waits for one. */
    public @Nullable IpAddress address() {
        return address;
    }

    /** Returns its present sandbox. */
    public @Nullable SimulatedSandbox sandbox() {
        return sandbox;
    }

    /** Tells whether the pod has been told its address, and nobody has asked for its end. */
    public boolean running() {
        return address != null && !departing;
    }

    boolean isWanted() {
        return wanted;
    }

    void end() {
        wanted = false;
        unwanted.raise();
    }
}
