package dev.vpccni.simulation.workload;

import dev.vpccni.cni.CniResult;
import dev.vpccni.model.IpAddress;
import dev.vpccni.node.port.Tempo;
import dev.vpccni.simulation.host.SimulatedSandbox;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A pod and how far it is. */
public final class SimulatedPod {

    final Tempo.Signal unwanted;
    private final String name;
    private final boolean everyCard;
    private boolean wanted = true;

    /** Whether somebody has asked for its end. */
    boolean departing;

    @Nullable SimulatedSandbox sandbox;
    @Nullable CniResult result;
    List<IpAddress> addresses = List.of();

    SimulatedPod(String name, boolean everyCard, Tempo.Signal unwanted) {
        this.name = name;
        this.everyCard = everyCard;
        this.unwanted = unwanted;
    }

    /** Returns what it is called. */
    public String name() {
        return name;
    }

    /** Tells whether it wants an address on each network card. */
    public boolean everyCard() {
        return everyCard;
    }

    /** Returns the first address that it was told, or null while it waits for one. */
    public @Nullable IpAddress address() {
        return addresses.isEmpty() ? null : addresses.getFirst();
    }

    /** Returns the addresses that it was told, none while it waits. */
    public List<IpAddress> addresses() {
        return addresses;
    }

    /** Returns its present sandbox. */
    public @Nullable SimulatedSandbox sandbox() {
        return sandbox;
    }

    /** Tells whether the pod has been told its address, and nobody has asked for its end. */
    public boolean running() {
        return !addresses.isEmpty() && !departing;
    }

    boolean isWanted() {
        return wanted;
    }

    void end() {
        wanted = false;
        unwanted.raise();
    }
}
