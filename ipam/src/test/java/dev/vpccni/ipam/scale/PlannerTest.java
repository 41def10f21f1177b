package dev.vpccni.ipam.scale;

import static dev.vpccni.ipam.world.Nouns.START;
import static dev.vpccni.ipam.world.Nouns.SUBNET;
import static dev.vpccni.ipam.world.Nouns.addresses;
import static dev.vpccni.ipam.world.Nouns.facts;
import static dev.vpccni.ipam.world.Nouns.id;
import static dev.vpccni.ipam.world.Nouns.key;
import static dev.vpccni.ipam.world.Nouns.pod;
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
import dev.vpccni.model.SubnetId;
import dev.vpccni.testing.Choose;
import dev.vpccni.testing.SeededTest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

class PlannerTest {

    private static final PoolLimits M5_LARGE = World.limits("m5.large", -1, 500);
    private static final Duration COOLDOWN = Duration.ofSeconds(30);

    @SeededTest
    void aPlanCarriedOutLeavesNothingToDo(RandomGenerator random) {
        World world = busyWorld(random);

        world.plan().actions().forEach(world::carryOut);

        assertThat(world.plan().actions()).as("%s", world.ledger()).isEmpty();
    }

    @SeededTest
    void whatHasBegunIsNotBegunAgain(RandomGenerator random) {
        World world = busyWorld(random);
        Plan plan = world.plan();
        if (plan.decision() instanceof PoolDecision.Grow) {
            plan.actions().forEach(action -> begin(world, action));

            assertThat(world.plan().actions()).as("%s after %s", world.ledger(), plan).isEmpty();
        }
    }

    @SeededTest
    void nothingInUseOrCoolingIsGivenBack(RandomGenerator random) {
        World world = busyWorld(random);
        for (Action action : world.plan().actions()) {
            switch (action) {
                case Action.ReleaseFrom(var id, var released) -> {
                    HeldInterface held = requireNonNull(world.ledger().find(id));
                    assertThat(held.free(world.now(), COOLDOWN)).containsAll(released);
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
    void growsOnSeveralInterfacesAtOnce() {
        Ledger ledger = ledger(3, 9);
        Plan plan = plan(ledger, new Addresses(9, 0), 10);

        assertThat(plan.actions())
                .containsExactly(
                        new Action.AssignTo(id(0), 6), new Action.CreateInterface(SUBNET, 2, 1));
        assertThat(plan.decision().reason())
                .contains("needs 19", "12 addresses", "10 pods waiting", "WARM_IP_TARGET=9");
    }

    @Test
    void leavesToAnInterfaceInTheMakingWhatItWillHaveRoomFor() {
        Ledger ledger =
                ledger(9)
                        .apply(new Command.BeginCreate("token", SUBNET, 1, 2, START), START)
                        .ledger();

        assertThat(plan(ledger, new Addresses(0, 0), 18).actions()).isEmpty();
        assertThat(plan(ledger, new Addresses(0, 0), 19).actions())
                .containsExactly(new Action.CreateInterface(SUBNET, 2, 1));
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
                .containsExactly(new Action.CreateInterface(SUBNET, 2, 3));
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
    void asksASubnetForNoMoreThanItHas() {
        var rooms = new TreeMap<>(Map.of(SUBNET, new SubnetRoom(7, null)));
        var situation = situation(new Interfaces(1, 9), 12, rooms);

        assertThat(Planner.plan(ledger(5), situation, START).actions())
                .containsExactly(
                        new Action.AssignTo(id(0), 4), new Action.CreateInterface(SUBNET, 1, 2));
    }

    @Test
    void leavesASubnetAloneThatRefused() {
        var until = START.plusSeconds(60);
        var rooms = new TreeMap<>(Map.of(SUBNET, new SubnetRoom(100, until)));
        var situation = situation(new Addresses(5, 0), 0, rooms);

        Plan plan = Planner.plan(ledger(3), situation, START);

        assertThat(plan.actions()).isEmpty();
        assertThat(plan.again()).isEqualTo(until);
        assertThat(plan.limits()).isNotEmpty();
        assertThat(Planner.plan(ledger(3), situation, until).actions())
                .containsExactly(new Action.AssignTo(id(0), 2));
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
                target, M5_LARGE, new Demand(waiting, 0), SUBNET, rooms, new TreeMap<>());
    }

    /** Returns a ledger of interfaces with so many addresses. */
    private static Ledger ledger(int... sizes) {
        Ledger ledger = Ledger.empty(COOLDOWN);
        for (int device = 0; device < sizes.length; device++) {
            var add =
                    new Command.AddInterface(facts(device), addresses(device, sizes[device]), null);
            ledger = ledger.apply(add, START).ledger();
        }
        return ledger;
    }

    /** Returns a world after some pods have come and gone, not at rest. */
    private static World busyWorld(RandomGenerator random) {
        int each = M5_LARGE.addressesEach();
        WarmTarget target =
                random.nextBoolean()
                        ? new Interfaces(Choose.between(random, 0, 3), each)
                        : new Addresses(
                                Choose.between(random, 0, 30), Choose.between(random, 0, 30));
        int podsMax = Choose.of(random, 4, 20, 500);
        World world = new World(target, World.limits("m5.large", -1, podsMax));
        if (random.nextBoolean()) {
            world.withSubnet(Choose.between(random, 0, 40));
        }
        int pods = Choose.between(random, 0, 30);
        world.addPodsAtOnce(0, pods);
        world.pass(Duration.ofSeconds(Choose.of(random, 0, 20, 59, 61)));
        int gone = Choose.between(random, 0, pods);
        for (int pod = 0; pod < gone; pod++) {
            world.apply(new Command.Release(key(pod)));
        }
        world.skip(Duration.ofSeconds(Choose.of(random, 0, 20, 31, 90)));
        world.queue(100, 100 + Choose.between(random, 0, 10));
        return world;
    }

    private static void begin(World world, Action action) {
        switch (action) {
            case Action.AssignTo(var id, int count) ->
                    world.apply(new Command.BeginAssign(id, count));
            case Action.CreateInterface(_, int device, int count) ->
                    world.apply(
                            new Command.BeginCreate(
                                    "begun-" + device, SUBNET, device, count, world.now()));
            case Action.ReleaseFrom _, Action.RemoveInterface _ ->
                    throw new AssertionError("growth gives back: " + action);
        }
    }
}
