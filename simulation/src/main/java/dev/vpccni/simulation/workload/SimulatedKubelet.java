package dev.vpccni.simulation.workload;

import dev.vpccni.cni.CniCommand;
import dev.vpccni.cni.CniError;
import dev.vpccni.cni.CniException;
import dev.vpccni.cni.CniRequest;
import dev.vpccni.cni.CniResult;
import dev.vpccni.cni.GcAttachment;
import dev.vpccni.ipam.ledger.Checkpoint;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.PodName;
import dev.vpccni.node.Node;
import dev.vpccni.node.pool.CardPool;
import dev.vpccni.node.port.Tempo;
import dev.vpccni.simulation.cloud.Faults;
import dev.vpccni.simulation.host.SimulatedNode;
import dev.vpccni.simulation.host.SimulatedSandbox;
import dev.vpccni.simulation.time.Baton;
import dev.vpccni.simulation.time.SimulatedProcess;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Runs pods on a node: a sandbox and an ADD for each, repeated until it succeeds. */
public final class SimulatedKubelet {

    /** How long the plugin waits for the daemon, by verb. */
    private static final Duration ADD_PATIENCE = Duration.ofSeconds(60);

    private static final Duration DEL_PATIENCE = Duration.ofSeconds(30);
    private static final Duration CHECK_PATIENCE = Duration.ofSeconds(10);
    private static final Duration GC_PATIENCE = Duration.ofSeconds(60);

    private static final Duration COLLECTING_LOOKS = Duration.ofMillis(50);

    /** How often it looks at its pods. */
    private static final Duration LOOKS = Duration.ofSeconds(20);

    private final Baton baton;
    private final SimulatedNode node;
    private final SimulatedProcess process;
    private final RandomGenerator random;
    private final UpstreamPlugin upstream;
    private final SortedMap<String, SimulatedPod> pods = new TreeMap<>();
    private final List<String> surprises = new ArrayList<>();
    private Manners manners = Manners.GOOD;
    private int sandboxes;
    private int served;
    private int adding;
    private boolean collecting;
    private int failedAdds;
    private int version;

    /** Creates the kubelet of {@code node}. */
    public SimulatedKubelet(Baton baton, SimulatedNode node) {
        this.baton = baton;
        this.node = node;
        process = baton.process("kubelet");
        random = baton.random();
        upstream = new UpstreamPlugin(node, process, random);
        process.start("looks", this::look);
    }

    /** Sets how it behaves from now on. */
    public void manners(Manners changed) {
        manners = changed;
    }

    /** Starts a pod that wants one address. */
    public void run(String name) {
        run(name, false);
    }

    /**
     * Starts a pod.
     *
     * @param everyCard whether it wants an address on each network card, which upstream's plugin is
     *     not asked for
     */
    public void run(String name, boolean everyCard) {
        SimulatedPod pod = new SimulatedPod(name, everyCard, process.signal());
        pods.put(name, pod);
        version++;
        boolean other = !everyCard && Faults.strikes(manners.upstreamPlugins(), random);
        baton.tell(() -> node.instance() + ": run " + name + (other ? " (upstream)" : ""));
        process.start("pod " + name, () -> live(pod, other));
    }

    /** Ends a pod. */
    public void end(String name) {
        SimulatedPod pod = pods.get(name);
        if (pod != null) {
            pod.end();
        }
    }

    /** Ends every pod. */
    public void endAll() {
        pods.values().forEach(SimulatedPod::end);
    }

    /** Returns every pod that has not ended, by name. */
    public Collection<SimulatedPod> pods() {
        return Collections.unmodifiableCollection(pods.values());
    }

    /** Returns how many pods have an address. */
    public int running() {
        return (int) pods.values().stream().filter(SimulatedPod::running).count();
    }

    /** Returns how many addresses pods have got so far. */
    public int served() {
        return served;
    }

    /** Returns how often an ADD failed. */
    public int failedAdds() {
        return failedAdds;
    }

    /** Returns a number that changes whenever a pod that has an address does. */
    public int version() {
        return version;
    }

    private void noteChange(SimulatedPod pod) {
        version += pod.addresses.isEmpty() ? 0 : 1;
    }

    /** Returns answers that no daemon may give, as lines. */
    public List<String> surprises() {
        return Collections.unmodifiableList(surprises);
    }

    private void live(SimulatedPod pod, boolean other) {
        int failures = 0;
        while (pod.isWanted() && pod.addresses.isEmpty()) {
            var sandbox =
                    new SimulatedSandbox(new PodName("default", pod.name()), "c" + sandboxes++);
            pod.sandbox = sandbox;
            pod.departing = false;
            boolean added = beside(() -> other ? upstream.add(pod, sandbox) : add(pod, sandbox));
            if (!added) {
                failedAdds++;
                failures++;
                leave(pod, sandbox, other);
                process.pause(Duration.ofSeconds(Math.min(failures, 10)));
            }
            noteChange(pod);
        }
        served += pod.addresses.size();
        while (pod.isWanted()) {
            await(pod.unwanted);
        }
        SimulatedSandbox sandbox = pod.sandbox;
        if (sandbox != null && !pod.addresses.isEmpty()) {
            if (Faults.strikes(manners.forgottenDels(), random)) {
                pod.departing = true;
                node.kernel().end(sandbox);
            } else {
                leave(pod, sandbox, other);
            }
        }
        pods.remove(pod.name());
        version++;
    }

    /** Adds a pod beside others, and not beside a GC. */
    private boolean beside(BooleanSupplier add) {
        while (collecting) {
            process.pause(COLLECTING_LOOKS);
        }
        adding++;
        try {
            return add.getAsBoolean();
        } finally {
            adding--;
        }
    }

