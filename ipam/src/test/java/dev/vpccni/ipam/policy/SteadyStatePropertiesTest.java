package dev.vpccni.ipam.policy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.ipam.policy.WarmTarget.Addresses;
import dev.vpccni.ipam.policy.WarmTarget.Interfaces;
import dev.vpccni.ipam.policy.WarmTarget.Prefixes;
import dev.vpccni.ipam.world.World;
import dev.vpccni.model.BlockKind;
import dev.vpccni.model.InstanceType;
import dev.vpccni.model.InstanceTypes;
import dev.vpccni.testing.Choose;
import dev.vpccni.testing.SeededTest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * On any instance, with any target, a pool that pods have made grow has as many blocks as a formula
 * says that knows no steps, interface by interface.
 */
class SteadyStatePropertiesTest {

    private static final List<InstanceType> TYPES = List.copyOf(InstanceTypes.known().all());

    @SeededTest(runs = 500)
    void poolsOfAddressesFillAsTheFormulaSays(RandomGenerator random) {
        PoolLimits limits = limits(random);
        int warm = Choose.between(random, 0, 40);
        int minimum = Choose.between(random, 0, 40);

        check(
                random,
                new Addresses(warm, minimum),
                limits,
                1,
                pods -> Math.max(pods + warm, minimum));
    }

    @SeededTest(runs = 500)
    void poolsOfInterfacesFillAsTheFormulaSays(RandomGenerator random) {
        PoolLimits limits = limits(random);
        int each = limits.blocksEach();
        int warm = Choose.between(random, 0, 3);

        check(
                random,
                new Interfaces(warm, each),
                limits,
                Math.max(each, 1),
                pods -> pods + Math.max(warm * each, 1));
    }

    @SeededTest(runs = 500)
    void poolsOfPrefixesFillAsTheFormulaSays(RandomGenerator random) {
        PoolLimits limits = limits(random).withKind(BlockKind.PREFIX);
        int warm = Choose.between(random, 0, 4);

        check(random, new Prefixes(warm), limits, 16, pods -> pods + Math.max(16 * warm, 1));
    }

    @SeededTest(runs = 500)
    void poolsOfPrefixesByAddressesFillAsTheFormulaSays(RandomGenerator random) {
        PoolLimits limits = limits(random).withKind(BlockKind.PREFIX);
        int warm = Choose.between(random, 0, 70);
        int minimum = Choose.between(random, 0, 70);

        check(
                random,
                new Addresses(warm, minimum),
                limits,
                16,
                pods -> Math.max(pods + warm, minimum));
    }

    /** How many addresses there should be for so many pods, limits apart. */
    private interface Formula {
        int wanted(int pods);
    }

    /**
     * @param step of how many addresses the pool consists
     */
    private static void check(
            RandomGenerator random,
            WarmTarget target,
            PoolLimits limits,
            int step,
            Formula formula) {
        int most = limits.interfacesMax() * limits.blocksEach() * (int) limits.blockSize();
        int pods = Choose.between(random, 0, Math.min(most + 2, 120));
        World world = new World(target, limits).settle();

        if (random.nextBoolean()) {
            world.addPods(0, pods);
        } else {
            world.addPodsAtOnce(0, pods);
        }

        int served = Math.min(pods, most);
        int asked = Math.max(served, Math.min(formula.wanted(served), limits.podsMax()));
        int addresses = Math.min((asked + step - 1) / step * step, most);
        assertThat(world.waiting()).isEqualTo(pods - served);
        assertThat(world.sizes())
                .as("%s pods on %s with %s", pods, limits, target)
                .isEqualTo(filled(addresses / (int) limits.blockSize(), limits.blocksEach()));
        int requests = world.requests();
        world.skip(Duration.ofSeconds(90));
        assertThat(world.settle().requests()).as("at rest").isEqualTo(requests);
    }

    /** Returns so many blocks, one interface after the other filled. */
    private static List<Integer> filled(int blocks, int each) {
        var sizes = new ArrayList<Integer>();
        int left = blocks;
        do {
            sizes.add(Math.min(left, each));
            left -= Math.min(left, each);
        } while (left > 0);
        return sizes;
    }

    private static PoolLimits limits(RandomGenerator random) {
        InstanceType type = TYPES.get(random.nextInt(TYPES.size()));
        return PoolLimits.of(
                type, Choose.of(random, -1, -1, 1, 2, 3), Choose.of(random, 8, 20, 110, 500));
    }
}
