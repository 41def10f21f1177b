package dev.vpccni.lab.node;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the root of a node is made of: a layer of the node's own over each file system of this
 * computer, and beside them kernel file systems, devices and folders that are the node's alone.
 *
 * @param files of the node
 * @param mounts of this computer
 * @param kernel the names of what lies in {@code /proc} but for processes and links
 * @param groups the node's control groups, by the mount points of their hierarchies
 */
record NodeRoot(
        NodeFiles files, List<Mount> mounts, List<String> kernel, SortedMap<Path, Path> groups) {

    private static final Path GROUPS = Path.of("/sys/fs/cgroup");

    /** Of these each node has its own. */
    private static final List<Path> OWN =
            List.of(Path.of("/proc"), Path.of("/sys"), Path.of("/dev"), Path.of("/run"));

    /** Of these there is one for all: they are windows into the kernel, or roots of containers. */
    private static final Set<String> LEFT_OUT =
            Set.of(
                    "autofs",
                    "binfmt_misc",
                    "bpf",
                    "cgroup",
                    "cgroup2",
                    "configfs",
                    "debugfs",
                    "devpts",
                    "devtmpfs",
                    "efivarfs",
                    "fusectl",
                    "hugetlbfs",
                    "mqueue",
                    "nfsd",
                    "nsfs",
                    "overlay",
                    "proc",
                    "pstore",
                    "ramfs",
                    "rpc_pipefs",
                    "securityfs",
                    "selinuxfs",
                    "sysfs",
                    "tracefs");

    /** Of a file that has something mounted on it the node gets a copy, unless it is longer. */
    private static final long LONGEST_COPY = 1 << 20;

    NodeRoot {
        mounts = List.copyOf(mounts);
        kernel = List.copyOf(kernel);
        groups = new TreeMap<>(groups);
    }

    /** Returns the names of what lies in {@code /proc}, in order, but for processes and links. */
    static List<String> kernelNames() throws IOException {
        var names = new ArrayList<String>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/proc"))) {
            for (Path each : all) {
                String name = each.toFile().getName();
                if (!Files.isSymbolicLink(each) && !name.matches("\\d+")) {
                    names.add(name);
                }
            }
        }
        names.sort(null);
        return names;
    }

    /** Returns where the node's root is put together. */
    Path folder() {
        return files.folder().resolve("root");
    }

    /** Returns where the file systems of this computer are mounted that lie below its root. */
    List<Path> below() throws IOException {
        var points = new LinkedHashSet<Path>();
        for (Mount mount : mounts) {
            Path point = mount.point();
            boolean shown =
                    point.getNameCount() > 0
                            && OWN.stream().noneMatch(point::startsWith)
                            && !LEFT_OUT.contains(mount.type());
            if (shown && (Files.isDirectory(point) || isShort(point))) {
                points.add(point);
            }
        }
        return List.copyOf(points);
    }

    /** Returns what else is mounted, in the form of fstab(5). */
    String table() {
        var lines = new ArrayList<String>();
        add(lines, "proc", "/proc", "proc", "nosuid,nodev,noexec");
        // The network of whoever writes there is what changes. It stays so below what cannot.
        bind(lines, folder().resolve("proc/sys/net"), "/proc/sys/net", "rw");
        for (String name : kernel) {
            bind(lines, folder().resolve("proc/" + name), "/proc/" + name, "ro");
        }
        add(lines, "sysfs", "/sys", "sysfs", "ro,nosuid,nodev,noexec");
        addGroups(lines);
        add(lines, "dev", "/dev", "tmpfs", "nosuid,noexec,mode=755,size=1m");
        add(
                lines,
                "devpts",
                "/dev/pts",
                "devpts",
                "x-mount.mkdir,nosuid,noexec,newinstance,ptmxmode=666,mode=620");
        add(lines, "shm", "/dev/shm", "tmpfs", "x-mount.mkdir,nosuid,nodev,noexec,mode=1777");
        add(lines, "mqueue", "/dev/mqueue", "mqueue", "x-mount.mkdir,nosuid,nodev,noexec");
        bind(lines, files.run(), "/run", "nosuid,nodev");
        bind(lines, files.namespaces(), "/run/netns", "nosuid,nodev");
        for (String own : NodeFiles.OWN) {
            if (own.equals(NodeFiles.PLUGINS) && Files.isDirectory(NodeFiles.COMPUTERS_PLUGINS)) {
                add(lines, Mount.LAB, own, "overlay", pluginsLayer());
            } else {
                bind(lines, files.own(own), own, "x-mount.mkdir,nosuid,nodev");
            }
        }
        return String.join("\n", lines) + "\n";
    }

    /** This computer's plugins as if copied: whoever writes to one gets a copy to write to. */
    private String pluginsLayer() {
        return "x-mount.mkdir,nosuid,nodev,lowerdir="
                + NodeFiles.COMPUTERS_PLUGINS
                + ",upperdir="
                + files.own(NodeFiles.PLUGINS)
                + ",workdir="
                + files.folder().resolve("work");
    }

    /** A node has its groups where this computer has the hierarchies that they are of. */
    private void addGroups(List<String> lines) {
        if (!groups.isEmpty() && !groups.containsKey(GROUPS)) {
            add(
                    lines,
                    "cgroup",
                    GROUPS.toString(),
                    "tmpfs",
                    "nosuid,nodev,noexec,mode=755,size=1m");
        }
        groups.forEach((point, group) -> {
            if (point.startsWith(GROUPS)) {
                String make = point.equals(GROUPS) ? "" : "x-mount.mkdir,";
                bind(lines, group, point.toString(), make + "nosuid,nodev,noexec");
            }
        });
    }

    private void bind(List<String> lines, Path source, String point, String options) {
        add(lines, source.toString(), point, "none", "rbind," + options);
    }

    private void add(List<String> lines, String source, String point, String type, String options) {
        lines.add(String.join(" ", escape(source), escape(folder() + point), type, options, "0 0"));
    }

    private static String escape(String field) {
        return field.replace("\\", "\\134").replace(" ", "\\040").replace("\t", "\\011");
    }

    private static boolean isShort(Path file) throws IOException {
        return Files.isRegularFile(file) && Files.size(file) <= LONGEST_COPY;
    }
}
