package dev.vpccni.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.emulator.fabric.Namespaces;
import dev.vpccni.emulator.fabric.Program;
import dev.vpccni.lab.node.Mount;
import dev.vpccni.lab.node.NodeFiles;
import dev.vpccni.lab.node.NodeHost;
import dev.vpccni.lab.node.Processes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A node in this computer's kernel: needs root. */
final class NodeHostTest {

    private final String name = "vpccni-test-" + ProcessHandle.current().pid() + "-node";
    private final LabFolder folder = new LabFolder(name);
    private final NodeHost node =
            new NodeHost("node-1", name, new NodeFiles(folder.node("node-1")), new TreeMap<>());

    @BeforeEach
    void create(@TempDir Path empty) throws IOException {
        folder.create();
        Namespaces.create(name);
        node.create(List.of(empty), folder.groups());
        node.await();
    }

    @AfterEach
    void remove() throws IOException {
        Processes.endInside(node.namespaces());
        folder.remove();
        Namespaces.delete(name);
        assertThat(folder.path()).doesNotExist();
    }

    @Test
    void whatIsWrittenOnTheNodeStaysThere() throws IOException {
        String file = "/etc/" + name;
        String inRun = "/var/run/aws-node/" + name;
        on("sh", "-c", "echo here > " + file + "; echo here > " + inRun);

        assertThat(on("cat", file, inRun)).isEqualTo("here\nhere\n");
        assertThat(Path.of(file)).doesNotExist();
        assertThat(Path.of(inRun)).doesNotExist();
        assertThat(node.files().run().resolve("aws-node/" + name)).exists();
    }

    /** mount(8) keeps a list of its own, and rewrites it with each mount. */
    @Test
    void thisComputersListOfMountsIsAsBefore() throws IOException {
        Path list = Path.of("/run/mount/utab");
        assertThat(Files.exists(list) ? Files.readString(list) : "")
                .doesNotContain("/" + name + "/");
    }

    /** A layer covers one file system, and none whose path holds what tells layers apart. */
    @Test
    void whatIsMountedElsewhereIsSeenAndNotChanged(@TempDir Path places) throws IOException {
        Path disk = Files.createDirectory(places.resolve("a disk"));
        Path odd = Files.createDirectory(places.resolve("a:disk"));
        Path file = Files.writeString(places.resolve("file"), "under");
        Path over = Files.writeString(places.resolve("over"), "over");
        var host = new NodeHost("node-2", name, new NodeFiles(folder.node("node-2")), none());
        mount("-t", "tmpfs", "disk", disk.toString());
        mount("-t", "tmpfs", "disk", odd.toString());
        mount("--bind", over.toString(), file.toString());
        try {
            Files.writeString(disk.resolve("x"), "one");
            Files.writeString(odd.resolve("x"), "two");
            host.create(List.of(places), folder.groups());
            host.await();
            Program.Ended ended = Program.of(host.enter(words(disk, odd, file))).end();
            assertThat(ended.output()).isEqualTo("onetwoover");
            assertThat(ended.errors()).contains(odd + "/x: Read-only file system");
            assertThat(disk.resolve("x")).hasContent("one");
            assertThat(odd.resolve("x")).hasContent("two");
            assertThat(over).hasContent("over");
        } finally {
            for (Path each : List.of(disk, odd, file)) {
                Program.of("umount", each.toString()).run();
            }
        }
    }

    private static List<String> words(Path disk, Path odd, Path file) {
        String script =
                """
                cat "$1/x" "$2/x" "$3"
                echo w >"$1/x"
                echo w >"$2/x"
                echo w >"$3"
                """;
        return List.of(
                "bash", "-c", script, "bash", disk.toString(), odd.toString(), file.toString());
    }

