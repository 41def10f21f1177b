package dev.vpccni.benchmarks.soak;

import dev.vpccni.testing.HostileCallers;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** All that is done to one node during a soak. */
final class NodeSoak {

    private static final int WORKLOADS = 2;
    private static final int IDLE = 60;
    private static final int DRIPPING = 10;
    private static final int GARBAGE = 10;

    private final Violations violations;
    private final SoakLab lab;
    private final String node;
    private final Disturbances disturbances;
    private final List<Workload> workloads = new ArrayList<>();
    private final ForgedCalls forged;
    private final Memory memory;
    private final List<HostileCallers> hostile = new ArrayList<>();
    private final List<Repeated> loads = new ArrayList<>();
    private long connections;

    NodeSoak(SoakLab lab, String node, SplittableRandom random, Violations violations)
            throws IOException, InterruptedException {
        this.lab = lab;
        this.node = node;
        this.violations = violations;
        disturbances = new Disturbances(lab, node, random.split(), violations);
        for (int i = 1; i <= WORKLOADS; i++) {
            String name = "%s-load-%d".formatted(node, i);
            workloads.add(new Workload(lab, node, name, random.split(), disturbances, violations));
        }
        forged = new ForgedCalls(lab, node, random.split(), violations);
        memory = new Memory(lab, node, violations);
    }

    String node() {
        return node;
    }

    Memory memory() {
        return memory;
    }

    /** Begins with everything. */
    void start() {
        for (String socket : List.of("cni.sock", "ipamd.sock")) {
            hostile.add(
                    HostileCallers.start(SoakLab.socket(node, socket), IDLE, DRIPPING, GARBAGE));
        }
        for (Workload workload : workloads) {
            loads.add(Repeated.start("pods of " + node, violations, workload::step));
        }
        loads.add(Repeated.start("forged calls of " + node, violations, forged::step));
        loads.add(Repeated.start("disturbances of " + node, violations, disturbances::step));
    }

    /** Kills the daemon no more. */
    void spareDaemon() {
        disturbances.spare();
    }

    /** Ends everything; pods stay that run. */
    void stop() throws InterruptedException, IOException {
        for (Repeated load : loads) {
            load.end();
        }
        for (HostileCallers callers : hostile) {
            callers.close();
            connections += callers.connections();
        }
        forged.close();
        disturbances.requireSameDaemon();
    }

    /** Notes what checkpoint, kernel and the pods that run disagree about. */
    void requireAgreement() throws IOException, InterruptedException {
        for (String line : NodeState.of(lab, node).disagreements(lab.pods(node))) {
            violations.add(node + ": " + line);
        }
    }

    /** Removes the pods that came. */
    void removePods() throws IOException {
        for (Workload workload : workloads) {
            workload.stopAll();
        }
    }

    /** Returns a row of a table: what was done. */
    String row() {
        return "| %s | %d | %d | %d | %d | %d | %d |"
                .formatted(
                        node,
                        workloads.stream().mapToInt(Workload::added).sum(),
                        workloads.stream().mapToInt(Workload::failed).sum(),
                        workloads.stream().mapToInt(Workload::removed).sum(),
                        disturbances.kills(),
                        disturbances.outages(),
                        connections);
    }

    /** Returns rows of a table: what forged calls came to. */
    List<String> forgedRows() {
        var rows = new ArrayList<String>();
        forged.counts()
                .forEach(
                        (what, count) -> rows.add("| %s | %s | %d |".formatted(node, what, count)));
        return rows;
    }
}
