package dev.vpccni.simulation;

import dev.vpccni.cni.CniArgs;
import dev.vpccni.cni.CniCommand;
import dev.vpccni.cni.CniException;
import dev.vpccni.cni.CniRequest;
import dev.vpccni.cni.CniResult;
import dev.vpccni.cni.CniVersion;
import dev.vpccni.cni.NetworkConfig;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.PodName;
import dev.vpccni.node.port.Tempo;
import java.time.Duration;
import java.util.Collection;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Runs pods on a node: a sandbox and an ADD for each, repeated until it succeeds. */
public final class SimulatedKubelet {

    /** How long the plugin waits for the daemon, by verb. */
    private static final Duration ADD_PATIENCE = Duration.ofSeconds(60);

    private static final Duration DEL_PATIENCE = Duration.ofSeconds(30);

    private final SimulatedNode node;
    private final SimulatedProcess process;
    private final SortedMap<String, Pod> pods = new TreeMap<>();
    private int sandboxes;
    private int failedAdds;

    /** Creates the kubelet of {@code node}. */
    public SimulatedKubelet(Baton baton, SimulatedNode node) {
        this.node = node;
        process = baton.process("kubelet");
    }

    /** A pod and how far it is. */
    static final class Pod {
        final String name;
        final Tempo.Signal unwanted;
        boolean wanted = true;
        boolean departing;
        boolean gone;
        @Nullable SimulatedSandbox sandbox;
        @Nullable CniResult result;
        @Nullable Ipv4Address address;
        long since;

        Pod(String name, Tempo.Signal unwanted) {
            this.name = name;
            this.unwanted = unwanted;
        }

        void end() {
            wanted = false;
            unwanted.raise();
        }

        /** Tells whether the pod has been told its address, and nobody has asked for its end. */
        boolean running() {
            return address != null && !departing;
        }
    }

    /** Starts a pod. */
    public void run(String name) {
        Pod pod = new Pod(name, process.signal());
        pods.put(name, pod);
        process.start("pod " + name, () -> live(pod));
    }

    /** Ends a pod. */
    public void end(String name) {
        Pod pod = pods.get(name);
        if (pod != null) {
            pod.end();
        }
    }

    /** Ends every pod. */
    public void endAll() {
        pods.values().forEach(Pod::end);
    }

    /** Returns every pod that has not ended, by name. */
    Collection<Pod> pods() {
        return Collections.unmodifiableCollection(pods.values());
    }

    /** Returns how many pods have an address. */
    public int running() {
        return (int) pods.values().stream().filter(Pod::running).count();
    }

    /** Returns how often an ADD failed. */
    public int failedAdds() {
        return failedAdds;
    }

    private void live(Pod pod) {
        int failures = 0;
        while (pod.wanted && pod.address == null) {
            SimulatedSandbox sandbox =
                    new SimulatedSandbox(
                            new PodName("default", pod.name), "c" + Integer.toString(sandboxes++));
            pod.sandbox = sandbox;
            pod.departing = false;
            CniResult result = add(sandbox);
            if (result != null) {
                pod.since = process.nanos();
                pod.result = result;
                pod.address =
                        Ipv4Address.parse(result.ips().getFirst().address().replace("/32", ""));
            } else {
                failedAdds++;
                failures++;
                pod.departing = true;
                leave(sandbox, null);
                process.pause(Duration.ofSeconds(Math.min(failures, 10)));
            }
        }
        while (pod.wanted) {
            await(pod.unwanted);
        }
        SimulatedSandbox sandbox = pod.sandbox;
        if (sandbox != null && pod.address != null) {
            pod.departing = true;
            leave(sandbox, pod.result);
        }
        pod.gone = true;
        pods.remove(pod.name);
    }

    private static void await(Tempo.Signal signal) {
        try {
            signal.await(Duration.ofDays(1));
        } catch (InterruptedException e) {
            throw new AssertionError("nobody interrupts the kubelet", e);
        }
    }

    private @Nullable CniResult add(SimulatedSandbox sandbox) {
        CniRequest request = request(CniCommand.ADD, sandbox, null);
        try {
            return node.ask(
                    process,
                    ADD_PATIENCE,
                    serving -> serving.pods().add(request, sandbox, ADD_PATIENCE.minusSeconds(1)));
        } catch (CniException _) {
            return null;
        }
    }

    /** DEL until it succeeds, then the sandbox ends. */
    private void leave(SimulatedSandbox sandbox, @Nullable CniResult result) {
        CniRequest request = request(CniCommand.DEL, sandbox, result);
        boolean done = false;
        while (!done) {
            if (node.serving() == null) {
                node.spool(request);
                done = true;
            } else {
                done = del(request);
            }
            if (!done) {
                process.pause(Duration.ofSeconds(1));
            }
        }
        node.kernel.end(sandbox);
    }

    private boolean del(CniRequest request) {
        try {
            Boolean done =
                    node.ask(
                            process,
                            DEL_PATIENCE,
                            serving -> {
                                serving.pods().del(request);
                                return true;
                            });
            return done != null;
        } catch (CniException _) {
            return false;
        }
    }

    private static CniRequest request(
            CniCommand command, SimulatedSandbox sandbox, @Nullable CniResult previous) {
        return new CniRequest(
                command,
                sandbox.containerId,
                sandbox.path(),
                "eth0",
                new CniArgs(sandbox.pod, sandbox.containerId, ""),
                new NetworkConfig(
                        CniVersion.V1_0_0,
                        "aws-cni",
                        "eni",
                        9001,
                        NetworkConfig.EnforcingMode.STRICT,
                        false,
                        previous,
                        null));
    }
}
