package dev.vpccni.simulation.host;

import dev.vpccni.model.SubnetId;
import dev.vpccni.node.port.Cluster;
import dev.vpccni.node.port.Cluster.InterfaceConfig;
import dev.vpccni.simulation.time.Baton;
import dev.vpccni.simulation.time.SimulatedProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What the cluster says about one node, and what its daemons know of it: nothing at first, all of
 * it once they have read it. It outlives every daemon.
 */
public final class SimulatedCluster {

    /** How long a daemon takes at most to read what is there. */
    private static final int READING_MILLIS = 3_000;

    private static final InterfaceConfig NOT_READ =
            new InterfaceConfig.Unknown("no object of the cluster has been read yet");

    private final Baton baton;
    private final List<Runnable> listeners = new ArrayList<>();
    private final SortedMap<SubnetId, Long> namedUntil = new TreeMap<>();
    private InterfaceConfig config = Cluster.SILENT.view().config();
    private InterfaceConfig told = config;
    private boolean read;

    SimulatedCluster(Baton baton) {
        this.baton = baton;
    }

    /**
     * Changes the node's ENIConfig, or makes it unreadable. A daemon that listens knows at once.
     */
    public void config(InterfaceConfig changed) {
        baton.tell(() -> "the cluster says " + changed);
        config = changed;
        if (read) {
            tell(changed);
        }
    }

    /** Returns the node's ENIConfig. */
    public InterfaceConfig config() {
        return config;
    }

    /**
     * Tells whether the daemon knew {@code subnet} as the one for new interfaces at some time
     * during {@code latest}.
     */
    public boolean named(SubnetId subnet, Duration latest) {
        Long until = namedUntil.get(subnet);
        return isTold(subnet) || (until != null && baton.nanos() - until <= latest.toNanos());
    }

    private boolean isTold(SubnetId subnet) {
        return subnets(told).contains(subnet);
    }

    /** Returns the subnets that {@code config} names. Here none is selected by its tags. */
    public static List<SubnetId> subnets(InterfaceConfig config) {
        return switch (config) {
            case InterfaceConfig.Known known -> List.of(known.subnet());
            case InterfaceConfig.Several several -> several.subnets();
            case InterfaceConfig.Unknown _ -> List.of();
        };
    }

    /** Returns the cluster as {@code daemon} reads it, whose predecessor must be dead. */
    Cluster of(SimulatedProcess daemon) {
        listeners.clear();
        read = false;
        tell(NOT_READ);
        Duration reading = Duration.ofMillis(baton.random().nextInt(READING_MILLIS));
        daemon.start(
                "cluster",
                () -> {
                    daemon.pause(reading);
                    read = true;
                    tell(config);
                });
        return new Cluster() {
            @Override
            public View view() {
                return new View(told, true, new TreeSet<>());
            }

            @Override
            public void onChange(Runnable listener) {
                listeners.add(listener);
            }
        };
    }

    private void tell(InterfaceConfig changed) {
        subnets(told).forEach(subnet -> namedUntil.put(subnet, baton.nanos()));
        told = changed;
        listeners.forEach(Runnable::run);
    }
}
