package dev.vpccni.node.pool;

import dev.vpccni.ipam.ledger.Counts;
import dev.vpccni.ipam.ledger.Ledger;
import dev.vpccni.ipam.ledger.Outcome;
import dev.vpccni.ipam.scale.Action;
import dev.vpccni.ipam.scale.Plan;
import dev.vpccni.ipam.scale.Planner;
import dev.vpccni.node.explanation.Explanations;
import dev.vpccni.node.ledger.LedgerKeeper;
import dev.vpccni.node.port.Cluster;
import dev.vpccni.node.port.Tempo;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Keeps as many addresses as are needed. Woken by demand, by a change, or when the plan said that
 * there will be something to do; each time it asks the {@link Planner} anew, which counts what has
 * begun as done, and starts what is missing. Nothing waits for anything else.
 */
public final class PoolKeeper {

    private static final Duration LOOK_AGAIN = Duration.ofMinutes(10);

    private static final Duration LEDGER_PAUSE = Duration.ofSeconds(5);

    /** Of a burst of changes that nobody waits for, one look for all is soon enough. */
    private static final Duration BREATH = Duration.ofMillis(10);

    /** How often a full node on which pods wait looks whether all its pods are there. */
    private static final Duration KERNEL_DOUBT = Duration.ofSeconds(15);

    /** How old knowledge of subnets may be when it is what limits the pool, and pods wait. */
    private static final Duration SUBNETS_STALE = Duration.ofSeconds(15);

    /** The same when nobody waits; upstream's pause. */
    private static final Duration SUBNETS_OLD = Duration.ofMinutes(2);

    /**
     * The same of a node at rest: somebody may have excluded a subnet in which it has interfaces.
     */
    private static final Duration SUBNETS_OLDEST = Duration.ofHours(1);

    private final LedgerKeeper keeper;
    private final PoolChanges changes;
    private final Subnets subnets;
    private final AddressAvailability availability;
    private final Cluster cluster;
    private final boolean manageUnschedulable;
    private final ExpectedPods expected = new ExpectedPods();
    private final Runnable kernelDoubt;
    private final Explanations explanations;
    private final Tempo tempo;
    private final Tempo.Signal bell;
    private final DemandHistory history;
    private boolean limited;
    private boolean makingDo;
    private boolean unwritable;
    private long kernelDoubted;

    /**
     * @param manageUnschedulable whether the node gains and loses interfaces also while it takes no
     *     pods
     * @param kernelDoubt called when pods wait on a full node: one that uses an address may be gone
     */
    public PoolKeeper(
            LedgerKeeper keeper,
            PoolChanges changes,
            Subnets subnets,
            AddressAvailability availability,
            Cluster cluster,
            boolean manageUnschedulable,
            Runnable kernelDoubt,
            Explanations explanations,
            Tempo tempo) {
        this.keeper = keeper;
        this.changes = changes;
        this.subnets = subnets;
        this.availability = availability;
        this.cluster = cluster;
        this.manageUnschedulable = manageUnschedulable;
        this.kernelDoubt = kernelDoubt;
        this.explanations = explanations;
        this.tempo = tempo;
        bell = tempo.signal();
        long before = keeper.ledger().counts(tempo.instant()).total();
        history = new DemandHistory(before, tempo.nanos());
        kernelDoubted = tempo.nanos();
        keeper.onChange(bell::raise);
        changes.onEnd(bell::raise);
        cluster.onChange(bell::raise);
        availability.onAnnouncement(bell::raise);
    }

    /** Works until it is interrupted. */
    public void run() throws InterruptedException {
        while (true) {
            Duration wait = work();
            if (keeper.waiting() == 0) {
                tempo.pause(BREATH);
            }
            bell.await(wait);
        }
    }

    /** Starts what is to be done, and returns how long to wait for something else to happen. */
    private Duration work() throws InterruptedException {
        try {
            Duration wait = changes.resume(keeper.ledger());
            Instant now = tempo.instant();
            Ledger ledger = keeper.ledger();
            Cluster.View view = cluster.view();
            int asked = expected.count(view.bound(), ledger, tempo.nanos());
            int waiting = Math.max(keeper.waiting() + availability.announced(), asked);
            availability.demand(history.note(ledger.counts(now), waiting, tempo.nanos()));
            Plan plan = allowed(Planner.plan(ledger, availability.situation(), now), view);
            wait = earlier(wait, history.untilLower(tempo.nanos()));
            wait = asked > 0 ? earlier(wait, expected.untilFewer(tempo.nanos())) : wait;
            wait = earlier(wait, act(plan, now));
            noteThatTheDiskTookIt();
            doubtTheKernel();
            return earlier(wait, lookForRoom(plan));
        } catch (IOException e) {
            String why = "the checkpoint cannot be written: " + e.getMessage();
            explanations.add("wait with the pool", why);
            availability.problem(
                    new AddressAvailability.Problem(
                            why, "make room on its disk; the pool goes on by itself", false));
            unwritable = true;
            return LEDGER_PAUSE;
        }
    }

