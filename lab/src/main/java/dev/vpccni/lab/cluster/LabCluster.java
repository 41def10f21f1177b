package dev.vpccni.lab.cluster;

import dev.vpccni.emulator.fabric.Program;
import dev.vpccni.linux.namespace.NamespaceThread;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A cluster that runs: its control plane, and the agents of its nodes. Thread-safe. */
public final class LabCluster implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LabCluster.class);
    private static final Duration NODES = Duration.ofMinutes(2);
    private static final Duration POLL = Duration.ofMillis(250);

    private final ClusterPlan plan;
    private final ApiRelay relay;
    private final List<NodeAgents> nodes = new ArrayList<>();

    /** By machine, in the order in which each needs those before. */
    private final SortedMap<String, List<ClusterProgram>> programs = new TreeMap<>();

    private LabCluster(ClusterPlan plan, ApiRelay relay) {
        this.plan = plan;
        this.relay = relay;
    }

    /**
     * Starts a cluster, and returns when its nodes are there.
     *
     * @param thread enters the machines' networks
     * @throws IOException if that fails: with the program that failed and what it said
     */
    public static LabCluster start(ClusterPlan plan, NamespaceThread thread) throws IOException {
        Machine control = plan.control();
        var target = new InetSocketAddress(control.address().toString(), ControlPlane.PORT);
        ApiRelay relay = ApiRelay.start(thread, control.host().network(), target);
        var cluster = new LabCluster(plan, relay);
        boolean done = false;
        try {
            var plane = new ControlPlane(plan, new Health(thread, control.host().network()));
            for (Machine machine : plan.nodes()) {
                var health = new Health(thread, machine.host().network());
                var agents = new NodeAgents(machine, plan.folder(), health, plan.processes());
                agents.prepare(
                        plane.certificates(),
                        plane.server(),
                        PodLimit.of(machine.type(), plan.environment()));
                cluster.nodes.add(agents);
            }
            cluster.startControlPlane(plane);
            cluster.startNodes();
            cluster.apply(ClusterDns.manifest(plan.folder().versionOf("coredns")));
            cluster.awaitNodes(plan.ready());
            done = true;
            return cluster;
        } finally {
            if (!done) {
                cluster.close();
            }
        }
    }

    /** Returns the file that lets this computer's programs be the cluster's administrators. */
    public Path kubeconfig() {
        return plan.lab().resolve("kubeconfig");
    }

    /** Returns the folder of its programs. */
    public ClusterFolder folder() {
        return plan.folder();
    }

    /**
     * Starts a program of a machine again, and waits until it serves.
     *
     * @throws IOException if there is none of that name, or it does not serve
     */
    public void start(String machine, String program) throws IOException {
        ClusterProgram found = find(machine, program);
        found.start();
        found.await();
    }

    /**
     * Ends a program of a machine.
     *
     * @param gently whether it is asked to; else it ends as by a crash
     */
    public void end(String machine, String program, boolean gently) throws IOException {
        find(machine, program).end(gently);
    }

    /** Ends a node's programs as when the power goes. */
    public void cut(String node) throws IOException {
        for (ClusterProgram program : programsOf(node)) {
            program.end(false);
        }
    }

    /** Starts a node's programs after it has booted, and waits until they serve. */
    public void boot(String node) throws IOException {
        for (NodeAgents agents : nodes) {
            if (agents.machine().host().name().equals(node)) {
                agents.setParameters();
            }
        }
        for (ClusterProgram program : programsOf(node)) {
            program.start();
            program.await();
        }
    }

    /** Has every node's runtime know the image that a file is an archive of. */
    public void importImage(Path archive) throws IOException {
        for (NodeAgents node : nodes) {
            node.importImage(archive);
        }
    }

    /** Returns which programs run, by machine. */
    public SortedMap<String, List<String>> running() {
        var running = new TreeMap<String, List<String>>();
        programs.forEach((machine, all) ->
                running.put(
                        machine,
                        all.stream()
                                .filter(ClusterProgram::isAlive)
                                .map(ClusterProgram::name)
                                .toList()));
        return running;
    }

    /**
     * Ends all of it at once. Pods are not told: their machines go with them.
     *
     * @throws IOException if a machine cannot be halted
     */
    @Override
    public void close() throws IOException {
        relay.close();
        for (NodeAgents node : nodes) {
            node.machine().host().halt();
        }
        plan.control().host().halt();
    }

    private void startControlPlane(ControlPlane plane) throws IOException {
        long begin = System.nanoTime();
        plane.prepare();
        plane.writeAdminsKubeconfig(kubeconfig(), relay.port());
        var all = new ArrayList<>(plane.programs(this::apiComplaint).values());
        programs.put(plan.control().host().name(), List.copyOf(all));
        var runtimes = new ArrayList<ClusterProgram>();
        for (NodeAgents node : nodes) {
            ClusterProgram runtime = node.runtime();
            runtimes.add(runtime);
            var here = new ArrayList<>(List.of(runtime));
            here.addAll(node.agents());
            programs.put(node.machine().host().name(), List.copyOf(here));
        }
        ClusterProgram etcd = all.getFirst();
        etcd.start();
        etcd.await();
        all.get(1).start();
        // While the API server starts, which takes longest.
        for (ClusterProgram runtime : runtimes) {
            runtime.start();
        }
        for (int i = 0; i < nodes.size(); i++) {
            runtimes.get(i).await();
            nodes.get(i).importImages();
        }
        all.get(1).await();
        LOG.info("The API server is ready after {} ms", millisSince(begin));
        for (ClusterProgram program : all) {
            program.start();
        }
    }

    private void startNodes() throws IOException {
        for (List<ClusterProgram> all : programs.values()) {
            for (ClusterProgram program : all) {
                program.start();
            }
        }
        for (List<ClusterProgram> all : programs.values()) {
            for (ClusterProgram program : all) {
                program.await();
            }
        }
    }

    /** Nodes are there once Kubernetes knows them, and pods' own accounts once there is one. */
    private void awaitNodes(boolean ready) throws IOException {
        long begin = System.nanoTime();
        long deadline = begin + NODES.toNanos();
        String complaint = nodesComplaint(ready);
        while (complaint != null) {
            if (System.nanoTime() > deadline) {
                throw new IOException(
                        "the cluster's nodes are not ready after "
                                + NODES.toSeconds()
                                + " s: "
                                + complaint);
            }
            LockSupport.parkNanos(POLL.toNanos());
            complaint = nodesComplaint(ready);
        }
        LOG.info("The nodes are there after {} ms more", millisSince(begin));
    }

    private @Nullable String nodesComplaint(boolean ready) throws IOException {
        Program.Ended account = kubectl("get", "serviceaccount", "default");
        if (account.status() != 0) {
            return account.errors().strip();
        }
        Program.Ended asked =
                kubectl(
                        "get",
                        "nodes",
                        "-o",
                        "jsonpath={range .items[*]}{.metadata.name}"
                                + " {.status.conditions[?(@.type==\"Ready\")]}{\"\\n\"}{end}");
        if (asked.status() != 0) {
            return asked.errors().strip();
        }
        for (NodeAgents node : nodes) {
            String name = node.machine().name() + " ";
            String line =
                    asked.output()
                            .lines()
                            .filter(each -> each.startsWith(name))
                            .findFirst()
                            .orElse(name + "is not registered");
            boolean there = line.endsWith("}") && (!ready || line.contains("\"status\":\"True\""));
            if (!there) {
                return line;
            }
        }
        return null;
    }

    private void apply(String manifest) throws IOException {
        var _ = asAdministrator("apply", "--filename=-").reading(manifest).run();
    }

    private @Nullable String apiComplaint() throws IOException {
        return ControlPlane.complaint(kubectl("get", "--raw", "/readyz"));
    }

    private Program.Ended kubectl(String... words) throws IOException {
        return asAdministrator(words).end();
    }

    private Program asAdministrator(String... words) throws IOException {
        var all =
                new ArrayList<>(
                        List.of(
                                folder().kubectl().toString(),
                                "--kubeconfig=" + kubeconfig(),
                                "--cache-dir=" + plan.lab().resolve("kubectl"),
                                "--request-timeout=5s"));
        all.addAll(Arrays.asList(words));
        return Program.of(all);
    }

    private List<ClusterProgram> programsOf(String machine) throws IOException {
        List<ClusterProgram> all = programs.get(machine);
        if (all == null) {
            throw new IOException(
                    "no machine \""
                            + machine
                            + "\"; there is "
                            + String.join(", ", programs.keySet()));
        }
        return all;
    }

    private ClusterProgram find(String machine, String program) throws IOException {
        List<ClusterProgram> all = programsOf(machine);
        return all.stream()
                .filter(each -> each.name().equals(program))
                .findFirst()
                .orElseThrow(() ->
                        new IOException(
                                "no program \""
                                        + program
                                        + "\" on "
                                        + machine
                                        + "; there is "
                                        + String.join(
                                                ", ",
                                                all.stream().map(ClusterProgram::name).toList())));
    }

    private static long millisSince(long begin) {
        return (System.nanoTime() - begin) / 1_000_000;
    }
}
