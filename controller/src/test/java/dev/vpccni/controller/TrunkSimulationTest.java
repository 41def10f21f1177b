package dev.vpccni.controller;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.controller.plan.GroupSet;
import dev.vpccni.controller.plan.PodWish;
import dev.vpccni.node.port.Ec2Exception;
import dev.vpccni.node.port.Ec2Failure;
import dev.vpccni.testing.SeededTest;
import dev.vpccni.vpc.api.EniDescription;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * Lives of one node's trunk under one seed: pods with two sets of groups come and go, keepers crash
 * between any two requests, answers are lost, watches are late, and two keepers act at once, as
 * they may where a lease fails.
 */
final class TrunkSimulationTest {

    private static final int STEPS = 400;

    private final TrunkWorld world = new TrunkWorld();

    /** A process that ends in the midst of a request. */
    private static final class Crash extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private void breakRequests(RandomGenerator random, int oneIn) {
        CloudEc2.Faults faults =
                (action, after) -> {
                    if (random.nextInt(oneIn) != 0) {
                        return;
                    }
                    Ec2Failure before =
                            random.nextBoolean()
                                    ? new Ec2Failure.Throttled()
                                    : new Ec2Failure.Unavailable();
                    if (random.nextBoolean()) {
                        throw new Crash();
                    }
                    Ec2Failure failure = after ? new Ec2Failure.Ambiguous() : before;
                    throw new Ec2Exception(action, failure, "broken", null);
                };
        world.ec2.faults = oneIn > 0 ? faults : CloudEc2.Faults.NONE;
        world.book.faults = world.ec2.faults;
    }

    @SeededTest(runs = 200)
    void noInterfaceAndNoVlanIsGivenTwice(RandomGenerator random) {
        List<TrunkKeeper> keepers = new ArrayList<>(List.of(world.keeper(), world.keeper()));
        boolean two = random.nextBoolean();
        SortedMap<String, PodWish> late = world.book.wishes();
        breakRequests(random, 5 + random.nextInt(40));
        for (int i = 0; i < STEPS; i++) {
            switch (random.nextInt(12)) {
                case 0 -> {
                    if (world.book.pods.size() < 12) {
                        world.addPod(world.groups.get(random.nextInt(world.groups.size())));
                    }
                }
                case 1 -> {
                    if (!world.book.pods.isEmpty() && random.nextInt(3) == 0) {
                        List<String> uids = List.copyOf(world.book.pods.keySet());
                        world.endPod(uids.get(random.nextInt(uids.size())));
                    }
                }
                case 2 -> world.now = world.now.plusSeconds(random.nextInt(30));
                case 3 -> late = world.book.wishes();
                default -> {
                    int which = two ? random.nextInt(2) : 0;
                    try {
                        var _ =
                                world.step(
                                        keepers.get(which),
                                        random.nextBoolean() ? world.book.wishes() : late);
                    } catch (Crash _) {
                        keepers.set(which, world.keeper());
                        world.check();
                    }
                    world.now = world.now.plusMillis(random.nextInt(500));
                }
            }
        }
        breakRequests(random, 0);
        world.settle(keepers.getFirst());
        world.now = world.now.plus(TrunkKeeper.LOOK);
        world.settle(keepers.getFirst());
        assertAtRest();
    }

    /** Each pod that fits has an interface, and nothing is left of others. */
    private void assertAtRest() {
        var pods = world.book.pods;
        long served = pods.values().stream().filter(pod -> !pod.annotation().isEmpty()).count();
        assertThat(served).as("%s", world.log).isEqualTo(Math.min(TrunkWorld.LIMIT, pods.size()));
        int owned = 0;
        SortedMap<GroupSet, Integer> warm = new TreeMap<>();
        for (EniDescription eni : world.ec2.all()) {
            String uid = eni.tags().get(BranchTags.POD_UID);
            if (uid != null) {
                owned++;
                assertThat(pods).as("whose is %s?", eni.id()).containsKey(uid);
                // Two keepers may have made one more than can be branches.
                assertThat(Objects.requireNonNull(pods.get(uid)).eni()).isIn("", eni.id().value());
            } else if (eni.tags().containsKey(BranchTags.TRUNK)) {
                assertThat(eni.status()).isEqualTo("available");
                warm.merge(GroupSet.of(eni.groups().keySet()), 1, Integer::sum);
            }
        }
        SortedMap<GroupSet, Integer> wanted = new TreeMap<>();
        pods.values().forEach(pod -> wanted.put(pod.groups(), TrunkWorld.RULES.warm()));
        int room = Math.max(0, TrunkWorld.LIMIT - owned);
        assertThat(warm).as("%s", world.log).hasSize(Math.min(wanted.size(), room));
        assertThat(wanted.entrySet()).containsAll(warm.entrySet());

        TrunkKeeper keeper = world.keeper();
        for (int i = 0; i < 3; i++) {
            int before = world.ec2.requests;
            world.settle(keeper);
            assertThat(world.ec2.requests - before)
                    .as("one look, after %s", world.log)
                    .isLessThanOrEqualTo(3);
            world.now = world.now.plus(TrunkKeeper.LOOK);
        }
    }
}
