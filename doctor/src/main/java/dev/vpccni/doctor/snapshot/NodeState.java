package dev.vpccni.doctor.snapshot;

import java.util.List;
import java.util.SortedSet;

/**
 * What runs on the node, and what it has.
 *
 * @param listeners sockets that wait for connections
 * @param processes those in the node's network namespace, as far as they may be seen
 * @param modules of the kernel that are loaded, built in, or can be loaded; dashes are underscores
 * @param disk where the checkpoint lies
 * @param networks the files that a runtime looks at for its network, in its order
 */
public record NodeState(
        Fact<List<SeenListener>> listeners,
        Fact<List<SeenProcess>> processes,
        Fact<SortedSet<String>> modules,
        Fact<Disk> disk,
        Fact<List<SeenNetwork>> networks) {

    /**
     * A folder's file system.
     *
     * @param writable files can be made in the folder
     * @param free bytes
     * @param size bytes
     */
    public record Disk(boolean writable, long free, long size) {}
}
