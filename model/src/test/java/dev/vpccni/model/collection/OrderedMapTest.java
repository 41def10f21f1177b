package dev.vpccni.model.collection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.vpccni.testing.Choose;
import dev.vpccni.testing.SeededTest;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

class OrderedMapTest {

    @SeededTest
    void agreesWithASortedMap(RandomGenerator random) {
        int keys = Choose.of(random, 5, 40, 3_000);
        SortedMap<Integer, Integer> expected = new TreeMap<>();
        OrderedMap<Integer, Integer> map = OrderedMap.empty();
        for (int step = 0; step < 2 * keys; step++) {
            // Runs of both kinds, so that it fills and empties.
            boolean filling = step / keys == 0 == random.nextInt(8) > 0;
            int key = Choose.between(random, 0, keys);
            if (filling) {
                expected.put(key, step);
                map = map.put(key, step);
            } else {
                expected.remove(key);
                map = map.remove(key);
            }
            assertThat(map.get(key)).isEqualTo(expected.get(key));
        }
        assertSame(map, expected);
    }

    @SeededTest(runs = 100)
    void isLeftAloneByWhatIsMadeOfIt(RandomGenerator random) {
        OrderedMap<Integer, Integer> map = OrderedMap.empty();
        for (int i = 0; i < 200; i++) {
            map = map.put(random.nextInt(400), i);
        }
        SortedMap<Integer, Integer> before = content(map);
        OrderedMap<Integer, Integer> other = map;
        for (int i = 0; i < 400; i++) {
            other = random.nextBoolean() ? other.put(i, -1) : other.remove(i);
        }
        assertSame(map, before);
    }

    @SeededTest(runs = 20)
    void emptiesInAnyOrder(RandomGenerator random) {
        OrderedMap<Integer, Integer> map = OrderedMap.empty();
        List<Integer> keys = new ArrayList<>();
        for (int i = 0; i < 2_000; i++) {
            map = map.put(i, i);
            keys.add(random.nextInt(keys.size() + 1), i);
        }
        for (int key : keys) {
            map = map.remove(key);
        }
        assertThat(map.size()).isZero();
        assertThat(content(map)).isEmpty();
    }

    private static void assertSame(
            OrderedMap<Integer, Integer> map, SortedMap<Integer, Integer> expected) {
        assertThat(content(map)).isEqualTo(expected);
        assertThat(map.size()).isEqualTo(expected.size());
        assertThat(map.keys()).containsExactlyElementsOf(expected.keySet());
        assertThat(map.values()).containsExactlyElementsOf(expected.values());
        assertThat(map.firstKey()).isEqualTo(expected.isEmpty() ? null : expected.firstKey());
        for (int key : List.of(-1, 0, 1, 2, 3)) {
            assertThat(map.contains(key)).isEqualTo(expected.containsKey(key));
        }
    }

    private static SortedMap<Integer, Integer> content(OrderedMap<Integer, Integer> map) {
        var content = new TreeMap<Integer, Integer>();
        map.forEach(content::put);
        return content;
    }
}
