package dev.vpccni.acceptance.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.acceptance.cluster.ClusterPods.Running;
import dev.vpccni.acceptance.lab.Ended;
import dev.vpccni.acceptance.lab.LabUnderTest;
import dev.vpccni.acceptance.lab.NodeStatus;
import dev.vpccni.acceptance.lab.WantedLab;
import dev.vpccni.json.JsonObject;
import dev.vpccni.lab.cluster.Machine;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** A cluster in a lab on which the chart is installed, with the image of this build. */
record InstalledCluster(LabUnderTest lab, Kubectl kubectl) implements AutoCloseable {

    static final String DAEMONS = "kube-system";

    /**
     * Starts nodes that have no network for pods, and installs the chart.
     *
     * @param options of helm, such as {@code --set env.WARM_IP_TARGET=2}
     */
    static InstalledCluster up(WantedLab wanted, String... options) throws Exception {
        LabUnderTest lab = LabUnderTest.upWithKubernetes(wanted.withoutDaemons());
        var cluster = new InstalledCluster(lab, Kubectl.of(lab));
        boolean done = false;
        try {
            cluster.install(options);
            cluster.awaitReady();
            done = true;
            return cluster;
        } finally {
            if (!done) {
                lab.close();
            }
        }
    }

    /** Installs the chart with other values, and waits until every daemon is ready. */
    void install(String... options) throws Exception {
        var words =
                new ArrayList<>(
                        List.of(LabUnderTest.home().resolve("scripts/kubernetes/install") + ""));
        words.addAll(List.of(options));
        var builder = new ProcessBuilder(words);
        builder.environment().put("VPC_CNI_LAB", LabUnderTest.name());
        Ended ended = Ended.of(builder);
        assertThat(ended.status()).as("%s", ended).isZero();
    }

    void awaitReady() throws Exception {
        kubectl.must("wait", "--for=condition=Ready", "nodes", "--all", "--timeout=120s");
        kubectl.must(
                "rollout",
                "status",
                "deployment/coredns",
                "--namespace",
                DAEMONS,
                "--timeout=120s");
    }

    /** Does something with a program of a machine, as {@code lab program} does. */
    void program(String action, String machine, String program) throws IOException {
        lab.ask(
                Map.of(
                        "verb", "program", "action", action, "machine", machine, "program",
                        program));
    }

    /** Returns what the lab calls each node, by what Kubernetes calls it. */
    SortedMap<String, String> machines() throws Exception {
        var machines = new TreeMap<String, String>();
        for (JsonObject node : kubectl.list("nodes")) {
            JsonObject metadata = node.object("metadata");
            machines.put(
                    metadata.string("name"), metadata.object("labels").string(Machine.LAB_LABEL));
        }
        return machines;
    }

    /** Returns which pod has which address, as the nodes' daemons have written it down. */
    SortedMap<String, String> assigned() throws Exception {
        var assigned = new TreeMap<String, String>();
        for (NodeStatus node : lab.status()) {
            for (NodeStatus.Eni eni : node.enis()) {
                for (NodeStatus.Slot slot : eni.addresses()) {
                    if (slot.state().equals("assigned")) {
                        assigned.put(slot.address(), slot.pod().replaceFirst(".*/", ""));
                    }
                }
            }
        }
        return assigned;
    }

    /** Returns how often a container of each pod with a label has been started again. */
    SortedMap<String, Long> restarts(String... selection) throws Exception {
        var words = new ArrayList<>(List.of("pods"));
        words.addAll(List.of(selection));
        var restarts = new TreeMap<String, Long>();
        for (JsonObject pod : kubectl.list(words.toArray(String[]::new))) {
            long count = 0;
            for (JsonObject container : pod.object("status").objects("containerStatuses")) {
                count += container.integer("restartCount");
            }
            restarts.put(pod.object("metadata").string("name"), count);
        }
        return restarts;
    }

    /**
     * Returns the file of a pod's network namespace: one of its processes has it. What a runtime
     * mounts on a node is not seen from this computer.
     */
    Path namespace(Running pod) throws Exception {
        Set<Object> seen = new HashSet<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/proc"), "[1-9]*")) {
            for (Path process : all) {
                Path namespace = process.resolve("ns/net");
                if (seen.add(inode(namespace))) {
                    Ended asked =
                            Ended.of(
                                    new ProcessBuilder(
                                            "nsenter",
                                            "--net=" + namespace,
                                            "ip",
                                            "-o",
                                            "-4",
                                            "address"));
                    if (asked.out().contains(" " + pod.address() + "/")) {
                        return namespace;
                    }
                }
            }
        }
        throw new AssertionError("no namespace of " + pod);
    }

    private static Object inode(Path namespace) {
        try {
            return Files.getAttribute(namespace, "unix:ino");
        } catch (IOException e) {
            return "the process has ended";
        }
    }

    @Override
    public void close() throws IOException {
        lab.close();
    }
}