    @Test
    void theNodeHasControlGroupsOfItsOwnThatGoWithIt() throws IOException {
        on("sh", "-c", "for g in /sys/fs/cgroup /sys/fs/cgroup/*; do mkdir $g/mine; done; true");
        List<Path> made = groups();
        assertThat(made).isNotEmpty().allMatch(group -> Files.isDirectory(group.resolve("mine")));
        remove();
        assertThat(made).noneMatch(Files::exists);
        folder.create();
        Namespaces.create(name);
    }

    private List<Path> groups() throws IOException {
        return Mount.here().stream()
                .filter(mount -> mount.type().startsWith("cgroup"))
                .map(mount -> mount.point().resolve("vpc-cni-lab").resolve(name).resolve("node-1"))
                .toList();
    }

    private static SortedMap<String, String> none() {
        return new TreeMap<>();
    }

    private static void mount(String... words) throws IOException {
        var all = new ArrayList<>(List.of("mount"));
        all.addAll(List.of(words));
        Program.of(all).run();
    }

    /** What a daemon relies on that its container lacks must be missed here. */
    @Test
    void aDaemonFindsWhatItIsToldAndAPathAndNoMore() {
        var told = new TreeMap<>(Map.of("WARM_IP_TARGET", "2"));
        var other = new NodeHost("node-1", name, new NodeFiles(folder.node("node-1")), told);
        assertThat(other.environment())
                .containsOnlyKeys("PATH", "WARM_IP_TARGET")
                .containsEntry("WARM_IP_TARGET", "2");
        assertThat(other.personsEnvironment()).containsKeys("HOME", "LC_ALL", "WARM_IP_TARGET");
    }

    @Test
    void theNodesOwnFoldersAreSharedWithTheLab() throws IOException {
        Files.writeString(node.files().own("/etc/cni/net.d/x"), "from outside");
        assertThat(on("cat", "/etc/cni/net.d/x")).isEqualTo("from outside");
        assertThat(on("ls", "/opt/cni/bin")).contains("portmap");
    }

    @Test
    void theNodeSeesItsOwnInterfacesOnly() throws IOException {
        assertThat(on("ls", "/sys/class/net")).isEqualTo("lo\n");
        assertThat(on("sh", "-c", "ip -o link | wc -l").strip()).isEqualTo("1");
    }

    @Test
    void aPodsNamespaceAppearsOnTheNodeAndGoesAgain() throws IOException {
        node.createPodNamespace("cni-1");
        assertThat(on("nsenter", "--net=/var/run/netns/cni-1", "ip", "-o", "link"))
                .contains("lo:", "UP");
        String inside =
                Program.of(node.enterPod("cni-1", List.of("readlink", "/proc/self/ns/net"))).run();
        assertThat(inside).isNotEqualTo(on("readlink", "/proc/self/ns/net"));

        node.removePodNamespace("cni-1");
        assertThat(on("ls", "/var/run/netns")).isEmpty();
    }

    @Test
    void processesOnTheNodeAreFoundAndEnded() throws Exception {
        Process process = new ProcessBuilder(node.enter(List.of("sleep", "600"))).start();
        try {
            String identity = Processes.identity(process.toHandle());
            assertThat(Processes.find(identity)).isEqualTo(process.toHandle());
            assertThat(Processes.find(process.pid() + " 1")).isNull();

            awaitInside(process);
            Processes.endInside(node.namespaces());
            assertThat(process.isAlive()).isFalse();
            assertThat(Processes.find(identity)).isNull();
        } finally {
            process.destroyForcibly();
        }
    }

    /** Until nsenter has entered, the process is not on the node. */
    private void awaitInside(Process process) throws IOException {
        Object wanted = Files.getAttribute(node.network(), "unix:ino");
        Path actual = Path.of("/proc/" + process.pid() + "/ns/net");
        for (int tries = 0; tries < 100_000; tries++) {
            if (wanted.equals(Files.getAttribute(actual, "unix:ino"))) {
                return;
            }
            Thread.onSpinWait();
        }
        throw new AssertionError("the process did not enter the node");
    }

    private String on(String... words) throws IOException {
        return Program.of(node.enter(List.of(words))).run();
    }
}
