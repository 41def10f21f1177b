package dev.vpccni.node.shadow;

import dev.vpccni.ipam.ledger.Checkpoint;
import dev.vpccni.model.InterfaceId;
import dev.vpccni.model.IpAddress;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/** The daemon that serves the node, as it tells of itself. */
public interface OtherDaemon {

    /**
     * What it tells.
     *
     * @param interfaces those that it has in its pool
     * @param assigned addresses of pods
     * @param released addresses that pods had, and when they let go of them
     * @param settings what it was told, by the names of the variables
     */
    record Told(
            SortedSet<InterfaceId> interfaces,
            SortedSet<IpAddress> assigned,
            List<Checkpoint.Cooling> released,
            SortedMap<String, String> settings) {

        public Told {
            interfaces = Collections.unmodifiableSortedSet(new TreeSet<>(interfaces));
            assigned = Collections.unmodifiableSortedSet(new TreeSet<>(assigned));
            released = List.copyOf(released);
            settings = Collections.unmodifiableSortedMap(new TreeMap<>(settings));
        }
    }

    /**
     * Asks it.
     *
     * @throws IOException if it does not answer in time, or what it answers cannot be understood
     */
    Told ask() throws IOException, InterruptedException;
}
