package dev.vpccni.acceptance.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.acceptance.lab.LabUnderTest;
import dev.vpccni.acceptance.lab.WantedLab;
import dev.vpccni.emulator.fabric.Namespaces;
import dev.vpccni.lab.LabClient;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Nothing of a cluster stays: of one that is taken down, and of one whose lab was killed. */
@Tag("cluster")
final class ClusterEndTest {

    private static final String NAME = LabUnderTest.name();
    private static final Path LAB = Path.of("/run/vpc-cni-lab", NAME);
    private static final Path GROUPS = Path.of("/sys/fs/cgroup");
    private static final int PODS = 6;
    private static final int PATIENCE_SECONDS = 30;

    @AfterEach
    void down() throws Exception {
        new LabClient(NAME).down();
    }

    @Test
    void downEndsAndRemovesAllOfIt() throws Exception {
        LabUnderTest lab = LabUnderTest.upWithKubernetes(WantedLab.nodes(1, "c5.large"));
        List<ProcessHandle> processes = running(lab);

        lab.close();

        assertNothingIsLeft(processes);
    }

    @Test
    void soItDoesAfterTheLabItselfAndAContainerdWereKilled() throws Exception {
        LabUnderTest lab = LabUnderTest.upWithKubernetes(WantedLab.nodes(1, "c5.large"));
        List<ProcessHandle> processes = running(lab);
        lab.ask(
                Map.of(
                        "verb",
                        "program",
                        "action",
                        "kill",
                        "machine",
                        "node-1",
                        "program",
                        "containerd"));
        kill(Files.readAllLines(LAB.resolve("processes")).getFirst());

        lab.close();

        assertNothingIsLeft(processes);
    }

    /** Starts pods, and returns every process of the lab's machines. */
    private static List<ProcessHandle> running(LabUnderTest lab) throws Exception {
        ClusterPods.start(Kubectl.of(lab), "web", PODS);
        List<ProcessHandle> processes = processes();
        assertThat(processes).as("pods have two each, and a shim").hasSizeGreaterThan(3 * PODS);
        return processes;
    }

    private static void assertNothingIsLeft(List<ProcessHandle> processes) throws Exception {
        assertThat(processes).noneMatch(ProcessHandle::isAlive);
        assertThat(LAB).doesNotExist();
        assertThat(Files.readString(Path.of("/proc/self/mountinfo"))).doesNotContain(LAB + "/");
        assertThat(Namespaces.startingWith("vpccni-" + NAME + "-")).isEmpty();
        assertThat(groups()).isEmpty();
    }

    /**
     * Returns the processes that are on a machine of the lab, or in a container there: those that
     * have their numbers in the machine's namespace of processes, or in one below it.
     */
    private static List<ProcessHandle> processes() throws IOException {
        Set<Object> machines = new HashSet<>();
        try (DirectoryStream<Path> nodes = Files.newDirectoryStream(LAB.resolve("nodes"))) {
            for (Path node : nodes) {
                machines.add(Files.getAttribute(node.resolve("pid"), "unix:ino"));
            }
        }
        var found = new ArrayList<ProcessHandle>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path process : all) {
                if (isOn(machines, process)) {
                    ProcessHandle.of(Long.parseLong(process.toFile().getName()))
                            .ifPresent(found::add);
                }
            }
        }
        return found;
    }

    private static boolean isOn(Set<Object> machines, Path process) {
        try {
            return machines.contains(Files.getAttribute(process.resolve("ns/pid"), "unix:ino"))
                    || Files.readString(process.resolve("cgroup"))
                            .contains("/vpc-cni-lab/" + NAME + "/");
        } catch (IOException ended) {
            return false;
        }
    }

    private static List<Path> groups() throws IOException {
        var left = new ArrayList<Path>();
        try (Stream<Path> hierarchies = Files.list(GROUPS)) {
            for (Path hierarchy : hierarchies.toList()) {
                Path group = hierarchy.resolve("vpc-cni-lab").resolve(NAME);
                if (Files.exists(group)) {
                    left.add(group);
                }
            }
        }
        Path single = GROUPS.resolve("vpc-cni-lab").resolve(NAME);
        if (Files.exists(single)) {
            left.add(single);
        }
        return left;
    }

    /** As {@code kill -9} does. */
    private static void kill(String identity) throws Exception {
        long pid = Long.parseLong(identity.substring(0, identity.indexOf(' ')));
        ProcessHandle process = ProcessHandle.of(pid).orElseThrow();
        assertThat(process.destroyForcibly()).isTrue();
        process.onExit().get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }
}