    /** A node that takes no pods gives addresses back, and does nothing else (upstream's rule). */
    private Plan allowed(Plan plan, Cluster.View view) {
        List<Action> some =
                plan.actions().stream().filter(Action.ReleaseFrom.class::isInstance).toList();
        if (view.schedulable() || manageUnschedulable || some.size() == plan.actions().size()) {
            return plan;
        }
        List<String> limits = new ArrayList<>(plan.limits());
        limits.add(
                "the node takes no pods, and AWS_MANAGE_ENIS_NON_SCHEDULABLE is not true: it gains"
                        + " and loses no interfaces");
        return new Plan(plan.decision(), some, limits, plan.again());
    }

    /** Returns how long to wait before subnets may have more room than they had. */
    private Duration lookForRoom(Plan plan) throws InterruptedException {
        boolean lacking =
                availability.lacksSubnet()
                        || subnets.isFragmented()
                        || subnets.isAnyExcluded()
                        || subnets.isAwaited();
        boolean tight = !plan.limits().isEmpty() && lacking;
        if (!tight) {
            var _ = subnets.refresh(SUBNETS_OLDEST);
            return LOOK_AGAIN;
        }
        Duration stale = keeper.waiting() > 0 ? SUBNETS_STALE : SUBNETS_OLD;
        return subnets.refresh(stale) ? Duration.ofNanos(1) : stale;
    }

    /** Pods that wait on a full node may wait for the address of a pod that has gone unnoticed. */
    private void doubtTheKernel() {
        long now = tempo.nanos();
        boolean due = now - kernelDoubted >= KERNEL_DOUBT.toNanos();
        if (due && keeper.waiting() > 0 && !availability.isWorthWaiting()) {
            kernelDoubted = now;
            kernelDoubt.run();
        }
    }

    private void noteThatTheDiskTookIt() {
        if (unwritable) {
            unwritable = false;
            availability.problem(null);
        }
    }

    /**
     * @param now when the plan was made: what cools down then may have ended that already
     */
    private Duration act(Plan plan, Instant now) throws IOException, InterruptedException {
        Duration wait = LOOK_AGAIN;
        if (plan.again() != null) {
            wait = earlier(wait, Duration.between(now, plan.again()));
        }
        // An address that has cooled down changes what is wanted, whatever the plan was about.
        Instant cooled = keeper.ledger().nextCoolingEnd(now);
        if (cooled != null) {
            wait = earlier(wait, Duration.between(now, cooled));
        }
        List<PoolChanges.Change> ready = new ArrayList<>();
        for (Action action : plan.actions()) {
            if (action instanceof Action.CreateInterface && changes.looksAtSubnets()) {
                continue; // Its end raises the bell.
            }
            PoolChanges.Change change = changes.prepare(action);
            Duration rest = changes.rest(change);
            if (rest.isPositive()) {
                wait = earlier(wait, rest);
            } else {
                ready.add(change);
            }
        }
        explainLimits(plan);
        if (!ready.isEmpty()) {
            begin(ready, plan);
        }
        return wait.isPositive() ? wait : Duration.ofMillis(1);
    }

    /** Once for as long as it lasts: the numbers change with every pod that waits. */
    private void explainLimits(Plan plan) {
        boolean makesDo = plan.actions().stream().anyMatch(this::makesDo);
        if (!limited || (makesDo && !makingDo)) {
            plan.limits().forEach(limit -> explanations.add("do not grow", limit));
        }
        limited = !plan.limits().isEmpty();
        makingDo = limited && (makingDo || makesDo);
    }

    /** Tells whether an action brings blocks of another kind than the node prefers. */
    private boolean makesDo(Action action) {
        return switch (action) {
            case Action.AssignTo assign -> assign.kind() != keeper.ledger().preferred();
            case Action.CreateInterface create -> create.kind() != keeper.ledger().preferred();
            case Action.ReleaseFrom _, Action.RemoveInterface _ -> false;
        };
    }

    /** All beginnings in one batch: one write, and the next plan counts each of them. */
    private void begin(List<PoolChanges.Change> ready, Plan plan)
            throws IOException, InterruptedException {
        SortedMap<String, Long> numbers = numbers(keeper.ledger().counts(tempo.instant()));
        List<Outcome> outcomes =
                keeper.apply(ready.stream().map(PoolChanges.Change::beginning).toList());
        for (int i = 0; i < ready.size(); i++) {
            if (outcomes.get(i) instanceof Outcome.Done) {
                explanations.add(ready.get(i).text(), plan.decision().reason(), numbers);
                changes.start(ready.get(i));
            }
        }
    }

    private SortedMap<String, Long> numbers(Counts counts) {
        var numbers = new TreeMap<String, Long>();
        numbers.put("inUse", (long) counts.inUse());
        numbers.put("cooling", (long) counts.cooling());
        numbers.put("free", counts.free());
        numbers.put("arriving", counts.arriving());
        numbers.put("waiting", (long) keeper.waiting());
        return numbers;
    }

    private static Duration earlier(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }
}
