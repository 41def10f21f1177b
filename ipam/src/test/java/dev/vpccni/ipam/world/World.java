package dev.vpccni.ipam.world;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.ipam.ledger.Command;
import dev.vpccni.ipam.ledger.HeldInterface;
import dev.vpccni.ipam.ledger.InterfaceFacts;
import dev.vpccni.ipam.ledger.InterfaceTemplate;
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
import dev.vpccni.ipam.scale.Sources;
import dev.vpccni.ipam.scale.SubnetRoom;
import dev.vpccni.model.BlockKind;
import dev.vpccni.model.Cidr;
import dev.vpccni.model.InstanceType;
import dev.vpccni.model.InstanceTypes;
import dev.vpccni.model.IpAddress;
import dev.vpccni.model.IpFamily;
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
    private static final Duration COOLDOWN = Duration.ofSeconds(30);

    private final Deque<Integer> waiting = new ArrayDeque<>();
    private final SortedMap<SubnetId, SubnetRoom> rooms = new TreeMap<>();
    private final SortedMap<Integer, IpAddress> pods = new TreeMap<>();
    private final List<Action> history = new ArrayList<>();
    private final FreshBlocks fresh = new FreshBlocks();
    private WarmTarget target;
    private PoolLimits limits;
    private Sources sources;
    private Ledger ledger;
    private Instant now = Nouns.START;
    private int tokens;
    private int peak;

    /** Starts a node with an empty primary interface. */
    public World(WarmTarget target, PoolLimits limits) {
        this.target = target;
        this.limits = limits;
        this.sources = Sources.of(template(limits));
        this.ledger = Ledger.empty(COOLDOWN, limits.kind());
        apply(new Command.AddInterface(Nouns.facts(0), List.of(), null));
    }

    private static InterfaceTemplate template(PoolLimits limits) {
        return limits.family() == IpFamily.IPV4 ? Nouns.TEMPLATE : Nouns.TEMPLATE_6;
    }

    /** Returns the limits of {@code type}, with {@code MAX_ENI} if that is positive. */
    public static PoolLimits limits(String type, int interfacesMax, int podsMax) {
        InstanceType known = InstanceTypes.known().find(type);
        if (known == null) {
            throw new IllegalArgumentException(type);
        }
        return PoolLimits.of(known, interfacesMax, podsMax);
    }

    /** Restarts the node's daemon with other settings. */
    public World restart(WarmTarget changed, PoolLimits other) {
        target = changed;
        limits = other;
        sources = Sources.of(template(limits));
        Ledger.Restored restored =
                Ledger.restore(ledger.checkpoint(), COOLDOWN, limits.kind(), now);
        assertThat(restored.problems()).isEmpty();
        assertThat(LedgerInvariants.violations(ledger, restored.ledger(), now)).isEmpty();
        ledger = restored.ledger();
        return this;
    }

    /** Lets the subnet have only {@code available} addresses left. */
    public World withSubnet(int available) {
        return withRoom(Nouns.SUBNET, SubnetRoom.of(available));
    }

    /** Lets {@code subnet} have this room. */
    public World withRoom(SubnetId subnet, SubnetRoom room) {
        rooms.put(subnet, room);
        return this;
    }

    /** Lets further interfaces come from there. */
    public World withSources(Sources changed) {
        sources = changed;
        return this;
    }

    /** Lets pods use an interface from now on, or not. */
    public World withUsable(int device, boolean usable) {
        HeldInterface held = Objects.requireNonNull(ledger.find(Nouns.id(device)));
        done(new Command.Describe(held.facts().withUsable(usable)));
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

    /** Returns what the pool cannot exceed. */
    public PoolLimits limits() {
        return limits;
    }

    /** Returns what time it is. */
    public Instant now() {
        return now;
    }

    /** Returns how many requests EC2 got. */
    public int requests() {
        return history.size();
    }

    /** Returns what EC2 was asked for, in this order. */
    public List<Action> history() {
        return Collections.unmodifiableList(history);
    }

    /** Returns how many pods wait. */
    public int waiting() {
        return waiting.size();
    }

    /** Returns the pods that have an address, each with its own. */
    public SortedMap<Integer, IpAddress> pods() {
        return Collections.unmodifiableSortedMap(pods);
    }

    /** Returns what the planner sees. */
    public Situation situation() {
        return new Situation(
                target,
                limits,
                new Demand(waiting.size(), peak),
                sources,
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
        IntStream.range(from, to).forEach(this::removePod);
        return settle();
    }

    /** Removes a pod without doing anything after that. */
    public void removePod(int pod) {
        apply(new Command.Release(Nouns.key(pod)));
        pods.remove(pod);
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

    /** Returns how many blocks each interface has, by device. */
    public List<Integer> sizes() {
        return ledger.interfaces().stream().map(HeldInterface::size).toList();
    }

    /** Returns how many blocks of {@code kind} each interface has, by device. */
    public List<Integer> sizes(BlockKind kind) {
        return ledger.interfaces().stream()
                .map(held -> (int) held.blocks().stream().filter(b -> b.kind() == kind).count())
                .toList();
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

    /** Gives waiting pods addresses as long as there are any. */
    public void serve() {
        while (!waiting.isEmpty()) {
            int pod = waiting.getFirst();
            if (!(apply(new Command.Assign(Nouns.key(pod), Nouns.pod(pod)))
                    instanceof Outcome.Granted granted)) {
                return;
            }
            pods.put(pod, granted.grant().address());
            waiting.removeFirst();
        }
    }

    /** Does what {@code action} says, in EC2 and in the ledger. */
    public void carryOut(Action action) {
        history.add(action);
        switch (action) {
            case Action.AssignTo(var id, var kind, int count) -> {
                done(new Command.BeginAssign(id, kind, count));
                done(new Command.AddBlocks(id, fresh.of(kind, limits.family(), count)));
                done(new Command.EndAssign(id, count));
                take(Objects.requireNonNull(ledger.find(id)).facts().subnet(), kind, count, 0);
            }
            case Action.CreateInterface(var template, int device, var kind, int count) -> {
                String token = "token-" + tokens++;
                InterfaceFacts facts = Nouns.facts(device, template);
                List<Cidr> blocks = fresh.of(kind, template.family(), count);
                done(new Command.BeginCreate(token, template, device, kind, count, now));
                done(new Command.NoteCreated(token, Nouns.id(device)));
                done(new Command.AddInterface(facts, blocks, token));
                take(template.subnet(), kind, count, 1);
            }
            case Action.ReleaseFrom(var id, var blocks) -> {
                giveBack(Objects.requireNonNull(ledger.find(id)).facts().subnet(), blocks, 0);
                done(new Command.BeginRelease(id, blocks));
                done(new Command.ConfirmReleased(id, blocks));
            }
            case Action.RemoveInterface(var id) -> {
                HeldInterface held = Objects.requireNonNull(ledger.find(id));
                giveBack(
                        held.facts().subnet(),
                        held.blocks().stream().map(block -> block.cidr()).toList(),
                        1);
                done(new Command.BeginRemoval(id));
                done(new Command.ConfirmRemoved(id));
            }
        }
        assertThat(ledger.interfaces()).hasSizeLessThanOrEqualTo(limits.interfacesMax());
        assertThat(sizes()).allMatch(size -> size <= limits.blocksEach());
    }

    private void done(Command command) {
        assertThat(apply(command)).as("%s", command).isEqualTo(new Outcome.Done());
    }

    /** Takes blocks from a subnet, and {@code besides} single addresses. */
    private void take(SubnetId subnet, BlockKind kind, int count, int besides) {
        SubnetRoom room = rooms.get(subnet);
        if (room == null) {
            return;
        }
        assertThat(count).isLessThanOrEqualTo(room.most(kind, now));
        long taken = count * kind.size(IpFamily.IPV4) + besides;
        assertThat((long) room.available(now)).isGreaterThanOrEqualTo(taken);
        int prefixes = kind == BlockKind.PREFIX ? room.prefixes() - count : room.prefixes();
        rooms.put(subnet, room(room, -taken, prefixes));
    }

    /** Gives blocks back. What was single leaves a subnet as fragmented as it was. */
    private void giveBack(SubnetId subnet, List<Cidr> blocks, int besides) {
        SubnetRoom room = rooms.get(subnet);
        if (room != null) {
            long size = blocks.stream().mapToLong(Cidr::size).sum();
            long whole = blocks.stream().filter(block -> !block.isSingle()).count();
            int prefixes = (int) Math.min(room.prefixes() + whole, Integer.MAX_VALUE);
            rooms.put(subnet, room(room, size + besides, prefixes));
        }
    }

    private static SubnetRoom room(SubnetRoom room, long more, int prefixes) {
        return new SubnetRoom(
                (int) (room.available() + more),
                room.blockedUntil(),
                prefixes,
                room.fragmentedUntil());
    }
}
