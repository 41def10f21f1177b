package dev.vpccni.lab.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class NodeRootTest {

    private static final Path NODE = Path.of("/run/vpc-cni-lab/x/nodes/node-1");
    private static final Path ROOT = NODE.resolve("root");

    @Test
    void aMountIsReadWhateverFieldsItsLineHas() {
        String root = "27 1 254:0 / / rw,relatime - ext4 /dev/vda rw";
        String shared = "42 27 254:0 / /srv/a\\040b\\134c rw shared:1 master:2 - xfs /dev/vdb rw";
        assertThat(Mount.parse(List.of(root, shared)))
                .containsExactly(
                        new Mount(Path.of("/"), "ext4"), new Mount(Path.of("/srv/a b\\c"), "xfs"));
    }

    @Test
    void whatHoldsFilesIsShownAndNoWindowIntoTheKernel(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("hosts"), "127.0.0.1 localhost\n");
        var mounts =
                List.of(
                        new Mount(Path.of("/"), "ext4"),
                        new Mount(Path.of("/proc"), "proc"),
                        new Mount(Path.of("/dev/shm"), "tmpfs"),
                        new Mount(Path.of("/run/lock"), "tmpfs"),
                        new Mount(folder, "xfs"),
                        new Mount(folder, "tmpfs"),
                        new Mount(file, "ext4"),
                        new Mount(folder, "securityfs"),
                        new Mount(folder.resolve("gone"), "ext4"));
        assertThat(root(mounts, new TreeMap<>()).below()).containsExactly(folder, file);
    }

    @Test
    void theKernelsVariablesAreReadOnlyButThoseOfTheNetwork() {
        assertThat(lines(new TreeMap<>()))
                .containsSubsequence(
                        line("proc", "/proc", "proc nosuid,nodev,noexec"),
                        bind(ROOT + "/proc/sys/net", "/proc/sys/net", "rw"),
                        bind(ROOT + "/proc/irq", "/proc/irq", "ro"),
                        bind(ROOT + "/proc/sys", "/proc/sys", "ro"),
                        line("sysfs", "/sys", "sysfs ro,nosuid,nodev,noexec"));
    }

    @Test
    void eachHierarchyOfControlGroupsHasTheNodesOwn() {
        var two = new TreeMap<Path, Path>();
        two.put(Path.of("/sys/fs/cgroup/cpu"), Path.of("/sys/fs/cgroup/cpu/vpc-cni-lab/x/node-1"));
        assertThat(lines(two))
                .containsSubsequence(
                        line(
                                "cgroup",
                                "/sys/fs/cgroup",
                                "tmpfs nosuid,nodev,noexec,mode=755,size=1m"),
                        bind(
                                "/sys/fs/cgroup/cpu/vpc-cni-lab/x/node-1",
                                "/sys/fs/cgroup/cpu",
                                "x-mount.mkdir,nosuid,nodev,noexec"));

        var one = new TreeMap<Path, Path>();
        one.put(Path.of("/sys/fs/cgroup"), Path.of("/sys/fs/cgroup/vpc-cni-lab/x/node-1"));
        assertThat(lines(one))
                .contains(
                        bind(
                                "/sys/fs/cgroup/vpc-cni-lab/x/node-1",
                                "/sys/fs/cgroup",
                                "nosuid,nodev,noexec"))
                .noneMatch(line -> line.startsWith("cgroup "));
    }

    @Test
    void whatTheLabLooksIntoLiesInTheNodesFolder() {
        assertThat(lines(new TreeMap<>()))
                .containsSubsequence(
                        bind(NODE + "/run", "/run", "nosuid,nodev"),
                        bind(NODE + "/netns", "/run/netns", "nosuid,nodev"),
                        bind(
                                NODE + "/files/etc/cni/net.d",
                                "/etc/cni/net.d",
                                "x-mount.mkdir,nosuid,nodev"));
    }

    private static List<String> lines(SortedMap<Path, Path> groups) {
        return Arrays.asList(root(List.of(), groups).table().split("\n", -1));
    }

    private static NodeRoot root(List<Mount> mounts, SortedMap<Path, Path> groups) {
        return new NodeRoot(new NodeFiles(NODE), mounts, List.of("irq", "sys"), groups);
    }

    private static String bind(String source, String point, String options) {
        return line(source, point, "none rbind," + options);
    }

    private static String line(String source, String point, String rest) {
        return source + " " + ROOT + point + " " + rest + " 0 0";
    }
}
