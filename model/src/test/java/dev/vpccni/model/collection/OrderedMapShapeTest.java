package dev.vpccni.model.collection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.testing.Choose;
import dev.vpccni.testing.SeededTest;
import java.lang.reflect.Field;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * The tree inside an {@link OrderedMap}, on whose shape the cost of a change depends: no node is
 * wider than 32, none but the root is narrower than 8, and all leaves lie equally deep.
 */
class OrderedMapShapeTest {

    private static final int WIDTH_MAX = 32;
    private static final int WIDTH_MIN = 8;

    @SeededTest(runs = 200)
    void holdsWhileItGrowsAndShrinks(RandomGenerator random) {
        int keys = Choose.of(random, 30, 70, 2_000);
        OrderedMap<Integer, Integer> map = OrderedMap.empty();
        SortedMap<Integer, Integer> expected = new TreeMap<>();
        int height = 0;
        for (boolean filling : new boolean[] {true, false, true}) {
            for (int step = 0; step < 2 * keys; step++) {
                int key = Choose.between(random, 0, keys);
                if (random.nextInt(8) > 0 == filling) {
                    map = map.put(key, step);
                    expected.put(key, step);
                } else {
                    map = map.remove(key);
                    expected.remove(key);
                }
                assertThat(map.firstValue())
                        .isEqualTo(expected.isEmpty() ? null : expected.firstEntry().getValue());
            }
            height = Math.max(height, height(map));
            assertThat(map.size()).isEqualTo(expected.size());
        }
        assertThat(height).isGreaterThanOrEqualTo(keys > 1_000 ? 2 : 0);
    }

    @SeededTest(runs = 50)
    void holdsWhileItEmptiesFromOneEnd(RandomGenerator random) {
        OrderedMap<Integer, Integer> map = OrderedMap.empty();
        for (int i = 0; i < 800; i++) {
            map = map.put(Choose.between(random, 0, 400), i);
        }
        boolean ascending = random.nextBoolean();

        for (int i = 0; i <= 400; i++) {
            map = map.remove(ascending ? i : 400 - i);
            height(map);
        }

        assertThat(map.size()).isZero();
    }

    @SeededTest(runs = 50)
    void withoutAKeyThatItDoesNotHaveItIsItself(RandomGenerator random) {
        OrderedMap<Integer, Integer> map = OrderedMap.empty();
        int keys = Choose.of(random, 0, 10, 2_000);
        for (int i = 0; i < keys; i++) {
            map = map.put(2 * i, i);
        }

        assertThat(map.remove(2 * random.nextInt(-1, keys + 1) + 1)).isSameAs(map);
    }

    /** Returns the depth of the leaves below the root, after a check of every node. */
    private static int height(OrderedMap<?, ?> map) {
        Object root = field(map, "root");
        assertThat(field(root, "leaf").equals(true) || keys(root).length > 1)
                .as("a branch at the root has two children at least")
                .isTrue();
        return height(root);
    }

    private static int height(Object node) {
        assertThat(keys(node)).hasSizeLessThanOrEqualTo(WIDTH_MAX);
        if (field(node, "leaf").equals(true)) {
            return 0;
        }
        Object[] children = (Object[]) field(node, "values");
        int below = height(children[0]);
        for (int i = 0; i < children.length; i++) {
            assertThat(keys(children[i])).hasSizeGreaterThanOrEqualTo(WIDTH_MIN);
            assertThat(keys(children[i])[0]).isEqualTo(keys(node)[i]);
            assertThat(height(children[i])).isEqualTo(below);
        }
        return below + 1;
    }

    private static Object[] keys(Object node) {
        return (Object[]) field(node, "keys");
    }

    private static Object field(Object object, String name) {
        try {
            Field field = object.getClass().getDeclaredField(name);
            field.setAccessible(true);
            return field.get(object);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("it has no such field", e);
        }
    }
}
