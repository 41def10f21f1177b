package dev.vpccni.lab.node;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The control groups of a lab (cgroups(7)): one for each node in each hierarchy of this computer,
 * below which the node does as it likes. Nobody is in them at first: what runs on a node counts
 * where whoever started it does.
 *
 * @param lab its name
 */
public record ControlGroups(String lab) {

    private static final Logger LOG = LoggerFactory.getLogger(ControlGroups.class);
    private static final String ALL = "vpc-cni-lab";
    private static final Duration PATIENCE = Duration.ofSeconds(2);
    private static final Duration POLL = Duration.ofMillis(20);

    /** A group of the hierarchy cpuset takes no process before these say where it may run. */
    private static final List<String> PLACES = List.of("cpuset.cpus", "cpuset.mems");

    /**
     * Makes the groups of a node.
     *
     * @return each by the mount point of its hierarchy; empty where this computer has no control
     *     groups, or they may not be written
     */
    SortedMap<Path, Path> create(String node, List<Mount> mounts) {
        var groups = new TreeMap<Path, Path>();
        for (Mount mount : mounts) {
            if (isHierarchy(mount)) {
                Path group = mount.point().resolve(ALL).resolve(lab).resolve(node);
                try {
                    create(mount, group);
                    groups.put(mount.point(), group);
                } catch (IOException e) {
                    LOG.info(
                            "No control groups of {} for {}: {}",
                            mount.point(),
                            node,
                            e.toString());
                }
            }
        }
        return groups;
    }

    /**
     * Removes all of them, and those below; those that are not there are not missed, and one that
     * somebody else's process has joined stays.
     */
    public void remove(List<Mount> mounts) {
        for (Mount mount : mounts) {
            Path all = mount.point().resolve(ALL);
            if (isHierarchy(mount) && Files.isDirectory(all.resolve(lab))) {
                try {
                    remove(all.resolve(lab));
                    removeIfEmpty(all);
                } catch (IOException e) {
                    LOG.warn("Control groups of a lab remain: {}", e.toString());
                }
            }
        }
    }

    /** Removes the groups of a node, and those that its runtime made below them. */
    void remove(String node, List<Mount> mounts) throws IOException {
        for (Mount mount : mounts) {
            Path group = mount.point().resolve(ALL).resolve(lab).resolve(node);
            if (isHierarchy(mount) && Files.isDirectory(group)) {
                remove(group);
            }
        }
    }

    private static boolean isHierarchy(Mount mount) {
        return mount.type().equals("cgroup") || mount.type().equals("cgroup2");
    }

    private static void create(Mount mount, Path group) throws IOException {
        Path next = mount.point();
        for (Path name : mount.point().relativize(group)) {
            Path above = next;
            next = above.resolve(name);
            if (!Files.isDirectory(next)) {
                Files.createDirectory(next);
            }
            for (String places : PLACES) {
                if (mount.type().equals("cgroup") && Files.exists(next.resolve(places))) {
                    Files.writeString(
                            next.resolve(places), Files.readString(above.resolve(places)));
                }
            }
            if (mount.type().equals("cgroup2")) {
                handDown(above);
            }
        }
    }

    /** Lets the groups in {@code group} have its controllers, as far as the kernel allows. */
    private static void handDown(Path group) throws IOException {
        String controllers = Files.readString(group.resolve("cgroup.controllers")).strip();
        for (String controller : controllers.split(" ", -1)) {
            try {
                Files.writeString(group.resolve("cgroup.subtree_control"), "+" + controller);
            } catch (IOException e) {
                LOG.debug("{} keeps {}: {}", group, controller, e.toString());
            }
        }
    }

    /** Other labs have theirs in it, too. */
    private static void removeIfEmpty(Path all) throws IOException {
        try (Stream<Path> left = Files.list(all)) {
            if (left.noneMatch(Files::isDirectory)) {
                Files.delete(all);
            }
        }
    }

    /** The kernel's files in a group go with it. */
    private static void remove(Path group) throws IOException {
        List<Path> deepestFirst;
        try (Stream<Path> all = Files.walk(group)) {
            deepestFirst =
                    all.filter(Files::isDirectory).sorted(Comparator.reverseOrder()).toList();
        }
        for (Path each : deepestFirst) {
            delete(each);
        }
    }

    /** A process that was just killed is still in its group for a moment. */
    private static void delete(Path group) throws IOException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            try {
                Files.delete(group);
                return;
            } catch (FileSystemException busy) {
                if (System.nanoTime() > deadline) {
                    throw busy;
                }
                LockSupport.parkNanos(POLL.toNanos());
            }
        }
    }
}
