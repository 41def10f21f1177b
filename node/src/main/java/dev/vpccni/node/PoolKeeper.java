package dev.vpccni.node;

import dev.vpccni.ipam.ledger.Counts;
import dev.vpccni.ipam.ledger.Outcome;
import dev.vpccni.ipam.scale.Action;
import dev.vpccni.ipam.scale.Plan;
import dev.vpccni.ipam.scale.Planner;
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
final class PoolKeeper {

    private static final Duration LOOK_AGAIN = Duration.ofMinutes(10);

    private static final Duration LEDGER_PAUSE = Duration.ofSeconds(5);

    /** How old knowledge of subnets may be when it is what limits the pool. */
    private static final Duration SUBNETS_STALE = Duration.ofSeconds(15);

    private final LedgerKeeper keeper;
    private final Workshop workshop;
    private final Subnets subnets;
    private final Outlook outlook;
    private final Explanations explanations;
    private final Tempo tempo;
    private final Tempo.Signal bell;
    private boolean limited;
    private boolean unwritable;

    PoolKeeper(
            LedgerKeeper keeper,
            Workshop workshop,
            Subnets subnets,
            Outlook outlook,
            Explanations explanations,
            Tempo tempo) {
        this.keeper = keeper;
        this.workshop = workshop;
        this.subnets = subnets;
        this.outlook = outlook;
        this.explanations = explanations;
        this.tempo = tempo;
        bell = tempo.signal();
        keeper.onChange(bell::raise);
        workshop.onEnd(bell::raise);
    }

    /** Works until it is interrupted. */
    void run() throws InterruptedException {
        while (true) {
            bell.await(work());
        }
    }

    /** Starts what is to be done, and returns how long to wait for something else to happen. */
    private Duration work() throws InterruptedException {
        try {
            Duration wait = workshop.resume(keeper.ledger());
            Plan plan = Planner.plan(keeper.ledger(), outlook.situation(), tempo.instant());
            wait = earlier(wait, act(plan));
            noteThatTheDiskTookIt();
            boolean tight = !plan.limits().isEmpty() && outlook.lacksSubnet();
            if (tight && !subnets.refresh(SUBNETS_STALE).isEmpty()) {
                wait = Duration.ZERO;
            }
            return earlier(wait, workshop.sweepIfIdle());
        } catch (IOException e) {
            String why = "the checkpoint cannot be written: " + e.getMessage();
            explanations.add("wait with the pool", why);
            outlook.obstacle(
                    new Outlook.Obstacle(
                            why, "make room on its disk; the pool goes on by itself", false));
            unwritable = true;
            return LEDGER_PAUSE;
        }
    }

    private void noteThatTheDiskTookIt() {
        if (unwritable) {
            unwritable = false;
            outlook.obstacle(null);
        }
    }

    private Duration act(Plan plan) throws IOException, InterruptedException {
        Duration wait = LOOK_AGAIN;
        Instant now = tempo.instant();
        if (plan.again() != null) {
            wait = earlier(wait, Duration.between(now, plan.again()));
        }
        // An address that has cooled down changes what is wanted, whatever the plan was about.
        Instant cooled = keeper.ledger().nextCoolingEnd(now);
        if (cooled != null) {
            wait = earlier(wait, Duration.between(now, cooled));
        }
        List<Workshop.Job> jobs = new ArrayList<>();
        for (Action action : plan.actions()) {
            Workshop.Job job = workshop.job(action);
            Duration rest = workshop.rest(job);
            if (rest.isPositive()) {
                wait = earlier(wait, rest);
            } else {
                jobs.add(job);
            }
        }
        explainLimits(plan);
        if (!jobs.isEmpty()) {
            begin(jobs, plan);
        }
        return wait.isPositive() ? wait : Duration.ofMillis(1);
    }

    /** Once for as long as it lasts: the numbers change with every pod that waits. */
    private void explainLimits(Plan plan) {
        if (!limited) {
            plan.limits().forEach(limit -> explanations.add("do not grow", limit));
        }
        limited = !plan.limits().isEmpty();
    }

    /** All beginnings in one batch: one write, and the next plan counts each of them. */
    private void begin(List<Workshop.Job> jobs, Plan plan)
            throws IOException, InterruptedException {
        SortedMap<String, Integer> numbers = numbers(keeper.ledger().counts(tempo.instant()));
        List<Outcome> outcomes = keeper.apply(jobs.stream().map(Workshop.Job::beginning).toList());
        for (int i = 0; i < jobs.size(); i++) {
            if (outcomes.get(i) instanceof Outcome.Done) {
                explanations.add(jobs.get(i).text(), plan.decision().reason(), numbers);
                workshop.start(jobs.get(i));
            }
        }
    }

    private SortedMap<String, Integer> numbers(Counts counts) {
        var numbers = new TreeMap<String, Integer>();
        numbers.put("inUse", counts.inUse());
        numbers.put("cooling", counts.cooling());
        numbers.put("free", counts.free());
        numbers.put("arriving", counts.arriving());
        numbers.put("waiting", keeper.waiting());
        return numbers;
    }

    private static Duration earlier(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }
}
