package dev.vpccni.ipam.world;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.ipam.ledger.Command;
import dev.vpccni.ipam.ledger.HeldInterface;
import dev.vpccni.ipam.ledger.Ledger;
import dev.vpccni.ipam.ledger.LedgerInvariants;
import dev.vpccni.ipam.ledger.Outcome;
import dev.vpccni.ipam.ledger.Step;
import dev.vpccni.ipam.policy.Demand;
import dev.vpccni.ipam.policy.PoolLimits;
import dev.vpccni.ipam.policy.WarmTarget;
import dev.vpccni.ipam.scale.Action;
import dev.vpccni.ipam.scale.Plan;
import dev.vpccni.ipam.scale.Planner;
import dev.vpccni.ipam.scale.Situation;
import dev.vpccni.ipam.scale.SubnetRoom;
import dev.vpccni.model.InstanceType;
import dev.vpccni.model.InstanceTypes;
import dev.vpccni.model.Ipv4Address;
import dev.vpccni.model.SubnetId;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** A node whose EC2 does at once what it is asked, and which checks the ledger at every step. */
public final class World {

    private static final int STEPS_MAX = 100;

    private final WarmTarget target;
    private final PoolLimits limits;
    private final Deque<Integer> waiting = new ArrayDeque<>();
    private final SortedMap<SubnetId, SubnetRoom> rooms = new TreeMap<>();
    private Ledger ledger = Ledger.empty(Duration.ofSeconds(30));
    private Instant now = Nouns.START;
    private int addressesMade;
    private int tokens;
    private int requests;
    private int peak;

    /** Starts a node with an empty primary interface. */
    public World(WarmTarget target, PoolLimits limits) {
        this.target = target;
        this.limits = limits;
        apply(new Command.AddInterface(Nouns.facts(0), List.of(), null));
    }

    /** Returns the limits of {@code type}, with {@code MAX_ENI} if that is positive. */
    public static PoolLimits limits(String type, int interfacesMax, int podsMax) {
        InstanceType known = InstanceTypes.known().find(type);
        if (known == null) {
            throw new IllegalArgumentException(type);
        }
        return PoolLimits.of(known, interfacesMax, podsMax);
    }

    /** Lets the subnet have only {@code available} addresses left. */
    public World withSubnet(int available) {
        rooms.put(Nouns.SUBNET, new SubnetRoom(available, null));
        return this;
    }

    /** Lets so many addresses have been busy at once a moment ago. */
    public World withPeak(int busy) {
        peak = busy;
        return this;
    }

    /** Returns the ledger. */
    public Ledger ledger() {
        return ledger;
    }

    /** Returns what time it is. */
    public Instant now() {
        return now;
    }

    /** Returns how many requests EC2 got. */
    public int requests() {
        return requests;
    }

    /** Returns how many pods wait. */
    public int waiting() {
        return waiting.size();
    }

    /** Returns what the planner sees. */
    public Situation situation() {
        return new Situation(
                target,
                limits,
                new Demand(waiting.size(), peak),
                Nouns.SUBNET,
                rooms,
                Collections.emptySortedMap());
    }

    /** Lets time pass, in steps of a second, and settles after each. */
    public World pass(Duration time) {
        for (long second = 0; second < time.toSeconds(); second++) {
            now = now.plusSeconds(1);
            settle();
        }
        return this;
    }

    /** Lets time pass without doing anything. */
    public void skip(Duration time) {
        now = now.plus(time);
    }

    /** Lets pods wait without doing anything for them. */
    public void queue(int from, int to) {
        IntStream.range(from, to).forEach(waiting::add);
    }

    /** Adds pods {@code from} to {@code to} (excluded), one after the other. */
    public World addPods(int from, int to) {
        for (int pod = from; pod < to; pod++) {
            waiting.add(pod);
            settle();
        }
        return this;
    }

    /** Adds pods {@code from} to {@code to} (excluded) at once. */
    public World addPodsAtOnce(int from, int to) {
        IntStream.range(from, to).forEach(waiting::add);
        return settle();
    }

    /** Removes pods {@code from} to {@code to} (excluded) at once. */
    public World removePods(int from, int to) {
        IntStream.range(from, to).forEach(pod -> apply(new Command.Release(Nouns.key(pod))));
        return settle();
    }

    /** Serves waiting pods and carries out plans until nothing is left to do. */
    public World settle() {
        for (int step = 0; step < STEPS_MAX; step++) {
            serve();
            Plan plan = plan();
            if (plan.actions().isEmpty()) {
                return this;
            }
            plan.actions().forEach(this::carryOut);
        }
        throw new AssertionError("not settled after " + STEPS_MAX + " steps: " + ledger);
    }

    /** Returns what the planner says. */
    public Plan plan() {
        return Planner.plan(ledger, situation(), now);
    }

    /** Returns how many addresses each interface has, by device. */
    public List<Integer> sizes() {
        return ledger.interfaces().stream().map(HeldInterface::size).toList();
    }

    /** Applies a command, checks the step, and returns the outcome. */
    public Outcome apply(Command command) {
        Step step = ledger.apply(command, now);
        assertThat(LedgerInvariants.violations(ledger, step.ledger(), now))
                .as("%s", command)
                .isEmpty();
        ledger = step.ledger();
        return step.outcome();
    }

    private void serve() {
        while (!waiting.isEmpty()) {
            int pod = waiting.getFirst();
            if (!(apply(new Command.Assign(Nouns.key(pod), Nouns.pod(pod)))
                    instanceof Outcome.Granted)) {
                return;
            }
            waiting.removeFirst();
        }
    }

    /** Does what {@code action} says, in EC2 and in the ledger. */
    public void carryOut(Action action) {
        requests++;
        switch (action) {
            case Action.AssignTo(var id, int count) -> {
                done(new Command.BeginAssign(id, count));
                done(new Command.AddAddresses(id, fresh(count)));
                done(new Command.EndAssign(id, count));
                take(count);
            }
            case Action.CreateInterface(_, int device, int count) -> {
                String token = "token-" + tokens++;
                done(new Command.BeginCreate(token, Nouns.SUBNET, device, count, now));
                done(new Command.NoteCreated(token, Nouns.id(device)));
                done(new Command.AddInterface(Nouns.facts(device), fresh(count), token));
                take(count + 1);
            }
            case Action.ReleaseFrom(var id, var addresses) -> {
                done(new Command.BeginRelease(id, addresses));
                done(new Command.ConfirmReleased(id, addresses));
                take(-addresses.size());
            }
            case Action.RemoveInterface(var id) -> {
                take(-Objects.requireNonNull(ledger.find(id)).size() - 1);
                done(new Command.BeginRemoval(id));
                done(new Command.ConfirmRemoved(id));
            }
        }
        assertThat(ledger.interfaces()).hasSizeLessThanOrEqualTo(limits.interfacesMax());
        assertThat(sizes()).allMatch(size -> size <= limits.addressesEach());
    }

    private void done(Command command) {
        assertThat(apply(command)).as("%s", command).isEqualTo(new Outcome.Done());
    }

    private List<Ipv4Address> fresh(int count) {
        var fresh = new ArrayList<Ipv4Address>();
        for (int i = 0; i < count; i++) {
            fresh.add(Ipv4Address.parse("10.8.0.0").plus(addressesMade++));
        }
        return fresh;
    }

    private void take(int count) {
        SubnetRoom room = rooms.get(Nouns.SUBNET);
        if (room != null) {
            assertThat(room.available()).isGreaterThanOrEqualTo(count);
            withSubnet(room.available() - count);
        }
    }
}
