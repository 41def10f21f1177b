package dev.vpccni.ipam.scale;

import static dev.vpccni.ipam.world.Nouns.START;
import static dev.vpccni.ipam.world.Nouns.SUBNET;
import static dev.vpccni.ipam.world.Nouns.TEMPLATE;
import static dev.vpccni.ipam.world.Nouns.blocks;
import static dev.vpccni.ipam.world.Nouns.facts;
import static dev.vpccni.ipam.world.Nouns.id;
import static dev.vpccni.ipam.world.Nouns.key;
import static dev.vpccni.ipam.world.Nouns.pod;
import static dev.vpccni.ipam.world.Nouns.refusing;
import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.ipam.ledger.Command;
import dev.vpccni.ipam.ledger.HeldInterface;
import dev.vpccni.ipam.ledger.InterfaceRole;
import dev.vpccni.ipam.ledger.Ledger;
import dev.vpccni.ipam.policy.Demand;
import dev.vpccni.ipam.policy.PoolDecision;
import dev.vpccni.ipam.policy.PoolLimits;
import dev.vpccni.ipam.policy.WarmTarget;
import dev.vpccni.ipam.policy.WarmTarget.Addresses;
import dev.vpccni.ipam.policy.WarmTarget.Interfaces;
import dev.vpccni.ipam.world.World;
import dev.vpccni.model.BlockKind;
import dev.vpccni.model.Cidr;
import dev.vpccni.model.SubnetId;
import dev.vpccni.testing.SeededTest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class PlannerTest {

    private static final PoolLimits M5_LARGE = World.limits("m5.large", -1, 500);
    private static final Duration COOLDOWN = Duration.ofSeconds(30);
    private static final int ROUNDS_MAX = 50;

    @SeededTest
    void aPlanCarriedOutLeavesNothingToDo(RandomGenerator random) {
        World world = AnyWorlds.busy(random);
        boolean mayRunOutOfPrefixes = world.limits().kind() == BlockKind.PREFIX;

        // An interface that got the last prefix is asked for single addresses after that.
        assertThat(rounds(world)).isLessThanOrEqualTo(mayRunOutOfPrefixes ? 2 : 1);
    }

    @SeededTest
    void anotherModeIsReachedInAFewPlans(RandomGenerator random) {
        World world = AnyWorlds.switched(random);

        assertThat(rounds(world)).isLessThanOrEqualTo(4);
    }

    /** Cooldowns and youth end, subnets are asked again, and pods neither come nor go. */
    @SeededTest(runs = 300)
    void timeAloneNeverGivesAndTakesTheSame(RandomGenerator random) {
        World world = AnyWorlds.switched(random).settle();
        int before = world.history().size();

        for (int step = 0; step < 60; step++) {
            world.skip(Duration.ofSeconds(5));
            world.settle();
        }

        List<Action> since = world.history().subList(before, world.history().size());
        Set<String> both = taken(since);
        both.retainAll(given(since));
        assertThat(both).as("%s", since).isEmpty();
    }

    private static Set<String> taken(List<Action> actions) {
        var taken = new TreeSet<String>();
        for (Action action : actions) {
            switch (action) {
                case Action.AssignTo(var id, var kind, _) -> taken.add(id + " " + kind);
                case Action.CreateInterface(_, int device, var kind, _) ->
                        taken.addAll(List.of(id(device) + " " + kind, id(device).toString()));
                case Action.ReleaseFrom _, Action.RemoveInterface _ -> {}
            }
        }
        return taken;
    }

    private static Set<String> given(List<Action> actions) {
        var given = new TreeSet<String>();
        for (Action action : actions) {
            switch (action) {
                case Action.ReleaseFrom(var id, var blocks) ->
                        blocks.forEach(block -> given.add(id + " " + BlockKind.of(block)));
                case Action.RemoveInterface(var id) -> given.add(id.toString());
                case Action.AssignTo _, Action.CreateInterface _ -> {}
            }
        }
        return given;
    }

    /** Returns how many plans it takes until there is nothing to do. */
    private static int rounds(World world) {
        for (int round = 0; round < ROUNDS_MAX; round++) {
            List<Action> actions = world.plan().actions();
            if (actions.isEmpty()) {
                return round;
            }
            actions.forEach(world::carryOut);
        }
        throw new AssertionError("still at it: " + world.plan() + " " + world.ledger());
    }

    @SeededTest
    void whatHasBegunIsNotBegunAgain(RandomGenerator random) {
        World world = AnyWorlds.busy(random);
        Plan plan = world.plan();
        if (plan.decision() instanceof PoolDecision.Grow) {
            plan.actions().forEach(action -> begin(world, action));

            assertThat(world.plan().actions()).as("%s after %s", world.ledger(), plan).isEmpty();
        }
    }

    @SeededTest
    void w02NothingInUseOrCoolingIsGivenBack(RandomGenerator random) {
        World world = AnyWorlds.busy(random);
        for (Action action : world.plan().actions()) {
            switch (action) {
                case Action.ReleaseFrom(var id, var released) -> {
                    HeldInterface held = requireNonNull(world.ledger().find(id));
                    for (Cidr block : released) {
                        assertThat(held.free(BlockKind.of(block), world.now(), COOLDOWN))
                                .contains(block);
                    }
                }
                case Action.RemoveInterface(var id) ->
                        assertThat(
                                        requireNonNull(world.ledger().find(id))
                                                .againstRemoval(world.now(), COOLDOWN))
                                .isNull();
                case Action.AssignTo _, Action.CreateInterface _ -> {}
            }
        }
    }

    @Test
    void w12GrowsOnSeveralInterfacesAtOnce() {
        Ledger ledger = ledger(3, 9);
        Plan plan = plan(ledger, new Addresses(9, 0), 10);

        assertThat(plan.actions())
                .containsExactly(
                        new Action.AssignTo(id(0), BlockKind.ADDRESS, 6),
                        new Action.CreateInterface(TEMPLATE, 2, BlockKind.ADDRESS, 1));
        assertThat(plan.decision().reason())
                .contains("needs 19", "12 addresses", "10 pods waiting", "WARM_IP_TARGET=9");
    }

    @Test
    void leavesToAnInterfaceInTheMakingWhatItWillHaveRoomFor() {
        Ledger ledger =
                ledger(9)
                        .apply(
                                new Command.BeginCreate(
                                        "token", TEMPLATE, 1, BlockKind.ADDRESS, 2, START),
                                START)
                        .ledger();

        assertThat(plan(ledger, new Addresses(0, 0), 18).actions()).isEmpty();
        assertThat(plan(ledger, new Addresses(0, 0), 19).actions())
                .containsExactly(new Action.CreateInterface(TEMPLATE, 2, BlockKind.ADDRESS, 1));
    }

    @Test
    void neverExtendsATrunk() {
        Ledger ledger =
                ledger(9)
                        .apply(
                                new Command.AddInterface(
                                        facts(1, InterfaceRole.TRUNK), List.of(), null),
                                START)
                        .ledger();

        assertThat(plan(ledger, new Addresses(3, 0), 9).actions())
                .containsExactly(new Action.CreateInterface(TEMPLATE, 2, BlockKind.ADDRESS, 3));
    }

    @Test
    void anUnmanagedInterfaceTakesAPlace() {
        Ledger ledger = ledger(9);
        for (int device : List.of(1, 2)) {
            var facts = facts(device, InterfaceRole.UNMANAGED);
            ledger = ledger.apply(new Command.AddInterface(facts, List.of(), null), START).ledger();
        }

        Plan plan = plan(ledger, new Addresses(3, 0), 9);

        assertThat(plan.actions()).isEmpty();
        assertThat(plan.limits()).singleElement().asString().contains("3 more addresses");
    }

    @Test
    void w10AsksASubnetForNoMoreThanItHas() {
        var rooms = new TreeMap<>(Map.of(SUBNET, SubnetRoom.of(7)));
        var situation = situation(new Interfaces(1, 9), 12, rooms);

        assertThat(Planner.plan(ledger(5), situation, START).actions())
                .containsExactly(
                        new Action.AssignTo(id(0), BlockKind.ADDRESS, 4),
                        new Action.CreateInterface(TEMPLATE, 1, BlockKind.ADDRESS, 2));
    }

    @Test
    void w11LeavesASubnetAloneThatRefused() {
        var until = START.plusSeconds(60);
        var rooms = new TreeMap<>(Map.of(SUBNET, refusing(100, until)));
        var situation = situation(new Addresses(5, 0), 0, rooms);

        Plan plan = Planner.plan(ledger(3), situation, START);

        assertThat(plan.actions()).isEmpty();
        assertThat(plan.again()).isEqualTo(until);
        assertThat(plan.limits()).isNotEmpty();
        assertThat(Planner.plan(ledger(3), situation, until).actions())
                .containsExactly(new Action.AssignTo(id(0), BlockKind.ADDRESS, 2));
    }

    @Test
    void saysWhenToAskAgain() {
        Ledger ledger =
                ledger(3)
                        .apply(new Command.Assign(key(1), pod(1)), START)
                        .ledger()
                        .apply(new Command.Release(key(1)), START)
                        .ledger();

        assertThat(plan(ledger, new Addresses(1, 0), 0).again())
                .isEqualTo(START.plus(COOLDOWN).plusNanos(1));
    }

    private static Plan plan(Ledger ledger, WarmTarget target, int waiting) {
        return Planner.plan(ledger, situation(target, waiting, new TreeMap<>()), START);
    }

    private static Situation situation(
            WarmTarget target, int waiting, SortedMap<SubnetId, SubnetRoom> rooms) {
        return new Situation(
                target,
                M5_LARGE,
                new Demand(waiting, 0),
                Sources.of(TEMPLATE),
                rooms,
                new TreeMap<>());
    }

    /** Returns a ledger of interfaces with so many addresses. */
    private static Ledger ledger(int... sizes) {
        Ledger ledger = Ledger.empty(COOLDOWN, BlockKind.ADDRESS);
        for (int device = 0; device < sizes.length; device++) {
            var add = new Command.AddInterface(facts(device), blocks(device, sizes[device]), null);
            ledger = ledger.apply(add, START).ledger();
        }
        return ledger;
    }

    private static void begin(World world, Action action) {
        switch (action) {
            case Action.AssignTo(var id, var kind, int count) ->
                    world.apply(new Command.BeginAssign(id, kind, count));
            case Action.CreateInterface(var template, int device, var kind, int count) ->
                    world.apply(
                            new Command.BeginCreate(
                                    "begun-" + device, template, device, kind, count, world.now()));
            case Action.ReleaseFrom(var id, var blocks) ->
                    world.apply(new Command.BeginRelease(id, blocks));
            case Action.RemoveInterface(var id) -> world.apply(new Command.BeginRemoval(id));
        }
    }
}