    private boolean add(SimulatedPod pod, SimulatedSandbox sandbox) {
        boolean impatient = Faults.strikes(manners.impatience(), random);
        Duration patience = impatient ? Duration.ofMillis(random.nextInt(5_000)) : ADD_PATIENCE;
        boolean repeats = Faults.strikes(manners.repeatedAdds(), random);
        if (repeats && random.nextBoolean()) {
            // A second one beside the first, of which nobody awaits the answer.
            process.start(
                    "second add", () -> beside(() -> request(pod, sandbox, ADD_PATIENCE) != null));
        }
        CniResult result = request(pod, sandbox, patience);
        if (result == null) {
            return false;
        }
        pod.result = result;
        pod.addresses = addresses(result);
        baton.tell(() -> node.instance() + ": " + pod.name() + " has " + pod.addresses);
        int wanted = pod.everyCard() ? node.type().interfacesPerCard().size() : 1;
        if (pod.addresses.size() != wanted) {
            surprises.add(pod.name() + " has " + pod.addresses + ", and wants " + wanted);
        }
        version++;
        if (repeats) {
            CniResult again = request(pod, sandbox, ADD_PATIENCE);
            if (again != null && !addresses(again).equals(pod.addresses) && !pod.departing) {
                surprises.add(pod.name() + " has " + pod.addresses + " and, asked again, others");
            }
        }
        return true;
    }

    private @Nullable CniResult request(
            SimulatedPod pod, SimulatedSandbox sandbox, Duration patience) {
        CniRequest request = Requests.of(CniCommand.ADD, sandbox, pod.everyCard(), null);
        try {
            return node.ask(
                    process,
                    patience,
                    serving -> serving.pods().add(request, sandbox, ADD_PATIENCE.minusSeconds(1)));
        } catch (CniException _) {
            return null;
        }
    }

    private static List<IpAddress> addresses(CniResult result) {
        return result.ips().stream()
                .map(ip -> IpAddress.parse(ip.address().replaceFirst("/.*", "")))
                .toList();
    }

    /** DEL until it succeeds, then the sandbox ends. */
    private void leave(SimulatedPod pod, SimulatedSandbox sandbox, boolean other) {
        pod.departing = true;
        baton.tell(() -> node.instance() + ": " + pod.name() + " leaves " + pod.addresses);
        noteChange(pod);
        if (other) {
            upstream.del(pod, sandbox);
        } else {
            CniRequest request = Requests.of(CniCommand.DEL, sandbox, pod.everyCard(), pod.result);
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
        }
        node.kernel().end(sandbox);
    }

    private boolean del(CniRequest request) {
        try {
            Boolean done =
                    node.ask(
                            process,
                            DEL_PATIENCE,
                            serving -> {
                                serving.pods().del(request);
                                checkReleased(serving, request);
                                return true;
                            });
            return done != null;
        } catch (CniException _) {
            return false;
        }
    }

    private void checkReleased(Node serving, CniRequest request) {
        for (CardPool pool : serving.cards().all()) {
            Checkpoint.Grant grant = pool.keeper().ledger().grant(request.key());
            if (grant != null) {
                surprises.add("after its DEL " + request.key() + " has " + grant.address());
            }
        }
    }

    /** Now and then verifies a pod, or lets go of what is not one. */
    private void look() {
        while (true) {
            process.pause(LOOKS);
            if (Faults.strikes(manners.rounds(), random)) {
                if (random.nextInt(4) == 0) {
                    if (adding == 0) { // the specification wants it so
                        collecting = true;
                        collect();
                        collecting = false;
                    }
                } else {
                    verify();
                }
            }
        }
    }

    private void verify() {
        List<SimulatedPod> running =
                pods.values().stream().filter(pod -> pod.running() && pod.result != null).toList();
        if (running.isEmpty()) {
            return;
        }
        SimulatedPod pod = running.get(random.nextInt(running.size()));
        SimulatedSandbox sandbox = pod.sandbox;
        if (sandbox == null) {
            return;
        }
        CniRequest request = Requests.of(CniCommand.CHECK, sandbox, pod.everyCard(), pod.result);
        try {
            var _ =
                    node.ask(
                            process,
                            CHECK_PATIENCE,
                            serving -> {
                                serving.pods().check(request, sandbox);
                                return true;
                            });
        } catch (CniException e) {
            // Without further cards, a daemon knows nothing of the addresses that pods have there.
            boolean every = node.settings().addressing().everyCard();
            boolean well =
                    pod.running()
                            && (every
                                    || pod.addresses.stream()
                                            .allMatch(node.kernel()::isOnFirstCard))
                            && pod.addresses.stream()
                                    .allMatch(one ->
                                            node.kernel().disconnected(sandbox, one) == null);
            if (well && e.error() instanceof CniError.NotAsExpected) {
                surprises.add(pod.name() + " is well, and CHECK says " + e.getMessage());
            }
        }
    }

    private void collect() {
        List<GcAttachment> valid = new ArrayList<>();
        for (SimulatedPod pod : pods.values()) {
            SimulatedSandbox sandbox = pod.sandbox;
            if (pod.running() && pod.result != null && sandbox != null) {
                valid.add(new GcAttachment(sandbox.containerId(), Requests.INTERFACE));
            }
        }
        // Upstream's plugin makes no use of GC, so its pods are listed, too.
        valid.addAll(upstream.attachments());
        try {
            var _ =
                    node.ask(
                            process, GC_PATIENCE, serving -> serving.pods().gc(Requests.gc(valid)));
        } catch (CniException _) {
            // It is sent again at another time.
        }
    }

    private static void await(Tempo.Signal signal) {
        try {
            signal.await(Duration.ofDays(1));
        } catch (InterruptedException e) {
            throw new AssertionError("nobody interrupts the kubelet", e);
        }
    }
}
