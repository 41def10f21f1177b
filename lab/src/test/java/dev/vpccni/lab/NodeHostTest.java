package dev.vpccni.lab;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.emulator.fabric.Namespaces;
import dev.vpccni.emulator.fabric.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
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
        node.create(empty);
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
